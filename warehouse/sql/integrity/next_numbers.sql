-- The greatest numbers that articles and entities have been given; -1 for none.
SELECT
    coalesce((SELECT max(a.doc) FROM {articles} a), -1),
    coalesce((SELECT max(e.entity_no) FROM {entity_numbers} e), -1);
