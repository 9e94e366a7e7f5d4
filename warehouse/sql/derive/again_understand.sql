-- Articles that another version of understanding has read, or this one before $started, or none;
-- those that may be in a language with a name model come before the others, then newest first.
SELECT coalesce(u.understanding_version, 'none') AS from_version, a.article_id,
       coalesce(list_contains($modelled, coalesce(a.language, $modelled[1])), false) AS modelled
FROM articles a
LEFT JOIN understood u ON u.article_id = a.article_id AND u.revision = a.revision
LEFT JOIN batches b ON b.batch = u.batch
WHERE ($since::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) >= $since)
  AND ($until::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) <= $until)
  AND ($watches::VARCHAR[] IS NULL OR a.article_id IN (
      SELECT c.article_id FROM coverage c
      WHERE list_contains($watches::VARCHAR[], c.watch) AND c.tier <> 'off'))
  AND (u.understanding_version IS DISTINCT FROM $version OR b.landed_at < $started::TIMESTAMP)
ORDER BY modelled DESC, coalesce(a.published_at, a.first_seen_at) DESC NULLS LAST, a.article_id;
