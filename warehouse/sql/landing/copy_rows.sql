-- Rows as JSON Lines become one immutable Parquet file. Lists are empty rather than NULL.
COPY (
    SELECT {chosen}
    FROM read_json({spool}, format = 'newline_delimited', columns = {{{types}}},
                   maximum_object_size = {limit})
) TO {path} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE {row_group});
