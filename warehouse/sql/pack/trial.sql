-- Some texts in one of two forms, to see how much room they take.
CREATE TABLE packed.trial (text VARCHAR USING COMPRESSION {form});
INSERT INTO packed.trial SELECT left(r.text, 15_000) FROM ({rows}) r LIMIT {n};
