SELECT count(*) AS n FROM articles;
