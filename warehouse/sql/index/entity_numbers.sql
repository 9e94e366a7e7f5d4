-- A number for each entity, from {first} on, where none had one.
SELECT
    e.entity_id, ({first} + row_number() OVER (ORDER BY e.entity_id) - 1)::INTEGER AS entity_no, e.batch
FROM (SELECT p.entity_id, min(p.batch) AS batch FROM ({pairs}) p WHERE p.n > 0 GROUP BY p.entity_id) e
ORDER BY entity_no
