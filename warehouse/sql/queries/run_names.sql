-- Runs that have landed, oldest first, after the one named; a backfill tells its own story.
SELECT r.run, r.started_at, r.ended_at, r.n_found, r.n_fetched, r.bytes
FROM runs r WHERE r.run > $after AND NOT ends_with(r.run, '-backfill') ORDER BY r.run;
