-- Numbers in the index of the current versions of the wanted articles.
SELECT r.doc
FROM {rows} r
WHERE r.article_id IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')))
ORDER BY ALL;
