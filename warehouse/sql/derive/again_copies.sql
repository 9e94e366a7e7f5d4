-- Articles to compare with each other again: all that are chosen, since what is no copy bears no
-- version.
SELECT coalesce(k.copies_version, 'none') AS from_version, a.article_id
FROM articles a
LEFT JOIN copies k ON k.article_id = a.article_id
WHERE ($since::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) >= $since)
  AND ($until::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) <= $until)
  AND ($watches::VARCHAR[] IS NULL OR a.article_id IN (
      SELECT c.article_id FROM coverage c
      WHERE list_contains($watches::VARCHAR[], c.watch) AND c.tier <> 'off'))
ORDER BY coalesce(a.published_at, a.first_seen_at) DESC NULLS LAST, a.article_id;
