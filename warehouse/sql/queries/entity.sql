SELECT * FROM entity($name, since := $since, until := $until) LIMIT $top_n;
