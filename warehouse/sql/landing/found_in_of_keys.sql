-- Which articles the wanted addresses led to, and where each of them was found before.
SELECT DISTINCT r.key, r.article_id, r.url, r.source, r.found_on
FROM {rows} r
WHERE r.key IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')))
ORDER BY ALL;
