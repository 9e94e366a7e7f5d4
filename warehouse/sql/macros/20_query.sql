-- The search language, from text to something that can be evaluated. Knows no table of articles.
--
--   words stand for AND · AND · OR · NOT or - · ( ) to any depth · "a phrase" · prefix*
--   title: before any of these · source: language: site: author: entity: since: until:
--
-- NOT binds tightest, then AND, then OR. Whatever else is written is an error that names the
-- character (from 1): `slugline: bad query at 7: …`. It is never read as another question.
--
-- Planning counts: each `lambda` costs a fraction of a millisecond, so lexemes are looked at in
-- few of them, and words are cut once for the whole query, in steps without any.

CREATE OR REPLACE MACRO field_names() AS 'title|source|language|site|author|entity|since|until';

-- what parse_query calls a lexeme in its list of codes
CREATE OR REPLACE MACRO code_of(what, nth) AS
CASE what WHEN 'AND' THEN -2 WHEN 'OR' THEN -1 WHEN 'NOT' THEN -3 WHEN '(' THEN 0 WHEN ')' THEN -4 ELSE nth END;

-- in a stack of waiting operators: the last parenthesis; the last that binds looser than `operator`
CREATE OR REPLACE MACRO last_place(stack, operator) AS
coalesce(list_max(list_transform(stack, lambda o, i: CASE WHEN o = operator THEN i END)), 0);
CREATE OR REPLACE MACRO last_looser(stack, operator) AS
coalesce(list_max(list_transform(stack, lambda o, i: CASE WHEN o > operator THEN i END)), 0);

-- The moment with which a day, month or year (as 2031-05-01, 2031-05 or 2031) begins; NULL if it is none.
CREATE OR REPLACE MACRO begins(day) AS
try_cast(day || CASE length(day) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END AS TIMESTAMP);
CREATE OR REPLACE MACRO ends(day) AS
begins(day) + CASE length(day) WHEN 4 THEN INTERVAL 1 YEAR WHEN 7 THEN INTERVAL 1 MONTH ELSE INTERVAL 1 DAY END;

-- Whether an article meets the query, given which leaves it holds (1 or 0 each).
CREATE OR REPLACE MACRO holds(rpn, truth) AS
list_reduce(list_transform(rpn, lambda c: [c]), lambda stack, x: CASE
    WHEN x[1] > 0 THEN list_append(stack, truth[x[1]])
    WHEN x[1] = -3 THEN list_append(stack[:-2], 1 - stack[-1])
    WHEN x[1] = -2 THEN list_append(stack[:-3], least(stack[-2], stack[-1]))
    ELSE list_append(stack[:-3], greatest(stack[-2], stack[-1]))
    END, []::INTEGER[])[1] = 1;

-- One row:
--   problem  the error text, or NULL; NULL as the query is no problem, and matches nothing
--   leaves   the words, phrases, prefixes and fields in order: `field` is empty where any word of
--            an article counts; `words` in order, the last one a beginning where `prefix`; `value`
--            as written; `pattern` is a substring of words(text), `excluded` under an odd number of NOTs
--   rpn      the query in reverse Polish notation: k > 0 is leaf k, -1 OR, -2 AND, -3 NOT
CREATE OR REPLACE MACRO parse_query(query) AS TABLE
WITH
cleaned AS (   -- look-alikes are exchanged one for one, so that positions stay true
    SELECT regexp_replace(translate(coalesce(query, ''), '“”„‟«»＂（）－＊：', '"""""""()-*:'), '[\s\p{Z}]', ' ', 'g') AS q
),
lexed AS (
    SELECT c.q,
        regexp_extract_all(c.q, '(?i:' || field_names() || '):(?:"[^"]*"|[^ "()]*)| +|"[^"]*"|"|[()]|-|[^ "()-][^ "()]*') AS lexemes,
        CASE WHEN strlen(c.q) = length(c.q) THEN regexp_replace(c.q, '[A-Za-z0-9]', 'a', 'g')
            ELSE regexp_replace(c.q, p.letter, 'a', 'g') END AS shapes,
        p.plain, p.hidden, p.marked, p.odd, p.gap, p.single
    FROM cleaned AS c CROSS JOIN (
        SELECT '[\p{L}\p{M}\p{N}\p{Cf}]' AS letter, unmarked() AS plain, invisible() AS hidden, marked_scripts() AS marked,
            odd_letters() AS odd, '[^\p{L}\p{M}\p{N}\n]+' AS gap, word_characters() AS single) AS p
),
placed AS (
    SELECT l.* EXCLUDE (lexemes), list_filter(list_transform(l.lexemes, lambda x, i: {
        'body': x,
        'place': 1 + length(array_to_string(l.lexemes[:i - 1], ''))::INTEGER,
        'field': lower(regexp_extract(x, '^((?i:' || field_names() || ')):', 1)),
        'kind': CASE WHEN x IN ('(', ')', 'AND', 'OR', '"') THEN x WHEN x IN ('NOT', '-') THEN 'NOT' ELSE 'term' END,
        'left_': right(coalesce(l.lexemes[i - 1], ' '), 1),
        'right_': left(coalesce(l.lexemes[i + 1], ' '), 1)
        }), lambda x: NOT starts_with(x.body, ' ')) AS items
    FROM lexed AS l
),
told AS (
    SELECT p.* EXCLUDE (items), list_transform(p.items, lambda x, i: {
        'body': x.body, 'place': x.place, 'field': x.field, 'kind': x.kind, 'left_': x.left_, 'right_': x.right_,
        'said': CASE WHEN x.field = '' THEN x.body ELSE substr(x.body, length(x.field) + 2) END,
        'at': (x.place + CASE WHEN x.field = '' THEN 0 ELSE length(x.field) + 1 END)::INTEGER,
        'nth': len(list_filter(p.items[:i], lambda y: y.kind = 'term'))::INTEGER,
        'depth': (len(list_filter(p.items[:i], lambda y: y.kind = '(')) - len(list_filter(p.items[:i], lambda y: y.kind = ')')))::INTEGER
        }) AS items
    FROM placed AS p
),
folding AS (   -- what the terms say, one a line, folded as words() does it
    SELECT t.*, array_to_string(list_transform(list_filter(t.items, lambda x: x.kind = 'term'), lambda x: x.said), ' ' || chr(10) || ' ') AS said
    FROM told AS t
),
folded AS (
    SELECT f.* EXCLUDE (said), CASE
        WHEN NOT regexp_matches(f.said, f.plain) THEN lower(f.said)
        ELSE fold_letters_step(fold_marks_step(regexp_replace(f.said, f.hidden, '', 'g'), f.marked), f.odd) END AS folded
    FROM folding AS f
),
spaced AS (
    SELECT f.*, CASE
        WHEN strlen(f.folded) = length(f.folded) THEN regexp_replace(' ' || f.folded || ' ', '[^a-z0-9\n]+', '  ', 'g')
        ELSE regexp_replace(' ' || f.folded || ' ', f.gap, '  ', 'g') END AS spaced
    FROM folded AS f
),
cut AS (
    SELECT s.shapes, s.items, string_split(CASE
        WHEN strlen(s.spaced) = length(s.spaced) THEN s.spaced ELSE single_words_step(s.spaced, s.single) END, chr(10)) AS lines
    FROM spaced AS s
),
seen AS (
    SELECT c.items AS lexemes, list_transform(c.items, lambda x: {
        'body': x.body, 'place': x.place, 'at': x.at, 'field': x.field, 'kind': x.kind, 'nth': x.nth, 'depth': x.depth,
        'left_': x.left_, 'right_': x.right_,
        'what': CASE
            WHEN x.kind <> 'term' THEN x.kind
            WHEN x.field NOT IN ('', 'title', 'author', 'entity') THEN 'value'
            WHEN starts_with(x.said, '"') THEN 'phrase' ELSE 'word' END,
        'said': x.said,
        'bare': regexp_replace(x.said, '\*$', ''),
        'star': ends_with(x.said, '*'),
        'shape': substr(c.shapes, x.at, length(x.said)),
        'words': CASE WHEN x.kind = 'term' THEN c.lines[x.nth] END
        }) AS items
    FROM cut AS c
),
checked AS (
    SELECT s.items, list_transform(s.items, lambda x, i: CASE x.what
        WHEN '"' THEN {'place': x.place, 'what': 'this quotation mark is not closed'}
        WHEN 'value' THEN {'place': x.at, 'what': CASE
            WHEN trim(x.said, '"') = '' AND x.right_ <> '"' THEN 'nothing after ' || x.field || ':'
            WHEN contains(x.said, '*') THEN '* does not work after ' || x.field || ':'
            WHEN x.field IN ('since', 'until') AND (begins(trim(x.said, '"')) IS NULL OR NOT regexp_matches(trim(x.said, '"'), '^\d{4}(?:-\d\d){0,2}$'))
            THEN 'not a day, month or year, as in ' || x.field || ':2031-05-01' END}
        WHEN 'phrase' THEN CASE
            WHEN x.field = '' AND x.left_ NOT IN (' ', '(', ')', '-')
            THEN {'place': x.place, 'what': 'put a space before the quotation mark'}
            WHEN contains(x.said, '*')
            THEN {'place': x.at + strpos(x.said, '*')::INTEGER - 1, 'what': '* does not work inside a phrase'}
            WHEN trim(x.words) = ''
            THEN {'place': x.at, 'what': 'no word between the quotation marks'}
            WHEN x.right_ NOT IN (' ', '(', ')')
            THEN {'place': x.at + length(x.said)::INTEGER, 'what': 'put a space after the quotation mark'} END
        WHEN 'word' THEN list_transform(
            [coalesce(length(regexp_extract(x.shape, '^[#@$€£''’‘ʼ.]*a+(?:[&/,–—]a+|[-''’‘ʼ.@#%$€£_·‐‑]+|a+)*')), 0)], lambda good: CASE
            WHEN x.said = ''
            THEN {'place': x.at, 'what': CASE WHEN x.right_ = '('
                THEN x.field || ': does not work before (; put it before each word' ELSE 'nothing after ' || x.field || ':' END}
            WHEN x.field = '' AND regexp_matches(x.body, '^(?:AND|OR|NOT)')
                AND substr(x.shape, length(regexp_extract(x.body, '^(?:AND|OR|NOT)')) + 1, 1) NOT IN ('', 'a')
            THEN {'place': x.place, 'what': 'put a space after ' || regexp_extract(x.body, '^(?:AND|OR|NOT)')}
            WHEN good < length(x.bare)
            THEN {'place': x.at + good::INTEGER, 'what': CASE substr(x.bare, good + 1, 1)
                WHEN '*' THEN '* works only at the end of a word'
                WHEN ':' THEN left(x.bare, good) || ': is not a field; there are ' || replace(field_names(), '|', ', ')
                    || '; "quotation marks" make : part of a phrase'
                ELSE substr(x.bare, good + 1, 1) || ' is not part of the search language; use "quotation marks" around what it belongs to' END}
            WHEN x.said = '*' OR (x.star AND NOT ends_with(x.shape, 'a*'))
            THEN {'place': x.at + length(x.bare)::INTEGER, 'what': '* works only at the end of a word'}
            WHEN trim(x.words) = ''
            THEN {'place': x.at, 'what': 'no letter or digit to search for'}
            WHEN x.star AND length(regexp_extract(x.words, '(\S+)\s*$', 1)) < 2
                AND (unicode(regexp_extract(x.words, '(\S+)\s*$', 1)) < 3584 OR NOT regexp_matches(x.words, '\S\s+\S'))
            THEN {'place': x.at, 'what': 'a prefix needs at least 2 letters before *'} END)[1]
        ELSE {'place': CASE WHEN x.kind = ')' AND s.items[i - 1].kind IN ('AND', 'OR', 'NOT') THEN s.items[i - 1].place ELSE x.place END,
            'what': CASE
            WHEN x.body = '-' AND x.left_ NOT IN (' ', '(', '-') THEN 'put a space before -'
            WHEN x.body = '-' AND x.right_ IN (' ', ')') THEN 'nothing after -'
            WHEN x.kind IN ('AND', 'OR', ')') AND coalesce(s.items[i - 1].kind, '(') IN ('(', 'AND', 'OR', 'NOT')
            THEN CASE
                WHEN x.kind <> ')' THEN 'nothing before ' || x.kind
                WHEN i = 1 THEN 'this parenthesis was never opened'
                WHEN s.items[i - 1].kind = '(' THEN 'nothing between the parentheses'
                ELSE 'nothing after ' || s.items[i - 1].body END
            WHEN i = len(s.items) AND x.kind IN ('AND', 'OR', 'NOT') THEN 'nothing after ' || x.body
            WHEN x.kind = ')' AND x.depth < 0 THEN 'this parenthesis was never opened'
            WHEN x.kind = '(' AND list_min(list_transform(s.items[i:], lambda y: y.depth)) >= x.depth THEN 'this parenthesis is not closed' END}
        END) AS found
    FROM seen AS s
),
coded AS (   -- -4 is ), 0 is (; an AND goes between two operands that stand side by side
    SELECT
        c.items,
        list_sort(list_filter(c.found, lambda p: p.what IS NOT NULL))[1] AS first_problem,
        flatten(list_transform(c.items, lambda x, i: CASE
            WHEN x.kind IN ('term', '(', 'NOT') AND c.items[i - 1].kind IN ('term', ')')
            THEN [[[-2]], [[code_of(x.kind, x.nth)]]]
            ELSE [[[code_of(x.kind, x.nth)]]] END)) AS codes
    FROM checked AS c
),
sorted AS (  -- shunting-yard: state[1] is the output, state[2] the operators that wait
    SELECT c.items, c.first_problem, list_reduce(c.codes, lambda state, x: CASE
        WHEN x[1][1] > 0 THEN [
            list_append(state[1], x[1][1] + 1000000 * (len(list_filter(state[2], lambda o: o = -3)) % 2)::INTEGER),
            state[2]]
        WHEN x[1][1] IN (0, -3) THEN [state[1], list_append(state[2], x[1][1])]
        WHEN x[1][1] = -4 THEN [
            list_concat(state[1], list_reverse(state[2][last_place(state[2], 0) + 1:])),
            state[2][:last_place(state[2], 0) - 1]]
        ELSE [
            list_concat(state[1], list_reverse(state[2][last_looser(state[2], x[1][1]) + 1:])),
            list_append(state[2][:last_looser(state[2], x[1][1])], x[1][1])]
        END, [[]::INTEGER[], []::INTEGER[]]) AS state
    FROM coded AS c
),
polish AS (
    SELECT s.items, s.first_problem, list_concat(s.state[1], list_reverse(s.state[2])) AS signed,
        list_filter(s.items, lambda x: x.kind = 'term') AS terms
    FROM sorted AS s
)
SELECT
    CASE
        WHEN query IS NULL THEN NULL
        WHEN len(p.items) = 0 THEN 'slugline: bad query at 1: it is empty'
        WHEN p.first_problem IS NOT NULL
        THEN 'slugline: bad query at ' || p.first_problem.place || ': ' || p.first_problem.what
        WHEN len(list_filter(p.signed, lambda c: c > 0 AND c < 1000000)) = 0
        THEN 'slugline: bad query at ' || p.items[1].place || ': it only excludes; say also what to look for'
        WHEN length(query) > 2000   -- as many words as hits() looks up, in a script where each letter is one
        THEN 'slugline: bad query at 2001: more than 2,000 characters in one query'
        WHEN len(p.terms) > 126
        THEN 'slugline: bad query at ' || p.terms[127].place || ': more than 126 words, phrases and fields in one query'
    END AS problem,
    list_transform(p.terms, lambda x: {
        'field': x.field,
        'words': list_filter(string_split(x.words, ' '), lambda w: w <> ''),
        'prefix': x.star,
        'value': trim(x.said, '"'),
        'pattern': CASE WHEN x.star THEN x.words[2:-3] ELSE x.words[2:-2] END,
        'excluded': list_contains(p.signed, x.nth + 1000000),
        'place': x.place
        }) AS leaves,
    list_transform(p.signed, lambda c: CASE WHEN c > 1000000 THEN c - 1000000 ELSE c END) AS rpn
FROM polish AS p;
