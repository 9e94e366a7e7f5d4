SELECT a.article_id, a.revision, a.text, a.title, a.language, a.published_at, a.canonical_url,
       a.source, a.authors, a.first_seen_at
FROM articles a
WHERE a.article_id IN (SELECT unnest($wanted));
