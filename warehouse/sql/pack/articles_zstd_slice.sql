-- Newest first, and {each} rows for each article, all but one of them empty: see pack.py.
INSERT INTO packed.articles BY NAME
SELECT CASE WHEN s.beside = 0 THEN COLUMNS(* EXCLUDE (beside)) END
FROM (
    SELECT n.*, unnest(range({each})) AS beside
    FROM (SELECT r.* FROM ({rows}) r WHERE {which} ORDER BY r.doc DESC) n
) s;
