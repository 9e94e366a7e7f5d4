-- People, organisations and places: where they appear, when, and with whom.

-- words() with capitals kept, so that the name Threads is not every thread
CREATE OR REPLACE MACRO cased_words(body) AS folded_words(strip_accents(coalesce(body, '')));

-- The entities that bear a name, whichever of their names it is; an entity_id is a name too.
CREATE OR REPLACE MACRO entities_named(name) AS TABLE
SELECT e.entity_id, any_value(e.entity) AS entity, any_value(e.label) AS label
FROM entities AS e
WHERE e.entity_id = name OR words(e.entity) = words(name)
    OR e.entity_id IN (SELECT al.entity_id FROM aliases AS al WHERE words(al.alias) = words(name))
GROUP BY e.entity_id;

-- The spellings by which the words of a text betray these entities: their names, without those
-- that others bear too; or the name as given, where nobody is known by it. A single word with
-- capitals (Meta, WHO) counts only where the text has them as well.
CREATE OR REPLACE MACRO spellings_of(name) AS TABLE
WITH
known AS MATERIALIZED (SELECT n.entity_id, n.entity FROM entities_named(name) AS n),
named AS (
    SELECT k.entity_id, k.entity, k.entity AS spelling FROM known AS k
    UNION
    SELECT k.entity_id, k.entity, al.alias FROM known AS k JOIN aliases AS al ON al.entity_id = k.entity_id
),
own AS (
    SELECT d.entity, d.spelling FROM named AS d
    WHERE words(d.spelling) NOT IN (
        SELECT words(al.alias) FROM aliases AS al WHERE al.entity_id NOT IN (SELECT k.entity_id FROM known AS k))
    UNION ALL
    SELECT NULL, name WHERE NOT EXISTS (FROM known)
)
SELECT DISTINCT ON (words(o.spelling), o.spelling)
    o.entity, o.spelling,
    words(o.spelling)[2:-2] AS pattern,
    list_sort(list_transform(tokens(o.spelling), lambda w: {'n': -length(w), 'w': w}))[1].w AS needed,
    o.entity IS NOT NULL AND len(tokens(o.spelling)) = 1 AND o.spelling <> lower(o.spelling) AS cased
FROM own AS o
WHERE trim(words(o.spelling)) <> ''
ORDER BY words(o.spelling), o.spelling, o.entity;

-- The articles of an entity by any of its names. found_by tells how: 'mention' (tagged as this
-- entity) or 'phrase' (one of its names stands in title or text, but was not tagged).
CREATE OR REPLACE MACRO entity(name, since := NULL, until := NULL) AS TABLE
WITH
asked AS MATERIALIZED (
    SELECT a.article_id FROM articles AS a
    WHERE (since IS NULL OR a.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR a.published_at < after_until(until))
),
mentioned AS MATERIALIZED (
    SELECT
        m.article_id, arg_max(m.entity, m.n) AS entity, sum(m.n)::BIGINT AS mentions, 'mention' AS found_by,
        list_sort(list_distinct(flatten(list(m.spellings)))) AS spellings
    FROM (
        SELECT o.article_id, n.entity_id, n.entity, count(*) AS n, list(DISTINCT o.surface) AS spellings
        FROM mentions AS o JOIN entities_named(name) AS n ON n.entity_id = o.entity_id
        WHERE o.article_id IN (SELECT q.article_id FROM asked AS q)
        GROUP BY o.article_id, n.entity_id, n.entity
    ) AS m
    GROUP BY m.article_id
),
spelled AS MATERIALIZED (
    SELECT list({'entity': s.entity, 'spelling': s.spelling, 'pattern': s.pattern, 'needed': s.needed, 'cased': s.cased}
        ORDER BY s.spelling) AS spellings
    FROM spellings_of(name) AS s
),
glanced AS (
    SELECT
        a.article_id, a.title, a.text,
        list_filter(s.spellings, lambda x: contains(a.folded, x.needed)) AS spellings
    FROM (
        SELECT b.article_id, b.title, b.text, fold(coalesce(b.title, '') || chr(10) || coalesce(b.text, '')) AS folded
        FROM articles AS b
        WHERE b.article_id IN (SELECT q.article_id FROM asked AS q)
            AND b.article_id NOT IN (SELECT m.article_id FROM mentioned AS m)
    ) AS a
    CROSS JOIN spelled AS s
    WHERE s.spellings IS NOT NULL
),
phrased AS (
    SELECT g.article_id, list_filter(g.spellings, lambda x:
        contains(g.cut, x.pattern) AND (NOT x.cased
            OR contains(g.cased, cased_words(x.spelling)[2:-2])
            OR contains(g.cased, cased_words(upper(x.spelling))[2:-2]))) AS spellings
    FROM (
        SELECT h.article_id, h.spellings,
            words(coalesce(h.title, '')) || chr(10) || words(coalesce(h.text, '')) AS cut,
            cased_words(h.title) || chr(10) || cased_words(h.text) AS cased
        FROM glanced AS h WHERE len(h.spellings) > 0
    ) AS g
),
hits AS (
    SELECT m.article_id, m.entity, m.mentions, m.found_by, m.spellings FROM mentioned AS m
    UNION ALL
    SELECT p.article_id, p.spellings[1].entity, 0, 'phrase', list_transform(p.spellings, lambda x: x.spelling)
    FROM phrased AS p WHERE len(p.spellings) > 0
)
SELECT a.article_id, a.url, a.title, a.source, a.published_at, a.language, h.entity, h.mentions, h.found_by, h.spellings
FROM hits AS h JOIN articles AS a ON a.article_id = h.article_id
ORDER BY a.published_at DESC NULLS LAST, a.article_id;

-- How many articles, bucket by bucket, without gaps; days begin where the zone says. Counts the
-- articles of an entity if anybody bears that name, else those that meet the search query.
-- Articles without a date are counted in a last row, whose bucket is NULL.
CREATE OR REPLACE MACRO timeline(query_or_entity, bucket := 'day', zone := 'UTC', since := NULL, until := NULL) AS TABLE
WITH
chosen AS MATERIALIZED (
    SELECT
        EXISTS (FROM entities_named(query_or_entity)) AS by_entity,
        CASE WHEN lower(bucket) IN ('hour', 'day', 'week', 'month', 'quarter', 'year') THEN lower(bucket)
            ELSE error('slugline: bad argument: bucket must be hour, day, week, month, quarter or year') END AS unit,
        CASE lower(bucket)
            WHEN 'hour' THEN INTERVAL 1 HOUR WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY
            WHEN 'month' THEN INTERVAL 1 MONTH WHEN 'quarter' THEN INTERVAL 3 MONTH WHEN 'year' THEN INTERVAL 1 YEAR
        END AS step
),
hits AS MATERIALIZED (
    SELECT n.article_id FROM entity(
        (SELECT CASE WHEN c.by_entity THEN query_or_entity END FROM chosen AS c), since := since, until := until) AS n
    UNION ALL
    SELECT m.article_id FROM matching(
        (SELECT CASE WHEN NOT c.by_entity THEN coalesce(query_or_entity, '') END FROM chosen AS c),
        since := since, until := until) AS m
),
dated AS MATERIALIZED (
    SELECT
        h.article_id, a.source, c.step, c.by_entity,
        date_trunc(c.unit, timezone(zone, timezone('UTC', a.published_at))) AS starts_at,
        EXISTS (FROM copies AS k WHERE k.article_id = h.article_id) AS copied
    FROM hits AS h LEFT JOIN articles AS a ON a.article_id = h.article_id CROSS JOIN chosen AS c
),
counted AS (
    SELECT d.starts_at, count(*) AS articles, count(*) FILTER (WHERE NOT d.copied) AS originals,
        count(DISTINCT d.source) AS sources
    FROM dated AS d GROUP BY d.starts_at
),
buckets AS (
    SELECT unnest(generate_series(s.first_at, s.last_at, s.step)) AS starts_at
    FROM (SELECT min(d.starts_at) AS first_at, max(d.starts_at) AS last_at, any_value(d.step) AS step
          FROM dated AS d WHERE d.starts_at IS NOT NULL) AS s
    UNION ALL
    SELECT NULL WHERE EXISTS (FROM dated AS d WHERE d.starts_at IS NULL)
)
SELECT
    b.starts_at AS bucket, coalesce(n.articles, 0) AS articles, coalesce(n.originals, 0) AS originals,
    coalesce(n.sources, 0) AS sources, CASE WHEN c.by_entity THEN 'entity' ELSE 'query' END AS counted
FROM buckets AS b LEFT JOIN counted AS n ON n.starts_at IS NOT DISTINCT FROM b.starts_at CROSS JOIN chosen AS c
ORDER BY b.starts_at NULLS LAST;

-- one cell of G²: observed × ln(observed / expected)
CREATE OR REPLACE MACRO cell(observed, expected) AS
CASE WHEN observed <= 0 OR expected <= 0 THEN 0 ELSE observed * ln(observed / expected) END;

-- Who appears in the same articles, and whether more often than chance would have it:
-- log_likelihood is Dunning's G² of the two-by-two table of articles (1993), negative where they
-- meet less often than expected; npmi is normalised pointwise mutual information, -1 to 1
-- (Bouma 2009). Copies of one text count as many articles, unless folded.
CREATE OR REPLACE MACRO together(
    name, since := NULL, until := NULL, label := NULL, min_articles := 1, fold_copies := false, top_n := 50) AS TABLE
WITH
asked AS MATERIALIZED (
    SELECT a.article_id FROM articles AS a
    WHERE (since IS NULL OR a.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR a.published_at < after_until(until))
        AND (NOT fold_copies OR a.article_id NOT IN (SELECT c.article_id FROM copies AS c))
),
own AS MATERIALIZED (
    SELECT n.article_id FROM entity(name, since := since, until := until) AS n
    WHERE n.article_id IN (SELECT q.article_id FROM asked AS q)
),
others AS (
    SELECT m.entity_id, count(DISTINCT m.article_id) AS theirs,
        count(DISTINCT m.article_id) FILTER (WHERE m.article_id IN (SELECT o.article_id FROM own AS o)) AS both_
    FROM mentions AS m
    WHERE m.article_id IN (SELECT q.article_id FROM asked AS q)
        AND m.entity_id NOT IN (SELECT k.entity_id FROM entities_named(name) AS k)
    GROUP BY m.entity_id
),
tables AS (
    SELECT o.entity_id, o.theirs::DOUBLE AS b, o.both_::DOUBLE AS ab,
        (SELECT count(*) FROM own)::DOUBLE AS a, (SELECT count(*) FROM asked)::DOUBLE AS n
    FROM others AS o WHERE o.both_ >= min_articles
),
weighed AS (
    SELECT t.entity_id, t.a, t.b, t.ab, t.n, t.a * t.b / t.n AS expected,
        2 * (cell(t.ab, t.a * t.b / t.n) + cell(t.a - t.ab, t.a * (t.n - t.b) / t.n)
            + cell(t.b - t.ab, (t.n - t.a) * t.b / t.n)
            + cell(t.n - t.a - t.b + t.ab, (t.n - t.a) * (t.n - t.b) / t.n)) AS g2
    FROM tables AS t
)
SELECT
    e.entity, e.label, w.ab::BIGINT AS articles, w.b::BIGINT AS articles_of_entity, w.a::BIGINT AS articles_of_name,
    round(w.expected, 2) AS expected,
    round(CASE WHEN w.ab < w.expected THEN -w.g2 ELSE greatest(w.g2, 0) END, 2) AS log_likelihood,
    round(CASE WHEN w.ab = w.n THEN 0 ELSE ln(w.ab * w.n / (w.a * w.b)) / -ln(w.ab / w.n) END, 3) AS npmi,
    CASE WHEN w.g2 > 10.83 THEN '0.1 %' WHEN w.g2 > 6.63 THEN '1 %' WHEN w.g2 > 3.84 THEN '5 %'
        ELSE 'not significant' END AS significance,
    w.entity_id
FROM weighed AS w
JOIN (SELECT d.entity_id, any_value(d.entity) AS entity, any_value(d.label) AS label FROM entities AS d GROUP BY d.entity_id) AS e
    ON e.entity_id = w.entity_id
WHERE label IS NULL OR e.label = upper(label)
ORDER BY CASE WHEN w.ab < w.expected THEN -w.g2 ELSE w.g2 END DESC, w.ab DESC, e.entity LIMIT top_n;
