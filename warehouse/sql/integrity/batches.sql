-- The batches that have a row, each landing once.
SELECT b.batch FROM ({rows}) b;
