-- A file of articles from before they had numbers in the index, with these from {first} on.
SELECT a.* REPLACE (({first} + row_number() OVER () - 1)::INTEGER AS doc) FROM ({rows}) a
