-- Articles not yet compared with this version of a watch's profile, newest first.
SELECT a.article_id
FROM articles a
ANTI JOIN (
    SELECT c.article_id FROM coverage c
    WHERE c.watch = $watch AND c.profile_version = $profile AND c.relevance_version = $version) d
    ON a.article_id = d.article_id
ORDER BY coalesce(a.published_at, a.first_seen_at) DESC NULLS LAST, a.article_id;
