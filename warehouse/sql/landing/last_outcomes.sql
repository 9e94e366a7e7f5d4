-- The last fate written down of each wanted address.
SELECT r.url, arg_max(r.outcome, r.decided_at) AS outcome,
       arg_max(struct_pack(at := r.retry_at), r.decided_at).at AS retry_at
FROM {rows} r
WHERE r.url IN (SELECT unnest(from_json($wanted, '["VARCHAR"]')))
GROUP BY r.url;
