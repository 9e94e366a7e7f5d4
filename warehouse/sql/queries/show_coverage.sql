SELECT c.watch, c.relevance, c.tier, c.reasons FROM coverage c
WHERE c.article_id = $article_id ORDER BY c.relevance DESC, c.watch;
