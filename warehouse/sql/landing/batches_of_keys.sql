-- Which batches hold the current rows of the wanted keys: those will be superseded.
SELECT DISTINCT {key} AS key, r.batch
FROM {rows} r
WHERE {key} IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')))
ORDER BY ALL;
