-- Articles that name an entity, by the tagger or by one of its names in so many words: folded as tombstones are, and as
-- they are written. In scripts without spaces between words a name may stand anywhere.
WITH folded AS (
    SELECT a.article_id, ' ' || regexp_replace(lower(strip_accents(
        concat_ws(' ', a.title, a.text, a.description, array_to_string(a.authors, ' ')))), '[^\p{{L}}\p{{N}}_]+', ' ', 'g') || ' ' AS told
    FROM {articles} a
),
sought AS (
    SELECT g.value AS name FROM gone_names g
    UNION
    SELECT trim(regexp_replace(lower(strip_accents(s.value)), '[^\p{{L}}\p{{N}}_]+', ' ', 'g')) FROM gone_spelled s
)
SELECT DISTINCT m.article_id FROM {mentions} m
WHERE m.entity_id IN (SELECT g.value FROM gone_entities g)
UNION
SELECT f.article_id FROM folded f JOIN sought s ON s.name <> '' AND contains(f.told, CASE
    WHEN regexp_matches(s.name, '[\p{{Thai}}\p{{Lao}}\p{{Khmer}}\p{{Myanmar}}\p{{Han}}\p{{Hiragana}}\p{{Katakana}}]') THEN s.name
    ELSE ' ' || s.name || ' ' END);
