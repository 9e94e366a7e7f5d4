-- Articles whose page named one of the wanted addresses as its own.
SELECT r.article_id, r.canonical_key
FROM {rows} r
WHERE r.canonical_key IN (SELECT unnest($wanted))
ORDER BY ALL;
