-- Numbers that versions of these articles have in the index.
SELECT a.doc FROM {articles} a
WHERE a.doc IS NOT NULL AND a.article_id IN (SELECT g.value FROM gone_articles g);
