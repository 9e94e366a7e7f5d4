-- People, organisations and places: who bears a name, and which articles name them.
--
-- What is asked is looked up in a few small relations (aliases, entities, article_entities, readings).
-- Names that nobody recognised in a text were looked for in its words when it landed (names_missed.sql).
-- Only what nobody is known by is looked up in the index of words. No text is read.
--
-- Most of the time of such a query goes into planning: every view named costs some milliseconds,
-- needed or not. So each is named as seldom as can be, and `query('…' || CASE …)` chooses by the
-- arguments what is planned at all.

-- A name as it is looked up: folded words with one space between them.
CREATE OR REPLACE MACRO name_words(name) AS array_to_string(tokens(name), ' ');

-- The same as one row. Of plain letters it is planned in a twentieth of the time.
CREATE OR REPLACE MACRO asked_words(name) AS TABLE
SELECT q.words FROM query('SELECT ' || CASE WHEN regexp_full_match(name::VARCHAR, '[ -~]*')
    THEN 'trim(regexp_replace(lower(' || as_sql(name) || '), ''[^a-z0-9]+'', '' '', ''g''))'
    ELSE 'name_words(' || as_sql(name) || ')' END || ' AS words') AS q;

-- The identifiers of those who bear a name; an identifier, which is one word, is a name too.
CREATE OR REPLACE MACRO ids_named(name) AS TABLE
SELECT al.entity_id FROM aliases AS al WHERE al.words IN (SELECT q.words FROM asked_words(name) AS q WHERE q.words <> '' LIMIT 1)
UNION
FROM query(CASE WHEN contains(name::VARCHAR, ' ') THEN 'SELECT NULL::VARCHAR WHERE false'
    ELSE 'SELECT al.entity_id FROM aliases AS al WHERE al.entity_id = ' || as_sql(name) END);

-- The entities that bear a name.
CREATE OR REPLACE MACRO entities_named(name) AS TABLE
SELECT e.entity_id, any_value(e.entity) AS entity, any_value(e.label) AS label
FROM entities AS e WHERE e.entity_id IN (SELECT k.entity_id FROM ids_named(name) AS k)
GROUP BY e.entity_id;

-- Whether a query is words and nothing else, in a script that has spaces between them: its articles
-- are found without the grammar, which takes long to plan.
CREATE OR REPLACE MACRO is_words(query) AS
regexp_matches(query, '^[^\x00-\x1F!-/:-@[-`{-\x{BF}\x{E00}-\x{EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{2000}-\x{2BFF}\x{2E00}-\x{10FFFF}]*$')
AND regexp_matches(query, '[^ ]') AND NOT regexp_matches(query, '(?:^| )(?:AND|OR|NOT)(?: |$)');

-- since and until as further arguments, in SQL.
CREATE OR REPLACE MACRO span_sql(since, until) AS ', since := ' || as_sql(moment_of(since)) || ', until := ' || as_sql(moment_of(until));

-- All that bare_hits() can be asked beside a name.
CREATE OR REPLACE MACRO given_sql(since, until, source, language, watch) AS
span_sql(since, until) || ', source := ' || as_sql(source) || ', language := ' || as_sql(language) || ', watch := ' || as_sql(watch);

-- Inside bare_hits(): the articles that meet a query, where nobody bears it as a name. A plain query is
-- never an error; any other is none where it is a name.
CREATE OR REPLACE MACRO unknown_hits(query, since := NULL, until := NULL, of_source := NULL, in_language := NULL) AS TABLE
FROM query(CASE WHEN plain_condition(query) IS NOT NULL
    THEN 'SELECT h.doc FROM (' || asked_hits(query, limits_sql(since, until, of_source, in_language), false) || ') AS h WHERE NOT EXISTS (FROM known)'
    ELSE 'SELECT h.doc FROM hits((SELECT ' || as_sql(query) || ' WHERE NOT EXISTS (FROM known))' || limits_sql(since, until, of_source, in_language)
        || ') AS h' END);

-- The articles of an entity by any of its names, in no order; `of_entity`: anybody bears the name.
-- Without, the articles are those in which it stands or, with `or_query`, that meet it as a query.
-- `reading` is NULL where nobody has read the article for names yet. How it is named there is not
-- told, since most who ask do not need it (see told_hits). `told`: of the articles of an entity 'all', or
-- only their 'dates' beside `reading`, or 'numbers': `reading` alone, which may be of an earlier version.
-- With less than all, nothing but `since` and `until`, or nothing, can be asked of them.
CREATE OR REPLACE MACRO bare_hits(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL, or_query := false, told := 'all') AS TABLE
WITH
asked AS MATERIALIZED (SELECT q.words FROM asked_words(name) AS q LIMIT 1),
known AS MATERIALIZED (SELECT k.entity_id FROM ids_named(name) AS k LIMIT 10000),
recognised AS (
    SELECT r.reading, r.article_id, r.published_at, r.source, r.language, true AS of_entity
    FROM readings AS r
    WHERE r.reading IN (SELECT p.reading FROM article_entities AS p WHERE p.entity_id IN (SELECT k.entity_id FROM known AS k))
        AND (since IS NULL OR r.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR r.published_at < after_until(until))
        AND (source IS NULL OR r.source = source)
        AND speaks(r.language, language)
),
dated AS (
    SELECT r.reading, NULL::VARCHAR, r.published_at, NULL::VARCHAR, NULL::VARCHAR, true
    FROM readings AS r
    WHERE r.reading IN (SELECT p.reading FROM article_entities AS p WHERE p.entity_id IN (SELECT k.entity_id FROM known AS k))
        AND (since IS NULL OR r.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR r.published_at < after_until(until))
),
numbered AS (
    SELECT p.reading, NULL::VARCHAR, NULL::TIMESTAMP, NULL::VARCHAR, NULL::VARCHAR, true
    FROM article_entities AS p WHERE p.entity_id IN (SELECT k.entity_id FROM known AS k)
),
slot AS MATERIALIZED (   -- what nobody is known by: its words by their places; those of a query stand anywhere
    SELECT len(x.words) AS n, unnest(x.words) AS word, generate_subscripts(x.words, 1) AS slot
    FROM (
        SELECT CASE WHEN or_query THEN list_distinct(string_split(q.words, ' ')) ELSE string_split(q.words, ' ') END AS words
        FROM asked AS q WHERE q.words <> '' AND NOT EXISTS (FROM known) AND (NOT or_query OR is_words(name))
        UNION ALL SELECT ['!']   -- stands nowhere; without a word DuckDB 1.5 reads the first lists of all and then stops
    ) AS x LIMIT 200
),
listed AS MATERIALIZED (
    SELECT p.term, p.doc, p.pos FROM postings AS p
    WHERE p.term IN (SELECT s.word FROM slot AS s)
        AND (since IS NULL OR p.m2 >= month_no(since)) AND (until IS NULL OR p.m1 <= month_no(until))
    UNION ALL
    SELECT r.term, [r.doc], [r.pos] FROM recent AS r
    WHERE r.term IN (SELECT s.word FROM slot AS s)
        AND (since IS NULL OR r.m >= month_no(since)) AND (until IS NULL OR r.m <= month_no(until))
),
rare AS MATERIALIZED (   -- the word that stands in the fewest articles; none, unless all stand somewhere
    SELECT arg_min(y.slot, y.df) AS slot
    FROM (SELECT s.slot, any_value(s.n) AS n, sum(len(l.doc)) AS df FROM listed AS l JOIN slot AS s ON s.word = l.term GROUP BY s.slot) AS y
    HAVING count(*) = any_value(y.n)
),
place AS MATERIALIZED (   -- article and where the words would begin, in one number
    SELECT x.n, x.rare, (x.doc::BIGINT << 20) + CASE WHEN or_query THEN 0 ELSE x.p - x.slot + 256 END AS at
    FROM (
        SELECT y.n, y.slot, y.rare, y.doc, unnest(CASE WHEN or_query THEN [0] ELSE y.pos END) AS p
        FROM (
            SELECT s.n, s.slot, s.slot = r.slot AS rare, unnest(l.doc) AS doc, unnest(l.pos) AS pos
            FROM listed AS l JOIN slot AS s ON s.word = l.term CROSS JOIN rare AS r
        ) AS y
    ) AS x
),
held AS (   -- `unnest` of one list: the optimiser then knows that these are few, and looks the others up
    SELECT unnest(l.docs) AS doc
    FROM (
        SELECT list(DISTINCT (x.at >> 20)::INTEGER) AS docs
        FROM (
            SELECT p.at, any_value(p.n) AS n, count(*) AS found
            FROM place AS p WHERE p.at IN (SELECT q.at FROM place AS q WHERE q.rare) GROUP BY p.at
        ) AS x WHERE x.found = x.n
    ) AS l
),
worded AS MATERIALIZED (
    SELECT d.article_id, d.published_at, d.source, d.language
    FROM docs AS d JOIN held AS h ON h.doc = d.doc   -- not IN: DuckDB would take these for a fifth of all docs
    WHERE (since IS NULL OR d.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR d.published_at < after_until(until))
        AND (source IS NULL OR d.source = source)
        AND speaks(d.language, language)
    UNION ALL
    FROM query(CASE WHEN or_query AND NOT is_words(name) THEN '
        SELECT d.article_id, d.published_at, d.source, d.language
        FROM docs AS d JOIN (FROM unknown_hits(' || as_sql(name) || span_sql(since, until)
            || ', of_source := ' || as_sql(source) || ', in_language := ' || as_sql(language) || ')) AS m ON m.doc = d.doc'
        ELSE 'SELECT NULL, NULL, NULL, NULL WHERE false' END)
),
every AS (
    SELECT e.reading, e.article_id, e.published_at, e.source, e.language, e.of_entity
    FROM query(CASE told WHEN 'all' THEN 'FROM recognised' WHEN 'dates' THEN 'FROM dated' ELSE 'FROM numbered' END) AS e(reading, article_id, published_at, source, language, of_entity)
    UNION ALL
    SELECT NULL, w.*, false FROM worded AS w
)
FROM query('SELECT e.* FROM every AS e' || coalesce(' WHERE e.article_id IN (
    SELECT c.article_id FROM coverage AS c WHERE c.tier <> ''off'' AND c.watch = ' || nullif(as_sql(watch), 'NULL') || ')', ''));

-- The same, newest first, and how each is named there; only those that name `also` and not `but_not`.
-- `found_by`: 'mention' (recognised as this entity) or 'phrase' (one of its names stands there, but was
-- not recognised). `told` as in bare_hits: 'dates' only without `also` and `but_not`.
CREATE OR REPLACE MACRO told_hits(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL, also := NULL, but_not := NULL,
    newest := NULL, told := 'all') AS TABLE
WITH
best AS MATERIALIZED (
    SELECT h.*
    FROM query('SELECT h.* FROM bare_hits(' || as_sql(name) || given_sql(since, until, source, language, watch)
        || ', told := ' || as_sql(told) || ') AS h WHERE true'
        || coalesce(' AND h.article_id IN (SELECT o.article_id FROM bare_hits(' || nullif(as_sql(also), 'NULL')
            || span_sql(since, until) || ') AS o)', '')
        || coalesce(' AND h.article_id NOT IN (SELECT o.article_id FROM bare_hits(' || nullif(as_sql(but_not), 'NULL')
            || span_sql(since, until) || ') AS o)', '')) AS h
    ORDER BY h.published_at DESC NULLS LAST, h.reading DESC NULLS LAST, h.article_id LIMIT newest
),
bearer AS MATERIALIZED (SELECT e.entity_id, e.entity FROM entities_named(name) AS e LIMIT 10000),
named AS (
    SELECT p.reading, arg_max(b.entity, p.n) AS entity, sum(p.n)::BIGINT AS mentions,
        list_sort(list_distinct(flatten(list(p.spellings)))) AS spellings
    FROM article_entities AS p JOIN bearer AS b ON b.entity_id = p.entity_id
    WHERE p.reading IN (SELECT h.reading FROM best AS h)
    GROUP BY p.reading
)
SELECT h.reading, h.article_id, h.published_at, h.source, h.language, n.entity, coalesce(n.mentions, 0) AS mentions,
    CASE WHEN n.mentions > 0 THEN 'mention' ELSE 'phrase' END AS found_by,
    CASE WHEN h.of_entity THEN coalesce(n.spellings, []) ELSE [name::VARCHAR] END AS spellings
FROM best AS h LEFT JOIN named AS n ON n.reading = h.reading;

-- The articles of an entity by any of its names, in no order, to join with.
CREATE OR REPLACE MACRO entity_hits(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL) AS TABLE
FROM told_hits(name, since := since, until := until, source := source, language := language, watch := watch);

-- told_hits() with title and address.
CREATE OR REPLACE MACRO shown_hits(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL, also := NULL, but_not := NULL,
    newest := NULL) AS TABLE
WITH
best AS MATERIALIZED (
    SELECT h.*
    FROM query('FROM told_hits(' || as_sql(name) || given_sql(since, until, source, language, watch) || ', newest := ' || as_sql(newest)
        || CASE WHEN coalesce(source, language, watch, also, but_not) IS NULL THEN ', told := ''dates'')'
            ELSE ', also := ' || as_sql(also) || ', but_not := ' || as_sql(but_not) || ')' END) AS h
),
shown AS (
    SELECT r.article_id, r.url, r.title, r.source, r.language, b.reading, b.published_at, b.entity, b.mentions, b.found_by, b.spellings
    FROM best AS b JOIN readings AS r ON r.reading = b.reading
    UNION ALL
    SELECT d.article_id, d.url, d.title, d.source, d.language, NULL, b.published_at, b.entity, b.mentions, b.found_by, b.spellings
    FROM docs AS d JOIN (SELECT b.* FROM best AS b WHERE b.reading IS NULL) AS b ON b.article_id = d.article_id
)
SELECT s.article_id, s.url, s.title, s.source, s.published_at, s.language, s.entity, s.mentions, s.found_by, s.spellings
FROM shown AS s
ORDER BY s.published_at DESC NULLS LAST, s.reading DESC NULLS LAST, s.article_id;

-- The articles of an entity, newest first.
CREATE OR REPLACE MACRO entity(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL, top_n := NULL) AS TABLE
FROM shown_hits(name, since := since, until := until, source := source, language := language, watch := watch, newest := top_n);

-- The articles that name one entity, `also` another, and `but_not` a third: newest first.
CREATE OR REPLACE MACRO naming(
    name, also := NULL, but_not := NULL, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL,
    top_n := NULL) AS TABLE
SELECT h.article_id, h.url, h.title, h.source, h.published_at, h.language, h.found_by
FROM shown_hits(name, since := since, until := until, source := source, language := language, watch := watch,
    also := also, but_not := but_not, newest := top_n) AS h;

-- Where an entity was named first, source by source: the very first on top. Articles without a date
-- are left out, since nobody knows.
CREATE OR REPLACE MACRO first_mention(name, since := NULL, until := NULL, language := NULL, watch := NULL) AS TABLE
WITH
hits AS MATERIALIZED (
    SELECT h.article_id, h.source, h.published_at
    FROM query('FROM bare_hits(' || as_sql(name) || given_sql(since, until, NULL, language, watch) || ')') AS h
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
    FROM query('FROM bare_hits(' || as_sql(name) || given_sql(since, until, source, language, watch) || ')') AS h
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
