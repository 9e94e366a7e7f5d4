-- The words of some articles, one row for each word and article. Words of the title stand at places
-- 1 to 499, those of the text from 513 on, so that no phrase reaches from one into the other; of a
-- text with more than 65,000 words the later ones count, but have no place.
WITH cut AS (
    SELECT a.doc, month_no(a.published_at) AS m, tokens(coalesce(a.title, ''))[:499] AS title,
        tokens(coalesce(a.text, '')) AS body
    FROM {articles} a
    WHERE a.doc >= {first} AND a.doc < {stop}
),
placed AS (
    SELECT c.doc, c.m, len(c.body) AS n, unnest(c.title) AS term,
        generate_subscripts(c.title, 1) AS place
    FROM cut c
    UNION ALL
    SELECT c.doc, c.m, len(c.body), unnest(c.body), generate_subscripts(c.body, 1) + 512
    FROM cut c
),
counted AS (
    SELECT p.term, p.doc, any_value(p.m) AS m, any_value(p.n) AS n,
        count(*) + 2 * count(*) FILTER (WHERE p.place < 512) AS tf,
        list_sort(coalesce(   -- list(… ORDER BY …) takes six times as long
            list(least(p.place, 65535)::USMALLINT) FILTER (WHERE p.place <= 65000), [])) AS pos
    FROM placed p
    GROUP BY p.term, p.doc
)
SELECT c.term, left(c.term, 3) AS p3, stem_of(c.term) AS stem, c.m, c.doc, impact(c.tf, c.n) AS imp, c.pos
FROM counted c
ORDER BY c.term, c.doc
