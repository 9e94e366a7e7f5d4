-- One file of a relation without the rows that go; the others stay in their order.
SELECT {columns} FROM ({rows}) r WHERE NOT coalesce({gone}, false)
