-- The search language, from text to something that can be evaluated. Knows no table of articles.
--
--   words stand for AND · AND · OR · NOT or - · ( ) to any depth · "a phrase" · prefix*
--
-- NOT binds tightest, then AND, then OR. Whatever else is written is an error that names the
-- character (from 1): `slugline: bad query at 7: …`. It is never read as another question.

-- what parse_query calls a lexeme in its list of codes
CREATE OR REPLACE MACRO code_of(what, terms, place_) AS
CASE what
    WHEN 'AND' THEN -2 WHEN 'OR' THEN -1 WHEN 'NOT' THEN -3 WHEN '(' THEN 0 WHEN ')' THEN -4
    ELSE list_position(list_transform(terms, lambda t: t.place), place_)::INTEGER
END;

-- in a stack of waiting operators: the last parenthesis; the last that binds looser than `operator`
CREATE OR REPLACE MACRO last_place(stack, operator) AS
coalesce(list_max(list_transform(stack, lambda o, i: CASE WHEN o = operator THEN i END)), 0);
CREATE OR REPLACE MACRO last_looser(stack, operator) AS
coalesce(list_max(list_transform(stack, lambda o, i: CASE WHEN o > operator THEN i END)), 0);

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
--   leaves   the words, phrases and prefixes in order: `pattern` is a substring of words(text);
--            `sure` within a folded text proves the pattern, without `needed` it cannot be there
--            (both spare cutting most texts into words); `excluded` under an odd number of NOTs
--   rpn      the query in reverse Polish notation: k > 0 is leaf k, -1 OR, -2 AND, -3 NOT
CREATE OR REPLACE MACRO parse_query(query) AS TABLE
WITH
lexed AS (   -- look-alikes are exchanged one for one, so that positions stay true
    SELECT regexp_extract_all(
        translate(coalesce(query, ''), '“”„‟«»＂（）－＊　', '"""""""()-* '),
        '[\s\p{Z}]+|"[^"]*"|"|[()]|-|[^\s\p{Z}"()-][^\s\p{Z}"()]*') AS lexemes
),
placed AS (
    SELECT list_transform(lexemes, lambda lexeme, i: {
        'body': lexeme,
        'place': 1 + coalesce(list_sum(list_transform(lexemes[:i - 1], lambda earlier: length(earlier))), 0)::INTEGER,
        'kind': CASE
            WHEN regexp_matches(lexeme, '^[\s\p{Z}]') THEN 'space'
            WHEN lexeme IN ('(', ')', 'AND', 'OR', '"') THEN lexeme
            WHEN lexeme IN ('NOT', '-') THEN 'NOT'
            ELSE 'term' END,
        'stem': regexp_replace(lexeme, '\*$', ''),
        'words': words(lexeme),
        'shape': regexp_replace(lexeme, '[\p{L}\p{M}\p{N}\p{Cf}]', 'a', 'g'),   -- a letter is a letter
        'left_': left(coalesce(lexemes[i - 1], ' '), 1),
        'right_': left(coalesce(lexemes[i + 1], ' '), 1)
        }) AS lexemes
    FROM lexed
),
items AS (
    SELECT
        lexemes,
        list_filter(lexemes, lambda x: x.kind <> 'space') AS items,
        list_transform(list_filter(lexemes, lambda x: x.kind = 'term'), lambda x: {
            'body': x.body, 'place': x.place, 'stem': x.stem, 'words': x.words, 'left_': x.left_, 'right_': x.right_,
            'shape': regexp_replace(x.shape, '\*$', ''),
            'pattern': CASE WHEN x.body <> x.stem THEN x.words[2:-3] ELSE x.words[2:-2] END,
            'good': length(regexp_extract(x.shape,
                '^[#@$€£''’‘ʼ.]*a+(?:[&/,–—]a+|[-''’‘ʼ.@#%$€£_·‐‑]+|a+)*'))
            }) AS terms
    FROM placed
),
nested AS (
    SELECT *, list_transform(items, lambda x, i:
        len(list_filter(items[:i], lambda y: y.kind = '(')) - len(list_filter(items[:i], lambda y: y.kind = ')'))) AS depths
    FROM items
),
checked AS (
    SELECT *, list_concat(
        list_transform(lexemes, lambda x: {'place': x.place, 'what': CASE
            WHEN x.kind = '"' THEN 'this quotation mark is not closed' END}),
        list_transform(list_filter(lexemes, lambda x: x.body = '-'), lambda x: {'place': x.place, 'what': CASE
            WHEN regexp_matches(x.left_, '[^\s\p{Z}(-]') THEN 'put a space before -'
            WHEN regexp_matches(x.right_, '[\s\p{Z})]') THEN 'nothing after -' END}),
        list_transform(list_filter(terms, lambda x: starts_with(x.body, '"')), lambda x: CASE
            WHEN regexp_matches(x.left_, '[^\s\p{Z}()-]')
            THEN {'place': x.place, 'what': 'put a space before the quotation mark'}
            WHEN contains(x.body, '*')
            THEN {'place': x.place + strpos(x.body, '*')::INTEGER - 1, 'what': '* does not work inside a phrase'}
            WHEN trim(x.words) = ''
            THEN {'place': x.place, 'what': 'no word between the quotation marks'}
            WHEN regexp_matches(x.right_, '[^\s\p{Z}()]')
            THEN {'place': x.place + length(x.body)::INTEGER, 'what': 'put a space after the quotation mark'} END),
        list_transform(list_filter(terms, lambda x: NOT starts_with(x.body, '"')), lambda x: CASE
            WHEN substr(x.shape, length(regexp_extract(x.body, '^(?:AND|OR|NOT)')) + 1, 1) NOT IN ('', 'a')
                AND regexp_matches(x.body, '^(?:AND|OR|NOT)')
            THEN {'place': x.place, 'what': 'put a space after ' || regexp_extract(x.body, '^(?:AND|OR|NOT)')}
            WHEN x.good < length(x.stem)
            THEN {'place': x.place + x.good::INTEGER, 'what': CASE substr(x.stem, x.good + 1, 1)
                WHEN '*' THEN '* works only at the end of a word'
                WHEN ':' THEN 'fields such as title: are not known; "quotation marks" make : part of a phrase'
                ELSE substr(x.stem, x.good + 1, 1) || ' is not part of the search language; use "quotation marks" around what it belongs to' END}
            WHEN x.body = '*' OR (x.body <> x.stem AND NOT ends_with(x.shape, 'a'))
            THEN {'place': x.place + length(x.stem)::INTEGER, 'what': '* works only at the end of a word'}
            WHEN trim(x.words) = ''
            THEN {'place': x.place, 'what': 'no letter or digit to search for'}
            WHEN x.body <> x.stem AND length(CASE
                WHEN regexp_matches(x.stem, '[\x{E00}-\x{EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{3005}-\x{3007}\x{3040}-\x{30FF}\x{31F0}-\x{31FF}\x{3400}-\x{9FFF}\x{F900}-\x{FAFF}\x{FF66}-\x{FF9F}\x{20000}-\x{3FFFF}]$')
                THEN replace(x.words, ' ', '') ELSE regexp_extract(x.words, '(\S+)\s*$', 1) END) < 2
            THEN {'place': x.place, 'what': 'a prefix needs at least 2 letters before *'} END),
        list_transform(items, lambda x, i: {'place': CASE
                WHEN x.kind = ')' AND items[i - 1].kind IN ('AND', 'OR', 'NOT') THEN items[i - 1].place ELSE x.place END,
            'what': CASE
            WHEN x.kind IN ('AND', 'OR', ')') AND coalesce(items[i - 1].kind, '(') IN ('(', 'AND', 'OR', 'NOT')
            THEN CASE
                WHEN x.kind <> ')' THEN 'nothing before ' || x.kind
                WHEN i = 1 THEN 'this parenthesis was never opened'
                WHEN items[i - 1].kind = '(' THEN 'nothing between the parentheses'
                ELSE 'nothing after ' || items[i - 1].body END
            WHEN i = len(items) AND x.kind IN ('AND', 'OR', 'NOT') THEN 'nothing after ' || x.body
            WHEN x.kind = ')' AND depths[i] < 0 THEN 'this parenthesis was never opened'
            WHEN x.kind = '(' AND list_min(depths[i:]) >= depths[i] THEN 'this parenthesis is not closed' END})
        ) AS found
    FROM nested
),
coded AS (   -- -4 is ), 0 is (; an AND goes between two operands that stand side by side
    SELECT
        *,
        list_sort(list_filter(found, lambda p: p.what IS NOT NULL))[1] AS first_problem,
        flatten(list_transform(items, lambda x, i: CASE
            WHEN x.kind IN ('term', '(', 'NOT') AND items[i - 1].kind IN ('term', ')')
            THEN [[[-2]], [[code_of(x.kind, terms, x.place)]]]
            ELSE [[[code_of(x.kind, terms, x.place)]]] END)) AS codes
    FROM checked
),
sorted AS (  -- shunting-yard: state[1] is the output, state[2] the operators that wait
    SELECT *, list_reduce(codes, lambda state, x: CASE
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
    FROM coded
),
polish AS (
    SELECT *, list_concat(state[1], list_reverse(state[2])) AS signed FROM sorted
)
SELECT
    CASE
        WHEN query IS NULL THEN NULL
        WHEN len(items) = 0 THEN 'slugline: bad query at 1: it is empty'
        WHEN first_problem IS NOT NULL
        THEN 'slugline: bad query at ' || first_problem.place || ': ' || first_problem.what
        WHEN len(list_filter(signed, lambda c: c > 0 AND c < 1000000)) = 0
        THEN 'slugline: bad query at ' || items[1].place || ': it only excludes; say also what to look for'
    END AS problem,
    list_transform(terms, lambda x, i: {
        'pattern': x.pattern,
        'sure': replace(regexp_replace(x.pattern,
            ' ?([\x{E00}-\x{EFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}\x{3005}-\x{3007}\x{3040}-\x{30FF}\x{31F0}-\x{31FF}\x{3400}-\x{9FFF}\x{F900}-\x{FAFF}\x{FF66}-\x{FF9F}\x{20000}-\x{3FFFF}]) ?', '\1', 'g'), '  ', ' '),
        'needed': list_sort(list_transform(string_split(trim(x.words), '  '), lambda w: {'n': -length(w), 'w': w}))[1].w,
        'excluded': list_contains(signed, i::INTEGER + 1000000)
        }) AS leaves,
    list_transform(signed, lambda c: CASE WHEN c > 1000000 THEN c - 1000000 ELSE c END) AS rpn
FROM polish;
