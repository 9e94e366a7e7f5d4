-- Names of known entities that stand in $texts without having been recognised there: name is one of
-- the entity's. {names} are the names that have landed, $new those that land with the texts, $loose
-- the words with a capital, $named who is recognised where. A name that several bear tells nothing; a
-- single word that has a capital in the name must have one in the text. Titles and texts are cut
-- apart, so that no name reaches from one into the other.
WITH
names AS MATERIALIZED (
    SELECT x.entity_id, x.alias, x.words, contains(x.words, ' ') AS several,
        NOT contains(x.words, ' ') AND x.alias <> lower(x.alias) AS cased
    FROM (
        SELECT n.entity_id, n.alias, coalesce(n.words, n.folded) AS words FROM {names} n
        UNION ALL
        SELECT unnest(from_json($new, '[{{"entity_id":"VARCHAR","alias":"VARCHAR","words":"VARCHAR"}}]'), recursive := true)
    ) x
    WHERE x.words <> ''
),
texts AS (
    SELECT unnest(from_json($texts, '[{{"reading":"INTEGER","title":"VARCHAR","text":"VARCHAR"}}]'), recursive := true)
),
cut AS MATERIALIZED (
    SELECT b.reading, b.part, string_split(trim(replace(words(b.body), '  ', ' ')), ' ') AS words
    FROM (
        SELECT t.reading, 1 AS part, t.title AS body FROM texts t WHERE t.title IS NOT NULL
        UNION ALL SELECT t.reading, 2, t.text FROM texts t WHERE t.text IS NOT NULL
    ) b
),
placed AS MATERIALIZED (
    SELECT c.reading, c.part, unnest(c.words) AS word, unnest(c.words[2:]) AS next, generate_subscripts(c.words, 1) AS place
    FROM cut c
),
begun AS MATERIALIZED (   -- the first two words of a name
    SELECT DISTINCT p.reading, p.part, p.place, n.words
    FROM placed p
    JOIN (SELECT m.words, split_part(m.words, ' ', 1) AS first_, split_part(m.words, ' ', 2) AS second_ FROM names m WHERE m.several) n
        ON n.first_ = p.word AND n.second_ = p.next
),
whole AS (
    SELECT b.reading, b.words FROM begun b WHERE split_part(b.words, ' ', 3) = ''
    UNION ALL
    SELECT b.reading, b.words
    FROM (SELECT o.* FROM begun o WHERE split_part(o.words, ' ', 3) <> '') b JOIN cut c ON c.reading = b.reading AND c.part = b.part
    WHERE array_to_string(c.words[b.place:b.place + len(string_split(b.words, ' ')) - 1], ' ') = b.words
),
found AS MATERIALIZED (
    SELECT n.entity_id, w.reading, n.alias, n.words FROM names n JOIN whole w ON w.words = n.words
    UNION ALL
    SELECT n.entity_id, p.reading, n.alias, n.words
    FROM (SELECT m.* FROM names m WHERE NOT m.several AND NOT m.cased) n JOIN placed p ON p.word = n.words
    UNION ALL
    SELECT n.entity_id, l.reading, n.alias, n.words
    FROM (SELECT m.* FROM names m WHERE m.cased) n
    JOIN (SELECT unnest(from_json($loose, '[{{"reading":"INTEGER","word":"VARCHAR"}}]'), recursive := true)) l ON l.word = n.words
),
shared AS (
    SELECT n.words FROM names n WHERE n.words IN (SELECT f.words FROM found f)
    GROUP BY n.words HAVING count(DISTINCT n.entity_id) > 1
),
named AS (
    SELECT unnest(from_json($named, '[{{"reading":"INTEGER","entity_id":"VARCHAR"}}]'), recursive := true)
)
SELECT f.entity_id, f.reading, list_sort(list(DISTINCT f.alias)) AS spellings
FROM found f ANTI JOIN named k ON k.reading = f.reading AND k.entity_id = f.entity_id
WHERE f.words NOT IN (SELECT s.words FROM shared s)
GROUP BY f.entity_id, f.reading
ORDER BY f.reading, f.entity_id;
