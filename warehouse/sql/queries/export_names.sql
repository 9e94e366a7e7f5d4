-- People and organisations that the chosen articles name, each with its other names.
SELECT e.entity_id, e.entity, e.label,
    (SELECT list(DISTINCT l.alias ORDER BY l.alias) FROM aliases AS l
     WHERE l.entity_id = e.entity_id AND l.alias <> e.entity) AS aliases
FROM entities AS e
WHERE e.label IN ('PER', 'ORG') AND e.entity_id IN (
    SELECT m.entity_id FROM mentions AS m
    WHERE m.article_id IN (SELECT a.article_id FROM articles AS a WHERE /* chosen */ true))
ORDER BY e.entity_id;
