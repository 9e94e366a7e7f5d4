-- What a reading shows of its article, and where words stand that nobody was named by.
SELECT r.article_id, r.published_at, r.source, r.language, r.title, r.url, r.text
FROM {rows} r
WHERE r.article_id IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')));
