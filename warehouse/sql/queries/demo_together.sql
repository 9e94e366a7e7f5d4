-- Company of somebody: how often together, how often chance would have it, how close (npmi, 0-1).
SELECT t.entity, t.label, t.articles AS together, t.expected AS by_chance, t.npmi AS closeness
FROM together($name) t LIMIT 8;
