-- The hosts that took longest to answer in these runs, slowest first.
SELECT regexp_extract(f.url, '^[a-z]+://([^/?#]+)', 1) AS host,
       count(*) AS requests,
       round(median(f.seconds), 3) AS median_seconds,
       round(max(f.seconds), 3) AS longest_seconds,
       round(sum(f.seconds), 3) AS seconds,
       count(*) FILTER (WHERE f.error IS NOT NULL OR f.status >= 400) AS failed
FROM fetches f
WHERE f.run IN (SELECT unnest($runs::VARCHAR[])) AND f.seconds IS NOT NULL
GROUP BY ALL
ORDER BY median_seconds DESC, longest_seconds DESC, host
LIMIT $top_n;
