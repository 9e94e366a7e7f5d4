-- Articles that came from a source, in any version.
SELECT DISTINCT a.article_id FROM {articles} a WHERE a.source = $source;
