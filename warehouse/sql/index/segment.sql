-- An immutable part of the index; rows in the order of their words.
CREATE TABLE segment.postings (
    term VARCHAR, m1 SMALLINT, m2 SMALLINT, doc INTEGER[], imp UTINYINT[], pos USMALLINT[][]);
CREATE TABLE segment.lexicon (term VARCHAR, p3 VARCHAR, stem VARCHAR, df INTEGER);
CREATE TEMP TABLE dead AS {dead};
