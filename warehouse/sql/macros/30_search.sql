-- Keyword search over the inverted index (see postings, recent and lexicon): no extension, nothing
-- but joins. What makes it fast, and is easily lost:
--   · LIMIT on what comes from the query: it keeps the estimates small, so that the index is what
--     is probed and only its row groups that can match are read;
--   · the rarest part of the query that every hit must meet drives: others are looked up for its
--     articles only;
--   · positions are read for phrases and titles only;
--   · conditions on arguments alone (`since IS NULL`) are decided while planning.
-- Arguments bear the names of columns, so every column is qualified.

-- since and until as given by people: a day means the whole day, a moment is itself (UTC).
CREATE OR REPLACE MACRO after_until(moment) AS
CASE WHEN moment::TIMESTAMP = moment::TIMESTAMP::DATE THEN moment::TIMESTAMP + INTERVAL 1 DAY ELSE moment::TIMESTAMP END;

-- Which leaves drive: every article that meets the query holds one of them. For each part of the
-- query y is how many articles they stand in at most (`costs`, by leaf), n the same for its
-- negation; 1e15 where no leaf must be there. AND takes the cheaper side, OR both.
CREATE OR REPLACE MACRO drivers(rpn, costs) AS
list_reduce(list_transform(rpn, lambda c: [
    {'c': c, 'y': CASE WHEN c > 0 THEN costs[c] END::DOUBLE, 'ys': [c], 'n': 1e15::DOUBLE, 'ns': []::INTEGER[]}]),
    lambda s, x: CASE
        WHEN x[1].c > 0 THEN list_append(s, x[1])
        WHEN x[1].c = -3 THEN list_append(s[:-2], {'c': 0, 'y': s[-1].n, 'ys': s[-1].ns, 'n': s[-1].y, 'ns': s[-1].ys})
        WHEN x[1].c = -2 THEN list_append(s[:-3], {'c': 0,
            'y': least(s[-1].y, s[-2].y), 'ys': CASE WHEN s[-1].y <= s[-2].y THEN s[-1].ys ELSE s[-2].ys END,
            'n': s[-1].n + s[-2].n, 'ns': list_concat(s[-1].ns, s[-2].ns)})
        ELSE list_append(s[:-3], {'c': 0,
            'y': s[-1].y + s[-2].y, 'ys': list_concat(s[-1].ys, s[-2].ys),
            'n': least(s[-1].n, s[-2].n), 'ns': CASE WHEN s[-1].n <= s[-2].n THEN s[-1].ns ELSE s[-2].ns END})
    END, [{'c': 0, 'y': 0::DOUBLE, 'ys': []::INTEGER[], 'n': 0::DOUBLE, 'ns': []::INTEGER[]}][:0])[1];

-- Of the query alone, and a little too often true: what these guard is not even planned for others.
CREATE OR REPLACE MACRO needs_places(query) AS regexp_matches(query, '[^A-Za-z0-9 ()*-]|[A-Za-z0-9]-');
CREATE OR REPLACE MACRO has_fields(query) AS regexp_matches(query, '(?i)(?:' || field_names() || ')[:：]');

-- Said where the limit on in_index would leave words out: no article is left out without a word.
CREATE OR REPLACE MACRO too_many_words() AS
'slugline: bad query at 1: its prefixes begin 50,000 words or more; write more letters before *';

-- Every indexed article that meets a query, and its score; and one row without an article that
-- holds the query's leaves. The score is BM25 (k1 1.2, b 0.75) with an occurrence in the title
-- counted as three. It is rounded to one of 255 steps a word in the index, with lengths in
-- relation to 400 words; a phrase counts as its words do, a prefix as one word.
CREATE OR REPLACE MACRO hits(query, since := NULL, until := NULL, source := NULL, language := NULL, stem := false) AS TABLE
WITH
parsed AS MATERIALIZED (
    SELECT p.problem, p.leaves, p.rpn FROM parse_query(query) AS p LIMIT 1
),
leaf AS MATERIALIZED (
    SELECT x.leaf, 1::HUGEINT << least(x.leaf - 1, 125)::INTEGER AS mask, x.l.field AS field, x.l.words AS words, x.l.prefix AS prefix,
        x.l.value AS value, x.l.pattern AS pattern, x.l.excluded AS excluded
    FROM (
        SELECT unnest(p.leaves) AS l, generate_subscripts(p.leaves, 1) AS leaf
        FROM parsed AS p WHERE p.problem IS NULL
    ) AS x LIMIT 126
),
slot AS MATERIALIZED (   -- the words of each leaf by their places in it
    SELECT x.leaf, x.mask, x.n, x.slot, x.word, x.titled, x.excluded, x.prefix AND x.slot = x.n AND length(x.word) > 1 AS prefix,
        left(x.word, 3) AS p3
    FROM (
        SELECT l.leaf, l.mask, l.prefix, l.excluded, l.field = 'title' AS titled, len(l.words) AS n,
            unnest(l.words) AS word, generate_subscripts(l.words, 1) AS slot
        FROM leaf AS l WHERE l.field IN ('', 'title', 'entity')
    ) AS x LIMIT 2000
),
in_index AS MATERIALIZED (   -- the terms of the index that may stand in each place
    SELECT y.leaf, y.mask, y.n, y.slot, y.titled, y.excluded, y.term, sum(y.df) AS df
    FROM (
        SELECT s.leaf, s.mask, s.n, s.slot, s.titled, s.excluded, x.term, x.df
        FROM lexicon AS x JOIN slot AS s ON x.p3 = s.p3
        WHERE CASE WHEN s.prefix THEN length(s.word) > 2 AND starts_with(x.term, s.word)
            WHEN stem THEN stem_of(x.term) = stem_of(s.word) ELSE x.term = s.word END
        UNION ALL   -- two letters
        SELECT s.leaf, s.mask, s.n, s.slot, s.titled, s.excluded, x.term, x.df
        FROM lexicon AS x JOIN slot AS s ON left(x.p3, 2) = s.word
        WHERE contains(query, '*') AND s.prefix
    ) AS y
    GROUP BY y.leaf, y.mask, y.n, y.slot, y.titled, y.excluded, y.term LIMIT 50000
),
counted AS MATERIALIZED (   -- of how many articles; rare: the place with the fewest
    SELECT z.*, count(*) OVER (PARTITION BY z.leaf) AS slots,
        z.slot = arg_min(z.slot, z.df) OVER (PARTITION BY z.leaf) AS rare
    FROM (SELECT s.leaf, s.n, s.slot, sum(s.df) AS df FROM in_index AS s GROUP BY s.leaf, s.n, s.slot) AS z LIMIT 2000
),
plan AS MATERIALIZED (
    SELECT drivers(any_value(p.rpn), list(c.cost ORDER BY c.leaf)) AS d
    FROM (
        SELECT l.leaf, CASE WHEN l.field IN ('', 'title') THEN coalesce(min(k.df), 0) ELSE 2 * any_value(i.n_docs) END AS cost
        FROM leaf AS l LEFT JOIN counted AS k ON k.leaf = l.leaf AND k.slots = k.n CROSS JOIN index_stats AS i
        GROUP BY l.leaf, l.field
    ) AS c CROSS JOIN parsed AS p LIMIT 1
),
term AS MATERIALIZED (
    SELECT s.leaf, s.mask, s.n, s.slot, s.titled, s.term, k.rare, list_contains(d.d.ys, s.leaf) AS drives,
        CASE WHEN s.excluded THEN 0
            ELSE ln(1 + greatest(i.n_docs - k.df + 0.5, 0.5) / (k.df + 0.5)) * 2.2 / 255 END AS w
    FROM in_index AS s JOIN counted AS k ON k.leaf = s.leaf AND k.slot = s.slot AND k.slots = k.n
    CROSS JOIN plan AS d CROSS JOIN index_stats AS i LIMIT 50000
),
lone AS MATERIALIZED (SELECT t.mask, t.drives, t.w, t.term FROM term AS t WHERE t.n = 1 AND NOT t.titled LIMIT 50000),
placed AS MATERIALIZED (SELECT t.leaf, t.mask, t.drives, t.n, t.slot, t.titled, t.rare, t.w, t.term
    FROM term AS t WHERE t.n > 1 OR t.titled LIMIT 50000),
listed AS MATERIALIZED (
    SELECT t.mask, t.drives, t.w, p.doc, p.imp FROM postings AS p JOIN lone AS t ON p.term = t.term
    WHERE (since IS NULL OR p.m2 >= month_no(since)) AND (until IS NULL OR p.m1 <= month_no(until))
),
fresh AS MATERIALIZED (
    SELECT t.mask, t.drives, r.doc, t.w * r.imp AS s FROM recent AS r JOIN lone AS t ON r.term = t.term
    WHERE (since IS NULL OR r.m >= month_no(since)) AND (until IS NULL OR r.m <= month_no(until))
),
spread AS MATERIALIZED (
    SELECT t.*, p.doc, p.imp, p.pos FROM postings AS p JOIN placed AS t ON p.term = t.term
    WHERE needs_places(query) AND (since IS NULL OR p.m2 >= month_no(since)) AND (until IS NULL OR p.m1 <= month_no(until))
    UNION ALL
    SELECT t.*, [r.doc], [r.imp], [r.pos] FROM recent AS r JOIN placed AS t ON r.term = t.term
    WHERE needs_places(query) AND (since IS NULL OR r.m >= month_no(since)) AND (until IS NULL OR r.m <= month_no(until))
),
place AS MATERIALIZED (   -- article and where the phrase would begin, in one number
    SELECT y.leaf, y.mask, y.drives, y.n, y.slot, y.w * y.imp AS s, (y.doc::BIGINT << 20) + y.p - y.slot + 256 AS at
    FROM (
        SELECT x.leaf, x.mask, x.drives, x.n, x.slot, x.titled, x.w, x.imp, x.doc, unnest(x.pos) AS p
        FROM (SELECT c.* EXCLUDE (doc, imp, pos), unnest(c.doc) AS doc, unnest(c.imp) AS imp, unnest(c.pos) AS pos
              FROM spread AS c WHERE c.rare) AS x
    ) AS y WHERE NOT y.titled OR y.p < 512
),
beside AS MATERIALIZED (
    SELECT y.leaf, y.mask, y.drives, y.n, y.slot, y.s, y.at
    FROM (
        SELECT x.leaf, x.mask, x.drives, x.n, x.slot, x.w * x.imp AS s, (x.doc::BIGINT << 20) + unnest(x.pos) - x.slot + 256 AS at
        FROM (SELECT c.* EXCLUDE (doc, imp, pos), unnest(c.doc) AS doc, unnest(c.imp) AS imp, unnest(c.pos) AS pos
              FROM spread AS c WHERE NOT c.rare) AS x
    ) AS y WHERE y.at IN (SELECT p.at FROM place AS p)
),
phrase AS MATERIALIZED (
    SELECT y.mask, y.drives, (y.at >> 20)::INTEGER AS doc, y.s
    FROM (
        SELECT x.leaf, x.mask, x.drives, x.n, x.at, sum(x.s) AS s
        FROM (
            SELECT b.* FROM beside AS b
            UNION ALL
            SELECT p.* FROM place AS p WHERE p.n = 1 OR p.at IN (SELECT b.at FROM beside AS b)
        ) AS x
        GROUP BY x.leaf, x.mask, x.drives, x.n, x.at HAVING count(*) = x.n
    ) AS y
),
sought AS MATERIALIZED (   -- best place of each article
    SELECT p.mask, p.drives, p.doc, max(p.s) AS s FROM phrase AS p GROUP BY p.mask, p.drives, p.doc
),
fielded AS MATERIALIZED (   -- what docs are looked through for; all of them, where no leaf must be there
    SELECT l.mask, list_contains(d.d.ys, l.leaf) AS drives, l.field, l.value, l.pattern,
        array_to_string(l.words, ' ') AS name
    FROM leaf AS l CROSS JOIN plan AS d WHERE l.field NOT IN ('', 'title')
    UNION ALL
    SELECT 0::HUGEINT, true, 'any', NULL, NULL, NULL FROM plan AS d WHERE d.d.y >= 1e15 LIMIT 200
),
bearer AS (
    SELECT al.entity_id, f.mask FROM aliases AS al JOIN fielded AS f ON f.field = 'entity' AND al.words = f.name
    UNION SELECT f.value, f.mask FROM fielded AS f WHERE f.field = 'entity'
),
naming AS MATERIALIZED (   -- `unnest` of one list: few, as the optimiser then knows; none, without fields
    SELECT DISTINCT x.mask, r.article_id
    FROM readings AS r JOIN (
        SELECT unnest(l.those, max_depth := 2) FROM (
            SELECT list({'mask': b.mask, 'reading': n.reading}) AS those
            FROM article_entities AS n JOIN bearer AS b ON n.entity_id = b.entity_id
            WHERE has_fields(query) AND n.n > 0
        ) AS l
    ) AS x ON x.reading = r.reading
),
kept AS MATERIALIZED (
    SELECT f.mask, f.drives, d.doc, 0.0::DOUBLE AS s
    FROM docs AS d CROSS JOIN fielded AS f
    LEFT JOIN naming AS n ON n.mask = f.mask AND n.article_id = d.article_id AND f.field = 'entity'
    WHERE (has_fields(query) OR regexp_matches(query, 'NOT|-')) AND CASE f.field
        WHEN 'any' THEN true
        WHEN 'source' THEN d.source = f.value
        WHEN 'language' THEN d.language = lower(f.value) OR starts_with(d.language, lower(f.value) || '-')
        WHEN 'site' THEN ends_with('.' || d.site, '.' || regexp_replace(lower(f.value), '^www\.', ''))
        WHEN 'author' THEN contains(d.authors, f.pattern)
        WHEN 'since' THEN d.published_at >= begins(f.value)
        WHEN 'until' THEN d.published_at < ends(f.value)
        ELSE n.mask IS NOT NULL END
),
first AS MATERIALIZED (
    SELECT x.mask, x.doc, x.w * x.imp AS s
    FROM (SELECT c.mask, c.w, unnest(c.doc) AS doc, unnest(c.imp) AS imp FROM listed AS c WHERE c.drives) AS x
    UNION ALL SELECT f.mask, f.doc, f.s FROM fresh AS f WHERE f.drives
    UNION ALL SELECT p.mask, p.doc, p.s FROM sought AS p WHERE p.drives
    UNION ALL SELECT k.mask, k.doc, k.s FROM kept AS k WHERE k.drives
),
then_ AS (
    SELECT x.mask, x.doc, x.w * x.imp AS s
    FROM (SELECT c.mask, c.w, unnest(c.doc) AS doc, unnest(c.imp) AS imp FROM listed AS c WHERE NOT c.drives) AS x
    WHERE x.doc IN (SELECT f.doc FROM first AS f)
    UNION ALL
    SELECT y.mask, y.doc, y.s
    FROM (
        SELECT f.mask, f.doc, f.s FROM fresh AS f WHERE NOT f.drives
        UNION ALL SELECT p.mask, p.doc, p.s FROM sought AS p WHERE NOT p.drives
        UNION ALL SELECT k.mask, k.doc, k.s FROM kept AS k WHERE NOT k.drives
    ) AS y WHERE y.doc IN (SELECT f.doc FROM first AS f)
),
held AS MATERIALIZED (
    SELECT z.doc, bit_or(z.mask) AS mask, sum(z.s) AS score
    FROM (SELECT f.* FROM first AS f UNION ALL SELECT t.* FROM then_ AS t) AS z GROUP BY z.doc
),
verdict AS MATERIALIZED (   -- few articles differ in which leaves they hold: each kind is judged once
    SELECT v.mask
    FROM (SELECT DISTINCT h.mask FROM held AS h) AS v CROSS JOIN parsed AS p
    WHERE holds(p.rpn, list_transform(range(len(p.leaves)), lambda i: ((v.mask >> i::INTEGER) & 1)::INTEGER)) LIMIT 100000
),
met AS (
    SELECT h.doc, h.score FROM held AS h
    WHERE h.mask IN (SELECT v.mask FROM verdict AS v) AND h.doc NOT IN (SELECT d.doc FROM dead_docs AS d)
)
SELECT m.doc, m.score, NULL AS leaves FROM met AS m
WHERE since IS NULL AND until IS NULL AND source IS NULL AND language IS NULL
UNION ALL
SELECT m.doc, m.score, NULL FROM docs AS d JOIN met AS m ON d.doc = m.doc
WHERE NOT (since IS NULL AND until IS NULL AND source IS NULL AND language IS NULL)
    AND (since IS NULL OR d.published_at >= since::TIMESTAMP)
    AND (until IS NULL OR d.published_at < after_until(until))
    AND (source IS NULL OR d.source = source)
    AND (language IS NULL OR d.language = lower(language) OR starts_with(d.language, lower(language) || '-'))
UNION ALL
SELECT CASE
    WHEN p.problem IS NOT NULL THEN error(p.problem)::INTEGER
    WHEN (SELECT count(*) FROM in_index AS s) >= 50000 THEN error(too_many_words())::INTEGER END, NULL, p.leaves
FROM parsed AS p;

-- Whether a query is only words and prefixes: any of them (with OR), or all of them but those after
-- a -. Most queries are, and need no more than hits_of_words.
CREATE OR REPLACE MACRO is_any_of(query) AS
regexp_matches(query, '^ *[A-Za-z0-9]+(?: +OR +[A-Za-z0-9]+)+ *$')
AND NOT regexp_matches(regexp_replace(query, ' OR ', '  ', 'g'), '(?:^| )(?:AND|OR|NOT)(?: |$)');
CREATE OR REPLACE MACRO is_plain(query) AS
is_any_of(query)
OR (regexp_matches(query, '^ *-?(?:[A-Za-z0-9]+|[A-Za-z0-9]{3,}\*)(?: +-?(?:[A-Za-z0-9]+|[A-Za-z0-9]{3,}\*)){0,30} *$')
    AND regexp_matches(query, '(?:^| )[A-Za-z0-9]') AND NOT regexp_matches(query, '(?:^|[ -])(?:AND|OR|NOT)(?: |\*|$)'));

-- hits() of a plain query: the same rows, planned in less than half of the time.
CREATE OR REPLACE MACRO hits_of_words(query, since := NULL, until := NULL, source := NULL, language := NULL, stem := false) AS TABLE
WITH
slot AS MATERIALIZED (
    SELECT y.leaf, 1::HUGEINT << (y.leaf - 1)::INTEGER AS mask, y.excluded, y.prefix, y.word, left(y.word, 3) AS p3
    FROM (
        SELECT x.leaf, starts_with(x.item, '-') AS excluded, ends_with(x.item, '*') AS prefix, trim(x.item, '-*') AS word
        FROM (
            SELECT unnest(z.items) AS item, generate_subscripts(z.items, 1) AS leaf
            FROM (
                SELECT regexp_extract_all(
                    lower(CASE WHEN is_any_of(query) THEN replace(query, ' OR ', '  ') ELSE query END), '[^ ]+') AS items
            ) AS z
        ) AS x
    ) AS y LIMIT 64
),
in_index AS MATERIALIZED (
    SELECT s.leaf, s.mask, s.excluded, x.term, sum(x.df) AS df
    FROM lexicon AS x JOIN slot AS s ON x.p3 = s.p3
    WHERE CASE WHEN s.prefix THEN starts_with(x.term, s.word)
        WHEN stem THEN stem_of(x.term) = stem_of(s.word) ELSE x.term = s.word END
    GROUP BY s.leaf, s.mask, s.excluded, x.term LIMIT 50000
),
costed AS MATERIALIZED (
    SELECT s.leaf, s.mask, s.excluded, coalesce(sum(t.df), 0) AS df
    FROM slot AS s LEFT JOIN in_index AS t ON t.leaf = s.leaf GROUP BY s.leaf, s.mask, s.excluded LIMIT 64
),
plan AS MATERIALIZED (   -- must: what every hit holds; without it one word is enough
    SELECT arg_min(c.leaf, c.df) FILTER (WHERE NOT c.excluded) AS driver,
        sum(CASE WHEN NOT is_any_of(query) THEN c.mask END) FILTER (WHERE NOT c.excluded) AS must
    FROM costed AS c LIMIT 1
),
lone AS MATERIALIZED (
    SELECT t.mask, d.must IS NULL OR d.driver = t.leaf AS drives, t.term,
        CASE WHEN t.excluded THEN 0
            ELSE ln(1 + greatest(i.n_docs - c.df + 0.5, 0.5) / (c.df + 0.5)) * 2.2 / 255 END AS w
    FROM in_index AS t JOIN costed AS c ON c.leaf = t.leaf CROSS JOIN plan AS d CROSS JOIN index_stats AS i LIMIT 50000
),
listed AS MATERIALIZED (
    SELECT t.mask, t.drives, t.w, p.doc, p.imp FROM postings AS p JOIN lone AS t ON p.term = t.term
    WHERE (since IS NULL OR p.m2 >= month_no(since)) AND (until IS NULL OR p.m1 <= month_no(until))
),
fresh AS MATERIALIZED (
    SELECT t.mask, t.drives, r.doc, t.w * r.imp AS s FROM recent AS r JOIN lone AS t ON r.term = t.term
    WHERE (since IS NULL OR r.m >= month_no(since)) AND (until IS NULL OR r.m <= month_no(until))
),
first AS MATERIALIZED (
    SELECT x.mask, x.doc, x.w * x.imp AS s
    FROM (SELECT c.mask, c.w, unnest(c.doc) AS doc, unnest(c.imp) AS imp FROM listed AS c WHERE c.drives) AS x
    UNION ALL SELECT f.mask, f.doc, f.s FROM fresh AS f WHERE f.drives
),
then_ AS (
    SELECT x.mask, x.doc, x.w * x.imp AS s
    FROM (SELECT c.mask, c.w, unnest(c.doc) AS doc, unnest(c.imp) AS imp FROM listed AS c WHERE NOT c.drives) AS x
    WHERE x.doc IN (SELECT f.doc FROM first AS f)
    UNION ALL
    SELECT f.mask, f.doc, f.s FROM fresh AS f WHERE NOT f.drives AND f.doc IN (SELECT g.doc FROM first AS g)
),
met AS (
    SELECT h.doc, h.score
    FROM (
        SELECT z.doc, bit_or(z.mask) AS mask, sum(z.s) AS score
        FROM (SELECT f.mask, f.doc, f.s FROM first AS f UNION ALL SELECT t.mask, t.doc, t.s FROM then_ AS t) AS z
        GROUP BY z.doc
    ) AS h CROSS JOIN plan AS d
    WHERE (d.must IS NULL OR h.mask = d.must) AND h.doc NOT IN (SELECT e.doc FROM dead_docs AS e)
)
SELECT m.doc, m.score, NULL AS leaves FROM met AS m
WHERE since IS NULL AND until IS NULL AND source IS NULL AND language IS NULL
UNION ALL
SELECT m.doc, m.score, NULL FROM docs AS d JOIN met AS m ON d.doc = m.doc
WHERE NOT (since IS NULL AND until IS NULL AND source IS NULL AND language IS NULL)
    AND (since IS NULL OR d.published_at >= since::TIMESTAMP)
    AND (until IS NULL OR d.published_at < after_until(until))
    AND (source IS NULL OR d.source = source)
    AND (language IS NULL OR d.language = lower(language) OR starts_with(d.language, lower(language) || '-'))
UNION ALL
SELECT CASE WHEN (SELECT count(*) FROM in_index AS t) >= 50000 THEN error(too_many_words())::INTEGER END, NULL,
    list({'field': '', 'words': [s.word], 'prefix': s.prefix, 'value': s.word,
    'pattern': ' ' || s.word || CASE WHEN s.prefix THEN '' ELSE ' ' END, 'excluded': s.excluded,
    'place': s.leaf::INTEGER} ORDER BY s.leaf)
FROM slot AS s;

-- An argument as it is written in SQL.
CREATE OR REPLACE MACRO as_sql(argument) AS
coalesce('''' || replace(argument::VARCHAR, '''', '''''') || '''', 'NULL');

-- The articles that meet a query, to join with.
CREATE OR REPLACE MACRO matching(query, since := NULL, until := NULL, source := NULL, language := NULL, stem := false) AS TABLE
WITH hit AS MATERIALIZED (
    SELECT h.doc, h.score
    FROM hits(query, since := since, until := until, source := source, language := language, stem := stem) AS h
)
SELECT d.article_id, h.score FROM docs AS d JOIN hit AS h ON d.doc = h.doc
UNION ALL   -- never a row; but a bad query is an error also where there is nothing to join with
SELECT NULL, h.score FROM hit AS h WHERE h.doc < 0;

-- The best hits, each with what snippets look for and mark. A macro of its own, since DuckDB 1.5 reads
-- every column, wanted or not, of what is joined beside a materialized CTE.
CREATE OR REPLACE MACRO best_hits(
    query, since := NULL, until := NULL, source := NULL, language := NULL, fold_copies := false, top_n := 20, stem := false) AS TABLE
WITH
hit AS MATERIALIZED (
    SELECT h.doc, h.score, h.leaves   -- only what is needed is planned
    FROM query('FROM ' || CASE WHEN is_plain(query) THEN 'hits_of_words(' ELSE 'hits(' END || as_sql(coalesce(query, ''))
        || ', since := ' || as_sql(since) || ', until := ' || as_sql(until) || ', source := ' || as_sql(source)
        || ', language := ' || as_sql(language) || ', stem := ' || CASE WHEN stem THEN 'true)' ELSE 'false)' END) AS h
),
ranked AS (
    SELECT r.doc, r.score FROM query(CASE WHEN fold_copies THEN '
        SELECT h.doc, h.score FROM docs AS d JOIN hit AS h ON d.doc = h.doc
        LEFT JOIN (SELECT c.article_id, min(c.copy_of) AS copy_of FROM copies AS c GROUP BY c.article_id) AS c
            ON c.article_id = d.article_id
        QUALIFY row_number() OVER (
            PARTITION BY coalesce(c.copy_of, d.article_id)
            ORDER BY c.copy_of IS NOT NULL, d.published_at NULLS LAST, d.article_id) = 1' ELSE 'FROM hit' END) AS r WHERE r.doc IS NOT NULL
),
best AS MATERIALIZED (
    SELECT r.doc, r.score FROM ranked AS r ORDER BY r.score DESC, r.doc DESC LIMIT top_n
),
wanted AS MATERIALIZED (   -- what snippets look for and mark
    SELECT list_transform(list_filter(h.leaves, lambda x: NOT x.excluded AND x.field IN ('', 'title', 'entity')), lambda x:
        CASE WHEN stem AND len(x.words) = 1 AND NOT x.prefix
            THEN {'pattern': ' ' || stem_of(x.words[1]), 'flagged': ' ' || chr(1) || stem_of(x.words[1])}
            ELSE {'pattern': x.pattern, 'flagged': regexp_replace(x.pattern, ' (\S)', ' ' || chr(1) || '\1', 'g')} END) AS leaves
    FROM hit AS h WHERE h.doc IS NULL LIMIT 1
)
SELECT b.doc, b.score, w.leaves FROM best AS b CROSS JOIN wanted AS w;

CREATE OR REPLACE MACRO search(
    query, since := NULL, until := NULL, source := NULL, language := NULL, fold_copies := false, top_n := 20, stem := false) AS TABLE
SELECT
    m.article_id, m.url, m.title, m.source, m.published_at, m.language,
    round(m.score, 4) AS score, cut_around(m.line) AS snippet
FROM (   -- a column for each step: as an argument of the next it would be planned many times
    SELECT f.article_id, f.url, f.title, f.source, f.published_at, f.language, f.score, f.doc,
        mark(f.best.line, f.best.words, f.leaves) AS line
    FROM (
        SELECT d.article_id, a.url, d.title, d.source, d.published_at, d.language, b.score, b.doc, b.leaves,
            best_sentence(a.text, b.leaves) AS best
        FROM docs AS d
        JOIN best_hits(query, since := since, until := until, source := source, language := language,
            fold_copies := fold_copies, top_n := top_n, stem := stem) AS b ON d.doc = b.doc
        JOIN articles AS a ON a.doc = b.doc
    ) AS f
) AS m
ORDER BY m.score DESC, m.doc DESC;
