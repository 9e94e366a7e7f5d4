-- Whether a file of the index knows one of the articles in {gone}.
SELECT count(*) > 0
FROM (SELECT {doc} AS doc FROM {rows} r) d SEMI JOIN ({gone}) g ON d.doc = g.doc;
