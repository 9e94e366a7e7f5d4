SELECT c.article_id, c.copy_of, c.copy_kind, c.similarity FROM copies c
WHERE c.article_id IN (SELECT unnest($wanted));
