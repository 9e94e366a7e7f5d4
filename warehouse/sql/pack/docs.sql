CREATE TABLE packed.docs AS SELECT r.* FROM ({rows}) r;
