-- Keyword search over the current articles. It reads the texts; an index will take the place of
-- `matching` without changing what is asked or answered.

-- since and until as given by people: a day means the whole day, a moment is itself (UTC).
CREATE OR REPLACE MACRO after_until(moment) AS
CASE WHEN moment::TIMESTAMP = moment::TIMESTAMP::DATE THEN moment::TIMESTAMP + INTERVAL 1 DAY ELSE moment::TIMESTAMP END;

CREATE OR REPLACE MACRO occurrences(cut, pattern) AS
((strlen(cut) - strlen(replace(cut, pattern, ''))) // strlen(pattern))::INTEGER;

-- The articles that meet a query, each with its BM25 score (k1 1.2, b 0.75) and the query's
-- leaves (see parse_query), by which its text can be shown. Each word, phrase
-- and prefix counts as one term; an occurrence in the title counts as three; lengths are in
-- characters; how rare a term is, is counted among the articles that pass the filters.
CREATE OR REPLACE MACRO matching(query, since := NULL, until := NULL, source := NULL, language := NULL) AS TABLE
WITH
parsed AS MATERIALIZED (
    SELECT p.problem, p.leaves, p.rpn FROM parse_query(query) AS p
),
folded AS (
    SELECT
        a.article_id, length(a.text) AS size, p.leaves,
        list_transform([coalesce(a.title, ''), coalesce(a.text, '')], lambda b: fold(b)) AS folded
    FROM articles AS a CROSS JOIN parsed AS p
    WHERE p.problem IS NULL AND len(p.rpn) > 0
        AND (since IS NULL OR a.published_at >= since::TIMESTAMP)
        AND (until IS NULL OR a.published_at < after_until(until))
        AND (source IS NULL OR a.source = source)
        AND (language IS NULL OR a.language = lower(language) OR starts_with(a.language, lower(language) || '-'))
),
glanced AS (   -- 2: there for sure, 1: to be looked at word by word, 0: not there
    SELECT *, list_transform(leaves, lambda leaf: CASE
        WHEN contains(folded[2], leaf.sure) OR contains(folded[1], leaf.sure) THEN 2
        WHEN contains(folded[2], leaf.needed) OR contains(folded[1], leaf.needed) THEN 1
        ELSE 0 END) AS glance
    FROM folded
),
cut AS (
    SELECT *, CASE WHEN list_contains(glance, 1)
        THEN array_to_string(list_transform(folded, lambda f: folded_words(f)), chr(10)) END AS cut
    FROM glanced
),
truths AS MATERIALIZED (
    SELECT article_id, size, list_transform(leaves, lambda leaf, i: CASE glance[i]
        WHEN 2 THEN 1 WHEN 1 THEN contains(cut, leaf.pattern)::INTEGER ELSE 0 END) AS truth
    FROM cut
),
matched AS MATERIALIZED (   -- few articles differ in which leaves they hold: each kind is judged once
    SELECT t.article_id, t.size, t.truth
    FROM truths AS t
    JOIN (
        SELECT d.truth FROM (SELECT DISTINCT u.truth FROM truths AS u) AS d CROSS JOIN parsed AS p
        WHERE holds(p.rpn, d.truth)
    ) AS v ON t.truth = v.truth
),
terms AS MATERIALIZED (
    SELECT list(x.idf ORDER BY x.i) AS idf, any_value(x.mean_size) AS mean_size
    FROM (
        SELECT n.i, ln(1 + (count(*) - sum(t.truth[n.i]) + 0.5) / (sum(t.truth[n.i]) + 0.5)) AS idf,
            greatest(avg(t.size), 1) AS mean_size
        FROM truths AS t CROSS JOIN (SELECT unnest(range(1, len(p.leaves) + 1)) AS i FROM parsed AS p) AS n
        GROUP BY n.i
    ) AS x
),
counted AS (
    SELECT m.article_id, m.size, m.truth, 
        list_transform([coalesce(a.title, ''), coalesce(a.text, '')], lambda b: words(b)) AS cut
    FROM matched AS m JOIN articles AS a ON a.article_id = m.article_id
),
weighed AS (
    SELECT c.article_id, c.size, p.leaves, t.mean_size, t.idf, list_transform(p.leaves, lambda leaf, i: CASE
        WHEN leaf.excluded OR c.truth[i] = 0 THEN 0
        ELSE 3 * occurrences(c.cut[1], leaf.pattern) + occurrences(c.cut[2], leaf.pattern) END) AS tf
    FROM counted AS c CROSS JOIN terms AS t CROSS JOIN parsed AS p
)
SELECT
    w.article_id,
    coalesce(list_sum(list_transform(w.tf, lambda n, i:
        w.idf[i] * n * 2.2 / (n + 1.2 * (0.25 + 0.75 * coalesce(w.size, 0) / w.mean_size)))), 0) AS score,
    w.leaves
FROM weighed AS w
UNION ALL
SELECT error(p.problem)::VARCHAR, NULL::DOUBLE, p.leaves FROM parsed AS p WHERE p.problem IS NOT NULL;

-- The sentence of a text that holds most of the leaves, at most 240 characters of it.
CREATE OR REPLACE MACRO sentences(body) AS
list_filter(string_split_regex(regexp_replace(regexp_replace(coalesce(body, ''),
    '([.!?…]["”’»)]*)\s+', '\1' || chr(10), 'g'), '([。！？][」』]?)', '\1' || chr(10), 'g'), '\n+'),
    lambda line: trim(line) <> '');

CREATE OR REPLACE MACRO best_sentence(body, leaves) AS
list_sort(list_transform(sentences(body), lambda line, i: {
    'rank': -len(list_filter(leaves, lambda leaf: NOT leaf.excluded AND contains(words(line), leaf.pattern))),
    'i': i, 'line': trim(line)}))[1].line;

CREATE OR REPLACE MACRO shorten(line, skipped) AS
CASE WHEN skipped = 0 THEN '' ELSE '… ' END
|| trim(regexp_replace(regexp_replace(
    CASE WHEN skipped = 0 THEN ' ' ELSE '' END || substr(line, (skipped + 1)::BIGINT, 240)
        || CASE WHEN skipped + 240 < length(line) THEN '' ELSE ' ' END,
    '^\S{0,15}\s', ''), '\s\S{0,15}$', ''))
|| CASE WHEN skipped + 240 < length(line) THEN ' …' ELSE '' END;

CREATE OR REPLACE MACRO first_place(folded, leaves) AS
list_transform([folded], lambda f: list_min(list_transform(
    list_filter(leaves, lambda leaf: NOT leaf.excluded AND contains(f, leaf.needed)),
    lambda leaf: strpos(f, leaf.needed))))[1];

CREATE OR REPLACE MACRO cut_around(line, leaves) AS
CASE
    WHEN line IS NULL THEN ''
    WHEN length(line) <= 240 THEN line
    ELSE shorten(line, greatest(0, coalesce(first_place(fold(line), leaves), 1) - 80))
END;

CREATE OR REPLACE MACRO search(
    query, since := NULL, until := NULL, source := NULL, language := NULL, fold_copies := false, top_n := 20) AS TABLE
WITH
hits AS MATERIALIZED (
    SELECT m.article_id, m.score, m.leaves
    FROM matching(coalesce(query, ''), since := since, until := until, source := source, language := language) AS m
),
ranked AS (
    SELECT h.article_id, h.score, h.leaves, a.published_at, row_number() OVER (
        PARTITION BY coalesce(c.copy_of, h.article_id)
        ORDER BY c.copy_of IS NOT NULL, a.published_at NULLS LAST, h.article_id) AS nth
    FROM hits AS h
    LEFT JOIN (SELECT a.article_id, a.published_at FROM articles AS a) AS a ON a.article_id = h.article_id
    LEFT JOIN (SELECT c.article_id, min(c.copy_of) AS copy_of FROM copies AS c GROUP BY c.article_id) AS c
        ON c.article_id = h.article_id
),
best AS MATERIALIZED (
    SELECT r.article_id, r.score, r.leaves FROM ranked AS r
    WHERE NOT fold_copies OR r.nth = 1
    ORDER BY r.score DESC, r.published_at DESC NULLS LAST, r.article_id LIMIT top_n
)
SELECT
    b.article_id, a.url, a.title, a.source, a.published_at, a.language,
    round(b.score, 4) AS score, cut_around(best_sentence(a.text, b.leaves), b.leaves) AS snippet
FROM best AS b JOIN articles AS a ON a.article_id = b.article_id
UNION ALL   -- a bad query is an error also where there is nothing to join with
SELECT h.article_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM hits AS h WHERE h.article_id IS NULL
ORDER BY score DESC, published_at DESC NULLS LAST, article_id;
