-- The relations that tables.sql has just declared, with their columns in order.
SELECT table_name, column_name, data_type
FROM duckdb_columns()
WHERE schema_name = 'contract'
ORDER BY table_oid, column_index;
