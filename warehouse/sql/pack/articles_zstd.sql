-- Texts that repeat themselves: packed many at once.
CREATE TABLE packed.articles AS SELECT r.* EXCLUDE (text) FROM ({rows}) r LIMIT 0;
ALTER TABLE packed.articles ADD COLUMN text VARCHAR USING COMPRESSION zstd;
ALTER TABLE packed.articles ADD COLUMN text_rest VARCHAR;
