-- The entities that are called this, by id, name or one of their names, with all their names.
SELECT e.entity_id, e.entity, list(DISTINCT a.alias) FILTER (a.alias IS NOT NULL) AS names
FROM {entities} e LEFT JOIN {aliases} a ON a.entity_id = e.entity_id
WHERE e.entity_id = $name OR e.entity_id IN (
    SELECT e2.entity_id FROM {entities} e2 WHERE lower(e2.entity) = lower($name)
    UNION SELECT a2.entity_id FROM {aliases} a2 WHERE lower(a2.alias) = lower($name))
GROUP BY ALL;
