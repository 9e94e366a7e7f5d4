SELECT e.entity, any_value(m.label) AS label, count(*) AS n, list(DISTINCT m.surface) AS surfaces
FROM mentions m JOIN entities e ON e.entity_id = m.entity_id
WHERE m.article_id = $article_id GROUP BY e.entity ORDER BY n DESC, e.entity;
