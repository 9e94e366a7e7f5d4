-- The queries most people type: up to six different words in plain letters and digits, all of them or any of
-- them, or one phrase of them. They are planned in a third of the time that hits() takes, and find the same.
-- The best hundred are weighed once more, by the true mean length (see lengthened).

-- A query with | for OR and nothing for AND, where it has but one of them, and without parentheses around it. What is
-- written with | is no query: it must not look like one.
CREATE OR REPLACE MACRO piped(query) AS
list_transform([regexp_replace(replace(replace(coalesce(query, ''), '|', chr(1)), ' OR ', '|'), '^\(([^()]*)\)$', '\1')], lambda q:
    CASE WHEN contains(q, '|') THEN q ELSE replace(q, ' AND ', ' ') END)[1];

-- SQL of what the index holds of these words: lists of articles, each with the place of its word in the query (slot).
-- A scan for each word: DuckDB 1.5 then reads the lists of that word only, and otherwise those of thousands beside it.
CREATE OR REPLACE MACRO lists_sql(words, places) AS
array_to_string(list_transform(words, lambda w, i:
    'SELECT ' || i || ' AS slot, p.m1, p.m2, p.doc, p.imp, ' || CASE WHEN places THEN 'p.pos' ELSE 'NULL AS pos' END
    || ' FROM postings AS p WHERE p.term = ''' || w || ''' UNION ALL SELECT ' || i || ', r.m, r.m, list(r.doc), list(r.imp), '
    || CASE WHEN places THEN 'list(r.pos)' ELSE 'NULL' END || ' FROM recent AS r WHERE r.term = ''' || w || ''' GROUP BY r.m'), ' UNION ALL ');

-- What each step of its impact adds to a score, of a word that stands in df of n_docs articles.
CREATE OR REPLACE MACRO weight_of(n_docs, df) AS
ln(1 + greatest(n_docs - df + 0.5, 0.5) / (df + 0.5)) * 2.2 / 255;

-- SQL of the articles that hold all of n words: the words joined one by one, which takes half as long as to count them.
CREATE OR REPLACE MACRO all_of_sql(n) AS
'SELECT doc, ' || array_to_string(list_transform(range(1, n + 1), lambda i: 'a' || i || '.s'), ' + ') || ' AS score FROM '
|| array_to_string(list_transform(range(1, n + 1), lambda i:
    '(SELECT unnest(l.doc) AS doc, unnest(l.imp) * (SELECT w.w FROM weight AS w WHERE w.slot = ' || i || ') AS s FROM listed AS l WHERE l.slot = ' || i || ') AS a' || i
        || CASE WHEN i > 1 THEN ' USING (doc)' ELSE '' END), ' JOIN ');

-- By how much BM25's factor of a word grows with the true mean length instead of 400 words (see impact), in a text of n
-- words; 1 where these were not counted.
CREATE OR REPLACE MACRO lengthened(imp, n, mean) AS
255.0 / (imp + (255.0 - imp) * (0.25 + 0.75 * coalesce(n, 0) / mean) / (0.25 + 0.75 * coalesce(n, 0) / 400));

-- The articles that hold all of these words, or any of them, and their scores, as hits() has them. `best_n`: only
-- these, and some more; their scores go by the true mean length of all texts.
CREATE OR REPLACE MACRO short_hits(
    words, any_of_them := false, since := NULL, until := NULL, of_source := NULL, in_language := NULL, best_n := NULL) AS TABLE
WITH
found AS MATERIALIZED (
    SELECT l.slot, l.m1, l.m2, l.doc, l.imp FROM query(lists_sql(words, false)) AS l
),
weight AS MATERIALIZED (
    SELECT c.slot, weight_of(i.n_docs, c.df) AS w
    FROM (SELECT f.slot, sum(len(f.doc)) AS df FROM found AS f GROUP BY f.slot) AS c CROSS JOIN index_stats AS i LIMIT 6
),
listed AS (
    SELECT f.* FROM found AS f WHERE (since IS NULL OR f.m2 >= month_no(since)) AND (until IS NULL OR f.m1 <= month_no(until))
),
spread AS (
    SELECT unnest(l.doc) AS doc, unnest(l.imp) AS imp, unnest(l.imp) * w.w AS s FROM listed AS l JOIN weight AS w ON w.slot = l.slot
),
any_of AS (SELECT x.doc, sum(x.s) AS score FROM spread AS x GROUP BY x.doc),
met AS (
    SELECT h.doc, h.score FROM query(CASE WHEN any_of_them AND len(words) > 1 THEN 'FROM any_of' ELSE all_of_sql(len(words)) END) AS h
    WHERE h.doc NOT IN (SELECT d.doc FROM dead_docs AS d)
),
limited AS (
    SELECT m.doc, m.score FROM docs AS d JOIN met AS m ON d.doc = m.doc
    WHERE (since IS NULL OR d.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR d.published_at < after_until(until))
        AND (of_source IS NULL OR d.source = of_source)
        AND speaks(d.language, in_language)
),
meant AS (
    SELECT m.doc, m.score FROM query(CASE WHEN coalesce(since::VARCHAR, until::VARCHAR, of_source, in_language) IS NULL THEN 'FROM met' ELSE 'FROM limited' END) AS m
),
likely AS (   -- `unnest` of one list: DuckDB takes these for few, and hashes them instead of the others
    SELECT unnest(l.those, max_depth := 2)
    FROM (
        SELECT list({'doc': d.doc, 'n_words': d.n_words}) AS those
        FROM docs AS d JOIN (SELECT m.doc FROM meant AS m ORDER BY m.score DESC LIMIT 5 * best_n) AS m ON d.doc = m.doc
    ) AS l
),
weighed AS (
    SELECT x.doc, sum(x.s * lengthened(x.imp, d.n_words, (SELECT coalesce(avg(a.n_words), 400) FROM docs AS a WHERE a.n_words > 0))) AS score
    FROM spread AS x JOIN likely AS d ON d.doc = x.doc GROUP BY x.doc
)
FROM query(CASE WHEN best_n IS NULL THEN 'FROM meant' ELSE 'FROM weighed' END);

-- SQL of those of the articles `among` where n words stand as in their phrase: one number for an article and the place
-- where the phrase would begin, since comparing two costs more. (`unnest` of one list: as in hits().)
CREATE OR REPLACE MACRO holding_sql(n, among) AS
'SELECT DISTINCT y.at >> 20 AS doc FROM (
    SELECT (x.doc::BIGINT << 20) - x.slot + 256 + unnest(x.pos) AS at
    FROM (SELECT l.slot, unnest(l.doc) AS doc, unnest(l.pos) AS pos FROM listed AS l) AS x WHERE x.doc IN (
        SELECT unnest(c.docs) FROM (SELECT list(a.doc) AS docs FROM ' || among || ' AS a) AS c)
) AS y GROUP BY y.at HAVING count(*) = ' || n;

-- The best articles that hold a phrase of these words, and their scores as hits() has them. An article scores the same
-- wherever its words stand: so places are compared in the best few thousand that hold all words, and in the
-- others only where fewer than `enough` of those hold the phrase.
CREATE OR REPLACE MACRO phrase_hits(words, enough, likely_n := 4096) AS TABLE
WITH
listed AS MATERIALIZED (
    SELECT l.slot, l.doc, l.imp, l.pos FROM query(lists_sql(words, true)) AS l
),
weight AS MATERIALIZED (
    SELECT c.slot, weight_of(i.n_docs, c.df) AS w
    FROM (SELECT l.slot, sum(len(l.doc)) AS df FROM listed AS l GROUP BY l.slot) AS c CROSS JOIN index_stats AS i LIMIT 6
),
candidate AS MATERIALIZED (
    SELECT h.doc, h.score::FLOAT AS score FROM query(all_of_sql(len(words))) AS h
    WHERE h.doc NOT IN (SELECT d.doc FROM dead_docs AS d)
),
least_score AS MATERIALIZED (
    SELECT min(b.score) AS score FROM (SELECT c.score FROM candidate AS c ORDER BY c.score DESC LIMIT likely_n) AS b
),
likely AS (SELECT c.doc FROM candidate AS c WHERE c.score >= (SELECT l.score FROM least_score AS l)),
found AS MATERIALIZED (SELECT f.doc FROM query(holding_sql(len(words), 'likely')) AS f),
unlikely AS (
    SELECT c.doc FROM candidate AS c WHERE c.score < (SELECT l.score FROM least_score AS l) AND (SELECT count(*) FROM found) < enough
),
found_late AS (SELECT f.doc FROM query(holding_sql(len(words), 'unlikely')) AS f)
SELECT c.doc, c.score FROM candidate AS c WHERE c.doc IN (SELECT f.doc FROM found AS f UNION ALL SELECT f.doc FROM found_late AS f);

-- SQL of the articles that meet a short query, and of what parse_query() says of its words or phrase; NULL for all
-- other queries. `limits` as limits_sql() gives them; `enough`: how many of the best are wanted, or NULL for all.
-- Of phrases only the best, and without limits.
CREATE OR REPLACE MACRO short_sql(query, limits, enough) AS
list_transform([piped(query)], lambda p: CASE
    WHEN length(p) <= 100 AND NOT regexp_matches(p, '\b(?:AND|OR|NOT)\b')
        AND regexp_full_match(p, '[A-Za-z0-9]+(?:(?: [A-Za-z0-9]+){0,5}|(?:\|[A-Za-z0-9]+){1,5})|"[A-Za-z0-9]+(?: [A-Za-z0-9]+){1,5}"')
    THEN list_transform([regexp_extract_all(lower(p), '[a-z0-9]+')], lambda w: CASE WHEN len(list_distinct(w)) = len(w)
        THEN list_transform(['[''' || array_to_string(w, ''', ''') || ''']'], lambda words: CASE
            WHEN NOT contains(p, '"') THEN ['FROM short_hits(' || words || limits || ', any_of_them := ' || contains(p, '|')
                || ', best_n := ' || coalesce(enough::VARCHAR, 'NULL') || ')', 'short_leaves([[''' || array_to_string(w, '''], [''') || ''']])']
            WHEN NOT contains(limits, '''') THEN ['FROM phrase_hits(' || words || ', ' || enough || ')', 'short_leaves([' || words || '])']
            END)[1] END)[1] END)[1];

CREATE OR REPLACE MACRO short_leaves(leaves) AS
list_transform(leaves, lambda w, i: {'field': '', 'words': w, 'prefix': false, 'value': array_to_string(w, ' '),
    'pattern': ' ' || array_to_string(w, '  ') || ' ', 'excluded': false, 'place': i});
