SELECT round(s.score, 2) AS score, strftime(s.published_at, '%m-%d') AS published, s.source, s.title
FROM search($query, top_n := 8, snippets := false) s ORDER BY s.score DESC;
