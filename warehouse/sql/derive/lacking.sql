-- Articles that the current version of understanding has not read yet, newest first; those that
-- may be in a language with a name model come before the others.
SELECT a.article_id, coalesce(list_contains($modelled, coalesce(a.language, $modelled[1])), false) AS modelled
FROM articles a
ANTI JOIN (SELECT u.article_id, u.revision FROM understood u WHERE u.understanding_version = $version) d
    ON a.article_id = d.article_id AND a.revision = d.revision
ORDER BY modelled DESC, coalesce(a.published_at, a.first_seen_at) DESC NULLS LAST, a.article_id;
