-- Name and label of the wanted entities, as they are now.
SELECT r.entity_id, r.entity, r.label
FROM {rows} r
WHERE r.entity_id IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')));
