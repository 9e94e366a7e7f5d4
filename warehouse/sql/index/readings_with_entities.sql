-- A file of readings from before they held whom they name, with the numbers of these.
SELECT r.* REPLACE (coalesce(x.entity_nos, []) AS entity_nos)
FROM ({rows}) r LEFT JOIN (
    SELECT p.reading, list_sort(list(n.entity_no)) AS entity_nos
    FROM ({pairs}) p JOIN ({numbers}) n ON n.entity_id = p.entity_id
    WHERE p.n > 0 AND p.reading BETWEEN {first} AND {last}
    GROUP BY p.reading
) x ON x.reading = r.reading
ORDER BY r.reading
