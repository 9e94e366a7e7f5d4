-- Queries that need no parser: words, prefixes and phrases in plain letters and digits, with AND, OR,
-- NOT, - and parentheses. Most are; parse_query() alone takes longer to plan than all else. What is
-- not of this form, right or wrong, is left to parse_query, and both give the same answer.
--
-- Each pattern costs a fraction of a millisecond, so there are few, and much is done by replace().

-- The query with & | ! for its operators. What looks like one and is none is left over as it was.
CREATE OR REPLACE MACRO marked(query) AS
trim(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    ' ' || query, '   ', ' '), '  ', ' '), '( ', '('), ' )', ')'),
    ' AND ', ' & '), ' OR ', ' | '), ' NOT ', ' !'), '(NOT ', '(!'), ' -', ' !'), '(-', '(!'));

-- Its shape: each word, prefix or phrase is an a.
CREATE OR REPLACE MACRO shape_of(marked_query) AS
regexp_replace(regexp_replace(regexp_replace(marked_query,
    '[A-Za-z0-9]{3,}\*', '#', 'g'), '[A-Za-z0-9]+', 'w', 'g'), '"w(?: w)*"|w|#', 'a', 'g');

-- Words with a space or & between, one of them at least not excluded; such, with | between.
CREATE OR REPLACE MACRO alternatives() AS
'(?:!a(?: & | ))*a(?:(?: & | )!?a)*(?: \| (?:!a(?: & | ))*a(?:(?: & | )!?a)*)*';

CREATE OR REPLACE MACRO is_shapely(shape) AS
regexp_full_match(list_reduce([shape, '', '', '', ''], lambda x, _: regexp_replace(x, '\(' || alternatives() || '\)', 'a', 'g')), alternatives());

-- SQL that tells whether an article meets a plain query, from `mask`, which says what leaves it holds; NULL
-- where the query is not plain. At most 60 leaves, since each is a bit of the mask.
CREATE OR REPLACE MACRO plain_condition(query) AS
CASE WHEN length(query) <= 400 AND translate(query, '&|!#', '') = query THEN list_transform([marked(query)], lambda m:
    CASE WHEN NOT contains(m, '!(') AND NOT contains(m, 'AND') AND NOT contains(m, 'OR') AND NOT contains(m, 'NOT') THEN list_transform([shape_of(m)], lambda s:
        CASE WHEN is_shapely(s) THEN list_transform(
            [string_split(replace(replace(replace(s, ' & ', '&'), ' | ', '|'), ' ', '&'), 'a')], lambda pieces:
            CASE WHEN len(pieces) <= 60 THEN replace(replace(replace(array_to_string(list_transform(pieces, lambda p, i:
                CASE WHEN i = 1 THEN p ELSE '((v.mask >> ' || (i - 2) || ') % 2 = 1)' || p END), ''),
                '&', ' AND '), '|', ' OR '), '!', 'NOT ') END)[1] END)[1] END)[1] END;

-- The same for the simplest queries, which are most: one level of words, prefixes and phrases, all of them or
-- any of them (`piped`: as piped() gives it). Binding a function costs a tenth of a millisecond, so what asks for
-- plain_condition is planned only where this is NULL.
CREATE OR REPLACE MACRO flat_condition(query, piped) AS
CASE WHEN length(query) > 100 OR contains(query, '|') OR regexp_matches(piped, '\b(?:AND|OR|NOT)\b') THEN NULL
    WHEN regexp_full_match(piped, '(?:[A-Za-z0-9]{3,}\*|[A-Za-z0-9]+|"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")(?: (?:[A-Za-z0-9]{3,}\*|[A-Za-z0-9]+|"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*"))*')
        THEN 'v.mask = ' || (1::BIGINT << len(string_split(regexp_replace(piped, '"[^"]*"', 'a', 'g'), ' '))) - 1
    WHEN regexp_full_match(piped, '(?:[A-Za-z0-9]{3,}\*|[A-Za-z0-9]+|"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")(?:\|(?:[A-Za-z0-9]{3,}\*|[A-Za-z0-9]+|"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*"))+')
        THEN 'v.mask = 1 OR v.mask > 1' END;

-- Its words, prefixes and phrases in order, as parse_query has them.
CREATE OR REPLACE MACRO plain_leaves(query) AS TABLE
SELECT y.leaf, '' AS field, string_split(y.plain, ' ') AS words, y.prefix, y.plain AS value,
    ' ' || replace(y.plain, ' ', '  ') || CASE WHEN y.prefix THEN '' ELSE ' ' END AS pattern, y.excluded, y.leaf AS place
FROM (
    SELECT x.leaf::INTEGER AS leaf, starts_with(x.item, '!') AS excluded, ends_with(x.item, '*') AS prefix, trim(lower(x.item), '!"*') AS plain
    FROM (
        SELECT unnest(z.items) AS item, generate_subscripts(z.items, 1) AS leaf
        FROM (SELECT regexp_extract_all(marked(query), '!?(?:"[^"]*"|[A-Za-z0-9]+\*?)') AS items) AS z
    ) AS x
) AS y;
