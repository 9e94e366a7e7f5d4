-- Several files of one relation become one: sorted where it is looked up by something, else in the
-- order in which they landed.
SELECT r.* FROM ({rows}) r {order}
