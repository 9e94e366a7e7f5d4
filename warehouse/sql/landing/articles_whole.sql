-- The current rows of the wanted articles, as they were extracted before.
SELECT r.*
FROM {rows} r
WHERE r.article_id IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')));
