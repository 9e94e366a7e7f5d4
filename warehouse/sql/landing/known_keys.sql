-- Those of the wanted keys that anything was found by before.
SELECT DISTINCT r.key
FROM {rows} r
WHERE r.key IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')))
ORDER BY ALL;
