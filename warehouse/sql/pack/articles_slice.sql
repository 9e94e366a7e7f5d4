-- Newest first: whoever asks for the newest then skips all but the first row groups.
INSERT INTO packed.articles
SELECT
    r.* REPLACE (CASE WHEN strlen(r.text) < 16000 THEN r.text ELSE left(r.text, 4000) END AS text),
    CASE WHEN strlen(r.text) >= 16000 THEN substr(r.text, 4001) END
FROM ({rows}) r
WHERE {which}
ORDER BY r.doc DESC;
