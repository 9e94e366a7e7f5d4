-- How the index and the articles differ, each a number that should be 0: versions that the index
-- does not know, numbers of no article, numbers given twice, and those whose words are missing or
-- stand both among the recent ones and in a segment.
WITH versions AS (SELECT a.doc FROM ({articles}) a WHERE a.doc IS NOT NULL),
known AS (SELECT d.doc, d.n_words FROM ({docs}) d),
fresh AS (SELECT DISTINCT r.doc FROM ({recent}) r),
packed AS (SELECT DISTINCT unnest(p.doc) AS doc FROM ({postings}) p)
SELECT
    (SELECT count(*) FROM versions v ANTI JOIN known k ON k.doc = v.doc) AS "versions it lacks",
    (SELECT count(*) FROM known k ANTI JOIN versions v ON v.doc = k.doc) AS "numbers of no article",
    (SELECT count(*) - count(DISTINCT k.doc) FROM known k) AS "numbers given twice",
    (SELECT count(*) FROM known k ANTI JOIN fresh f ON f.doc = k.doc ANTI JOIN packed p ON p.doc = k.doc
     WHERE k.n_words > 0 AND NOT k.doc IN (SELECT s.doc FROM ({dead}) s)) AS "articles without words",
    (SELECT count(*) FROM fresh f SEMI JOIN packed p ON p.doc = f.doc) AS "articles with words twice";
