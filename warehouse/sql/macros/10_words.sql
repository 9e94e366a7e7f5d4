-- What a word is. The same macros read texts and queries, so both always agree; core functions
-- only, no extension. Nothing here knows a table.
--
-- `list_transform([x], lambda y: …)[1]` reads: let y be x. A macro's argument is put in wherever
-- it is named, so naming it five times would compute it (and plan it) five times. Scripts are
-- written as ranges of code points: naming them takes ten times as long to plan.
--
-- A `…_step` is a part of fold() and words() that takes its pattern as an argument. DuckDB compiles
-- a constant pattern whenever a query is planned, needed or not (\p{L} alone: 3 ms), any other one
-- when a row first needs it: texts are cut with constants, queries with columns (see parse_query).

CREATE OR REPLACE MACRO marked_scripts() AS '\x{900}-\x{109F}\x{1780}-\x{17FF}\x{3040}-\x{30FF}';
CREATE OR REPLACE MACRO odd_letters() AS
'[łøđðıħŧςßæœþ\x{649}\x{6CC}\x{6D0}\x{6A9}\x{6AA}\x{629}\x{6C1}\x{6D5}\x{6C3}\x{671}\x{660}-\x{669}\x{6F0}-\x{6F9}\x{FF10}-\x{FF5A}]';
CREATE OR REPLACE MACRO unmarked() AS '[^\x00-\x7F‘’“”–—…•£€\x{A0}]';
CREATE OR REPLACE MACRO invisible() AS
'[\x{AD}\x{640}\x{200D}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]';
CREATE OR REPLACE MACRO word_characters() AS   -- every one of these is a word
'[\x{E00}-\x{EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{3005}-\x{3007}\x{3040}-\x{30FF}\x{31F0}-\x{31FF}\x{3400}-\x{9FFF}\x{F900}-\x{FAFF}\x{FF66}-\x{FF9F}\x{20000}-\x{3FFFF}]';

-- Marks stay where they are part of the letter (kana, Thai, the scripts of India): strip_accents
-- would read パリ (Paris) and バリ (Bali) as one word.
CREATE OR REPLACE MACRO fold_marks_step(b, marked) AS
CASE
    WHEN NOT regexp_matches(b, '[' || marked || ']') THEN lower(strip_accents(b))
    ELSE array_to_string(list_transform(
        regexp_extract_all(nfc_normalize(b), '[' || marked || ']+|[^' || marked || ']+'),
        lambda part: CASE
            WHEN regexp_matches(part, '^[' || marked || ']') THEN part
            ELSE lower(strip_accents(part)) END), '')
END;

-- One form for letters that are written in several ways: Arabic, Persian and Urdu yeh, kaf, heh
-- and alef (hamza and madda have already left them), the digits of those scripts, Latin letters
-- that no accent explains (ł, ø, ß), full-width forms, final sigma.
CREATE OR REPLACE MACRO fold_letters_step(b, odd) AS
list_transform([b], lambda c: CASE
    WHEN NOT regexp_matches(c, odd) THEN c
    ELSE replace(replace(replace(replace(translate(c,
            'łøđðıħŧςىیېکڪةہەۃٱ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ',
            'loddihtσيييككهههها012345678901234567890123456789abcdefghijklmnopqrstuvwxyz'),
        'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
    END)[1];

-- Lower case, without accents, vowel signs, tatweel and invisible characters.
-- The first branch is for speed: such texts hold nothing that the second would change.
CREATE OR REPLACE MACRO fold(body) AS
list_transform([body], lambda b: CASE
    WHEN NOT regexp_matches(b, unmarked()) THEN lower(b)
    ELSE fold_letters_step(list_transform(
        [regexp_replace(b, invisible(), '', 'g')], lambda d: fold_marks_step(d, marked_scripts()))[1], odd_letters())
    END)[1];

-- Thai, Lao, Burmese, Khmer, kana, Han: every character is a word.
CREATE OR REPLACE MACRO single_words_step(w, single) AS
CASE
    WHEN NOT regexp_matches(w, single) THEN w
    ELSE regexp_replace(regexp_replace(w, '(' || single || ')', ' \1 ', 'g'), ' +', '  ', 'g')
END;

-- The words of a folded text, each with one space on either side: '  elon  musk  '. So a phrase
-- is a substring (' elon  musk '), and so is the beginning of a word (' mus').
CREATE OR REPLACE MACRO folded_words(folded) AS
list_transform(
    [regexp_replace(' ' || folded || ' ', '[^\p{L}\p{M}\p{N}]+', '  ', 'g')],
    lambda w: single_words_step(w, word_characters()))[1];

CREATE OR REPLACE MACRO words(body) AS folded_words(fold(body));

CREATE OR REPLACE MACRO tokens(body) AS
list_filter(string_split(words(body), ' '), lambda word: word <> '');
