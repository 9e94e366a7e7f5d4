-- How many articles, bucket by bucket, without gaps; days begin where the zone says. Counts the
-- articles of an entity if anybody bears that name, else those that meet the search query.
-- Articles without a date are counted in a last row, whose bucket is NULL.
CREATE OR REPLACE MACRO timeline(
    query_or_entity, bucket := 'day', zone := 'UTC', since := NULL, until := NULL,
    source := NULL, language := NULL, watch := NULL) AS TABLE
WITH
chosen AS MATERIALIZED (
    SELECT
        CASE WHEN lower(bucket) IN ('hour', 'day', 'week', 'month', 'quarter', 'year') THEN lower(bucket)
            ELSE error('slugline: bad argument: bucket must be hour, day, week, month, quarter or year') END AS unit,
        CASE lower(bucket)
            WHEN 'hour' THEN INTERVAL 1 HOUR WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY
            WHEN 'month' THEN INTERVAL 1 MONTH WHEN 'quarter' THEN INTERVAL 3 MONTH WHEN 'year' THEN INTERVAL 1 YEAR
        END AS step
),
hits AS MATERIALIZED (
    SELECT h.article_id, h.source, h.published_at, h.of_entity
    FROM entity_hits(
        coalesce(query_or_entity, ''), since := since, until := until, source := source, language := language, watch := watch,
        or_query := true) AS h
),
dated AS MATERIALIZED (
    SELECT
        h.source, h.of_entity, c.step, k.article_id IS NOT NULL AS copied,
        date_trunc(c.unit, timezone(zone, timezone('UTC', h.published_at))) AS starts_at
    FROM hits AS h CROSS JOIN chosen AS c
    LEFT JOIN (SELECT DISTINCT k.article_id FROM copies AS k) AS k ON k.article_id = h.article_id
),
counted AS (
    SELECT d.starts_at, count(*) AS articles, count(*) FILTER (WHERE NOT d.copied) AS originals,
        count(DISTINCT d.source) AS sources
    FROM dated AS d GROUP BY d.starts_at
),
buckets AS (
    SELECT unnest(generate_series(s.first_at, s.last_at, s.step)) AS starts_at
    FROM (SELECT min(d.starts_at) AS first_at, max(d.starts_at) AS last_at, any_value(d.step) AS step
          FROM dated AS d WHERE d.starts_at IS NOT NULL) AS s
    UNION ALL
    SELECT NULL WHERE EXISTS (FROM dated AS d WHERE d.starts_at IS NULL)
)
SELECT
    b.starts_at AS bucket, coalesce(n.articles, 0) AS articles, coalesce(n.originals, 0) AS originals,
    coalesce(n.sources, 0) AS sources, 
    (SELECT CASE WHEN any_value(d.of_entity) THEN 'entity' ELSE 'query' END FROM dated AS d) AS counted
FROM buckets AS b LEFT JOIN counted AS n ON n.starts_at IS NOT DISTINCT FROM b.starts_at
ORDER BY b.starts_at NULLS LAST;
