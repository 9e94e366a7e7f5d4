-- Entities that nothing but these articles named: they go with them.
WITH gone AS (SELECT g.value AS article_id FROM gone_articles g)
SELECT DISTINCT m.entity_id FROM {mentions} m SEMI JOIN gone g ON m.article_id = g.article_id
WHERE m.entity_id IS NOT NULL
EXCEPT
SELECT m.entity_id FROM {mentions} m ANTI JOIN gone g ON m.article_id = g.article_id;
