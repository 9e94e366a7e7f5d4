-- The article with this id, or found, fetched or canonical at this address.
SELECT a.article_id FROM articles a
WHERE a.article_id = $wanted OR a.key = $key OR $wanted IN (a.url, a.final_url, a.canonical_url)
   OR a.article_id IN (SELECT f.article_id FROM found_in f WHERE f.key = $key OR f.url = $wanted)
LIMIT 1;
