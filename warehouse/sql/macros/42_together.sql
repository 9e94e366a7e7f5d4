-- Who appears with whom, and who appears more than before: whether it is more than chance.

-- one cell of G²: observed × ln(observed / expected)
CREATE OR REPLACE MACRO cell(observed, expected) AS
CASE WHEN observed <= 0 OR expected <= 0 THEN 0 ELSE observed * ln(observed / expected) END;

-- How rarely chance alone gives a G² as large (chi squared with one degree of freedom).
CREATE OR REPLACE MACRO significance_of(g2) AS
CASE WHEN abs(g2) > 10.83 THEN '0.1 %' WHEN abs(g2) > 6.63 THEN '1 %' WHEN abs(g2) > 3.84 THEN '5 %' ELSE 'not significant' END;

-- Who appears in the same articles, and whether more often than chance would have it:
-- log_likelihood is Dunning's G² of the two-by-two table of articles (1993), negative where they
-- meet less often than expected; npmi is normalised pointwise mutual information, -1 to 1
-- (Bouma 2009). Articles that nobody has read for names do not count; copies of one text count as
-- many, unless folded.
CREATE OR REPLACE MACRO together(
    name, since := NULL, until := NULL, source := NULL, language := NULL, watch := NULL, label := NULL,
    min_articles := 1, fold_copies := false, top_n := 50) AS TABLE
WITH
hits AS MATERIALIZED (   -- by the numbers of readings alone, where nothing else is asked of the articles
    SELECT h.reading, h.article_id
    FROM query('FROM bare_hits(' || as_sql(name) || CASE WHEN coalesce(since::VARCHAR, until::VARCHAR, source, language, watch) IS NULL
            AND NOT fold_copies THEN ', told := ''numbers'''
        ELSE given_sql(since, until, source, language, watch) END || ')') AS h
),
marked AS MATERIALIZED (
    SELECT r.entity_nos, r.article_id IN (SELECT h.article_id FROM hits AS h) AS own FROM readings AS r
    WHERE (since IS NULL OR r.published_at >= moment_of(since))
        AND (until IS NULL OR r.published_at < after_until(moment_of(until)))
        AND (source IS NULL OR r.source = source)
        AND speaks(r.language, language)
        AND (watch IS NULL OR r.article_id IN (
            SELECT c.article_id FROM coverage AS c WHERE c.watch = watch AND c.tier <> 'off'))
        AND (NOT fold_copies OR r.article_id NOT IN (SELECT c.article_id FROM copies AS c))
),
of_some AS (   -- among some articles
    SELECT x.entity_no, count(*) FILTER (WHERE x.own) AS ab, count(*) AS b,
        (SELECT count(*) FROM marked AS k WHERE k.own) AS a, (SELECT count(*) FROM marked) AS n
    FROM (SELECT unnest(m.entity_nos) AS entity_no, m.own FROM marked AS m) AS x
    GROUP BY x.entity_no
),
own AS MATERIALIZED (   -- named three times below: with two DuckDB 1.5 would work it out for each
    SELECT r.entity_nos FROM readings AS r WHERE r.reading IN (SELECT h.reading FROM hits AS h)
    UNION ALL
    SELECT r.entity_nos FROM readings AS r WHERE r.article_id IN (SELECT h.article_id FROM hits AS h WHERE h.reading IS NULL)
),
of_all AS (   -- among all articles: how often each is named at all has been counted
    SELECT m.entity_no, m.ab, t.b, (SELECT count(*) FROM own) AS a, greatest((SELECT count(*) FROM readings), (SELECT count(o.entity_nos) FROM own AS o)) AS n
    FROM (
        SELECT x.entity_no, count(*) AS ab FROM (SELECT unnest(o.entity_nos) AS entity_no FROM own AS o) AS x GROUP BY x.entity_no
    ) AS m JOIN (SELECT c.entity_no, sum(c.n) AS b FROM entity_counts AS c GROUP BY c.entity_no) AS t ON t.entity_no = m.entity_no
),
tables AS (
    SELECT m.entity_no, m.a::DOUBLE AS a, m.b::DOUBLE AS b, m.ab::DOUBLE AS ab, m.n::DOUBLE AS n
    FROM query(CASE WHEN coalesce(since::VARCHAR, until::VARCHAR, source, language, watch) IS NULL AND NOT fold_copies
        THEN 'FROM of_all' ELSE 'FROM of_some' END) AS m
    WHERE m.ab >= greatest(min_articles, 1)
),
weighed AS (
    SELECT t.entity_no, t.a, t.b, t.ab, t.n, t.a * t.b / t.n AS expected,
        2 * (cell(t.ab, t.a * t.b / t.n) + cell(t.a - t.ab, t.a * (t.n - t.b) / t.n)
            + cell(t.b - t.ab, (t.n - t.a) * t.b / t.n)
            + cell(t.n - t.a - t.b + t.ab, (t.n - t.a) * (t.n - t.b) / t.n)) AS g2
    FROM tables AS t
),
ranked AS (   -- only who has a number: who was erased has none
    SELECT s.*, k.entity_id
    FROM (SELECT w.*, CASE WHEN w.ab < w.expected THEN -w.g2 ELSE w.g2 END AS signed FROM weighed AS w) AS s
    JOIN entity_numbers AS k ON k.entity_no = s.entity_no
    WHERE k.entity_id NOT IN (SELECT i.entity_id FROM ids_named(name) AS i)
),
chosen AS (   -- names are looked up for few; of equals, who was named first
    SELECT c.* FROM query('FROM ranked AS r' || CASE WHEN label IS NULL AND top_n IS NOT NULL
        THEN ' ORDER BY r.signed DESC, r.ab DESC, r.entity_no LIMIT ' || top_n::BIGINT ELSE '' END) AS c
),
called AS (
    SELECT c.*, any_value(e.entity) AS entity, any_value(e.label) AS label
    FROM chosen AS c JOIN entities AS e ON e.entity_id = c.entity_id
    GROUP BY ALL
)
SELECT
    c.entity, c.label, c.ab::BIGINT AS articles, c.b::BIGINT AS articles_of_entity, c.a::BIGINT AS articles_of_name,
    round(c.expected, 2) AS expected,
    round(CASE WHEN c.ab < c.expected THEN -c.g2 ELSE greatest(c.g2, 0) END, 2) AS log_likelihood,
    round(CASE WHEN c.ab = c.n THEN 0 ELSE ln(c.ab * c.n / (c.a * c.b)) / -ln(c.ab / c.n) END, 3) AS npmi,
    significance_of(c.g2) AS significance, c.entity_id
FROM called AS c
WHERE label IS NULL OR c.label = upper(label)
ORDER BY c.signed DESC, c.ab DESC, c.entity_no LIMIT top_n;

-- Who is named more than before: the articles of the last `days` against those of the `baseline`
-- days before them, by their share of all articles, so that a new source lifts nobody. G² of the
-- two shares, as in together(). `ts`: the moment to look back from (UTC; now).
CREATE OR REPLACE MACRO rising(
    days := 7, baseline := 28, ts := NULL, source := NULL, language := NULL, watch := NULL, label := NULL,
    min_articles := 3, top_n := 20) AS TABLE
WITH
clock AS MATERIALIZED (SELECT coalesce(moment_of(ts), make_timestamp(epoch_us(now()))) AS ends_at),
asked AS MATERIALIZED (
    SELECT r.entity_nos, r.published_at >= c.ends_at - to_days(days::INTEGER) AS new_
    FROM readings AS r CROSS JOIN clock AS c
    WHERE r.published_at < c.ends_at AND r.published_at >= c.ends_at - to_days((days + baseline)::INTEGER)
        AND (source IS NULL OR r.source = source)
        AND speaks(r.language, language)
        AND (watch IS NULL OR r.article_id IN (
            SELECT c.article_id FROM coverage AS c WHERE c.watch = watch AND c.tier <> 'off'))
),
totals AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE q.new_)::DOUBLE AS new_, count(*) FILTER (WHERE NOT q.new_)::DOUBLE AS old_ FROM asked AS q
),
counted AS (
    SELECT x.entity_no, count(*) FILTER (WHERE x.new_)::DOUBLE AS new_, count(*) FILTER (WHERE NOT x.new_)::DOUBLE AS old_
    FROM (SELECT unnest(q.entity_nos) AS entity_no, q.new_ FROM asked AS q) AS x
    GROUP BY x.entity_no HAVING count(*) FILTER (WHERE x.new_) >= min_articles
),
weighed AS (
    SELECT k.entity_id, n.new_, n.old_, n.old_ * t.new_ / nullif(t.old_, 0) AS expected,
        (n.new_ + n.old_) * t.new_ / (t.new_ + t.old_) AS even_,
        2 * (cell(n.new_, (n.new_ + n.old_) * t.new_ / (t.new_ + t.old_)) + cell(n.old_, (n.new_ + n.old_) * t.old_ / (t.new_ + t.old_))) AS g2
    FROM counted AS n JOIN entity_numbers AS k ON k.entity_no = n.entity_no CROSS JOIN totals AS t
)
SELECT
    e.entity, e.label, w.new_::BIGINT AS articles, w.old_::BIGINT AS articles_before, round(w.expected, 2) AS expected,
    round(w.new_ / nullif(w.expected, 0), 2) AS growth, round(w.g2, 2) AS log_likelihood,
    significance_of(w.g2) AS significance, w.entity_id
FROM weighed AS w
JOIN (SELECT d.entity_id, any_value(d.entity) AS entity, any_value(d.label) AS label FROM entities AS d GROUP BY d.entity_id) AS e
    ON e.entity_id = w.entity_id
WHERE w.new_ > w.even_ AND (label IS NULL OR e.label = upper(label))
ORDER BY w.g2 DESC, w.new_ DESC, e.entity LIMIT top_n;
