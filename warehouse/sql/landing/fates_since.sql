-- Fates in the order in which they landed, after a generation; what we hold comes first, so that
-- a second address with the same key never hides it.
SELECT b.generation, r.url, r.key, r.source, r.outcome, r.article_id, r.decided_at,
       r.published_at, r.retry_at
FROM {outcomes} r
JOIN {batches} b ON r.batch = b.batch
WHERE b.generation > $after
ORDER BY b.generation, r.outcome = 'duplicate_url', r.url;
