SELECT min(coalesce(a.published_at, a.first_seen_at)), max(coalesce(a.published_at, a.first_seen_at))
FROM articles a
WHERE a.article_id IN (SELECT unnest($wanted));
