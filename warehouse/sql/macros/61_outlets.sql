-- Who brought what of a watch: outlet by outlet, original against copy, first and after.

-- Articles of a watch, outlet by outlet: how many, how many of them are nobody's copy, and in how
-- many texts that others had as well it was the earliest.
CREATE OR REPLACE MACRO by_outlet(watch, since := NULL, until := NULL) AS TABLE
WITH
own AS MATERIALIZED (
    SELECT a.article_id, a.source, a.published_at, c.tier, k.copy_of
    FROM coverage AS c JOIN articles AS a ON a.article_id = c.article_id
    LEFT JOIN copies AS k ON k.article_id = c.article_id
    WHERE c.watch = watch AND c.tier <> 'off'
        AND (since IS NULL OR a.published_at >= moment_of(since))
        AND (until IS NULL OR a.published_at < after_until(moment_of(until)))
)
SELECT
    o.source, count(*) AS articles, count(*) FILTER (WHERE o.copy_of IS NULL) AS originals,
    count(o.copy_of) AS copies,
    count(*) FILTER (WHERE o.copy_of IS NULL AND o.article_id IN (SELECT k.copy_of FROM own AS k)) AS copied_by_others,
    count(*) FILTER (WHERE o.tier = 'same_story') AS same_story,
    round(count(*) / (SELECT count(*) FROM own AS t), 3) AS share, min(o.published_at) AS first_at, max(o.published_at) AS last_at
FROM own AS o GROUP BY o.source
ORDER BY articles DESC, o.source;

-- The texts of a watch, each once: whose it is, and who else printed it when. Most copied first.
CREATE OR REPLACE MACRO originals_of(watch, since := NULL, until := NULL) AS TABLE
WITH
own AS MATERIALIZED (
    SELECT c.article_id, c.relevance, coalesce(k.copy_of, c.article_id) AS root, k.copy_of IS NOT NULL AS copied
    FROM coverage AS c LEFT JOIN copies AS k ON k.article_id = c.article_id
    WHERE c.watch = watch AND c.tier <> 'off'
),
texts AS (
    SELECT o.root, max(o.relevance) AS relevance, count(*) FILTER (WHERE o.copied) AS copies,
        list(DISTINCT a.source ORDER BY a.source) FILTER (WHERE o.copied) AS copied_by,
        min(a.published_at) FILTER (WHERE o.copied) AS first_copy_at
    FROM own AS o JOIN articles AS a ON a.article_id = o.article_id GROUP BY o.root
)
SELECT
    a.title, a.source, a.published_at, t.copies, coalesce(t.copied_by, []) AS copied_by,
    round((epoch(t.first_copy_at) - epoch(a.published_at)) / 3600, 1) AS hours_to_first_copy,
    t.relevance, a.url, a.article_id
FROM texts AS t JOIN articles AS a ON a.article_id = t.root
WHERE (since IS NULL OR a.published_at >= moment_of(since)) AND (until IS NULL OR a.published_at < after_until(moment_of(until)))
ORDER BY t.copies DESC, t.relevance DESC, a.published_at NULLS LAST, a.article_id;

-- Who was first with a watch's story and who followed: the first article of each outlet, in the
-- order of time. Articles without a date are left out, since nobody knows.
CREATE OR REPLACE MACRO who_was_first(watch, tier := NULL, since := NULL, until := NULL) AS TABLE
WITH
own AS MATERIALIZED (
    SELECT v.article_id, v.source, v.published_at, v.title, v.tier, v.copy_of, v.url
    FROM coverage_of(watch, tier := tier, since := since, until := until) AS v
    WHERE v.published_at IS NOT NULL
),
firsts AS (SELECT o.source, min((o.published_at, o.article_id)) AS first_, count(*) AS articles FROM own AS o GROUP BY o.source)
SELECT
    row_number() OVER (ORDER BY f.first_, f.source) AS place, f.source, o.published_at,
    round((epoch(o.published_at) - epoch((SELECT min(t.published_at) FROM own AS t))) / 3600, 1) AS hours_later,
    o.title, o.tier, o.copy_of, f.articles, o.url, o.article_id
FROM firsts AS f JOIN own AS o ON o.article_id = f.first_[2]
ORDER BY place;

CREATE OR REPLACE VIEW who_copied_whom AS
SELECT o.source AS original, c.source AS copier, count(*) AS articles,
    count(*) FILTER (WHERE k.copy_kind = 'exact') AS exact,
    round(median(epoch(c.published_at) - epoch(o.published_at)) / 3600, 1) AS hours_later,
    max(c.published_at) AS last_at
FROM copies AS k JOIN articles AS c ON c.article_id = k.article_id JOIN articles AS o ON o.article_id = k.copy_of
GROUP BY o.source, c.source;
