-- No rows, only the columns of one segment of the index.
SELECT * FROM read_duckdb($path, table_name := 'postings') LIMIT 0;
