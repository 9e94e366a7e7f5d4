SELECT * FROM entity($name, since := $since, until := $until, top_n := $top_n);
