SELECT * FROM coverage_of($watch, tier := $tier, since := $since) LIMIT $top_n;
