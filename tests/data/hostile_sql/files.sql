-- Reading files that are not the warehouse, by every road there is. One statement a line; each is refused.
COPY articles FROM '/etc/passwd'
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
FROM glob('/etc/*')
FROM glob('{data}/*')
FROM sniff_csv('/etc/passwd')
FROM read_duckdb('{data}/slugline.db', table_name := 'articles')
SELECT * FROM duckdb_extensions() e JOIN read_text('/etc/hostname') h ON true
FROM "/etc/passwd"
SELECT * FROM '/etc/*.conf'
FROM 'file:///etc/passwd'
FROM '{data}/manifest.json'
FROM '{data}/tables/../state.sqlite'
FROM '{data}/tables/../../../../../../../etc/passwd'
FROM/**/read_text('/etc/passwd')
FROM system.main.read_text('/etc/passwd')
FROM "main"."READ_TEXT"('/etc/passwd')
FROM read_text(['/etc/passwd', '/etc/hostname'])
FROM read_text('/etc/pass' || 'wd')
FROM read_text(getvariable('slugline_root') || '/manifest.json')
DESCRIBE FROM read_csv('/etc/passwd')
DESCRIBE '/etc/passwd'
SUMMARIZE FROM read_csv('/etc/passwd')
SUMMARIZE '/etc/passwd'
EXPLAIN ANALYZE FROM read_text('/etc/passwd')
WITH stolen AS MATERIALIZED (FROM read_text('/etc/passwd')) FROM stolen
SELECT (SELECT content FROM read_text('/etc/passwd'))
SELECT title FROM articles WHERE EXISTS (FROM read_text('/etc/passwd'))
SELECT * FROM articles, LATERAL (SELECT content FROM read_text('/etc/passwd'))
SELECT 1 UNION ALL SELECT content FROM read_text('/etc/passwd')
SELECT list(content) FROM (PIVOT (FROM read_text('/etc/passwd')) ON filename IN ('x') USING count(*))
FROM read_csv('/dev/stdin')
FROM read_blob('/proc/self/mem')
FROM read_json_objects('{data}/manifest.json')
FROM read_ndjson('{data}/runs/r1/leads-00001.jsonl')
FROM read_ndjson_objects('{data}/runs/r1/leads-00001.jsonl')
FROM parquet_metadata('/etc/passwd')
FROM parquet_schema('/etc/passwd')
FROM parquet_kv_metadata('/etc/passwd')
FROM parquet_file_metadata('/etc/passwd')
FROM parquet_scan('/etc/passwd')
FROM read_duckdb('/etc/passwd', table_name := 'x')
SELECT * FROM glob('{data}/../*')
SELECT * FROM glob('{data}/runs/**')
FROM pragma_storage_info('/etc/passwd')
FROM read_xlsx('/etc/passwd')
FROM sqlite_scan('{data}/state.sqlite', 'sources')
FROM st_read('/etc/passwd')
FROM read_single_csv_file('/etc/passwd')
FROM read_csv('/etc/passwd', store_rejects = true)
FROM sniff_csv('{data}/manifest.json')
FROM parquet_bloom_probe('/etc/passwd', 'x', 1)
