-- Articles not yet compared with this version of a watch's profile, or before $started; newest
-- first.
SELECT coalesce(c.relevance_version, 'none') AS from_version, a.article_id
FROM articles a
LEFT JOIN coverage c ON c.article_id = a.article_id AND c.watch = $watch
LEFT JOIN batches b ON b.batch = c.batch
WHERE ($since::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) >= $since)
  AND ($until::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) <= $until)
  AND (c.relevance_version IS DISTINCT FROM $version OR c.profile_version <> $profile
       OR b.landed_at < $started::TIMESTAMP)
ORDER BY coalesce(a.published_at, a.first_seen_at) DESC NULLS LAST, a.article_id;
