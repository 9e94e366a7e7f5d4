-- For answering at once: who is named where, as numbers that are quick to compare, and names in the
-- form in which they are looked up.

CREATE TABLE readings (
    reading INTEGER, article_id VARCHAR, published_at TIMESTAMP, source VARCHAR, language VARCHAR,
    title VARCHAR, url VARCHAR, batch VARCHAR);

CREATE TABLE article_entities (
    entity_id VARCHAR, reading INTEGER, n INTEGER, spellings VARCHAR[], batch VARCHAR);

ALTER TABLE aliases ADD COLUMN words VARCHAR;

ALTER TABLE articles ADD COLUMN kind_confidence DOUBLE;
ALTER TABLE articles ADD COLUMN kind_evidence VARCHAR[];
ALTER TABLE articles ADD COLUMN published_confidence DOUBLE;
ALTER TABLE articles ADD COLUMN published_refused VARCHAR[];
ALTER TABLE articles ADD COLUMN script VARCHAR;
ALTER TABLE articles ADD COLUMN publisher VARCHAR;
ALTER TABLE articles ADD COLUMN links STRUCT(url VARCHAR, anchor VARCHAR, in_body BOOLEAN)[];
ALTER TABLE articles ADD COLUMN encoding VARCHAR;
ALTER TABLE articles ADD COLUMN encoding_repaired BOOLEAN;

-- The index of words: a number for each version of an article, and where its words stand.

ALTER TABLE articles ADD COLUMN doc INTEGER;

CREATE TABLE docs (
    doc INTEGER, article_id VARCHAR, revision INTEGER, published_at TIMESTAMP, source VARCHAR,
    language VARCHAR, site VARCHAR, title VARCHAR, authors VARCHAR, n_words INTEGER,
    batch VARCHAR);

CREATE TABLE recent (
    term VARCHAR, p3 VARCHAR, stem VARCHAR, m SMALLINT, doc INTEGER, imp UTINYINT,
    pos USMALLINT[]);

-- What was erased and must not come back.

CREATE TABLE tombstones (
    tombstone VARCHAR, kind VARCHAR, n_words INTEGER, erased_at TIMESTAMP, batch VARCHAR);
