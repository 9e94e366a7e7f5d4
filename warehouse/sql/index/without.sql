-- A file of the index without the articles in {gone}.
SELECT r.* FROM {rows} r ANTI JOIN ({gone}) g ON r.doc = g.doc ORDER BY {order}
