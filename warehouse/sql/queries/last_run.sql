-- The newest run, and how many slots of the schedule were missed in the 24 hours before $now.
SELECT max(r.started_at) AS started_at,
    (SELECT count(*) FROM missed_slots AS m
     WHERE m.scheduled_at >= $now::TIMESTAMP - INTERVAL 24 HOUR AND m.scheduled_at < $now::TIMESTAMP) AS missed
FROM runs AS r WHERE r.started_at <= $now::TIMESTAMP;
