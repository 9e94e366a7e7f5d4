-- The best articles by BM25, computed from places and true lengths. $words: the words of the question;
-- $all: how many of them a hit must hold. A word in the title counts as three.
WITH held AS (
    SELECT p.term, unnest(p.doc) AS doc, unnest(p.pos) AS pos FROM postings AS p WHERE p.term IN (SELECT unnest($words))
    UNION ALL SELECT r.term, r.doc, r.pos FROM recent AS r WHERE r.term IN (SELECT unnest($words))
),
live AS (SELECT h.* FROM held AS h WHERE h.doc NOT IN (SELECT d.doc FROM dead_docs AS d)),
known AS (SELECT count(*) AS docs, avg(l.n) AS mean FROM lengths AS l WHERE l.doc NOT IN (SELECT d.doc FROM dead_docs AS d)),
rarity AS (
    SELECT v.term, ln(1 + (any_value(k.docs) - count(*) + 0.5) / (count(*) + 0.5)) AS idf
    FROM live AS v CROSS JOIN known AS k GROUP BY v.term
),
counted AS (
    SELECT v.doc, v.term, len(v.pos) + 2 * len(list_filter(v.pos, lambda p: p < 512)) AS tf FROM live AS v
),
scored AS (
    SELECT c.doc, count(*) AS met,
        sum(r.idf * c.tf * 2.2 / (c.tf + 1.2 * (0.25 + 0.75 * l.n / k.mean))) AS score
    FROM counted AS c JOIN rarity AS r ON r.term = c.term JOIN lengths AS l ON l.doc = c.doc CROSS JOIN known AS k
    GROUP BY c.doc
)
SELECT d.article_id FROM scored AS s JOIN docs AS d ON d.doc = s.doc
WHERE s.met >= $all ORDER BY s.score DESC, s.doc DESC LIMIT $top
