SELECT c.url, c.platform, c.account, c.anchor, c.embedded FROM citations c
WHERE c.article_id = $article_id ORDER BY c.url;
