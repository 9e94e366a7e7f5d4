-- Articles that name an entity, by the tagger or by one of its names in so many words.
SELECT DISTINCT m.article_id FROM {mentions} m
WHERE m.entity_id IN (SELECT g.value FROM gone_entities g)
UNION
SELECT a.article_id FROM {articles} a
JOIN gone_names g ON contains(
    ' ' || regexp_replace(lower(strip_accents(
        concat_ws(' ', a.title, a.text, a.description, array_to_string(a.authors, ' ')))),
        '[^\p{{L}}\p{{N}}_]+', ' ', 'g') || ' ',
    ' ' || g.value || ' ');
