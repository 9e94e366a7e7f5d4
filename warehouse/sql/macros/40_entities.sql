-- People, organisations and places: who bears a name, and which articles name them.
--
-- What is asked is looked up in three small relations (aliases, article_entities, readings); the
-- words of names that nobody recognised, in the index of words. No text is read.

-- words() with capitals kept
CREATE OR REPLACE MACRO cased_words(body) AS folded_words(strip_accents(coalesce(body, '')));

-- A name as it is looked up: folded words with one space between them.
CREATE OR REPLACE MACRO name_words(name) AS array_to_string(tokens(name), ' ');

-- Whose name one of these is, given as list; `aliases` from before there was a column of words are
-- folded on the way.
CREATE OR REPLACE MACRO bearers_of(names) AS TABLE
SELECT al.entity_id, al.words FROM aliases AS al WHERE al.words IN (SELECT unnest(names)) AND al.words <> ''
UNION ALL
SELECT al.entity_id, name_words(al.alias) FROM aliases AS al
WHERE al.words IS NULL AND name_words(al.alias) IN (SELECT unnest(names)) AND name_words(al.alias) <> '';

-- The entities that bear a name, whichever of their names it is; an entity_id is a name too.
CREATE OR REPLACE MACRO entities_named(name) AS TABLE
SELECT e.entity_id, any_value(e.entity) AS entity, any_value(e.label) AS label
FROM entities AS e
WHERE e.entity_id IN (SELECT name::VARCHAR UNION ALL SELECT b.entity_id FROM bearers_of([name_words(name)]) AS b)
GROUP BY e.entity_id;

-- The spellings by which the words of a text betray these entities: their names, without those
-- that others bear too; or the name as given, where nobody is known by it. A single word with
-- capitals (Meta, WHO) counts only where the text has them as well.
CREATE OR REPLACE MACRO spellings_of(name) AS TABLE
WITH
known AS MATERIALIZED (SELECT n.entity_id, n.entity FROM entities_named(name) AS n),
named AS MATERIALIZED (
    SELECT d.entity, d.spelling, name_words(d.spelling) AS pattern
    FROM (
        SELECT k.entity, k.entity AS spelling FROM known AS k
        UNION
        SELECT k.entity, al.alias FROM aliases AS al JOIN known AS k ON k.entity_id = al.entity_id
        UNION ALL
        SELECT NULL, name::VARCHAR WHERE NOT EXISTS (FROM known)
    ) AS d
),
shared AS (
    SELECT b.words FROM bearers_of((SELECT list(d.pattern) FROM named AS d)) AS b
    WHERE b.entity_id NOT IN (SELECT k.entity_id FROM known AS k)
)
SELECT
    min(d.entity) AS entity, min(d.spelling) AS spelling, d.pattern,
    bool_and(d.entity IS NOT NULL AND NOT contains(d.pattern, ' ') AND d.spelling <> lower(d.spelling)) AS cased
FROM named AS d
WHERE d.pattern <> '' AND d.pattern NOT IN (SELECT s.words FROM shared AS s)
GROUP BY d.pattern
ORDER BY d.pattern;

-- The query that finds the articles in which one of these spellings stands; what holds a shorter
-- one of them goes without saying. NULL: there is none to look for.
CREATE OR REPLACE MACRO query_for(patterns) AS
array_to_string(list_transform(
    list_filter(patterns, lambda p: len(list_filter(patterns,
        lambda q: q <> p AND contains(' ' || p || ' ', ' ' || q || ' '))) = 0),
    lambda p: '"' || p || '"'), ' OR ');

-- The articles of an entity by any of its names, in no order. `found_by` tells how: 'mention'
-- (recognised as this entity) or 'phrase' (one of its names stands there, but was not recognised).
-- `unnest` of one list: the optimiser then knows that these are few, and looks the others up.
CREATE OR REPLACE MACRO entity_hits(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL) AS TABLE
WITH
known AS MATERIALIZED (SELECT n.entity_id, n.entity FROM entities_named(name) AS n),
spelled AS MATERIALIZED (SELECT s.entity, s.spelling, s.pattern, s.cased FROM spellings_of(name) AS s),
keys AS MATERIALIZED (
    SELECT k.entity_id AS key, k.entity FROM known AS k
    UNION ALL
    SELECT '~' || s.pattern, s.entity FROM spelled AS s WHERE s.cased
),
watched AS MATERIALIZED (SELECT c.article_id FROM coverage AS c WHERE c.watch = watch AND c.tier <> 'off'),
found AS (
    SELECT p.reading, arg_max(k.entity, p.n) AS entity, sum(p.n)::BIGINT AS mentions, flatten(list(p.spellings)) AS spellings
    FROM article_entities AS p JOIN keys AS k ON k.key = p.entity_id
    GROUP BY p.reading
),
few AS (SELECT unnest(l.hits, max_depth := 2) FROM (SELECT list(f) AS hits FROM found AS f) AS l),
read_ AS MATERIALIZED (
    SELECT r.reading, r.article_id, r.published_at, r.source, r.language, f.entity, f.mentions, f.spellings
    FROM readings AS r JOIN few AS f ON f.reading = r.reading
    WHERE (since IS NULL OR r.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR r.published_at < after_until(until))
        AND (source IS NULL OR r.source = source)
        AND (language IS NULL OR r.language = lower(language) OR starts_with(r.language, lower(language) || '-'))
        AND (watch IS NULL OR r.article_id IN (SELECT w.article_id FROM watched AS w))
),
worded AS (
    SELECT m.article_id
    FROM matching(
        (SELECT nullif(query_for(list(s.pattern)), '') FROM spelled AS s WHERE NOT s.cased),
        since := since, until := until, source := source, language := language) AS m
    WHERE m.article_id NOT IN (SELECT r.article_id FROM read_ AS r)
        AND (watch IS NULL OR m.article_id IN (SELECT w.article_id FROM watched AS w))
),
phrased AS (SELECT unnest(l.ids) AS article_id FROM (SELECT list(w.article_id) AS ids FROM worded AS w) AS l)
SELECT
    r.reading, r.article_id, r.published_at, r.source, r.language, r.entity, r.mentions,
    CASE WHEN r.mentions > 0 THEN 'mention' ELSE 'phrase' END AS found_by, list_sort(list_distinct(r.spellings)) AS spellings
FROM read_ AS r
UNION ALL
SELECT NULL, a.article_id, a.published_at, a.source, a.language,
    (SELECT CASE WHEN min(s.entity) = max(s.entity) THEN min(s.entity) END FROM spelled AS s), 0, 'phrase',
    (SELECT CASE WHEN count(*) = 1 THEN list(s.spelling) ELSE [] END FROM spelled AS s WHERE NOT s.cased)
FROM articles AS a JOIN phrased AS p ON p.article_id = a.article_id;

-- The articles of an entity, newest first.
CREATE OR REPLACE MACRO entity(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL, top_n := NULL) AS TABLE
WITH best AS MATERIALIZED (
    SELECT h.reading, h.article_id, h.published_at, h.source, h.language, h.entity, h.mentions, h.found_by, h.spellings
    FROM entity_hits(name, since := since, until := until, source := source, language := language, watch := watch) AS h
    ORDER BY h.published_at DESC NULLS LAST, h.article_id LIMIT top_n
)
SELECT b.article_id, r.url, r.title, b.source, b.published_at, b.language, b.entity, b.mentions, b.found_by, b.spellings
FROM best AS b JOIN readings AS r ON r.reading = b.reading
UNION ALL
SELECT b.article_id, a.url, a.title, b.source, b.published_at, b.language, b.entity, b.mentions, b.found_by, b.spellings
FROM (SELECT x.* FROM best AS x WHERE x.reading IS NULL) AS b JOIN articles AS a ON a.article_id = b.article_id
ORDER BY published_at DESC NULLS LAST, article_id;

-- The articles that name one entity, `also` another, and `but_not` a third: newest first.
CREATE OR REPLACE MACRO naming(
    name, also := NULL, but_not := NULL, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL,
    top_n := NULL) AS TABLE
SELECT e.article_id, e.url, e.title, e.source, e.published_at, e.language, e.found_by
FROM entity(name, since := since, until := until, source := source, language := language, watch := watch) AS e
WHERE (also IS NULL OR e.article_id IN (SELECT o.article_id FROM entity_hits(also, since := since, until := until) AS o))
    AND (but_not IS NULL OR e.article_id NOT IN (SELECT o.article_id FROM entity_hits(but_not, since := since, until := until) AS o))
ORDER BY e.published_at DESC NULLS LAST, e.article_id LIMIT top_n;

-- Where an entity was named first, source by source: the very first on top. Articles without a date
-- are left out, since nobody knows.
CREATE OR REPLACE MACRO first_mention(name, since := NULL, until := NULL, language := NULL, watch := NULL) AS TABLE
WITH
hits AS MATERIALIZED (
    SELECT h.article_id, h.source, h.published_at, h.found_by
    FROM entity_hits(name, since := since, until := until, language := language, watch := watch) AS h
    WHERE h.published_at IS NOT NULL
),
firsts AS MATERIALIZED (
    SELECT h.source, min((h.published_at, h.article_id)) AS first_, count(*) AS articles FROM hits AS h GROUP BY h.source
)
SELECT
    f.source, f.first_[1] AS published_at,
    round((epoch(f.first_[1]) - epoch((SELECT min(h.published_at) FROM hits AS h))) / 3600, 1) AS hours_later,
    a.title, a.url, f.articles, f.first_[2] AS article_id
FROM firsts AS f JOIN articles AS a ON a.article_id = f.first_[2]
ORDER BY f.first_, f.source;

-- Who names an entity: articles by `source`, by `language`, or by `watch`, most first.
CREATE OR REPLACE MACRO entity_by(
    name, part := 'source', since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL) AS TABLE
WITH hits AS MATERIALIZED (
    SELECT h.article_id, h.source, h.language, h.published_at
    FROM entity_hits(name, since := since, until := until, source := source, language := language, watch := watch) AS h
),
parted AS (
    SELECT CASE lower(part) WHEN 'source' THEN h.source WHEN 'language' THEN h.language WHEN 'watch' THEN NULL
        ELSE error('slugline: bad argument: part must be source, language or watch') END AS value, h.article_id, h.published_at
    FROM hits AS h WHERE lower(part) <> 'watch'
    UNION ALL
    SELECT c.watch, h.article_id, h.published_at
    FROM hits AS h JOIN coverage AS c ON c.article_id = h.article_id
    WHERE lower(part) = 'watch' AND c.tier <> 'off'
)
SELECT
    d.value, count(*) AS articles, count(*) FILTER (WHERE k.article_id IS NULL) AS originals,
    round(count(*) / (SELECT count(*) FROM hits AS h), 3) AS share, min(d.published_at) AS first_at, max(d.published_at) AS last_at
FROM parted AS d LEFT JOIN (SELECT DISTINCT c.article_id FROM copies AS c) AS k ON k.article_id = d.article_id
GROUP BY d.value
ORDER BY articles DESC, d.value;
