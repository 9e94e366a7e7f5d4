SELECT e.entity_id, e.entity, e.label FROM entities e WHERE e.entity_id IN (SELECT unnest($wanted));
