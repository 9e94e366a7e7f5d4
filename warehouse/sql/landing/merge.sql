-- Several files of one relation become one: sorted where it is looked up by something, else in the
-- order in which they landed. Packed more closely than while landing: that takes twice as long, once.
COPY (SELECT r.* FROM ({rows}) r {order})
TO {path} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 6, ROW_GROUP_SIZE {row_group});
