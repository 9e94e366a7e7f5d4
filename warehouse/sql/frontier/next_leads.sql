-- The newest waiting leads of a source; those of unknown date come last.
SELECT record FROM leads WHERE source = :source AND outcome IS NULL
ORDER BY newest IS NULL, newest DESC, url
LIMIT :most;
