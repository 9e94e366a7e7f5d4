-- Keyword search over the inverted index (see postings, recent and lexicon): no extension, nothing
-- but joins. What makes it fast, and is easily lost:
--   · LIMIT on what comes from the query: it keeps the estimates small, so that the index is what
--     is probed and only its row groups that can match are read;
--   · the rarest part of the query that every hit must meet drives: others are looked up for its
--     articles only;
--   · positions are read for phrases and titles only;
--   · conditions on arguments alone (`since IS NULL`) are decided while planning.
-- Arguments bear the names of columns, so every column is qualified.

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

-- Said where the limit on in_index would leave words out: no article is left out without a word.
CREATE OR REPLACE MACRO too_many_words() AS
'slugline: bad query at 1: its prefixes begin 50,000 words or more; write more letters before *';

-- What of hits() a query needs; a little too often is no harm, but takes longer to plan:
--   words   other words of the index than its own     places  phrases and titles
--   any     conditions on articles that need no word  named   entities
CREATE OR REPLACE MACRO needs_of(query, condition, stem) AS
CASE WHEN stem OR contains(query, '*') OR contains(query, '＊') THEN 'words ' ELSE '' END
|| CASE WHEN condition IS NULL OR contains(query, '"') THEN 'places ' ELSE '' END
|| CASE WHEN condition IS NULL AND regexp_matches(query, '(?i)(?:source|language|site|author|entity|since|until)[:：]|[-－]|not') THEN 'any ' ELSE '' END
|| CASE WHEN condition IS NULL AND regexp_matches(query, '(?i)entity[:：]') THEN 'named ' ELSE '' END;

-- An argument as it is written in SQL.
CREATE OR REPLACE MACRO as_sql(argument) AS
coalesce('''' || replace(argument::VARCHAR, '''', '''''') || '''', 'NULL');

-- The words of a plain query, a space between them, where these alone are looked up; NULL, where they are many.
CREATE OR REPLACE MACRO words_of_plain(query) AS
list_transform([list_distinct(regexp_extract_all(lower(query), '[a-z0-9]+'))],
    lambda w: CASE WHEN len(w) <= 6 THEN array_to_string(w, ' ') END)[1];

-- SQL that looks up words in the postings; NULL for any, to be joined with them. Each by a scan of its own:
-- DuckDB 1.5 then reads the lists of that word only, and otherwise those of thousands of words beside it.
CREATE OR REPLACE MACRO lookup_of(own_words, places) AS
CASE WHEN places THEN coalesce(
    'SELECT p.term, p.m1, p.m2, p.doc, p.imp, p.pos FROM postings AS p WHERE p.term = '''
        || replace(own_words, ' ', ''' UNION ALL SELECT p.term, p.m1, p.m2, p.doc, p.imp, p.pos FROM postings AS p WHERE p.term = ''') || '''',
    'SELECT p.term, p.m1, p.m2, p.doc, p.imp, p.pos FROM postings AS p')
ELSE coalesce(
    'SELECT p.term, p.m1, p.m2, p.doc, p.imp, NULL AS pos FROM postings AS p WHERE p.term = '''
        || replace(own_words, ' ', ''' UNION ALL SELECT p.term, p.m1, p.m2, p.doc, p.imp, NULL AS pos FROM postings AS p WHERE p.term = ''') || '''',
    'SELECT p.term, p.m1, p.m2, p.doc, p.imp, NULL AS pos FROM postings AS p') END;

-- A leaf (below 128) and an article as one number, to which a place is added; less the place that a word has in
-- its phrase, so that the words of a phrase have one number.
CREATE OR REPLACE MACRO base_of(leaf, doc, slot) AS
(leaf::BIGINT << 52) + (doc::BIGINT << 20) - slot + 256;

-- Every indexed article that meets a query, and its score; and one row without an article that
-- holds the query's leaves. The score is BM25 (k1 1.2, b 0.75) with an occurrence in the title
-- counted as three. It is rounded to one of 255 steps a word in the index, with lengths in
-- relation to 400 words; a phrase counts as its words do, a prefix as one word.
--
-- Three arguments are not named as those of search: they would be columns of the same name in DuckDB 1.5.
-- `needs` (see needs_of) chooses, while planning, the parts that are planned: a CTE that no query()
-- names costs nothing. By default all of them, and `condition` (see plain_condition) NULL: so the query may
-- come out of another table.
CREATE OR REPLACE MACRO hits(
    query, since := NULL, until := NULL, of_source := NULL, in_language := NULL, stems := false, needs := 'words places any named', condition := NULL,
    own_words := NULL) AS TABLE
WITH
parsed AS MATERIALIZED (
    SELECT p.problem, p.leaves, p.rpn FROM parse_query(query) AS p LIMIT 1
),
parsed_leaf AS (
    SELECT x.leaf, x.l.field, x.l.words, x.l.prefix, x.l.value, x.l.pattern, x.l.excluded, x.l.place
    FROM (
        SELECT unnest(p.leaves) AS l, generate_subscripts(p.leaves, 1) AS leaf FROM parsed AS p WHERE p.problem IS NULL
    ) AS x
),
plain_leaf AS (SELECT p.* FROM plain_leaves(query) AS p),
leaf AS MATERIALIZED (
    SELECT x.*, 1::HUGEINT << (x.leaf - 1)::INTEGER AS mask
    FROM query(CASE WHEN condition IS NOT NULL THEN 'FROM plain_leaf' ELSE 'FROM parsed_leaf' END) AS x LIMIT 126
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
begun AS (   -- the terms of the index that may stand in each place: with a stem, or as prefixes, of which those of
    -- plain queries have three letters; planning a stem takes longer than all else here
    SELECT s.leaf, s.n, s.slot, s.titled, x.term
    FROM lexicon AS x JOIN slot AS s ON x.p3 = s.p3
    WHERE CASE WHEN s.prefix THEN length(s.word) > 2 AND starts_with(x.term, s.word) ELSE x.term = s.word END
),
stemmed AS (
    SELECT s.leaf, s.n, s.slot, s.titled, x.term
    FROM lexicon AS x JOIN slot AS s ON x.p3 = s.p3
    WHERE CASE WHEN s.prefix THEN length(s.word) > 2 AND starts_with(x.term, s.word) ELSE stem_of(x.term) = stem_of(s.word) END
),
two_letters AS (
    SELECT s.leaf, s.n, s.slot, s.titled, x.term FROM lexicon AS x JOIN slot AS s ON left(x.p3, 2) = s.word WHERE s.prefix
),
in_index AS MATERIALIZED (
    SELECT y.leaf, y.n, y.slot, y.titled, y.term
    FROM query(CASE WHEN stems THEN 'FROM stemmed' ELSE 'FROM begun' END
        || CASE WHEN condition IS NULL THEN ' UNION ALL FROM two_letters' ELSE '' END) AS y
    GROUP BY y.leaf, y.n, y.slot, y.titled, y.term LIMIT 50000
),
own AS (SELECT s.leaf, s.n, s.slot, s.titled, s.word AS term FROM slot AS s),
term AS MATERIALIZED (
    SELECT x.* FROM query(CASE WHEN contains(needs, 'words') THEN 'FROM in_index' ELSE 'FROM own' END) AS x LIMIT 50000
),
listed AS MATERIALIZED (   -- all that the index has of them: articles in lists of up to 256, and one by one
    SELECT t.leaf, t.n, t.slot, t.titled, p.m1, p.m2, p.doc, p.imp, p.pos
    FROM query(lookup_of(own_words, contains(needs, 'places'))) AS p JOIN term AS t ON p.term = t.term
),
fresh AS MATERIALIZED (
    SELECT t.leaf, t.n, t.slot, t.titled, r.m, r.doc, r.imp, r.pos FROM query(CASE WHEN contains(needs, 'places')
        THEN 'SELECT r.term, r.m, r.doc, r.imp, r.pos FROM recent AS r'
        ELSE 'SELECT r.term, r.m, r.doc, r.imp, NULL AS pos FROM recent AS r' END) AS r JOIN term AS t ON r.term = t.term
),
counted AS MATERIALIZED (   -- in how many articles
    SELECT y.leaf, y.n, y.slot, sum(y.df) AS df
    FROM (
        SELECT c.leaf, c.n, c.slot, len(c.doc) AS df FROM listed AS c
        UNION ALL SELECT f.leaf, f.n, f.slot, 1 FROM fresh AS f
    ) AS y GROUP BY y.leaf, y.n, y.slot LIMIT 2000
),
whole AS MATERIALIZED (   -- the leaves all of whose words stand somewhere; rare: the place with the fewest articles
    SELECT k.leaf, arg_min(k.slot, k.df) AS rare, min(k.df) AS df
    FROM counted AS k GROUP BY k.leaf HAVING count(*) = any_value(k.n) LIMIT 126
),
costed AS MATERIALIZED (   -- in how many articles a leaf stands at most
    SELECT l.leaf, l.excluded, CASE WHEN l.field IN ('', 'title') THEN coalesce(k.df, 0) ELSE 2 * i.n_docs END AS cost
    FROM leaf AS l LEFT JOIN whole AS k ON k.leaf = l.leaf CROSS JOIN index_stats AS i LIMIT 126
),
plan AS MATERIALIZED (
    SELECT drivers(any_value(p.rpn), list(c.cost ORDER BY c.leaf)) AS d FROM costed AS c CROSS JOIN parsed AS p LIMIT 1
),
parsed_driver AS (SELECT unnest(d.d.ys) AS leaf FROM plan AS d),
rarest AS (SELECT arg_min(c.leaf, c.cost) AS leaf FROM costed AS c WHERE NOT c.excluded),
each AS (SELECT c.leaf FROM costed AS c WHERE NOT c.excluded),
driver AS MATERIALIZED (
    SELECT x.leaf FROM query(CASE WHEN condition IS NULL THEN 'FROM parsed_driver' WHEN contains(condition, ' OR ') THEN 'FROM each'
        ELSE 'FROM rarest' END) AS x LIMIT 126
),
weight AS MATERIALIZED (
    SELECT k.leaf, k.slot, k.n, k.slot = h.rare AS rare, l.mask, k.leaf IN (SELECT d.leaf FROM driver AS d) AS drives,
        CASE WHEN l.excluded THEN 0
            ELSE weight_of(i.n_docs, k.df) END AS w
    FROM counted AS k JOIN whole AS h ON h.leaf = k.leaf JOIN leaf AS l ON l.leaf = k.leaf CROSS JOIN index_stats AS i LIMIT 2000
),
word_list AS (
    SELECT w.mask, w.drives, w.w, c.doc, c.imp FROM listed AS c JOIN weight AS w ON w.leaf = c.leaf AND w.slot = c.slot
    WHERE c.n = 1 AND NOT c.titled
        AND (since IS NULL OR c.m2 >= month_no(since)) AND (until IS NULL OR c.m1 <= month_no(until))
),
word_fresh AS (
    SELECT w.mask, w.drives, f.doc, w.w * f.imp AS s FROM fresh AS f JOIN weight AS w ON w.leaf = f.leaf AND w.slot = f.slot
    WHERE f.n = 1 AND NOT f.titled
        AND (since IS NULL OR f.m >= month_no(since)) AND (until IS NULL OR f.m <= month_no(until))
),
spread AS (   -- the articles and places of the words of each phrase
    SELECT w.rare, c.leaf, c.slot, c.titled, unnest(c.doc) AS doc, unnest(c.pos) AS pos
    FROM listed AS c JOIN weight AS w ON w.leaf = c.leaf AND w.slot = c.slot
    WHERE (c.n > 1 OR c.titled)
        AND (since IS NULL OR c.m2 >= month_no(since)) AND (until IS NULL OR c.m1 <= month_no(until))
    UNION ALL
    SELECT w.rare, f.leaf, f.slot, f.titled, f.doc, f.pos FROM fresh AS f JOIN weight AS w ON w.leaf = f.leaf AND w.slot = f.slot
    WHERE (f.n > 1 OR f.titled)
        AND (since IS NULL OR f.m >= month_no(since)) AND (until IS NULL OR f.m <= month_no(until))
),
place AS MATERIALIZED (   -- where each phrase would begin (see base_of): one number, since whatever else is joined costs more than that
    SELECT y.base + y.p AS at
    FROM (SELECT base_of(x.leaf, x.doc, x.slot) AS base, x.titled, unnest(x.pos) AS p FROM spread AS x WHERE x.rare) AS y
    WHERE NOT y.titled OR y.p < 512
),
beside AS (   -- such places of the other words, where the rare one is
    SELECT z.at
    FROM (
        SELECT y.base + y.p AS at
        FROM (
            SELECT base_of(x.leaf, x.doc, x.slot) AS base, unnest(x.pos) AS p
            FROM spread AS x WHERE NOT x.rare AND x.doc IN (SELECT ((p.at >> 20) & 4294967295)::INTEGER FROM place AS p)
        ) AS y
    ) AS z WHERE z.at IN (   -- `unnest` of one list: DuckDB takes these for few, and hashes them instead of the others
        SELECT unnest(l.places) FROM (SELECT list(p.at) AS places FROM place AS p) AS l)
),
titled AS (SELECT p.at, 1 AS n FROM place AS p),
of_phrase AS MATERIALIZED (   -- leaf and article, in one number
    SELECT DISTINCT f.at >> 20 AS leaf_doc
    FROM (
        SELECT b.at, count(*) + 1 AS n FROM beside AS b GROUP BY b.at
        UNION ALL FROM query(CASE WHEN condition IS NULL THEN 'FROM titled' ELSE 'SELECT NULL::BIGINT, NULL::BIGINT WHERE false' END)
    ) AS f JOIN weight AS w ON w.leaf = f.at >> 52 AND w.n = f.n AND w.rare
),
sought AS MATERIALIZED (
    SELECT w.mask, w.drives, (y.leaf_doc & 4294967295)::INTEGER AS doc, sum(w.w * y.imp) AS s
    FROM (
        SELECT x.leaf_doc, x.slot, max(x.imp) AS imp
        FROM (
            SELECT (c.leaf::BIGINT << 32) + unnest(c.doc) AS leaf_doc, c.slot, unnest(c.imp) AS imp FROM listed AS c
            UNION ALL SELECT (f.leaf::BIGINT << 32) + f.doc, f.slot, f.imp FROM fresh AS f
        ) AS x WHERE x.leaf_doc IN (SELECT o.leaf_doc FROM of_phrase AS o)
        GROUP BY x.leaf_doc, x.slot
    ) AS y JOIN weight AS w ON w.leaf = y.leaf_doc >> 32 AND w.slot = y.slot
    GROUP BY w.mask, w.drives, y.leaf_doc
),
fielded AS MATERIALIZED (   -- what docs are looked through for; all of them, where no leaf must be there
    SELECT l.mask, list_contains(d.d.ys, l.leaf) AS drives, l.field, l.value, l.pattern,
        array_to_string(l.words, ' ') AS name
    FROM leaf AS l CROSS JOIN plan AS d WHERE l.field NOT IN ('', 'title')
    UNION ALL
    SELECT 0::HUGEINT, true, 'any', NULL, NULL, NULL FROM plan AS d WHERE d.d.y >= 1e15 LIMIT 200
),
bearer AS MATERIALIZED (
    SELECT b.entity_id, b.mask
    FROM (
        SELECT al.entity_id, f.mask FROM aliases AS al JOIN fielded AS f ON f.field = 'entity' AND al.words = f.name
        UNION SELECT f.value, f.mask FROM fielded AS f WHERE f.field = 'entity'
    ) AS b LIMIT 10000
),
bearing AS (   -- `unnest` of one list: few, as the optimiser then knows; none, without fields
    SELECT DISTINCT x.mask, r.article_id
    FROM readings AS r JOIN (
        SELECT unnest(l.those, max_depth := 2) FROM (
            SELECT list({'mask': b.mask, 'reading': n.reading}) AS those
            FROM article_entities AS n JOIN bearer AS b ON n.entity_id = b.entity_id
            WHERE n.n > 0
        ) AS l
    ) AS x ON x.reading = r.reading
),
naming AS (
    SELECT f.mask, f.drives, d.doc, 0.0::DOUBLE AS s
    FROM bearing AS b JOIN fielded AS f ON f.mask = b.mask JOIN docs AS d ON d.article_id = b.article_id
),
kept AS MATERIALIZED (
    SELECT f.mask, f.drives, d.doc, 0.0::DOUBLE AS s
    FROM docs AS d CROSS JOIN fielded AS f
    WHERE CASE f.field
        WHEN 'any' THEN true
        WHEN 'source' THEN d.source = f.value
        WHEN 'language' THEN speaks(d.language, f.value)
        WHEN 'site' THEN ends_with('.' || d.site, '.' || regexp_replace(lower(f.value), '^www\.', ''))
        WHEN 'author' THEN contains(d.authors, f.pattern)
        WHEN 'since' THEN d.published_at >= begins(f.value)
        WHEN 'until' THEN d.published_at < ends(f.value)
        ELSE false END
),
one_by_one AS (
    SELECT x.mask, x.drives, x.doc, x.s FROM query('FROM word_fresh'
        || CASE WHEN contains(needs, 'places') THEN ' UNION ALL FROM sought' ELSE '' END
        || CASE WHEN contains(needs, 'any') AND condition IS NULL THEN ' UNION ALL SELECT k.mask, k.drives, k.doc, k.s FROM kept AS k' ELSE '' END
        || CASE WHEN contains(needs, 'named') AND condition IS NULL THEN ' UNION ALL SELECT n.mask, n.drives, n.doc, n.s FROM naming AS n' ELSE '' END) AS x
),
first AS MATERIALIZED (
    SELECT x.mask, x.doc, x.w * x.imp AS s
    FROM (SELECT c.mask, c.w, unnest(c.doc) AS doc, unnest(c.imp) AS imp FROM word_list AS c WHERE c.drives) AS x
    UNION ALL SELECT f.mask, f.doc, f.s FROM one_by_one AS f WHERE f.drives
),
then_ AS (
    SELECT y.mask, y.doc, y.s
    FROM (
        SELECT x.mask, x.doc, x.w * x.imp AS s
        FROM (SELECT c.mask, c.w, unnest(c.doc) AS doc, unnest(c.imp) AS imp FROM word_list AS c WHERE NOT c.drives) AS x
        UNION ALL SELECT f.mask, f.doc, f.s FROM one_by_one AS f WHERE NOT f.drives
    ) AS y WHERE y.doc IN (SELECT f.doc FROM first AS f)
),
held AS MATERIALIZED (
    SELECT z.doc, bit_or(z.mask) AS mask, sum(z.s) AS score
    FROM (SELECT f.* FROM first AS f UNION ALL SELECT t.* FROM then_ AS t) AS z GROUP BY z.doc
),
held_masks AS (SELECT DISTINCT h.mask FROM held AS h),
parsed_verdict AS (
    SELECT v.mask FROM held_masks AS v CROSS JOIN parsed AS p
    WHERE holds(p.rpn, list_transform(range(len(p.leaves)), lambda i: ((v.mask >> i::INTEGER) & 1)::INTEGER))
),
verdict AS MATERIALIZED (   -- few articles differ in which leaves they hold: each kind is judged once
    SELECT x.mask FROM query(coalesce('SELECT v.mask FROM held_masks AS v WHERE ' || condition, 'FROM parsed_verdict')) AS x LIMIT 100000
),
met AS (
    SELECT h.doc, h.score FROM held AS h
    WHERE h.mask IN (SELECT v.mask FROM verdict AS v) AND h.doc NOT IN (SELECT d.doc FROM dead_docs AS d)
),
complaint AS (
    SELECT CASE WHEN p.problem IS NOT NULL THEN error(p.problem)::INTEGER END AS doc FROM parsed AS p
),
crowd AS (
    SELECT CASE WHEN (SELECT count(*) FROM in_index AS s) >= 50000 THEN error(too_many_words())::INTEGER END AS doc
)
SELECT m.doc, m.score, NULL AS leaves FROM met AS m
WHERE since IS NULL AND until IS NULL AND of_source IS NULL AND in_language IS NULL
UNION ALL
SELECT m.doc, m.score, NULL FROM docs AS d JOIN met AS m ON d.doc = m.doc
WHERE NOT (since IS NULL AND until IS NULL AND of_source IS NULL AND in_language IS NULL)
    AND (since IS NULL OR d.published_at >= since::TIMESTAMP)
    AND (until IS NULL OR d.published_at < after_until(until))
    AND (of_source IS NULL OR d.source = of_source)
    AND speaks(d.language, in_language)
UNION ALL
SELECT x.doc, NULL, (
    SELECT list({'field': l.field, 'words': l.words, 'prefix': l.prefix, 'value': l.value, 'pattern': l.pattern,
        'excluded': l.excluded, 'place': l.place} ORDER BY l.leaf) FROM leaf AS l)
FROM query('SELECT max(y.doc) AS doc FROM (SELECT NULL::INTEGER AS doc'
    || CASE WHEN condition IS NULL THEN ' UNION ALL FROM complaint' ELSE '' END
    || CASE WHEN contains(needs, 'words') THEN ' UNION ALL FROM crowd' ELSE '' END || ') AS y') AS x;

-- SQL of the arguments of a search but its query and `stem`.
CREATE OR REPLACE MACRO limits_sql(since, until, source, language) AS
', since := ' || as_sql(moment_of(since)) || ', until := ' || as_sql(moment_of(until)) || ', of_source := ' || as_sql(source)
|| ', in_language := ' || as_sql(language);

-- hits(), with no more planned than a query needs that is not flat (see flat_condition); `limits` as
-- limits_sql gives them.
CREATE OR REPLACE MACRO deep_hits(query, limits := '', stem := false) AS TABLE
FROM query(list_transform([plain_condition(query)], lambda c: list_transform([needs_of(query, c, stem)], lambda n:
    'FROM hits(' || as_sql(query) || limits || ', condition := ' || as_sql(c) || ', needs := ''' || n
    || CASE WHEN c IS NULL OR contains(n, 'words') THEN ''''
        ELSE coalesce(''', own_words := ''' || words_of_plain(regexp_replace(query, '\b(?:AND|OR|NOT)\b', '', 'g')) || '''', '''') END
    || ')')[1])[1]);

-- The same of all queries that are not short (see short_sql). `limits` as for deep_hits().
CREATE OR REPLACE MACRO long_hits(query, limits := '', stem := false) AS TABLE
FROM query(list_transform([piped(query)], lambda p: coalesce(
    'FROM hits(' || as_sql(query) || limits || ', condition := ''' || flat_condition(query, p) || ''', needs := '''
        || CASE WHEN contains(p, '"') THEN 'places ' ELSE '' END
        || CASE WHEN stem OR contains(p, '*') THEN 'words'''
            ELSE coalesce(''', own_words := ''' || words_of_plain(p) || '''', '''') END || ')',
    'FROM deep_hits(' || as_sql(coalesce(query, '')) || ', limits := ' || as_sql(limits) || CASE WHEN stem THEN ', stem := true)' ELSE ')' END))[1]);

-- SQL of the articles that meet a query, that plans no more than it needs: as hits() gives them. `limits` as limits_sql()
-- gives them.
CREATE OR REPLACE MACRO asked_hits(query, limits, stem) AS
list_transform([limits], lambda told: coalesce(
    CASE WHEN NOT stem THEN list_transform([short_sql(query, told, NULL)], lambda s:
        'SELECT h.doc, h.score, NULL AS leaves FROM (' || s[1] || ') AS h UNION ALL SELECT NULL, NULL, ' || s[2])[1] END,
    'FROM long_hits(' || as_sql(query) || ', limits := ' || as_sql(told || CASE WHEN stem THEN ', stems := true' ELSE '' END)
        || CASE WHEN stem THEN ', stem := true)' ELSE ')' END))[1];

-- The articles that meet a query, to join with. The second part never gives a row; but with it a bad
-- query is an error also where there is nothing to join with.
CREATE OR REPLACE MACRO matching(query, since := NULL, until := NULL, source := NULL, language := NULL, stem := false) AS TABLE
FROM query('WITH hit AS MATERIALIZED (' || asked_hits(query, limits_sql(since, until, source, language), stem) || ')
    SELECT d.article_id, h.score FROM docs AS d JOIN hit AS h ON d.doc = h.doc
    UNION ALL SELECT NULL, h.score FROM hit AS h WHERE h.doc < 0');

-- The best hits, each with what snippets look for and mark; `limits` as limits_sql() gives them. A macro of its own, since DuckDB 1.5 reads
-- every column, wanted or not, of what is joined beside a materialized CTE.
CREATE OR REPLACE MACRO best_hits(query, best_n := 20, limits := '', folded := false, stems := false) AS TABLE
WITH
hit AS MATERIALIZED (
    SELECT h.doc, h.score, h.leaves FROM query(asked_hits(query, limits, stems)) AS h
),
original AS (
    SELECT h.doc, h.score FROM docs AS d JOIN hit AS h ON d.doc = h.doc
    LEFT JOIN (SELECT c.article_id, min(c.copy_of) AS copy_of FROM copies AS c GROUP BY c.article_id) AS c
        ON c.article_id = d.article_id
    QUALIFY row_number() OVER (
        PARTITION BY coalesce(c.copy_of, d.article_id)
        ORDER BY c.copy_of IS NOT NULL, d.published_at NULLS LAST, d.article_id) = 1
),
best AS MATERIALIZED (   -- FLOAT: threads add up in any order, and the last digits go by it
    SELECT r.doc, r.score FROM query('SELECT x.doc, x.score::FLOAT AS score FROM ' || CASE WHEN folded THEN 'original AS x'
        ELSE 'hit AS x WHERE x.doc IS NOT NULL' END) AS r ORDER BY r.score DESC, r.doc DESC LIMIT best_n
),
leaves AS MATERIALIZED (SELECT h.leaves FROM hit AS h WHERE h.doc IS NULL LIMIT 1)
SELECT b.doc, b.score::DOUBLE AS score, l.leaves FROM best AS b CROSS JOIN leaves AS l;

-- The same of a query that may be short (see short_sql): not all hits are kept beside the best.
CREATE OR REPLACE MACRO short_best(query, best_n := 20, limits := '') AS TABLE
FROM query(coalesce(list_transform([short_sql(query, limits, best_n)], lambda s:
    'SELECT b.doc, b.score::DOUBLE AS score, ' || s[2] || ' AS leaves FROM (
        SELECT h.doc, h.score::FLOAT AS score FROM (' || s[1] || ') AS h ORDER BY h.score::FLOAT DESC, h.doc DESC LIMIT ' || best_n || ') AS b')[1],
    'FROM best_hits(' || as_sql(query) || ', best_n := ' || best_n || ', limits := ' || as_sql(limits) || ')'));

-- The best hits, shown: `best` is SQL that gives them. `marked_hits` also shows the sentence that holds most of
-- what was asked for. LEFT JOIN: a bad query is an error also where there is nothing to join with.
CREATE OR REPLACE MACRO shown(best) AS TABLE
SELECT d.article_id, d.url, d.title, d.source, d.published_at, d.language, b.score, b.doc, b.leaves
FROM query(best) AS b LEFT JOIN docs AS d ON d.doc = b.doc;

CREATE OR REPLACE MACRO unmarked_hits(best) AS TABLE
SELECT s.article_id, s.url, s.title, s.source, s.published_at, s.language, round(s.score, 4) AS score, NULL::VARCHAR AS snippet
FROM shown(best) AS s
ORDER BY s.score DESC, s.doc DESC;

CREATE OR REPLACE MACRO marked_hits(best, best_n := 20, stems := false) AS TABLE
SELECT
    m.article_id, m.url, m.title, m.source, m.published_at, m.language,
    round(m.score, 4) AS score, cut_around(m.line) AS snippet
FROM (   -- a column for each step: as an argument of the next it would be planned many times
    SELECT g.article_id, g.url, g.title, g.source, g.published_at, g.language, g.score, g.doc,
        mark(g.best.line, g.best.words, g.wanted) AS line
    FROM (
        SELECT f.article_id, f.url, f.title, f.source, f.published_at, f.language, f.score, f.doc, f.wanted,
            best_sentence(f.text, f.wanted) AS best
        FROM (
            SELECT h.article_id, h.url, h.title, h.source, h.published_at, h.language, h.score, h.doc, a.text,
                list_transform(list_filter(h.leaves, lambda x: NOT x.excluded AND x.field IN ('', 'title', 'entity')), lambda x:
                    CASE WHEN stems AND len(x.words) = 1 AND NOT x.prefix
                        THEN {'pattern': ' ' || stem_of(x.words[1]), 'flagged': ' ' || chr(1) || stem_of(x.words[1])}
                        ELSE {'pattern': x.pattern, 'flagged': regexp_replace(x.pattern, ' (\S)', ' ' || chr(1) || '\1', 'g')} END) AS wanted
            FROM (SELECT s.* FROM shown(best) AS s LIMIT best_n) AS h LEFT JOIN texts AS a ON a.doc = h.doc
        ) AS f
    ) AS g
) AS m
ORDER BY m.score DESC, m.doc DESC;

-- `snippets := false` leaves that column empty and reads no text.
CREATE OR REPLACE MACRO search(
    query, since := NULL, until := NULL, source := NULL, language := NULL, fold_copies := false, top_n := 20, stem := false,
    snippets := true) AS TABLE
FROM query(list_transform([limits_sql(since, until, source, language)], lambda limits: list_transform([
    CASE WHEN fold_copies OR stem OR top_n IS NULL OR NOT regexp_full_match(coalesce(query, ''), '[A-Za-z0-9 "()]+')
        THEN 'FROM best_hits(' || as_sql(query) || ', limits := ' || as_sql(limits) || ', folded := ' || coalesce(fold_copies, false) || ', best_n := '
            || coalesce(top_n::VARCHAR, 'NULL') || ', stems := ' || coalesce(stem, false) || ')'
        ELSE 'FROM short_best(''' || query || ''', best_n := ' || top_n || CASE WHEN contains(limits, '''') THEN ', limits := ' || as_sql(limits) ELSE '' END || ')'
        END], lambda best:
    'FROM ' || CASE WHEN snippets THEN 'marked_hits(' || as_sql(best) || ', best_n := ' || coalesce(top_n::VARCHAR, 'NULL')
            || ', stems := ' || coalesce(stem, false) || ')'
        ELSE 'unmarked_hits(' || as_sql(best) || ')' END)[1])[1]);
