SELECT k.keyword, k.score FROM keywords k
WHERE k.article_id = $article_id ORDER BY k.score DESC, k.keyword;
