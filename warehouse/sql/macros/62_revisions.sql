-- What outlets changed after they had published it, word by word.

-- A change of one sentence: what both have at the beginning and at the end once, and between them
-- what went [-so-] and what came {+so+}.
CREATE OR REPLACE MACRO sentence_change(old_, new_) AS
list_transform([{'o': string_split(coalesce(old_, ''), ' '), 'n': string_split(coalesce(new_, ''), ' ')}], lambda s:
list_transform([{'o': s.o, 'n': s.n, 'head': coalesce(list_min(list_filter(
        list_transform(range(1, least(len(s.o), len(s.n)) + 1), lambda i: CASE WHEN s.o[i] <> s.n[i] THEN i END),
        lambda i: i IS NOT NULL)), least(len(s.o), len(s.n)) + 1) - 1}], lambda h:
list_transform([{'o': h.o, 'n': h.n, 'head': h.head, 'tail': coalesce(list_min(list_filter(
        list_transform(range(1, least(len(h.o), len(h.n)) - h.head + 1), lambda i: CASE WHEN h.o[-i] <> h.n[-i] THEN i END),
        lambda i: i IS NOT NULL)), least(len(h.o), len(h.n)) - h.head + 1) - 1}], lambda t:
    array_to_string(list_filter([
        array_to_string(t.o[1:t.head], ' '),
        CASE WHEN len(t.o) > t.head + t.tail AND old_ IS NOT NULL
            THEN '[-' || array_to_string(t.o[t.head + 1:len(t.o) - t.tail], ' ') || '-]' END,
        CASE WHEN len(t.n) > t.head + t.tail AND new_ IS NOT NULL
            THEN '{+' || array_to_string(t.n[t.head + 1:len(t.n) - t.tail], ' ') || '+}' END,
        array_to_string(t.o[len(t.o) - t.tail + 1:], ' ')], lambda part: part <> ''), ' '))[1])[1])[1];

-- The sentences in which two texts differ: each that went beside the one that came in its place.
CREATE OR REPLACE MACRO word_difference(old_, new_) AS
list_transform([{'o': list_transform(sentences(old_), lambda x: trim(x)), 'n': list_transform(sentences(new_), lambda x: trim(x))}], lambda s:
list_transform([{
        'o': list_filter(s.o, lambda x: NOT list_contains(s.n, x)), 'n': list_filter(s.n, lambda x: NOT list_contains(s.o, x))}], lambda d:
    list_transform(range(1, greatest(len(d.o), len(d.n)) + 1), lambda i: sentence_change(d.o[i], d.n[i])))[1])[1];

CREATE OR REPLACE MACRO changes_of(ids) AS TABLE
WITH
changed AS MATERIALIZED (
    SELECT r.article_id, r.revision, r.seen_at, r.old_title, r.new_title, r.words_added, r.words_removed
    FROM revisions AS r WHERE r.article_id IN (SELECT unnest(ids))
),
texts AS MATERIALIZED (
    SELECT t.article_id, t.revision, any_value(t.text) AS body
    FROM (
        SELECT a.article_id, a.revision, a.text FROM articles AS a WHERE a.article_id IN (SELECT c.article_id FROM changed AS c)
        UNION ALL
        SELECT h.article_id, h.revision, h.text FROM articles_history AS h WHERE h.article_id IN (SELECT c.article_id FROM changed AS c)
    ) AS t GROUP BY t.article_id, t.revision
)
SELECT c.article_id, c.revision, c.seen_at, c.old_title, c.new_title, c.words_added, c.words_removed,
    CASE WHEN o.body IS NOT NULL AND n.body IS NOT NULL THEN word_difference(o.body, n.body) END AS difference
FROM changed AS c
LEFT JOIN texts AS n ON n.article_id = c.article_id AND n.revision = c.revision
LEFT JOIN texts AS o ON o.article_id = c.article_id AND o.revision = c.revision - 1;

-- The revisions of one article, oldest first.
CREATE OR REPLACE MACRO revisions_of(url) AS TABLE
WITH there AS MATERIALIZED (SELECT list(t.article_id) AS ids FROM articles_at(url) AS t)
SELECT c.revision, c.seen_at, c.old_title, c.new_title, c.words_added, c.words_removed, c.difference, c.article_id
FROM changes_of((SELECT t.ids FROM there AS t)) AS c
ORDER BY c.article_id, c.revision;

-- What outlets revised of a watch, newest first; by when the new version was seen.
CREATE OR REPLACE MACRO revised(watch, since := NULL, until := NULL) AS TABLE
WITH own AS MATERIALIZED (
    SELECT list(v.article_id) AS ids FROM coverage AS v
    WHERE v.watch = watch AND v.tier <> 'off' AND v.article_id IN (SELECT r.article_id FROM revisions AS r)
)
SELECT c.seen_at, a.source, a.title, c.revision, c.old_title, c.new_title, c.words_added, c.words_removed, c.difference, a.url, a.article_id
FROM changes_of((SELECT o.ids FROM own AS o)) AS c
JOIN articles AS a ON a.article_id = c.article_id
WHERE (since IS NULL OR c.seen_at >= moment_of(since)) AND (until IS NULL OR c.seen_at < after_until(moment_of(until)))
ORDER BY c.seen_at DESC, a.article_id, c.revision;
