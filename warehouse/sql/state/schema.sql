-- state.sqlite: what changes in place all the time and can be rebuilt from what has landed.
-- Times are ISO 8601 text in UTC with a trailing Z.

CREATE TABLE IF NOT EXISTS absorbed (generation INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS urls (
    key TEXT PRIMARY KEY,
    url TEXT NOT NULL,          -- the first address with this key that was found
    source TEXT,
    outcome TEXT NOT NULL,      -- "stored" for every article we hold, whatever its last visit gave
    etag TEXT,
    last_modified TEXT,
    digest TEXT,                -- sha256 of the body, hex
    fetched_at TEXT,            -- NULL: never answered
    published_at TEXT,
    tries INTEGER NOT NULL,     -- runs that deferred it, since it last gave something else
    next_visit_at TEXT,         -- NULL: not by itself
    decided_at TEXT NOT NULL);

CREATE INDEX IF NOT EXISTS urls_by_url ON urls (url);
CREATE INDEX IF NOT EXISTS urls_by_source ON urls (source);

CREATE TABLE IF NOT EXISTS feeds (
    url TEXT PRIMARY KEY,
    source TEXT,
    etag TEXT,
    last_modified TEXT,
    digest TEXT,
    checked_at TEXT,
    failures INTEGER NOT NULL); -- in a row
