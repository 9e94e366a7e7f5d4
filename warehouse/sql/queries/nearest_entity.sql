-- Whether somebody or something bears the name, else the closest name there is. No row at all
-- while no entity is known.
SELECT a.folded = lower(strip_accents($name)) AS known,
       CASE WHEN jaro_winkler_similarity(a.folded, lower(strip_accents($name))) > 0.85
            THEN e.entity END AS entity
FROM aliases a JOIN entities e ON e.entity_id = a.entity_id
ORDER BY known DESC, jaro_winkler_similarity(a.folded, lower(strip_accents($name))) DESC, e.entity
LIMIT 1;
