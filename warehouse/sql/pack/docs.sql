CREATE TABLE packed.docs AS SELECT r.* FROM ({rows}) r;

CREATE INDEX by_number ON packed.docs (doc);
