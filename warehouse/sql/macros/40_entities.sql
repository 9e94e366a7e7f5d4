-- People, organisations and places: who bears a name, and which articles name them.
--
-- What is asked is looked up in three small relations (aliases, article_entities, readings); the
-- words of names that nobody recognised, in the index of words. No text is read.

-- words() with capitals kept
CREATE OR REPLACE MACRO cased_words(body) AS folded_words(strip_accents(coalesce(body, '')));

-- A name as it is looked up: folded words with one space between them.
CREATE OR REPLACE MACRO name_words(name) AS array_to_string(tokens(name), ' ');

-- The names of whoever bears a name, whichever of their names it is; an entity_id is a name too.
-- `shared`: others bear that spelling as well. One row without an entity where nobody is known by
-- the name. A name is folded once, since that takes long to plan; names that landed before there
-- was a column of words are compared by their older form.
CREATE OR REPLACE MACRO names_of(name) AS TABLE
WITH
asked AS MATERIALIZED (SELECT name_words(name) AS words LIMIT 1),
ids AS (
    SELECT name::VARCHAR AS entity_id
    UNION ALL
    SELECT al.entity_id FROM aliases AS al WHERE al.words IN (SELECT q.words FROM asked AS q) AND al.words <> ''
    UNION ALL
    SELECT al.entity_id FROM aliases AS al WHERE al.words IS NULL AND al.folded IN (SELECT q.words FROM asked AS q)
),
known AS MATERIALIZED (
    SELECT e.entity_id, any_value(e.entity) AS entity, any_value(e.label) AS label
    FROM entities AS e WHERE e.entity_id IN (SELECT i.entity_id FROM ids AS i)
    GROUP BY e.entity_id LIMIT 10000
),
named AS MATERIALIZED (
    SELECT k.entity_id, k.entity, k.label, al.alias AS spelling, coalesce(al.words, al.folded, '') AS pattern
    FROM known AS k LEFT JOIN aliases AS al ON al.entity_id = k.entity_id
    UNION ALL
    SELECT NULL, NULL, NULL, name::VARCHAR, q.words FROM asked AS q WHERE NOT EXISTS (FROM known)
    LIMIT 100000
)
SELECT n.entity_id, n.entity, n.label, n.spelling, n.pattern, n.pattern IN (
    SELECT al.words FROM aliases AS al
    WHERE al.words IN (SELECT m.pattern FROM named AS m) AND al.entity_id NOT IN (SELECT k.entity_id FROM known AS k)) AS shared
FROM named AS n;

-- The entities that bear a name.
CREATE OR REPLACE MACRO entities_named(name) AS TABLE
SELECT n.entity_id, any_value(n.entity) AS entity, any_value(n.label) AS label
FROM names_of(name) AS n WHERE n.entity_id IS NOT NULL
GROUP BY n.entity_id;

-- The spellings by which the words of a text betray these entities: their names, without those
-- that others bear too; or the name as given, where nobody is known by it. A single word with
-- capitals (Meta, WHO) counts only where the text has them as well.
CREATE OR REPLACE MACRO is_cased(entity_id, spelling, pattern) AS
entity_id IS NOT NULL AND NOT contains(pattern, ' ') AND spelling <> lower(spelling);

CREATE OR REPLACE MACRO spellings_of(name) AS TABLE
SELECT min(n.entity) AS entity, min(n.spelling) AS spelling, n.pattern, bool_and(is_cased(n.entity_id, n.spelling, n.pattern)) AS cased
FROM names_of(name) AS n WHERE n.pattern <> '' AND NOT n.shared
GROUP BY n.pattern
ORDER BY n.pattern;

-- The query that finds the articles in which one of these spellings stands; what holds a shorter
-- one of them goes without saying. NULL: there is none to look for.
CREATE OR REPLACE MACRO query_for(patterns) AS
array_to_string(list_transform(
    list_filter(patterns, lambda p: len(list_filter(patterns,
        lambda q: q <> p AND contains(' ' || p || ' ', ' ' || q || ' '))) = 0),
    lambda p: '"' || p || '"'), ' OR ');

-- The articles of an entity by any of its names, in no order. `found_by` tells how: 'mention'
-- (recognised as this entity) or 'phrase' (one of its names stands there, but was not recognised).
-- `or_query`: what nobody is known by is a search query (`of_entity` tells). `unnest` of one list:
-- the optimiser then knows that these are few, and looks the others up.
CREATE OR REPLACE MACRO entity_hits(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL, or_query := false) AS TABLE
WITH
named AS MATERIALIZED (SELECT n.entity_id, n.entity, n.spelling, n.pattern, n.shared FROM names_of(name) AS n LIMIT 100000),
spelled AS MATERIALIZED (
    SELECT min(n.entity) AS entity, min(n.spelling) AS spelling, n.pattern,
        bool_and(is_cased(n.entity_id, n.spelling, n.pattern)) AS cased
    FROM named AS n WHERE n.pattern <> '' AND NOT n.shared GROUP BY n.pattern LIMIT 1000
),
asked AS MATERIALIZED (
    SELECT EXISTS (FROM named AS n WHERE n.entity_id IS NOT NULL) AS of_entity,
        (SELECT nullif(query_for(list(s.pattern)), '') FROM spelled AS s WHERE NOT s.cased) AS query
),
keys AS MATERIALIZED (
    SELECT n.entity_id AS key, any_value(n.entity) AS entity FROM named AS n WHERE n.entity_id IS NOT NULL GROUP BY n.entity_id
    UNION ALL
    SELECT '~' || s.pattern, s.entity FROM spelled AS s WHERE s.cased
    LIMIT 1000
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
        (SELECT CASE WHEN or_query AND NOT a.of_entity THEN name ELSE a.query END FROM asked AS a),
        since := since, until := until, source := source, language := language) AS m
    WHERE m.article_id NOT IN (SELECT r.article_id FROM read_ AS r)
        AND (watch IS NULL OR m.article_id IN (SELECT w.article_id FROM watched AS w))
),
phrased AS (SELECT unnest(l.ids) AS article_id FROM (SELECT list(w.article_id) AS ids FROM worded AS w) AS l)
SELECT
    r.reading, r.article_id, r.published_at, r.source, r.language, r.entity, r.mentions,
    CASE WHEN r.mentions > 0 THEN 'mention' ELSE 'phrase' END AS found_by, list_sort(list_distinct(r.spellings)) AS spellings, true AS of_entity
FROM read_ AS r
UNION ALL
SELECT NULL, a.article_id, a.published_at, a.source, a.language,
    (SELECT CASE WHEN min(s.entity) = max(s.entity) THEN min(s.entity) END FROM spelled AS s), 0, 'phrase',
    (SELECT CASE WHEN count(*) = 1 THEN list(s.spelling) ELSE [] END FROM spelled AS s WHERE NOT s.cased), (SELECT q.of_entity FROM asked AS q)
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
