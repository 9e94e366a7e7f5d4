SELECT q.speaker, q.quote FROM quotes q WHERE q.article_id = $article_id ORDER BY q."start";
