-- Texts of 16,384 bytes or more DuckDB does not compress, nor then any beside them: those are kept in two.
CREATE TABLE packed.articles AS SELECT r.*, r.text AS text_rest FROM ({rows}) r LIMIT 0;
