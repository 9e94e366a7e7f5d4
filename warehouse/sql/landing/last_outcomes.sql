-- The last fate written down of each wanted address.
SELECT r.url, arg_max(r.outcome, r.decided_at) AS outcome
FROM {rows} r
WHERE r.url IN (SELECT unnest($wanted))
GROUP BY r.url;
