-- Spellings of entities that stay, which only these articles had: they go too.
WITH gone AS (SELECT g.value AS article_id FROM gone_articles g),
only_there AS (
    SELECT m.entity_id, m.surface FROM {mentions} m SEMI JOIN gone g ON m.article_id = g.article_id
    EXCEPT
    SELECT m.entity_id, m.surface FROM {mentions} m ANTI JOIN gone g ON m.article_id = g.article_id)
SELECT a.entity_id || '/' || a.alias FROM {aliases} a
JOIN only_there o ON o.entity_id = a.entity_id AND o.surface = a.alias
JOIN {entities} e ON e.entity_id = a.entity_id
WHERE a.alias <> e.entity;
