-- One statement a line: each must be refused with one clear line, on every version of DuckDB.
COPY articles TO '{data}/tables/stolen.parquet'
COPY (SELECT 1) TO '/tmp/slugline-hostile.csv'
COPY articles FROM '/etc/passwd'
EXPORT DATABASE '/tmp/slugline-hostile'
IMPORT DATABASE '/tmp/slugline-hostile'
SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM read_csv_auto('/etc/passwd', header = false)
SELECT * FROM '/etc/passwd'
FROM read_text('/etc/passwd')
FROM read_text('{data}/manifest.json')
FROM read_text('{data}/tables/../manifest.json')
FROM read_text('{data}/runs/r1/request.json')
FROM read_blob('{data}/state.sqlite')
FROM read_json('{data}/manifest.json')
FROM read_parquet('/etc/passwd')
FROM read_text('/proc/self/environ')
FROM read_text('file:///etc/passwd')
FROM read_csv('http://127.0.0.1:9/x.csv')
FROM read_csv('https://tern.example/x.csv')
FROM read_parquet('s3://bucket/x.parquet')
FROM glob('/etc/*')
FROM glob('{data}/*')
FROM sniff_csv('/etc/passwd')
FROM read_duckdb('{data}/slugline.db', table_name := 'articles')
ATTACH '/tmp/slugline-hostile.db'
ATTACH '{data}/slugline.db' AS again
ATTACH ':memory:' AS more
DETACH news
USE memory
INSTALL httpfs
LOAD httpfs
FORCE INSTALL httpfs
LOAD '/tmp/evil.duckdb_extension'
SET enable_external_access = true
SET allowed_directories = ['/']
SET lock_configuration = false
SET memory_limit = '900GB'
SET VARIABLE slugline_root = '/etc'
RESET enable_external_access
RESET VARIABLE slugline_root
SET GLOBAL threads = 400
PRAGMA enable_external_access = true
PRAGMA enable_profiling
CALL enable_logging()
CALL pragma_version()
SELECT * FROM enable_logging(storage = 'file', storage_config = {{'path': '/tmp/slugline-hostile'}})
SELECT * FROM enable_logging(storage_path = '{data}/tables/stolen')
FROM "ENABLE_LOGGING"()
FROM query('FROM enable_' || 'logging()')
SELECT getenv('HOME')
SELECT getenv('PATH')
CREATE TABLE mine (x INTEGER)
CREATE TEMP TABLE mine (x INTEGER)
CREATE TABLE memory.mine AS SELECT 1
CREATE OR REPLACE VIEW articles AS SELECT 1
CREATE MACRO f(x) AS x
CREATE TEMP MACRO f(x) AS x
CREATE SCHEMA s
CREATE TYPE t AS INTEGER
CREATE SEQUENCE s
CREATE SECRET (TYPE http, BEARER_TOKEN 'x')
INSERT INTO articles (title) VALUES ('x')
UPDATE articles SET title = 'x'
DELETE FROM articles
DELETE FROM news.articles
TRUNCATE articles
MERGE INTO articles USING (SELECT 1 AS x) ON true WHEN MATCHED THEN DELETE
ALTER TABLE articles RENAME TO mine
DROP VIEW articles
DROP TABLE articles
COMMENT ON VIEW articles IS 'x'
VACUUM
ANALYZE
CHECKPOINT
FORCE CHECKPOINT
BEGIN
BEGIN TRANSACTION
COMMIT
ROLLBACK
PREPARE p AS SELECT 1
EXECUTE p
DEALLOCATE p
EXPLAIN ANALYZE COPY (SELECT 1) TO '{data}/tables/stolen.csv'
EXPLAIN COPY (SELECT 1) TO '{data}/tables/stolen.csv'
EXPLAIN ANALYZE CREATE TABLE memory.mine AS SELECT 1
EXPLAIN ANALYZE EXPLAIN ANALYZE DELETE FROM articles
SELECT 1; COPY (SELECT 1) TO '{data}/tables/stolen.csv'
SELECT 1; SELECT 2
WITH x AS (DELETE FROM articles RETURNING *) FROM x
SELECT * FROM query('COPY (SELECT 1) TO ''{data}/tables/stolen.csv''')
SELECT * FROM query('FROM read_text(''/etc/passwd'')')
SELECT * FROM query_table('/etc/passwd')
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''/etc/passwd'')'))
SELECT nosuchfunction(1)
SELECT nosuchcolumn FROM articles
SELECT * FROM nosuchtable
SELEC 1
SELECT (
SELECT 1 WHERE $1 = 1
SELECT error('stop')
SELECT CAST('x' AS INTEGER)
SELECT * FROM duckdb_extensions() e JOIN read_text('/etc/hostname') h ON true
