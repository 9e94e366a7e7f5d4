-- How each source does at $now, the worst first; only sources that sources.toml still has.
SELECT h.source, h.verdict, h.why, h.advice, h.last_asked_at IS NULL AS unused
FROM source_health(ts := $now) AS h
WHERE h.source IN (SELECT unnest($sources::VARCHAR[]));
