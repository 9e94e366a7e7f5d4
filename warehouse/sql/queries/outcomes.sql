-- What became of every address that one run found, by source; the newest run when none is named.
SELECT r.run, c.source, c.outcome, c.n
FROM runs r JOIN run_counts c ON c.run = r.run
WHERE r.run = coalesce($run, (SELECT max(n.run) FROM runs n))
  AND ($source IS NULL OR c.source = $source)
ORDER BY c.source, c.n DESC, c.outcome;
