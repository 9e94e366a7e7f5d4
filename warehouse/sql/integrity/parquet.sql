-- Rows of one Parquet file, by its own account.
SELECT m.num_rows FROM parquet_file_metadata($path) m;
