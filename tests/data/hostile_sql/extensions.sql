-- Bringing in code. One statement a line; each is refused.
INSTALL httpfs
LOAD httpfs
FORCE INSTALL httpfs
LOAD '/tmp/evil.duckdb_extension'
UPDATE EXTENSIONS
INSTALL json FROM community
LOAD json
LOAD parquet
CALL load_aws_credentials()
SELECT * FROM load_aws_credentials()
