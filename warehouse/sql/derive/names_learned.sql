-- Articles in whose words one of the names learned ($first <= number < $stop) stands, unless that
-- entity is written down there already. The rarest word of each name is looked up first, the others
-- only in its articles.
WITH
part AS MATERIALIZED (SELECT l.* FROM learned AS l WHERE l.number >= $first AND l.number < $stop),
slot AS MATERIALIZED (
    SELECT x.words, len(x.cut) AS n, unnest(x.cut) AS word, generate_subscripts(x.cut, 1) AS slot
    FROM (SELECT DISTINCT p.words, string_split(p.words, ' ') AS cut FROM part AS p WHERE NOT p.cased) AS x
),
df AS MATERIALIZED (
    SELECT x.term, sum(x.df) AS df FROM lexicon AS x WHERE x.term IN (SELECT s.word FROM slot AS s) GROUP BY x.term
),
rare AS MATERIALIZED (
    SELECT s.words, any_value(s.n) AS n, arg_min(s.word, d.df) AS word, arg_min(s.slot, d.df) AS slot
    FROM slot AS s JOIN df AS d ON d.term = s.word
    GROUP BY s.words HAVING count(*) = any_value(s.n)
),
begun AS MATERIALIZED (   -- where a name would begin
    SELECT r.words, r.n, r.slot, h.doc, h.place::INTEGER - r.slot AS start
    FROM (
        SELECT y.term, y.doc, unnest(y.pos) AS place
        FROM (
            SELECT p.term, unnest(p.doc) AS doc, unnest(p.pos) AS pos
            FROM postings AS p WHERE p.term IN (SELECT r.word FROM rare AS r)
        ) AS y
        UNION ALL
        SELECT p.term, p.doc, unnest(p.pos) FROM recent AS p WHERE p.term IN (SELECT r.word FROM rare AS r)
    ) AS h JOIN rare AS r ON r.word = h.term
),
need AS MATERIALIZED (
    SELECT b.words, b.n, b.doc, b.start, s.word AS term, b.start + s.slot AS place
    FROM begun AS b JOIN slot AS s ON s.words = b.words AND s.slot <> b.slot
),
there AS (
    SELECT x.term, x.doc, unnest(x.pos)::INTEGER AS place
    FROM (
        SELECT y.* FROM (
            SELECT p.term, unnest(p.doc) AS doc, unnest(p.pos) AS pos
            FROM postings AS p WHERE p.term IN (SELECT n.term FROM need AS n)
        ) AS y SEMI JOIN need AS n ON n.term = y.term AND n.doc = y.doc
        UNION ALL
        SELECT p.term, p.doc, p.pos FROM recent AS p SEMI JOIN need AS n ON n.term = p.term AND n.doc = p.doc
    ) AS x
),
standing AS (
    SELECT b.words, b.doc FROM begun AS b WHERE b.n = 1
    UNION
    SELECT x.words, x.doc
    FROM (
        SELECT n.words, n.doc, n.start, any_value(n.n) AS n, count(*) AS found
        FROM need AS n JOIN there AS t ON t.term = n.term AND t.doc = n.doc AND t.place = n.place
        GROUP BY n.words, n.doc, n.start
    ) AS x WHERE x.found = x.n - 1
),
found AS MATERIALIZED (
    SELECT p.entity_id, r.reading, p.alias
    FROM standing AS s
    JOIN docs AS d ON d.doc = s.doc
    JOIN readings AS r ON r.article_id = d.article_id
    JOIN part AS p ON p.words = s.words
    UNION ALL
    SELECT p.entity_id, w.reading, p.alias
    FROM part AS p JOIN article_entities AS w ON w.entity_id = '~' || p.words
    WHERE p.cased
)
SELECT f.entity_id, f.reading, 0 AS n, list_sort(list(DISTINCT f.alias)) AS spellings
FROM found AS f
ANTI JOIN article_entities AS k ON k.entity_id = f.entity_id AND k.reading = f.reading
GROUP BY f.entity_id, f.reading
ORDER BY f.entity_id, f.reading;
