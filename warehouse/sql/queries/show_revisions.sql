SELECT r.revision, r.seen_at, r.title_changed, r.text_changed, r.old_title, r.new_title,
       r.words_added, r.words_removed
FROM revisions r WHERE r.article_id = $article_id ORDER BY r.revision;
