-- The words after $lo up to $hi: lists of at most 256 articles each. Lists are made of sorted pairs,
-- since list(… ORDER BY …) takes four times as long.
INSERT INTO segment.postings
SELECT g.term, g.m1, g.m2, list_transform(g.held, lambda h: h.doc),
    list_transform(g.held, lambda h: h.imp), list_transform(g.held, lambda h: h.pos)
FROM (
    SELECT n.term, n.part, min(n.m) AS m1, max(n.m) AS m2,
        list_sort(list({{'doc': n.doc, 'imp': n.imp, 'pos': n.pos}})) AS held
    FROM (
        SELECT r.term, r.m, r.doc, r.imp, r.pos,
            (row_number() OVER (PARTITION BY r.term ORDER BY r.doc) - 1) // 256 AS part
        FROM ({rows}) r ANTI JOIN dead d ON r.doc = d.doc
        WHERE r.term > $lo AND r.term <= $hi
    ) n
    GROUP BY n.term, n.part
) g
ORDER BY g.term, g.part;
