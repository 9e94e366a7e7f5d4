-- The validators of the feeds of the sources that this crawl asks; ?1 is a JSON list of them.
INSERT INTO feeds
SELECT url, source, etag, last_modified, digest, checked_at, failures
FROM state.feeds
WHERE source IN (SELECT value FROM json_each(?1));
