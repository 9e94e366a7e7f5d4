SELECT f.source, f.kind, f.found_on, min(f.found_at) AS found_at, f.url FROM found_in f
WHERE f.article_id = $article_id GROUP BY ALL ORDER BY found_at, f.source;
