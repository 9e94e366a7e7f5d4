-- Rows of one segment of the index; reads its list of words too, so that damage there shows.
SELECT count(*)
FROM read_duckdb($path, table_name := $relation) p
WHERE p.term IS NOT NULL AND (SELECT sum(l.df) FROM read_duckdb($path, table_name := 'lexicon') l) >= 0;
