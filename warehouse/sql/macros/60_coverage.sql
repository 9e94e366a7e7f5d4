-- Watches: what was written, why it counts, and what is new.

-- Reasons as a sentence for people: 'Taliban ×5 +0.22; Threads ×3 +0.18'.
CREATE OR REPLACE MACRO because(reasons) AS
array_to_string(list_transform(list_filter(list_sort(list_transform(coalesce(reasons, []),
        lambda r: {'rank': (r.kind = 'words')::INT * 2 - abs(r.gave), 'r': r})), lambda x: x.r.term IS NOT NULL), lambda x:
    x.r.term || CASE WHEN x.r.count > 1 THEN ' ×' || x.r.count ELSE '' END
    || format(' {:+.2f}', x.r.gave)), '; ');

-- What is related to a watch, closest first; every tier but 'off', unless one is asked for.
CREATE OR REPLACE MACRO coverage_of(watch, tier := NULL, since := NULL, until := NULL) AS TABLE
SELECT
    c.tier, c.relevance, a.title, a.source, a.published_at, because(c.reasons) AS because, a.url, a.article_id,
    k.copy_of, k.copy_kind, c.reasons
FROM coverage AS c
JOIN articles AS a ON a.article_id = c.article_id
LEFT JOIN copies AS k ON k.article_id = c.article_id
WHERE c.watch = watch AND c.tier = CASE
        WHEN tier IS NULL THEN CASE WHEN c.tier <> 'off' THEN c.tier END
        WHEN tier IN ('same_story', 'follow_up', 'background', 'off') THEN tier
        ELSE error('slugline: bad argument: tier must be same_story, follow_up, background or off') END
    AND (since IS NULL OR a.published_at >= moment_of(since))
    AND (until IS NULL OR a.published_at < after_until(moment_of(until)))
ORDER BY c.relevance DESC, a.published_at NULLS LAST, a.article_id;

-- Why an article is related to a watch, or is not: one row for each reason, the strongest first,
-- the sum of many small ones last.
CREATE OR REPLACE MACRO why(watch, url) AS TABLE
WITH there AS MATERIALIZED (SELECT t.article_id FROM articles_at(url) AS t)
SELECT
    r.term, r.kind, r.gave, r.count, r.tier, r.relevance, a.title, a.article_id, r.profile_version
FROM (
    SELECT c.article_id, c.tier, c.relevance, c.profile_version,
        unnest(CASE WHEN len(c.reasons) > 0 THEN c.reasons
            ELSE [{'kind': 'none', 'term': 'nothing in common', 'gave': 0.0, 'count': 0}] END, recursive := true)
    FROM coverage AS c
    WHERE c.watch = watch AND c.article_id IN (SELECT t.article_id FROM there AS t)
) AS r JOIN articles AS a ON a.article_id = r.article_id
ORDER BY a.article_id, r.kind = 'words', abs(r.gave) DESC, r.term;

-- What a watch has got since a moment (UTC): articles first seen since then, and those that
-- were known and have been revised since; 'off' is left out.
CREATE OR REPLACE MACRO new_since(watch, ts) AS TABLE
SELECT
    CASE WHEN a.first_seen_at >= moment_of(ts) THEN 'new' ELSE 'revised' END AS what,
    CASE WHEN a.first_seen_at >= moment_of(ts) THEN a.first_seen_at ELSE v.seen_at END AS seen_at,
    c.tier, c.relevance, a.title, a.source, a.published_at, because(c.reasons) AS because, a.url, a.article_id,
    k.copy_of
FROM coverage AS c
JOIN articles AS a ON a.article_id = c.article_id
LEFT JOIN copies AS k ON k.article_id = c.article_id
LEFT JOIN (SELECT r.article_id, max(r.seen_at) AS seen_at FROM revisions AS r GROUP BY r.article_id) AS v
    ON v.article_id = c.article_id
WHERE c.watch = watch AND c.tier <> 'off' AND (a.first_seen_at >= moment_of(ts) OR v.seen_at >= moment_of(ts))
ORDER BY c.relevance DESC, a.published_at NULLS LAST, a.article_id;
