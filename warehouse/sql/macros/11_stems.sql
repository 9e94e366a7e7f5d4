-- The stem of a folded word, for search(…, stem := true): common endings of European languages and
-- of Arabic come off, never the first three letters (terms are looked up by these). A light
-- stemmer: it finds elected and elections for election, and sometimes a stranger. Knows no table.

CREATE OR REPLACE MACRO stem_of(word) AS
list_transform([word], lambda w: CASE
    WHEN length(w) < 4 OR regexp_matches(w, '[0-9]') THEN w
    WHEN strlen(w) = length(w) THEN list_transform(
        [regexp_replace(regexp_replace(w, '^(.{2,}[^s])s$', '\1'),
            '^(.{3,}?)(?:ations?|itions?|ions?|ements?|ments?|ness|ings?|ied|iers?|ie|ed|ers?|est|en|em|ly|e|y)$', '\1')],
        lambda x: CASE WHEN regexp_matches(x, '^.{2,}(?:bb|dd|gg|mm|nn|pp|rr|tt)$') THEN x[:-2] ELSE x END)[1]
    ELSE regexp_replace(w,
        '^(.{3,}?)(?:ами|ями|ого|его|ому|ему|ыми|ими|иях|ах|ях|ов|ев|еи|ои|ыи|ии|ая|яя|ое|ее|ые|ие|ую|юю|ом|ем|ам|ям|ия|ию|а|я|о|е|ы|и|у|ю|ь'
        '|ους|ων|ος|οσ|ουσ|ου|ης|ησ|εσ|οι|ασ|α|η|ο|ι|σ|ات|ون|ين|ها|هم|ه|ي)$', '\1')
    END)[1];
