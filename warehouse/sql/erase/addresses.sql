-- Every address that leads to these articles.
WITH gone AS (SELECT g.value AS article_id FROM gone_articles g),
told AS (
    SELECT unnest([a.url, a.key, a.final_url, a.canonical_url, a.canonical_key]) AS address
    FROM {articles} a SEMI JOIN gone g ON a.article_id = g.article_id
    UNION SELECT unnest([f.url, f.key]) FROM {found_in} f
    SEMI JOIN gone g ON f.article_id = g.article_id
    UNION SELECT unnest([o.url, o.key, o.final_url]) FROM {outcomes} o
    SEMI JOIN gone g ON o.article_id = g.article_id)
SELECT t.address FROM told t WHERE t.address <> '';
