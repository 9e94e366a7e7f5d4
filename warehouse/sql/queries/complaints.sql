-- Feeds, sitemaps and pages that these runs asked and that gave an error.
SELECT f.source, f.url, f.status, f.error FROM feeds f
WHERE f.batch IN (SELECT unnest($runs::VARCHAR[])) AND (f.error IS NOT NULL OR f.status >= 400)
ORDER BY f.source, f.url;
