-- Every table of the warehouse: name, columns and types of the Parquet that landing writes.
-- The published database shows each as a view of the same name (see views.sql); comments are
-- carried over to those views. All times are UTC in TIMESTAMP columns. A column is added by a
-- migration, at the end, and is read as NULL from files that lack it.
--
-- `batch` names the landing that wrote a row. A row is superseded when `superseded` holds its
-- relation, its key and its batch; the view named like the table shows the others only.

CREATE TABLE schema_migrations (version INTEGER, name VARCHAR, applied_at TIMESTAMP);

CREATE TABLE batches (batch VARCHAR, generation BIGINT, landed_at TIMESTAMP, n_rows BIGINT);

CREATE TABLE superseded (relation VARCHAR, key VARCHAR, batch VARCHAR, by_batch VARCHAR);

CREATE TABLE watches (
    watch VARCHAR, title VARCHAR, language VARCHAR, must VARCHAR[], "not" VARCHAR[],
    sources VARCHAR[], groups VARCHAR[], since TIMESTAMP, until TIMESTAMP, paused BOOLEAN,
    profile_version VARCHAR, created_at TIMESTAMP, landed_at TIMESTAMP, batch VARCHAR,
    expect_low DOUBLE, expect_high DOUBLE);

CREATE TABLE profiles (
    watch VARCHAR, profile_version VARCHAR, title VARCHAR, language VARCHAR,
    terms STRUCT(text VARCHAR, kind VARCHAR, weight DOUBLE, spellings VARCHAR[])[],
    seed_text VARCHAR, seed_published_at TIMESTAMP, landed_at TIMESTAMP, batch VARCHAR);

CREATE TABLE sources (
    source VARCHAR, title VARCHAR, home VARCHAR, language VARCHAR, country VARCHAR,
    groups VARCHAR[], paused BOOLEAN, landed_at TIMESTAMP, batch VARCHAR,
    expect_low DOUBLE, expect_high DOUBLE);

CREATE TABLE feeds (
    url VARCHAR, source VARCHAR, kind VARCHAR, checked_at TIMESTAMP, status INTEGER,
    n_leads INTEGER, error VARCHAR, batch VARCHAR);

CREATE TABLE runs (
    run VARCHAR, started_at TIMESTAMP, ended_at TIMESTAMP, watches VARCHAR[], sources VARCHAR[],
    n_found BIGINT, n_fetched BIGINT, bytes BIGINT, batch VARCHAR);

CREATE TABLE run_counts (run VARCHAR, source VARCHAR, outcome VARCHAR, n BIGINT, batch VARCHAR);

CREATE TABLE outcomes (
    run VARCHAR, url VARCHAR, key VARCHAR, source VARCHAR, outcome VARCHAR, reason VARCHAR,
    decided_at TIMESTAMP, final_url VARCHAR, status INTEGER, article_id VARCHAR, batch VARCHAR,
    published_at TIMESTAMP, retry_at TIMESTAMP);

CREATE TABLE fetches (
    run VARCHAR, url VARCHAR, source VARCHAR, purpose VARCHAR, fetched_at TIMESTAMP,
    seconds DOUBLE, status INTEGER, bytes BIGINT, content_type VARCHAR, digest VARCHAR,
    etag VARCHAR, last_modified VARCHAR, location VARCHAR, error VARCHAR, robots_rule VARCHAR,
    warc_file VARCHAR, warc_offset BIGINT, batch VARCHAR);

CREATE TABLE articles (
    article_id VARCHAR, revision INTEGER, url VARCHAR, key VARCHAR, final_url VARCHAR,
    canonical_url VARCHAR, source VARCHAR, title VARCHAR, text VARCHAR,
    blocks STRUCT(kind VARCHAR, "start" INTEGER, "end" INTEGER)[],
    authors VARCHAR[], agency VARCHAR, published_at TIMESTAMP, published_offset INTEGER,
    published_precision VARCHAR, published_from VARCHAR,
    published_candidates STRUCT("at" TIMESTAMP, "offset" INTEGER, "precision" VARCHAR, found_in VARCHAR)[],
    modified_at TIMESTAMP, first_seen_at TIMESTAMP, fetched_at TIMESTAMP,
    language VARCHAR, language_declared VARCHAR, kind VARCHAR, section VARCHAR, tags VARCHAR[],
    site_name VARCHAR, description VARCHAR, image VARCHAR, is_accessible_for_free BOOLEAN,
    word_count INTEGER, digest VARCHAR, text_hash VARCHAR, extractor_version VARCHAR,
    run VARCHAR, batch VARCHAR, canonical_key VARCHAR, kind_confidence DOUBLE,
    kind_evidence VARCHAR[], published_confidence DOUBLE, published_refused VARCHAR[],
    script VARCHAR, publisher VARCHAR,
    links STRUCT(url VARCHAR, anchor VARCHAR, in_body BOOLEAN)[],
    encoding VARCHAR, encoding_repaired BOOLEAN, doc INTEGER);

CREATE TABLE found_in (
    article_id VARCHAR, url VARCHAR, key VARCHAR, source VARCHAR, kind VARCHAR,
    found_on VARCHAR, found_at TIMESTAMP, run VARCHAR, batch VARCHAR);

CREATE TABLE revisions (
    article_id VARCHAR, revision INTEGER, seen_at TIMESTAMP, title_changed BOOLEAN,
    text_changed BOOLEAN, old_title VARCHAR, new_title VARCHAR, words_added INTEGER,
    words_removed INTEGER, batch VARCHAR);

CREATE TABLE citations (
    article_id VARCHAR, revision INTEGER, url VARCHAR, platform VARCHAR, account VARCHAR,
    post VARCHAR, anchor VARCHAR, embedded BOOLEAN, batch VARCHAR);

CREATE TABLE understood (
    article_id VARCHAR, revision INTEGER, understanding_version VARCHAR, language VARCHAR,
    understood_at TIMESTAMP, batch VARCHAR);

CREATE TABLE entities (entity_id VARCHAR, entity VARCHAR, label VARCHAR, batch VARCHAR);

CREATE TABLE aliases (
    entity_id VARCHAR, alias VARCHAR, folded VARCHAR, batch VARCHAR, words VARCHAR);

CREATE TABLE mentions (
    article_id VARCHAR, entity_id VARCHAR, surface VARCHAR, "start" INTEGER, "end" INTEGER,
    label VARCHAR, understanding_version VARCHAR, batch VARCHAR);

CREATE TABLE keywords (
    article_id VARCHAR, keyword VARCHAR, score DOUBLE, understanding_version VARCHAR,
    batch VARCHAR);

CREATE TABLE quotes (
    article_id VARCHAR, quote VARCHAR, "start" INTEGER, "end" INTEGER, speaker VARCHAR,
    understanding_version VARCHAR, batch VARCHAR);

CREATE TABLE coverage (
    watch VARCHAR, article_id VARCHAR, relevance DOUBLE, tier VARCHAR,
    reasons STRUCT(kind VARCHAR, term VARCHAR, gave DOUBLE, count INTEGER)[],
    profile_version VARCHAR, relevance_version VARCHAR, related_at TIMESTAMP, batch VARCHAR);

CREATE TABLE copies (
    article_id VARCHAR, copy_of VARCHAR, copy_kind VARCHAR, similarity DOUBLE,
    copies_version VARCHAR, batch VARCHAR);

CREATE TABLE missed_slots (
    flow VARCHAR, scheduled_at TIMESTAMP, reason VARCHAR, landed_at TIMESTAMP, batch VARCHAR);

CREATE TABLE readings (
    reading INTEGER, article_id VARCHAR, published_at TIMESTAMP, source VARCHAR, language VARCHAR,
    title VARCHAR, url VARCHAR, batch VARCHAR, entity_nos INTEGER[]);

CREATE TABLE entity_numbers (entity_id VARCHAR, entity_no INTEGER, batch VARCHAR);

CREATE TABLE article_entities (
    entity_id VARCHAR, reading INTEGER, n INTEGER, spellings VARCHAR[], batch VARCHAR);

CREATE TABLE docs (
    doc INTEGER, article_id VARCHAR, revision INTEGER, published_at TIMESTAMP, source VARCHAR,
    language VARCHAR, site VARCHAR, title VARCHAR, authors VARCHAR, n_words INTEGER,
    batch VARCHAR, url VARCHAR);

CREATE TABLE recent (
    term VARCHAR, p3 VARCHAR, stem VARCHAR, m SMALLINT, doc INTEGER, imp UTINYINT,
    pos USMALLINT[]);

CREATE TABLE tombstones (
    tombstone VARCHAR, kind VARCHAR, n_words INTEGER, erased_at TIMESTAMP, batch VARCHAR);
