-- What a source's next slice reads: all that may hold any date, and of the dated the newest month.
SELECT url, source, kind, found_on, depth, newest, pattern, page FROM listings
WHERE source = :source AND state = 'waiting'
  AND (newest IS NULL OR substr(newest, 1, 7) = (
      SELECT max(substr(newest, 1, 7)) FROM listings WHERE source = :source AND state = 'waiting'))
ORDER BY newest IS NOT NULL, newest DESC, depth DESC, rowid
LIMIT :most;
