-- Numbers of the readings of these articles.
SELECT r.reading FROM {readings} r WHERE r.article_id IN (SELECT g.value FROM gone_articles g);
