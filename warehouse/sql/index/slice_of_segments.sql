-- The words after $lo up to $hi of several segments: long lists stay as they are, the short ones of
-- a word become one, and articles that have another version by now are left out. No list(… ORDER
-- BY …): it takes six times as long as putting the lists in order afterwards.
INSERT INTO segment.postings
WITH lists AS MATERIALIZED (
    SELECT row_number() OVER () AS id, p.term, p.m1, p.m2, p.doc, p.imp, p.pos
    FROM ({rows}) p
    WHERE p.term > $lo AND p.term <= $hi
),
concerned AS MATERIALIZED (
    SELECT DISTINCT u.id
    FROM (SELECT l.id, unnest(l.doc) AS doc FROM lists l) u SEMI JOIN dead d ON u.doc = d.doc
),
living AS (
    SELECT l.term, l.m1, l.m2, l.doc, l.imp, l.pos FROM lists l ANTI JOIN concerned c ON l.id = c.id
    UNION ALL
    SELECT k.term, k.m1, k.m2, list_select(k.doc, k.kept), list_select(k.imp, k.kept),
        list_select(k.pos, k.kept)
    FROM (
        SELECT u.id, any_value(u.term) AS term, any_value(u.m1) AS m1, any_value(u.m2) AS m2,
            any_value(u.doc) AS doc, any_value(u.imp) AS imp, any_value(u.pos) AS pos,
            list_sort(list(u.place)) AS kept
        FROM (
            SELECT l.*, unnest(l.doc) AS one, generate_subscripts(l.doc, 1) AS place
            FROM lists l SEMI JOIN concerned c ON l.id = c.id
        ) u ANTI JOIN dead d ON u.one = d.doc
        GROUP BY u.id
    ) k
)
SELECT j.* FROM (
    SELECT f.term, f.m1, f.m2, f.doc, f.imp, f.pos FROM living f WHERE len(f.doc) >= 128
    UNION ALL
    SELECT g.term, g.m1, g.m2, list_select(g.doc, g.nth), list_select(g.imp, g.nth),
        list_select(g.pos, g.nth)
    FROM (
        SELECT s.term, min(s.m1) AS m1, max(s.m2) AS m2, flatten(list(s.doc)) AS doc,
            flatten(list(s.imp)) AS imp, flatten(list(s.pos)) AS pos,
            list_grade_up(flatten(list(s.doc))) AS nth
        FROM living s
        WHERE len(s.doc) < 128
        GROUP BY s.term
    ) g
) j
ORDER BY j.term, j.doc[1];
