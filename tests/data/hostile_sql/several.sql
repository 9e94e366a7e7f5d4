-- More than one statement, or none. One statement a line; each is refused.
SELECT 1; COPY (SELECT 1) TO '{data}/tables/stolen.csv'
SELECT 1; SELECT 2
SELECT 1;;SELECT 2
SELECT 1 /* ; */; DROP VIEW articles
.shell id
