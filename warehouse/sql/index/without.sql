-- A file of the index without the articles in {gone}.
COPY (
    SELECT r.* FROM {rows} r ANTI JOIN ({gone}) g ON r.doc = g.doc ORDER BY {order}
) TO {path} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE {row_group});
