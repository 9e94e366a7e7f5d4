-- Several files of one relation become one, in the order in which they landed.
COPY ({rows}) TO {path} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {row_group});
