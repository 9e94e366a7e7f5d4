-- How many articles stand in which relation to a watch.
SELECT c.tier, count(*) AS n FROM coverage c WHERE c.watch = $watch GROUP BY c.tier;
