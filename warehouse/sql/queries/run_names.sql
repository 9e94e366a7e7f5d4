-- Runs that have landed, oldest first, after the one named.
SELECT r.run, r.started_at, r.ended_at, r.n_found, r.n_fetched, r.bytes
FROM runs r WHERE r.run > $after ORDER BY r.run;
