-- On a schedule: the slots at which nothing ran, and how many articles a day are expected.

CREATE TABLE missed_slots (
    flow VARCHAR, scheduled_at TIMESTAMP, reason VARCHAR, landed_at TIMESTAMP, batch VARCHAR);

ALTER TABLE watches ADD COLUMN expect_low DOUBLE;
ALTER TABLE watches ADD COLUMN expect_high DOUBLE;
ALTER TABLE sources ADD COLUMN expect_low DOUBLE;
ALTER TABLE sources ADD COLUMN expect_high DOUBLE;
