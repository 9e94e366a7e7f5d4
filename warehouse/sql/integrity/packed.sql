-- Rows of one DuckDB file of rows that are fetched by number.
SELECT count(*) FROM read_duckdb($path, table_name := $relation) p;
