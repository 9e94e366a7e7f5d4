-- What filters and lists need to know of each version of an article, by its number in the index.
SELECT
    a.doc, a.article_id, a.revision, a.published_at, a.source, a.language,
    regexp_replace(lower(regexp_extract(a.url, '^[a-zA-Z]+://(?:[^/@]*@)?([^/:?#]+)', 1)), '^www\.', '') AS site,
    a.title, array_to_string(list_transform(a.authors, lambda name: words(name)), ';') AS authors,
    a.word_count AS n_words, a.batch, a.url
FROM {articles} a
ORDER BY a.doc
