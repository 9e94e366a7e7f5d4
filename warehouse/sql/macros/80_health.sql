-- Whether each source brings what it used to, and if not, whether it is it or us.
--
-- A day is a window of 24 hours that ends at `ts` or a whole number of days before, so that the
-- newest one is always full. Only days on which the source was asked count: a machine that slept
-- says nothing about an outlet.
--
-- What a day should bring is its median over the 28 asked days before the silence, but no more than
-- the median of the same weekday: an outlet that rests at weekends must not alarm every Saturday. A
-- median is blind below three a day (0 of 0, 1, 0, 2, 0 …), so there it is the mean, each day
-- counting three at most: the day on which a feed was first read brings all it had kept.
--
-- The p-value is the chance of so few articles if nothing is wrong, by the Poisson distribution: of
-- at most as many as were seen, or of none since the last one. Counts of news vary more than
-- Poisson's, so `quiet` also asks for less than half of what was expected, and p < 0.001 throughout:
-- one false alarm among a thousand sources. So one a day is silent after a week of nothing, fifty a
-- day after a day, and a weekly after two months.

-- The chance of at most n events where m are expected.
CREATE OR REPLACE MACRO poisson_at_most(n, m) AS
CASE WHEN m IS NULL THEN NULL WHEN m <= 0 THEN 1.0
    ELSE least(1.0, list_sum(list_transform(range(n + 1), lambda i: exp(i * ln(m) - m - lgamma(i + 1))))) END;

-- What to try where the listings of a source fail with this error.
CREATE OR REPLACE MACRO advice_for(error, source) AS
CASE
    WHEN regexp_matches(error, 'HTTP (404|410)') THEN 'its address has changed: slugline source check ' || source
    WHEN regexp_matches(error, 'HTTP 429') THEN 'it is asked too often: raise its pace_seconds and every_minutes'
    WHEN regexp_matches(error, 'HTTP (401|403|451)') THEN 'it refuses us: set contact, raise its pace_seconds, or write to the outlet'
    WHEN regexp_matches(error, 'HTTP 5') THEN 'its server is in trouble: wait, and look again tomorrow'
    WHEN starts_with(error, 'robots') THEN 'its robots.txt forbids it: look for another feed of the outlet, or pause it'
    ELSE 'see whether it answers at all: slugline source check ' || source
END;

CREATE OR REPLACE MACRO source_health(ts := NULL) AS TABLE
WITH
clock AS MATERIALIZED (SELECT coalesce(moment_of(ts), make_timestamp(epoch_us(now()))) AS today),
arrivals AS MATERIALIZED (
    SELECT a.source, (epoch_us(c.today) - epoch_us(a.first_seen_at) - 1) // 86_400_000_000 AS k,
        count(*) AS n, max(a.first_seen_at) AS newest
    FROM articles AS a CROSS JOIN clock AS c
    WHERE a.first_seen_at < c.today AND NOT ends_with(coalesce(a.run, ''), '-backfill')
    GROUP BY ALL
),
-- Days on which a source was asked, and in how many hours of each; 90 days back.
asked AS MATERIALIZED (
    SELECT r.source, (epoch_us(c.today) - epoch_us(r.started_at) - 1) // 86_400_000_000 AS k,
        count(DISTINCT date_trunc('hour', r.started_at)) AS hours, max(r.started_at) AS newest
    FROM (SELECT unnest(s.sources) AS source, s.started_at FROM runs AS s
          WHERE NOT ends_with(s.run, '-backfill')) AS r CROSS JOIN clock AS c
    WHERE r.started_at < c.today AND r.started_at >= c.today - INTERVAL 90 DAY
    GROUP BY ALL
),
askings AS (
    SELECT d.source, min(d.k) AS last_day, max(d.k) AS first_day, count(*) AS days, max(d.newest) AS last_asked_at,
        (max(d.k) + 1) / count(*) AS spacing, coalesce(max(d.hours) FILTER (d.k = 0), 0) AS hours_today,
        median(d.hours) FILTER (d.k > 0) AS usual_hours
    FROM asked AS d GROUP BY d.source
),
last_ones AS (SELECT a.source, min(a.k) AS empty_days, max(a.newest) AS last_article_at FROM arrivals AS a GROUP BY a.source),
-- The 28 days before the silence, where there is one, else before the last 24 hours.
trials AS MATERIALIZED (
    SELECT g.source, g.k, coalesce(a.n, 0) AS n
    FROM (
        SELECT l.source, unnest(range(greatest(l.empty_days, 1), greatest(l.empty_days, 1) + 28)) AS k FROM last_ones AS l
    ) AS g
    LEFT JOIN arrivals AS a ON a.source = g.source AND a.k = g.k
    LEFT JOIN asked AS d ON d.source = g.source AND d.k = g.k
    WHERE d.source IS NOT NULL OR g.k >= 90
),
usual AS (
    SELECT t.source, count(*) AS days, median(t.n) AS middle, avg(least(t.n, 3)) AS capped FROM trials AS t GROUP BY t.source
),
weekdays AS (SELECT t.source, t.k % 7 AS weekday, median(t.n) AS middle FROM trials AS t GROUP BY ALL),
-- What each of the days since the last article should have brought, the last 24 hours always.
expected AS (
    SELECT g.source, g.k, d.source IS NOT NULL AS was_asked,
        CASE WHEN u.middle >= 3 THEN least(u.middle, coalesce(w.middle, 0)) ELSE u.capped END AS n
    FROM (
        SELECT l.source, unnest(range(least(greatest(l.empty_days, 1), 90))) AS k FROM last_ones AS l
    ) AS g
    JOIN usual AS u ON u.source = g.source
    LEFT JOIN weekdays AS w ON w.source = g.source AND w.weekday = g.k % 7
    LEFT JOIN asked AS d ON d.source = g.source AND d.k = g.k
),
hoped AS (
    SELECT e.source, max(e.n) FILTER (e.k = 0) AS today, coalesce(sum(e.n) FILTER (e.was_asked), 0) AS since_last
    FROM expected AS e GROUP BY e.source
),
-- The last week's answers of feeds, sitemaps and pages, round by round.
answers AS MATERIALIZED (
    SELECT f.source, f.run, f.url, f.fetched_at, f.error
    FROM fetches AS f CROSS JOIN clock AS c
    WHERE f.purpose IN ('feed', 'sitemap', 'page') AND (f.location IS NULL OR f.error IS NOT NULL)
        AND f.fetched_at < c.today AND f.fetched_at >= c.today - INTERVAL 7 DAY
),
rounds AS (
    SELECT a.source, a.run, max(a.fetched_at) AS asked_at, bool_or(a.error IS NULL) AS answered FROM answers AS a GROUP BY ALL
),
answered AS (SELECT r.source, max(r.asked_at) FILTER (r.answered) AS last_answer_at, count(*) AS n FROM rounds AS r GROUP BY r.source),
streaks AS (
    SELECT r.source, any_value(w.n) AS n, count(*) FILTER (w.last_answer_at IS NULL OR r.asked_at > w.last_answer_at) AS failed_rounds,
        min(r.asked_at) FILTER (w.last_answer_at IS NULL OR r.asked_at > w.last_answer_at) AS failing_since
    FROM rounds AS r JOIN answered AS w ON w.source = r.source GROUP BY r.source
),
troubles AS (
    SELECT a.source, count(*) FILTER (a.fetched_at >= c.today - INTERVAL 24 HOUR) AS listings_asked,
        count(a.error) FILTER (a.fetched_at >= c.today - INTERVAL 24 HOUR) AS listings_failed,
        mode(a.error) FILTER (w.last_answer_at IS NULL OR a.fetched_at > w.last_answer_at) AS error
    FROM answers AS a CROSS JOIN clock AS c JOIN answered AS w ON w.source = a.source
    GROUP BY a.source
),
dead AS (
    SELECT p.source, list(p.url || ': ' || p.error ORDER BY p.url) AS failing_listings
    FROM (
        SELECT a.source, a.url, mode(a.error) AS error FROM answers AS a CROSS JOIN clock AS c
        WHERE a.fetched_at >= c.today - INTERVAL 24 HOUR
        GROUP BY a.source, a.url HAVING count(*) >= 2 AND count(*) = count(a.error)
    ) AS p GROUP BY p.source
),
-- What became of the pages that were asked for: of the last 24 hours where they are ten, else of
-- the last week.
fates AS MATERIALIZED (
    SELECT o.source, o.url, arg_max(o.outcome, o.decided_at) AS outcome, max(o.decided_at) AS decided_at
    FROM outcomes AS o CROSS JOIN clock AS c
    WHERE o.decided_at < c.today AND o.decided_at >= c.today - INTERVAL 7 DAY
        AND o.outcome NOT IN ('unchanged', 'duplicate_url', 'too_old', 'off_scope', 'budget', 'deferred')
    GROUP BY o.source, o.url
),
spans AS (
    SELECT f.source, any_value(c.today) - CASE
        WHEN count(*) FILTER (f.decided_at >= c.today - INTERVAL 24 HOUR AND f.outcome <> 'off_topic') >= 10
        THEN INTERVAL 24 HOUR ELSE INTERVAL 7 DAY END AS since
    FROM fates AS f CROSS JOIN clock AS c GROUP BY f.source
),
pages AS (
    SELECT f.source, count(*) FILTER (f.outcome <> 'off_topic') AS n, count(*) FILTER (f.outcome = 'off_topic') AS off_topic,
        count(*) FILTER (f.outcome = 'blocked') AS blocked, count(*) FILTER (f.outcome = 'challenge') AS challenge,
        count(*) FILTER (f.outcome IN ('robots', 'reserved')) AS robots,
        count(*) FILTER (f.outcome = 'consent_wall') AS consent_wall, count(*) FILTER (f.outcome = 'paywalled') AS paywalled,
        count(*) FILTER (f.outcome IN ('http_error', 'network_error', 'timeout', 'quarantined')) AS unreachable
    FROM fates AS f JOIN spans AS s ON s.source = f.source WHERE f.decided_at >= s.since
    GROUP BY f.source
),
facts AS (
    SELECT s.source, coalesce(s.paused, false) AS paused, k.last_day, k.first_day, k.days AS asked_days, k.spacing, k.last_asked_at,
        k.hours_today, k.usual_hours, l.empty_days, l.last_article_at, coalesce(a.n, 0) AS seen,
        u.days AS trial_days, h.today AS expected_per_day,
        CASE WHEN l.empty_days > 0 THEN exp(-h.since_last) ELSE poisson_at_most(coalesce(a.n, 0), h.today) END AS p_value,
        coalesce(t.listings_asked, 0) AS listings_asked, coalesce(t.listings_failed, 0) AS listings_failed, t.error,
        x.failing_since, coalesce(x.failed_rounds, 0) AS failed_rounds, coalesce(x.n, 0) AS n_rounds,
        coalesce(d.failing_listings, []) AS failing_listings, coalesce(p.n, 0) AS pages, coalesce(p.off_topic, 0) AS off_topic,
        coalesce(p.blocked, 0) AS blocked, coalesce(p.challenge, 0) AS challenge, coalesce(p.robots, 0) AS robots,
        coalesce(p.consent_wall, 0) AS consent_wall, coalesce(p.paywalled, 0) AS paywalled, coalesce(p.unreachable, 0) AS unreachable,
        (p.blocked + p.challenge + p.robots + p.consent_wall + p.paywalled) / nullif(p.n, 0) AS blocked_share
    FROM sources AS s
    LEFT JOIN askings AS k ON k.source = s.source
    LEFT JOIN last_ones AS l ON l.source = s.source
    LEFT JOIN arrivals AS a ON a.source = s.source AND a.k = 0
    LEFT JOIN usual AS u ON u.source = s.source
    LEFT JOIN hoped AS h ON h.source = s.source
    LEFT JOIN troubles AS t ON t.source = s.source
    LEFT JOIN streaks AS x ON x.source = s.source
    LEFT JOIN dead AS d ON d.source = s.source
    LEFT JOIN pages AS p ON p.source = s.source
),
judged AS (
    SELECT *, CASE
        WHEN f.paused THEN 'paused'
        WHEN f.last_day IS NULL OR f.last_day > 2 * f.spacing - 2 THEN 'unknown'
        WHEN f.failed_rounds >= 2 AND f.failed_rounds >= least(3, f.n_rounds) THEN 'failing'
        WHEN f.pages >= 3 AND f.unreachable >= 0.5 * f.pages THEN 'failing'
        WHEN f.pages >= 3 AND f.blocked_share >= 0.5 THEN 'blocked'
        WHEN f.first_day < 7 THEN 'new'
        WHEN f.last_article_at IS NULL THEN CASE WHEN f.off_topic > 0 THEN 'ok' ELSE 'silent' END
        WHEN f.trial_days < 5 THEN 'new'
        WHEN f.p_value >= 0.001 OR (f.seen > 0 AND f.seen >= 0.5 * f.expected_per_day) THEN 'ok'
        WHEN f.empty_days < 2 AND f.hours_today < 0.75 * f.usual_hours THEN 'unknown'
        WHEN f.seen = 0 THEN 'silent'
        ELSE 'quiet' END AS verdict
    FROM facts AS f
)
SELECT j.source, j.verdict,
    CASE j.verdict
        WHEN 'paused' THEN 'it is paused in sources.toml'
        WHEN 'unknown' THEN CASE
            WHEN j.last_day IS NULL THEN 'it was not asked in the last 90 days'
            WHEN j.last_day > 0 THEN 'it was last asked ' || strftime(j.last_asked_at, '%Y-%m-%d %H:%M') || ' UTC'
            ELSE format('it was asked in {} hours of the last 24, usually in {:.0f}', j.hours_today, j.usual_hours) END
        WHEN 'failing' THEN CASE
            WHEN j.failed_rounds >= 2 AND j.failed_rounds >= least(3, j.n_rounds)
            THEN format('nothing it lists could be read since {} UTC ({} times): {}',
                strftime(j.failing_since, '%Y-%m-%d %H:%M'), j.failed_rounds, left(j.error, 120))
            ELSE format('{} of {} pages could not be fetched', j.unreachable, j.pages) END
        WHEN 'blocked' THEN format('{:.0f} % of {} pages are closed to us: ', 100 * j.blocked_share, j.pages)
            || array_to_string(list_filter([
                CASE WHEN j.blocked > 0 THEN j.blocked || ' blocked' END, CASE WHEN j.challenge > 0 THEN j.challenge || ' challenge' END,
                CASE WHEN j.robots > 0 THEN j.robots || ' robots' END, CASE WHEN j.consent_wall > 0 THEN j.consent_wall || ' consent wall' END,
                CASE WHEN j.paywalled > 0 THEN j.paywalled || ' paywalled' END], lambda x: x IS NOT NULL), ', ')
        WHEN 'new' THEN format('it has been asked on {} days so far, which is too few to judge by', j.asked_days)
        WHEN 'silent' THEN CASE WHEN j.last_article_at IS NULL THEN 'it answers, and has never given an article'
            ELSE format('it answers, but the last new article came {} UTC; {:.1f} a day were usual',
                strftime(j.last_article_at, '%Y-%m-%d %H:%M'), j.expected_per_day) END
        WHEN 'quiet' THEN format('{} new articles in 24 hours, {:.1f} were usual', j.seen, j.expected_per_day)
        ELSE coalesce(format('{} new articles in 24 hours, {:.1f} are usual', j.seen, j.expected_per_day), 'what it lists is off topic') END
    || CASE WHEN j.verdict <> 'failing' AND len(j.failing_listings) > 0 THEN '; fails: ' || left(j.failing_listings[1], 160)
        || CASE WHEN len(j.failing_listings) > 1 THEN format(' and {} more', len(j.failing_listings) - 1) ELSE '' END
        ELSE '' END AS why,
    CASE j.verdict
        WHEN 'unknown' THEN CASE WHEN j.last_day IS NULL THEN 'name it, or a group of it, in a watch.toml that is not paused'
            ELSE 'see whether the monitor runs, and whether a watch still names it' END
        WHEN 'failing' THEN CASE WHEN j.failed_rounds >= 2 THEN advice_for(j.error, j.source)
            ELSE 'see slugline outcomes --source ' || j.source END
        WHEN 'blocked' THEN CASE
            WHEN j.paywalled >= 0.5 * j.pages * j.blocked_share THEN 'it wants subscribers: pause it, or keep it for what is free'
            WHEN j.robots >= 0.5 * j.pages * j.blocked_share THEN 'its robots.txt or its pages forbid it: pause it, or ask the outlet'
            ELSE 'set contact, raise its pace_seconds, or write to the outlet' END
        WHEN 'silent' THEN 'see whether its feed still moves: slugline source check ' || j.source
        WHEN 'quiet' THEN 'look again tomorrow, or: slugline source check ' || j.source
        ELSE CASE WHEN len(j.failing_listings) > 0 THEN 'slugline source check ' || j.source END END AS advice,
    j.expected_per_day, j.seen, j.p_value, j.last_article_at, j.last_asked_at, j.listings_asked, j.listings_failed,
    j.failing_listings, j.pages, j.blocked_share, j.blocked, j.challenge, j.robots, j.consent_wall, j.paywalled, j.unreachable
FROM judged AS j
ORDER BY list_position(['failing', 'silent', 'blocked', 'quiet', 'unknown', 'new', 'ok', 'paused'], j.verdict), j.p_value NULLS LAST, j.source;
