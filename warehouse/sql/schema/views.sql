-- Views over the relations, for people. The views named like the tables, and `<table>_history`
-- for the rows that later ones have superseded, are made at publishing from the list of files.
-- No window function over a base table here: the current version is an anti-join with a small
-- list of what was superseded.

CREATE VIEW freshness AS
SELECT max(b.landed_at) AS landed_at, count(*) AS n_batches, arg_max(b.batch, b.generation) AS batch
FROM batches b;
