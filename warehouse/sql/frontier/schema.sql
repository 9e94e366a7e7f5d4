-- data/backfills/<name>.sqlite: what one backfill has found and not yet decided. Times are ISO 8601
-- text in UTC with a trailing Z, so that they sort.

CREATE TABLE IF NOT EXISTS listings (   -- sitemaps and section archives
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- 'sitemap' or 'page': how it is read
    found_on TEXT,                      -- the index that named it; NULL: the source itself
    depth INTEGER NOT NULL,
    newest TEXT,                        -- end of the days it is about; NULL: unknown, read first
    pattern TEXT,                       -- the pattern in `archives` that it was made from
    page INTEGER,                       -- its number, where the pattern has one
    state TEXT NOT NULL DEFAULT 'waiting',  -- then 'read' or 'failed'
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (url, source));

CREATE TABLE IF NOT EXISTS leads (
    url TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    record TEXT NOT NULL,               -- the Lead as JSON
    newest TEXT,                        -- when it was published or last changed; NULL: unknown
    outcome TEXT,                       -- NULL: waiting
    run TEXT);                          -- that decided it

CREATE INDEX IF NOT EXISTS leads_waiting ON leads (source, newest) WHERE outcome IS NULL;

CREATE TABLE IF NOT EXISTS slices (
    run TEXT PRIMARY KEY,
    taken INTEGER NOT NULL DEFAULT 0);  -- 1: what it brought is in the tables above

CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
