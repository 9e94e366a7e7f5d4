-- With in how many of them each entity is named, so that this need not be counted when somebody asks.
CREATE TABLE packed.readings AS SELECT r.* FROM ({rows}) r;

CREATE TABLE packed.entity_counts AS
SELECT x.entity_no, count(*)::INTEGER AS n
FROM (SELECT unnest(r.entity_nos) AS entity_no FROM packed.readings r) x
GROUP BY x.entity_no
ORDER BY x.entity_no;
