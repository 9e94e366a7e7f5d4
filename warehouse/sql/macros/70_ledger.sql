-- The accounts: every address that a run found has one outcome, and the sums agree.

-- What people imported is a batch without a run.
CREATE OR REPLACE VIEW ledger AS
SELECT c.run, coalesce(r.started_at, b.landed_at) AS started_at, c.source, c.outcome, c.n
FROM run_counts AS c LEFT JOIN runs AS r ON r.run = c.run
LEFT JOIN batches AS b ON b.batch = c.run;

CREATE OR REPLACE VIEW run_totals AS
SELECT
    r.run, r.started_at, r.ended_at, r.n_found, coalesce(c.n, 0) AS n_accounted,
    r.n_found = coalesce(c.n, 0) AS balanced, r.n_fetched, r.bytes, coalesce(c.outcomes, MAP {}) AS outcomes
FROM runs AS r
LEFT JOIN (
    SELECT o.run, sum(o.n)::BIGINT AS n, map_from_entries(list((o.outcome, o.n) ORDER BY o.n DESC, o.outcome)) AS outcomes
    FROM (SELECT d.run, d.outcome, sum(d.n)::BIGINT AS n FROM run_counts AS d GROUP BY d.run, d.outcome) AS o
    GROUP BY o.run
) AS c ON c.run = r.run;
