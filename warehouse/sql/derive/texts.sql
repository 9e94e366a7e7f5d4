-- What copies are looked for in: texts published within $days of the given span.
SELECT a.article_id, a.text, coalesce(a.published_at, a.first_seen_at) AS at
FROM articles a
WHERE coalesce(a.published_at, a.first_seen_at)
      BETWEEN $first::TIMESTAMP - to_days($days) AND $last::TIMESTAMP + to_days($days)
   OR coalesce(a.published_at, a.first_seen_at) IS NULL;
