-- So that who appears with whom is counted in one pass over readings: a number for each entity, and in
-- each reading the numbers of those who are named there.

CREATE TABLE entity_numbers (entity_id VARCHAR, entity_no INTEGER, batch VARCHAR);

ALTER TABLE readings ADD COLUMN entity_nos INTEGER[];
