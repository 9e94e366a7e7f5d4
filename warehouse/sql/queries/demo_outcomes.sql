-- The ledger of one run: how many addresses had which fate, and an example of each reason.
SELECT c.outcome, sum(c.n)::BIGINT AS n,
       coalesce(any_value(CASE WHEN len(o.reason) > 90 THEN o.reason[:88] || '…' ELSE o.reason END),
           CASE c.outcome WHEN 'unchanged' THEN 'as it was: the server said so (304), or the text is the same' ELSE '' END)
           AS for_example
FROM run_counts c
LEFT JOIN (SELECT x.outcome, max(x.reason) AS reason FROM outcomes x GROUP BY x.outcome) o
       ON o.outcome = c.outcome
WHERE c.run = $run
GROUP BY c.outcome
UNION ALL
SELECT 'found', sum(t.n)::BIGINT, 'the sum of all fates: no address is lost' FROM run_counts t WHERE t.run = $run
ORDER BY n, outcome;
