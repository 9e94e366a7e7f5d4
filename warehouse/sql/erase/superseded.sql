-- Keys that later rows took the place of, by relation.
SELECT s.relation, count(*) FROM {superseded} s GROUP BY ALL;
