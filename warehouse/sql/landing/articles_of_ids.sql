-- What a page that was fetched again is compared with.
SELECT r.article_id, r.revision, r.key, r.url, r.title, r.text, r.text_hash, r.first_seen_at
FROM {rows} r
WHERE r.article_id IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')))
ORDER BY ALL;
