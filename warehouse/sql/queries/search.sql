SELECT * FROM search($query, since := $since, until := $until, source := $source,
    language := $language, fold_copies := $fold_copies, top_n := $top_n, stem := $stem);
