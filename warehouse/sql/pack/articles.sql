-- Texts of 16,384 bytes or more DuckDB does not compress, nor then any beside them: those are kept in two.
-- Newest first: whoever asks for the newest then skips all but the first row groups.
CREATE TABLE packed.articles AS
SELECT
    r.* REPLACE (CASE WHEN strlen(r.text) < 16000 THEN r.text ELSE left(r.text, 4000) END AS text),
    CASE WHEN strlen(r.text) >= 16000 THEN substr(r.text, 4001) END AS text_rest
FROM ({rows}) r
ORDER BY r.doc DESC;

CREATE INDEX by_number ON packed.articles (doc);
