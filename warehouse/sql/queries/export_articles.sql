-- The chosen articles with what is named in them: one row each, names by their entity.
SELECT a.article_id, a.url, a.canonical_url, a.title, a.text, a.authors, a.published_at,
    a.published_precision, a.modified_at, a.fetched_at, a.language, a.description, a.tags,
    coalesce(a.site_name, s.title, a.source) AS publisher, s.home AS publisher_url, s.country,
    n.names
FROM articles AS a
LEFT JOIN sources AS s ON s.source = a.source
LEFT JOIN (
    SELECT g.article_id, list({'entity_id': g.entity_id, 'entity': g.entity, 'label': g.label, 'surfaces': g.surfaces}
        ORDER BY g.entity_id) AS names
    FROM (SELECT m.article_id, m.entity_id, e.entity, e.label, list(DISTINCT m.surface ORDER BY m.surface) AS surfaces
          FROM mentions AS m JOIN entities AS e ON e.entity_id = m.entity_id
          GROUP BY ALL) AS g
    GROUP BY g.article_id
) AS n ON n.article_id = a.article_id
WHERE /* chosen */ true;
