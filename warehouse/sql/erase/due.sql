-- Articles that have been kept long enough. A watch that keeps for good is no number here: null.
WITH of_sources AS (
    SELECT s.key AS source, s.value::DOUBLE AS days FROM json_each($sources::JSON) s),
of_watches AS (
    SELECT w.key AS watch, w.value::DOUBLE AS days FROM json_each($watches::JSON) w),
wanted AS (
    SELECT c.article_id, max(CASE WHEN w.days = 0 THEN 'infinity'::DOUBLE ELSE w.days END) AS days
    FROM coverage c JOIN of_watches w ON w.watch = c.watch
    WHERE c.tier <> 'off' GROUP BY ALL),
rules AS (
    SELECT a.article_id, a.first_seen_at, coalesce(w.days, s.days, $days::DOUBLE) AS days
    FROM articles a
    LEFT JOIN wanted w ON w.article_id = a.article_id
    LEFT JOIN of_sources s ON s.source = a.source)
SELECT r.article_id FROM rules r
WHERE r.days > 0 AND r.days < 1e6
  AND r.first_seen_at < $now::TIMESTAMP - to_seconds(r.days * 86400)
ORDER BY ALL;
