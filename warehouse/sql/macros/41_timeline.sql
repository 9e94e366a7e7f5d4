-- How many articles, bucket by bucket, without gaps; days begin where the zone says. Counts the
-- articles of an entity if anybody bears that name, else those that meet the search query.
-- Articles without a date are counted in a last row, whose bucket is NULL.
CREATE OR REPLACE MACRO timeline(
    query_or_entity, bucket := 'day', zone := 'UTC', since := NULL, until := NULL,
    source := NULL, language := NULL, watch := NULL) AS TABLE
WITH
hits AS MATERIALIZED (
    SELECT h.source, h.of_entity,
        date_trunc(CASE WHEN lower(bucket) IN ('hour', 'day', 'week', 'month', 'quarter', 'year') THEN lower(bucket)
                ELSE error('slugline: bad argument: bucket must be hour, day, week, month, quarter or year') END,
            CASE WHEN zone IS NULL THEN error('slugline: bad argument: zone must be one like UTC or Europe/Berlin')
                WHEN zone = 'UTC' THEN h.published_at ELSE timezone(zone, timezone('UTC', h.published_at)) END) AS starts_at,
        h.article_id IN (SELECT k.article_id FROM copies AS k) AS copied
    FROM query('FROM bare_hits(' || as_sql(coalesce(query_or_entity::VARCHAR, '')) || given_sql(since, until, source, language, watch)
        || ', or_query := true)') AS h
),
counted AS MATERIALIZED (
    SELECT h.starts_at, count(*) AS articles, count(*) FILTER (WHERE NOT h.copied) AS originals,
        count(DISTINCT h.source) AS sources, any_value(h.of_entity) AS of_entity
    FROM hits AS h GROUP BY h.starts_at
),
buckets AS (
    SELECT unnest(generate_series(s.first_at, s.last_at, CASE lower(bucket)
        WHEN 'hour' THEN INTERVAL 1 HOUR WHEN 'day' THEN INTERVAL 1 DAY WHEN 'week' THEN INTERVAL 7 DAY
        WHEN 'month' THEN INTERVAL 1 MONTH WHEN 'quarter' THEN INTERVAL 3 MONTH ELSE INTERVAL 1 YEAR END)) AS starts_at
    FROM (SELECT min(c.starts_at) AS first_at, max(c.starts_at) AS last_at FROM counted AS c) AS s
    UNION ALL
    SELECT NULL WHERE EXISTS (FROM counted AS c WHERE c.starts_at IS NULL)
)
SELECT
    b.starts_at AS bucket, coalesce(n.articles, 0) AS articles, coalesce(n.originals, 0) AS originals,
    coalesce(n.sources, 0) AS sources,
    (SELECT CASE WHEN bool_or(c.of_entity) THEN 'entity' ELSE 'query' END FROM counted AS c) AS counted
FROM buckets AS b LEFT JOIN counted AS n ON n.starts_at IS NOT DISTINCT FROM b.starts_at
ORDER BY b.starts_at NULLS LAST;
