-- known.sqlite: what one crawl needs of state.sqlite, which is attached as `state`; ?1 is a JSON
-- list of sources, ?2 the time before which the fate of an address we do not hold is forgotten,
-- and so is a page that we hold of a source that is not asked: another source may name it as well,
-- but hardly a page so old.
INSERT INTO urls
SELECT key, url, source, outcome, etag, last_modified, digest, fetched_at, published_at, tries,
       next_visit_at
FROM state.urls
WHERE decided_at >= ?2
   OR (outcome IN ('stored', 'duplicate_url') AND source IN (SELECT value FROM json_each(?1)));
