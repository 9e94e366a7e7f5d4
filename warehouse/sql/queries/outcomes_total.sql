-- What became of every address that one run found, over all sources.
SELECT r.run, c.outcome, sum(c.n)::BIGINT AS n
FROM runs r JOIN run_counts c ON c.run = r.run
WHERE r.run = coalesce($run, (SELECT max(n.run) FROM runs n))
GROUP BY ALL ORDER BY n DESC, c.outcome;
