-- Rows of one DuckDB file of rows that are fetched by number; some have empty ones beside them.
SELECT count(p.article_id) FROM read_duckdb($path, table_name := $relation) p;
