-- Mistakes, which are told in one line too. One statement a line; each is refused.
SELECT nosuchfunction(1)
SELECT nosuchcolumn FROM articles
SELECT * FROM nosuchtable
SELEC 1
SELECT (
SELECT 1 WHERE $1 = 1
SELECT error('stop')
SELECT CAST('x' AS INTEGER)
;
-- nothing
SELECT * FROM
SELECT "
SELECT '
SELECT 9223372036854775807 + 1
SELECT 'x'::DATE
FROM search('(a')
FROM search('')
