-- What the index keeps of a word in an article. The same macros write it and read it.

-- Months since January 1970, those of some 2,700 years; what lies beyond counts as the last or first of them.
-- 0 for an article without a date, which no filter by date lets through.
CREATE OR REPLACE MACRO month_no(moment) AS
greatest(-32768, least(32767, coalesce(year(moment::DATE) * 12 + month(moment::DATE) - 23641,
    CASE WHEN moment IS NULL OR NOT isinf(moment::DATE) THEN 0 WHEN moment::DATE > '2000-01-01'::DATE THEN 32767 ELSE -32768 END)))::SMALLINT;

-- BM25's factor of a word that stands `tf` times in a text of `n` words (k1 1.2, b 0.75), in steps
-- of 1/255. The mean length is fixed at 400, so that what has been written keeps its meaning (see lengthened).
CREATE OR REPLACE MACRO impact(tf, n) AS
greatest(1, round(255 * tf / (tf + 1.2 * (0.25 + 0.75 * n / 400))))::UTINYINT;
