-- The spellings known of the wanted entities.
SELECT r.entity_id, r.alias
FROM {rows} r
WHERE r.entity_id IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')));
