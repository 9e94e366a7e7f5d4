-- What these runs brought that is related to a watch: new articles and new versions, with reasons.
SELECT c.watch, o.outcome, a.article_id, a.title, a.source, a.published_at, a.canonical_url AS url,
       c.relevance, c.tier, c.reasons, k.copy_of, k.copy_kind
FROM coverage c
JOIN articles a ON a.article_id = c.article_id
JOIN (SELECT n.article_id, min(n.outcome) AS outcome
      FROM (SELECT x.article_id, CASE WHEN x.outcome = 'stored' THEN 'new' ELSE 'revised' END AS outcome
            FROM outcomes x
            WHERE x.run IN (SELECT unnest($runs::VARCHAR[])) AND x.outcome IN ('stored', 'revised')) n
      GROUP BY n.article_id) o ON o.article_id = a.article_id
LEFT JOIN copies k ON k.article_id = a.article_id
WHERE c.watch = $watch AND c.tier <> 'off'
ORDER BY c.relevance DESC, a.published_at, a.article_id;
