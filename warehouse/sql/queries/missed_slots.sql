-- Slots of a flow's schedule that are written down as missed, from a time on.
SELECT m.scheduled_at, m.reason FROM missed_slots m
WHERE m.flow = $flow AND m.scheduled_at >= $since
ORDER BY m.scheduled_at;
