-- Words at which the index is cut into slices of some {rows} rows each, so that memory is bounded.
SELECT max(c.term)
FROM (
    SELECT t.term, sum(t.n) OVER (ORDER BY t.term) AS upto
    FROM (SELECT s.term, sum(s.n) AS n FROM ({counts}) s GROUP BY s.term) t
) c
GROUP BY c.upto // {rows}
ORDER BY 1;
