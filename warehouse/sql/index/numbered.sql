-- A file of articles from before they had numbers in the index, with these from {first} on.
COPY (
    SELECT a.* REPLACE (({first} + row_number() OVER () - 1)::INTEGER AS doc) FROM ({rows}) a
) TO {path} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE {row_group});
