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

-- Its line, and its words with chr(1) before those that were asked for.
CREATE OR REPLACE MACRO best_sentence(body, wanted) AS
list_sort(list_transform(sentences(body), lambda line, i: list_transform([shown_words(line)], lambda w: {
    'rank': -len(list_filter(wanted, lambda x: contains(w, x.pattern))), 'i': i, 'line': trim(line), 'words': w})[1]))[1];

-- The line with ** around what was asked for. Its words are matched by number to its pieces, each
-- a word with what stands before the next one.
CREATE OR REPLACE MACRO mark(line, words, wanted) AS
list_transform([{
    'pieces': regexp_extract_all(line, '(?:' || word_characters() || '|[^' || gaps() || word_characters()[2:-2] || ']+)[' || gaps() || ']*'),
    'words': string_split(trim(list_reduce(list_transform(wanted, lambda x: [x.pattern, x.flagged]),
        lambda cut, x: [replace(cut[1], x[1], x[2])], [words])[1]), '  ')}],
    lambda t: CASE WHEN len(t.pieces) <> len(t.words) THEN line
        ELSE regexp_extract(line, '^[' || gaps() || ']*') || replace(replace(replace(array_to_string(list_transform(t.pieces, lambda p, i: CASE
            WHEN starts_with(t.words[i], chr(1)) THEN chr(2) || regexp_replace(p, '([' || gaps() || ']*)$', chr(2) || '\1') ELSE p END), ''),
            chr(2) || ' ' || chr(2), ' '), chr(2) || chr(2), ''), chr(2), '**') END)[1];

-- At most some 240 characters of a marked line, around the first mark; what was opened is closed.
CREATE OR REPLACE MACRO shorten(line, skipped) AS
CASE WHEN skipped = 0 THEN '' ELSE '… ' END
|| trim(regexp_replace(regexp_replace(
    CASE WHEN skipped = 0 THEN ' ' ELSE '' END || substr(line, (skipped + 1)::BIGINT, 240)
        || CASE WHEN skipped + 240 < length(line) THEN '' ELSE ' ' END,
    '^\S{0,15}\s', ''), '\s\S{0,15}$', ''))
|| CASE WHEN skipped + 240 < length(line) THEN ' …' ELSE '' END;

CREATE OR REPLACE MACRO cut_around(line) AS
CASE
    WHEN line IS NULL THEN ''
    WHEN length(line) <= 244 THEN line
    ELSE list_transform([shorten(line, greatest(0, strpos(line, '**') - 80))], lambda cut:
        cut || CASE WHEN (length(cut) - length(replace(cut, '**', ''))) % 4 = 0 THEN '' ELSE '**' END)[1]
END;
