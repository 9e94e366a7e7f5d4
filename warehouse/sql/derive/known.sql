-- Names that articles with a model have brought, by their full spellings: a surname alone may be
-- anybody's.
SELECT e.entity, e.label, x.alias
FROM entities e JOIN aliases x ON x.entity_id = e.entity_id
WHERE e.label IN ('PER', 'ORG', 'LOC') AND length(x.alias) > 3
  AND (x.alias = e.entity OR contains(x.alias, ' '))
ORDER BY e.entity_id, x.alias;
