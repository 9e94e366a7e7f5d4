-- Takes more memory or time than DuckDB counts or notices; one statement a line.
SELECT length(repeat(repeat('x', 1000000), 3000))
SELECT editdist3(repeat('a', 100000), repeat('b', 100000))
SELECT length(printf('%2000000000d', 1))
SELECT length(repeat('x', 4000000000))
SELECT length(lpad('x', 2000000000, 'y'))
SELECT len(list_resize([1], 1000000000))
SELECT len(range(1000000000))
SELECT bitstring('1', 2000000000)
SELECT regexp_matches('a', repeat('a?', 100000))
SELECT damerau_levenshtein(repeat('a', 60000), repeat('b', 60000))
SELECT list_sort(list_transform(range(100000000), lambda x: -x))[1]
SELECT length(hex(repeat('x', 900000000)))
SELECT len(generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 second))
SELECT length(string_agg(repeat('x', 1000), '')) FROM range(3000000)
SELECT len(list(range)) FROM range(10000000000)
SELECT count(DISTINCT hash(range)) FROM range(10000000000)
SELECT max(a.range + b.range + c.range) FROM range(1000000) a, range(1000000) b, range(1000000) c
WITH RECURSIVE t AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM t) SELECT max(length(s)) FROM t
SELECT count(*) FROM generate_series(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', INTERVAL 1 microsecond)
SELECT pg_sleep(100)
SELECT sleep_ms(100000)
FROM range(100000000000) r WHERE r.range < 10 OR r.range % 1000000007 = 5
