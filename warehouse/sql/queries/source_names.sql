-- Every source that is kept in the list or that an article has come from.
SELECT s.source FROM sources AS s UNION SELECT d.source FROM docs AS d ORDER BY ALL;
