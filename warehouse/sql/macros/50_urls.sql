-- One address: what became of it, and whose copy it is.

-- An address without scheme and fragment: enough to compare what people paste.
CREATE OR REPLACE MACRO bare_url(link) AS
regexp_replace(regexp_replace(trim(link), '#.*$', ''), '^[hH][tT][tT][pP][sS]?://', '');

-- Whether a link leads to an address. Most do not even contain it, which is ten times as quick to tell.
CREATE OR REPLACE MACRO is_at(link, address) AS
contains(link, bare_url(address)) AND bare_url(link) = bare_url(address);

-- The articles at an address: as found, after redirects, or as the page names itself; an
-- article_id is understood too.
CREATE OR REPLACE MACRO articles_at(address) AS TABLE
SELECT a.article_id FROM articles AS a
WHERE a.article_id = address
    OR is_at(a.url, address) OR is_at(a.final_url, address)
    OR is_at(a.canonical_url, address) OR is_at(a.key, address)
UNION
SELECT f.article_id FROM found_in AS f WHERE is_at(f.url, address) OR is_at(f.key, address);

-- The history of one address, oldest first: a row for each run in which its fate changed.
CREATE OR REPLACE MACRO fate(url) AS TABLE
WITH there AS MATERIALIZED (SELECT t.article_id FROM articles_at(url) AS t)
SELECT
    o.run, o.decided_at, o.outcome, o.reason, o.status, o.source, o.url, o.final_url, o.article_id, a.title
FROM outcomes AS o LEFT JOIN (SELECT b.article_id, b.title FROM articles AS b) AS a ON a.article_id = o.article_id
WHERE is_at(o.url, url) OR is_at(o.final_url, url) OR is_at(o.key, url)
    OR o.url IN (SELECT c.url FROM articles AS c WHERE c.article_id IN (SELECT t.article_id FROM there AS t))
ORDER BY o.decided_at, o.run, o.url;

-- All articles that share one text with the article at this address, itself included: the
-- earliest known first, then its copies.
CREATE OR REPLACE MACRO copies_of(url) AS TABLE
WITH
roots AS MATERIALIZED (
    SELECT DISTINCT coalesce(c.copy_of, t.article_id) AS root
    FROM articles_at(url) AS t LEFT JOIN copies AS c ON c.article_id = t.article_id
),
family AS (
    SELECT r.root AS article_id, NULL AS copy_of, 'original' AS copy_kind, NULL AS similarity FROM roots AS r
    UNION ALL
    SELECT c.article_id, c.copy_of, c.copy_kind, c.similarity FROM copies AS c
    WHERE c.copy_of IN (SELECT r.root FROM roots AS r)
)
SELECT a.article_id, a.url, a.title, a.source, a.published_at, f.copy_kind, f.similarity, f.copy_of
FROM family AS f JOIN articles AS a ON a.article_id = f.article_id
ORDER BY f.copy_of IS NOT NULL, a.published_at NULLS LAST, a.article_id;
