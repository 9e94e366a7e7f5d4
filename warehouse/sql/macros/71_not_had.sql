-- What became of what a watch's sources named, and what could not be had.

-- The sources that a watch uses: by name, or by a group of theirs.
CREATE OR REPLACE MACRO sources_of(watch) AS TABLE
SELECT DISTINCT u.source
FROM (
    SELECT unnest(w.sources) AS source FROM watches AS w WHERE w.watch = watch
    UNION ALL
    SELECT s.source FROM sources AS s JOIN watches AS w
        ON list_contains(w.groups, 'all') OR len(list_intersect(w.groups, s.groups)) > 0
    WHERE w.watch = watch
) AS u ORDER BY u.source;

-- How many addresses that these sources named met which fate, in the runs that began in this time.
CREATE OR REPLACE MACRO outcomes_of(watch, since := NULL, until := NULL) AS TABLE
WITH used AS MATERIALIZED (SELECT s.source FROM sources_of(watch) AS s)
SELECT l.source, l.outcome, sum(l.n)::BIGINT AS addresses, count(DISTINCT l.run) AS runs, max(l.started_at) AS last_at
FROM ledger AS l
WHERE l.source IN (SELECT u.source FROM used AS u)
    AND l.run IN (SELECT r.run FROM runs AS r WHERE list_contains(r.watches, watch))
    AND (since IS NULL OR l.started_at >= moment_of(since)) AND (until IS NULL OR l.started_at < after_until(moment_of(until)))
GROUP BY l.source, l.outcome
ORDER BY addresses DESC, l.source, l.outcome;

-- Addresses whose last fate is that they could not be had, by no choice of ours.
CREATE OR REPLACE VIEW what_could_not_be_had AS
SELECT f.url, f.last.source AS source, f.last.outcome AS outcome, f.last.reason AS reason, f.last.status AS status,
    f.last.decided_at AS decided_at, f.first_at, f.changes, f.last.published_at AS published_at, f.last.retry_at AS retry_at,
    f.last.run AS run
FROM (
    SELECT o.url, arg_max({
            'source': o.source, 'outcome': o.outcome, 'reason': o.reason, 'status': o.status, 'decided_at': o.decided_at,
            'published_at': o.published_at, 'retry_at': o.retry_at, 'run': o.run}, (o.decided_at, o.run)) AS last,
        min(o.decided_at) AS first_at, count(*) AS changes,
        bool_or(o.outcome IN ('stored', 'revised', 'unchanged')) AS was_had
    FROM outcomes AS o GROUP BY o.url
) AS f
WHERE NOT f.was_had AND f.last.outcome IN (
    'robots', 'reserved', 'paywalled', 'consent_wall', 'challenge', 'blocked', 'gone', 'unresolved', 'http_error', 'network_error',
    'too_large', 'timeout', 'bad_content', 'extract_failed', 'refused_address', 'deferred', 'quarantined');

-- The same, of the sources of a watch, newest first.
CREATE OR REPLACE MACRO not_had(watch, source := NULL, outcome := NULL, since := NULL, until := NULL) AS TABLE
WITH used AS MATERIALIZED (SELECT s.source FROM sources_of(watch) AS s)
SELECT h.decided_at, h.source, h.outcome, h.reason, h.status, h.published_at, h.retry_at, h.url
FROM what_could_not_be_had AS h
WHERE h.source IN (SELECT u.source FROM used AS u)
    AND (source IS NULL OR h.source = source) AND (outcome IS NULL OR h.outcome = outcome)
    AND (since IS NULL OR h.decided_at >= moment_of(since)) AND (until IS NULL OR h.decided_at < after_until(moment_of(until)))
ORDER BY h.decided_at DESC, h.url;
