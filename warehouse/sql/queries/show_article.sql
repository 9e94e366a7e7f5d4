SELECT a.* FROM articles a WHERE a.article_id = $article_id;
