-- What is known of copies, as far as this version has found it.
SELECT c.article_id, c.copy_of, c.copy_kind, c.similarity FROM copies c
WHERE c.article_id IN (SELECT unnest($wanted)) AND c.copies_version = $version;
