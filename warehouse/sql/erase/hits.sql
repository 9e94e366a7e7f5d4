-- How many rows of one file go, and how many are written in another form.
SELECT count(*) FILTER (coalesce({gone}, false)), count(*) FILTER (coalesce({changed}, false))
FROM ({rows}) r;
