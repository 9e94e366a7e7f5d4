-- HTTP exchanges in the order in which they landed, after a generation; what a backfill looked
-- into says nothing of when a feed is next due, nor of what is new in it.
SELECT b.generation, r.url, r.source, r.purpose, r.fetched_at, r.status, r.digest, r.etag,
       r.last_modified, r.location, r.error
FROM {fetches} r
JOIN {batches} b ON r.batch = b.batch
WHERE b.generation > $after AND r.purpose NOT IN ('robots', 'archive')
ORDER BY b.generation, r.fetched_at, r.url;
