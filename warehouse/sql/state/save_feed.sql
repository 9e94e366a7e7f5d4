-- The last answer of a feed; one that failed or was unchanged leaves the validators as they were.
INSERT INTO feeds (url, source, etag, last_modified, digest, checked_at, failures)
VALUES (:url, :source, CASE WHEN :failed THEN NULL ELSE :etag END,
        CASE WHEN :failed THEN NULL ELSE :last_modified END,
        CASE WHEN :failed THEN NULL ELSE :digest END, :checked_at, :failed)
ON CONFLICT (url) DO UPDATE SET
    source = excluded.source,
    etag = CASE WHEN :kept THEN etag ELSE excluded.etag END,
    last_modified = CASE WHEN :kept THEN last_modified ELSE excluded.last_modified END,
    digest = CASE WHEN :kept THEN digest ELSE excluded.digest END,
    checked_at = excluded.checked_at,
    failures = CASE WHEN :failed THEN failures + 1 ELSE 0 END;
