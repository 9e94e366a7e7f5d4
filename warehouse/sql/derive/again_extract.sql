-- Articles whose text another version of the extraction made, or made before $started; newest first.
SELECT a.extractor_version AS from_version, a.article_id, a.revision, a.run, a.url, a.final_url,
       a.source, a.digest
FROM articles a
JOIN batches b ON b.batch = a.batch
WHERE a.run IN (SELECT r.run FROM runs r)  -- not those that were imported
  AND ($since::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) >= $since)
  AND ($until::TIMESTAMP IS NULL OR coalesce(a.published_at, a.first_seen_at) <= $until)
  AND ($watches::VARCHAR[] IS NULL OR a.article_id IN (
      SELECT c.article_id FROM coverage c
      WHERE list_contains($watches::VARCHAR[], c.watch) AND c.tier <> 'off'))
  AND (a.extractor_version IS DISTINCT FROM $version OR b.landed_at < $started::TIMESTAMP)
ORDER BY a.run DESC, coalesce(a.published_at, a.first_seen_at) DESC NULLS LAST, a.article_id;
