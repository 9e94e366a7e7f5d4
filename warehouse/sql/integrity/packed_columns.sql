-- No rows, only the columns of one DuckDB file.
SELECT * FROM read_duckdb($path, table_name := $relation) LIMIT 0;
