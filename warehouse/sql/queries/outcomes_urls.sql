-- The addresses whose fate changed to one outcome, newest first.
SELECT o.run, o.outcome, o.source, o.url, o.reason, o.status, o.decided_at
FROM outcomes o
WHERE o.outcome = $outcome AND ($run IS NULL OR o.run = $run)
  AND ($source IS NULL OR o.source = $source)
ORDER BY o.decided_at DESC, o.url LIMIT $top_n;
