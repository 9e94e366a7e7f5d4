-- So that a search shows addresses without opening the large table of texts.

ALTER TABLE docs ADD COLUMN url VARCHAR;
