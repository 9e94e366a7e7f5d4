CREATE TABLE urls (
    key TEXT PRIMARY KEY, url TEXT, source TEXT, outcome TEXT, etag TEXT, last_modified TEXT,
    digest TEXT, fetched_at TEXT, published_at TEXT, tries INTEGER, next_visit_at TEXT);

CREATE INDEX urls_by_source ON urls (source); -- a crawl asks each source for what is due

CREATE TABLE feeds (
    url TEXT PRIMARY KEY, source TEXT, etag TEXT, last_modified TEXT, digest TEXT,
    checked_at TEXT, failures INTEGER);

CREATE TABLE erased (digest TEXT PRIMARY KEY); -- of what must not be asked for: kind and value
