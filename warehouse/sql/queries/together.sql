SELECT * FROM together($name) LIMIT $top_n;
