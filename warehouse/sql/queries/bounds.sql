-- What bounds are judged by, over [$now - 24 hours, $now): of each watch and source named, what it
-- got, and how long it was left alone. Not at all in it: what has not been crawled for eight days.
--
-- Of a watch count the articles of every tier but 'off', without copies of others, as the brief
-- shows them: one agency's text in forty papers is one thing to read. Of a source count all its
-- articles, copies too: it is the source that is judged, not what it wrote itself.
WITH recent AS (
    SELECT r.watches, r.sources, r.started_at,
        least(coalesce(r.ended_at, r.started_at), $now::TIMESTAMP) AS ended_at
    FROM runs AS r
    WHERE r.started_at >= $now::TIMESTAMP - INTERVAL 8 DAY AND r.started_at < $now::TIMESTAMP
        AND NOT ends_with(r.run, '-backfill')
),
crawls AS (
    SELECT 'watch' AS kind, unnest(list_intersect(r.watches, $watches::VARCHAR[])) AS name,
        r.started_at, r.ended_at
    FROM recent AS r
    UNION ALL
    SELECT 'source', unnest(list_intersect(r.sources, $sources::VARCHAR[])), r.started_at, r.ended_at
    FROM recent AS r
),
gaps AS (
    SELECT c.kind, c.name, c.started_at AS until,
        lag(c.ended_at) OVER (PARTITION BY c.kind, c.name ORDER BY c.started_at) AS since
    FROM (
        FROM crawls
        UNION ALL
        SELECT DISTINCT d.kind, d.name, $now::TIMESTAMP, $now::TIMESTAMP FROM crawls AS d
    ) AS c
),
alone AS (
    SELECT g.kind, g.name,
        bool_or(g.since <= $now::TIMESTAMP - INTERVAL 24 HOUR) AS crawled_before,
        arg_max({'since': g.since, 'until': g.until}, g.until - g.since)
            FILTER (g.until > $now::TIMESTAMP - INTERVAL 24 HOUR) AS longest,
        median(epoch(g.until) - epoch(g.since)) AS usual_seconds
    FROM gaps AS g WHERE g.since IS NOT NULL
    GROUP BY ALL
),
new AS (
    SELECT a.article_id, a.source FROM articles AS a
    WHERE a.first_seen_at >= $now::TIMESTAMP - INTERVAL 24 HOUR AND a.first_seen_at < $now::TIMESTAMP
        AND NOT ends_with(coalesce(a.run, ''), '-backfill')  -- old news, however much of it
),
got AS (
    SELECT 'source' AS kind, n.source AS name, count(*) AS n FROM new AS n GROUP BY ALL
    UNION ALL
    SELECT 'watch', c.watch, count(*)
    FROM coverage AS c SEMI JOIN new AS n ON n.article_id = c.article_id
        ANTI JOIN copies AS k ON k.article_id = c.article_id
    WHERE c.tier <> 'off' GROUP BY ALL
)
SELECT a.kind, a.name, coalesce(g.n, 0)::BIGINT AS n, a.crawled_before,
    a.longest.since AS alone_since, a.longest.until AS alone_until, a.usual_seconds
FROM alone AS a LEFT JOIN got AS g ON g.kind = a.kind AND g.name = a.name
ORDER BY a.kind DESC, a.name;
