-- One file of a relation without the rows that go; the others stay in their order.
COPY (SELECT {columns} FROM ({rows}) r WHERE NOT coalesce({gone}, false))
TO {to} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE {row_group});
