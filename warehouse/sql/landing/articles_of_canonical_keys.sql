-- Articles whose page named one of the wanted addresses as its own.
SELECT r.article_id, r.canonical_key
FROM {rows} r
WHERE r.canonical_key IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')))
ORDER BY ALL;
