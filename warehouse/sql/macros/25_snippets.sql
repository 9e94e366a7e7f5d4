-- What is shown of an article: the sentence that holds most of what was asked for, with the words
-- that were found between ** and **.

-- Everything between words, as far as showing needs to know it: ranges instead of \p{L}, which
-- would take 3 ms to plan.
CREATE OR REPLACE MACRO gaps() AS
'\x00-/:-@\[-`{-\x{A9}\x{AB}\x{AC}\x{AE}-\x{B1}\x{B4}\x{B6}-\x{B8}\x{BB}\x{BF}\x{D7}\x{F7}\x{55A}-\x{55F}\x{589}\x{58A}\x{5BE}\x{5C0}\x{5F3}\x{5F4}\x{60C}\x{61B}-\x{61F}\x{66A}-\x{66D}\x{6D4}\x{964}\x{965}\x{E2F}\x{E4F}\x{2000}-\x{200C}\x{2010}-\x{2029}\x{202F}-\x{205F}\x{20A0}-\x{20CF}\x{2190}-\x{2BFF}\x{3000}-\x{3004}\x{3008}-\x{3020}\x{3030}\x{303D}\x{30FB}\x{E000}-\x{F8FF}\x{FE10}-\x{FE1F}\x{FE30}-\x{FE6F}\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF20}\x{FF3B}-\x{FF40}\x{FF5B}-\x{FF65}\x{1F000}-\x{1FAFF}';

CREATE OR REPLACE MACRO shown_words(body) AS
list_transform([regexp_replace(' ' || fold(body) || ' ', '[' || gaps() || ']+', '  ', 'g')],
    lambda w: single_words_step(w, word_characters()))[1];

CREATE OR REPLACE MACRO sentences(body) AS
list_filter(string_split_regex(regexp_replace(regexp_replace(coalesce(body, ''),
    '([.!?…]["”’»)]*)\s+', '\1' || chr(10), 'g'), '([。！？][」』]?)', '\1' || chr(10), 'g'), '\n+'),
    lambda line: trim(line) <> '');

CREATE OR REPLACE MACRO best_sentence(body, wanted) AS
list_sort(list_transform(sentences(body), lambda line, i: {
    'rank': list_transform([shown_words(line)], lambda w: -len(list_filter(wanted, lambda x: contains(w, x.pattern))))[1],
    'i': i, 'line': trim(line)}))[1].line;

-- At most 240 characters of a line, after those to skip.
CREATE OR REPLACE MACRO shorten(line, skipped) AS
CASE WHEN skipped = 0 THEN '' ELSE '… ' END
|| trim(regexp_replace(regexp_replace(
    CASE WHEN skipped = 0 THEN ' ' ELSE '' END || substr(line, (skipped + 1)::BIGINT, 240)
        || CASE WHEN skipped + 240 < length(line) THEN '' ELSE ' ' END,
    '^\S{0,15}\s', ''), '\s\S{0,15}$', ''))
|| CASE WHEN skipped + 240 < length(line) THEN ' …' ELSE '' END;

CREATE OR REPLACE MACRO cut_around(line, wanted) AS
CASE
    WHEN line IS NULL THEN ''
    WHEN length(line) <= 240 THEN line
    ELSE list_transform([fold(line)], lambda f: shorten(line, greatest(0, coalesce(list_min(list_transform(
        list_filter(wanted, lambda x: contains(f, trim(x.pattern))), lambda x: strpos(f, trim(x.pattern)))), 1) - 80)))[1]
END;

-- The words of the line carry chr(1) where they were asked for, and are matched by number to its
-- pieces, each a word with what stands before the next one.
CREATE OR REPLACE MACRO mark(line, wanted) AS
list_transform([{
    'line': line,
    'pieces': regexp_extract_all(line, '(?:' || word_characters() || '|[^' || gaps() || word_characters()[2:-2] || ']+)[' || gaps() || ']*'),
    'words': list_filter(string_split(list_reduce(list_transform(wanted, lambda x: [x.pattern, x.flagged]),
        lambda cut, x: [replace(cut[1], x[1], x[2])], [shown_words(line)])[1], ' '), lambda w: w <> '')}],
    lambda t: CASE WHEN len(t.pieces) <> len(t.words) THEN t.line
        ELSE regexp_extract(t.line, '^[' || gaps() || ']*') || replace(replace(array_to_string(list_transform(t.pieces, lambda p, i: CASE
            WHEN starts_with(t.words[i], chr(1)) THEN '**' || regexp_replace(p, '([' || gaps() || ']*)$', '**\1') ELSE p END), ''),
            '** **', ' '), '****', '') END)[1];
