-- Names in the form in which they are looked up.
SELECT n.name, array_to_string(tokens(n.name), ' ') AS words
FROM (SELECT unnest(from_json($names, '["VARCHAR"]')) AS name) AS n;
