-- Names that landed after the generation $sought, by which no older article was looked through: those
-- that nobody else bears. A single word with a capital is among the words that articles keep.
CREATE OR REPLACE TEMP TABLE learned AS
SELECT a.entity_id, a.alias, a.words, NOT contains(a.words, ' ') AND a.alias <> lower(a.alias) AS cased,
    dense_rank() OVER (ORDER BY a.words) AS number
FROM aliases AS a
WHERE a.batch IN (SELECT b.batch FROM batches AS b WHERE b.generation > $sought) AND a.words <> ''
    AND a.words NOT IN (SELECT s.words FROM aliases AS s WHERE s.words <> '' GROUP BY s.words HAVING count(DISTINCT s.entity_id) > 1);
