-- The numbers of the wanted entities.
SELECT r.entity_id, r.entity_no
FROM {rows} r
WHERE r.entity_id IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')));
