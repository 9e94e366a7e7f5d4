-- What is related to a watch, closest first; copies under the article they come from.
SELECT round(c.relevance, 2) AS relevance, c.tier, strftime(a.published_at, '%m-%d %H:%M') AS published,
       a.source, a.title,
       CASE WHEN k.copy_of IS NOT NULL THEN k.copy_kind || ' copy of ' || o.source ELSE '' END AS copy,
       array_to_string(list_transform(
           list_reverse_sort(list_transform(c.reasons, lambda r: {'gave': r.gave, 'term': r.term}))[:3],
           lambda r: r.term || printf(' %+.2f', r.gave)), ', ') AS why
FROM coverage c
JOIN articles a ON a.article_id = c.article_id
LEFT JOIN copies k ON k.article_id = c.article_id
LEFT JOIN articles o ON o.article_id = k.copy_of
WHERE c.watch = $watch AND c.tier <> 'off'
ORDER BY c.relevance DESC, a.published_at;
