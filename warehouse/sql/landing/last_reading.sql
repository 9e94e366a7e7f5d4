-- The highest number that a reading ever bore, superseded or not.
SELECT coalesce(max(r.reading), 0) AS last FROM {rows} r;
