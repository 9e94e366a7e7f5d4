-- A file of docs from before they held addresses, with these.
SELECT d.* REPLACE (a.url AS url)
FROM ({rows}) d LEFT JOIN (SELECT b.doc, b.url FROM ({articles}) b) a ON a.doc = d.doc
ORDER BY d.doc
