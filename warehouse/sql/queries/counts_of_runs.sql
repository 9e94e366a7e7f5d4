-- What became of the addresses that these runs found, by source.
SELECT c.source, c.outcome, sum(c.n)::BIGINT AS n
FROM run_counts c
WHERE c.run IN (SELECT unnest($runs::VARCHAR[]))
GROUP BY ALL
ORDER BY c.source, n DESC, c.outcome;
