-- Articles that an address leads to, by whatever address they were ever found at, and all the
-- addresses that lead to them. Fates and fetches of the address count as its addresses too.
WITH asked AS (SELECT g.value AS address FROM gone_addresses g),
hits AS (
    SELECT a.article_id FROM {articles} a JOIN asked q ON q.address IN (
        a.article_id, a.url, a.key, a.final_url, a.canonical_url, a.canonical_key)
    UNION SELECT f.article_id FROM {found_in} f JOIN asked q ON q.address IN (f.url, f.key)
    UNION SELECT o.article_id FROM {outcomes} o
    JOIN asked q ON q.address IN (o.url, o.key, o.final_url)
    WHERE o.article_id IS NOT NULL)
SELECT h.article_id FROM hits h;
