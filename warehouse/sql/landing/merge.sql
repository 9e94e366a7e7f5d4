-- Several files of one relation become one: sorted where it is looked up by something, else in the
-- order in which they landed.
COPY (SELECT r.* FROM ({rows}) r {order})
TO {path} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {row_group});
