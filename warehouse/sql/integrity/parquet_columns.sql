-- No rows, only the columns of one Parquet file.
SELECT * FROM read_parquet($path) LIMIT 0;
