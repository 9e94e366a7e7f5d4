-- What every view, column and macro of the published database is, in the database itself.
-- COMMENT ON TABLE serves views too. A test checks that nothing is without; *_history views have
-- the columns of the views they belong to.

COMMENT ON TABLE articles IS 'Every article that was fetched, in its current version, related to a watch or not. Earlier versions are in articles_history.';
COMMENT ON COLUMN articles.article_id IS 'The article''s name for good: made from the first canonical address that landed.';
COMMENT ON COLUMN articles.revision IS '1 for the first version that was seen, then 2, 3 …; see revisions.';
COMMENT ON COLUMN articles.url IS 'Address as it was found.';
COMMENT ON COLUMN articles.key IS 'Address in the form by which two addresses are known to be one page.';
COMMENT ON COLUMN articles.final_url IS 'Address after redirects.';
COMMENT ON COLUMN articles.canonical_url IS 'What the page calls itself, where that can be believed; else final_url.';
COMMENT ON COLUMN articles.source IS 'The outlet by which it was found first; all of them are in found_in.';
COMMENT ON COLUMN articles.title IS 'Headline, plain text.';
COMMENT ON COLUMN articles.text IS 'Body: paragraphs joined by blank lines, NFC, without title and captions.';
COMMENT ON COLUMN articles.blocks IS 'Marked parts of the text: kind (standfirst, subhead, list, quotation, table, embed), start and end in code points from 0.';
COMMENT ON COLUMN articles.authors IS 'Names in the byline, in order.';
COMMENT ON COLUMN articles.agency IS 'News agency that the page credits.';
COMMENT ON COLUMN articles.published_at IS 'When the page says it was published (UTC); NULL where nothing said so, never a guess from when it was seen.';
COMMENT ON COLUMN articles.published_offset IS 'Minutes east of UTC in which the page gave published_at; NULL where it did not say.';
COMMENT ON COLUMN articles.published_precision IS 'How exactly the page told it: second, minute or day.';
COMMENT ON COLUMN articles.published_from IS 'What told published_at: json-ld, meta, feed, sitemap, time, script, url, text or updated (only a change was told).';
COMMENT ON COLUMN articles.published_candidates IS 'All dates that were found, each with its time (UTC), offset in minutes, precision and where it was found.';
COMMENT ON COLUMN articles.modified_at IS 'When the page says it was last changed (UTC).';
COMMENT ON COLUMN articles.first_seen_at IS 'When the article was found first (UTC).';
COMMENT ON COLUMN articles.fetched_at IS 'When this version was fetched (UTC).';
COMMENT ON COLUMN articles.language IS 'Language of the text, BCP 47 primary tag.';
COMMENT ON COLUMN articles.language_declared IS 'Language as the page declares it.';
COMMENT ON COLUMN articles.kind IS 'article, brief, live, opinion, press_release, gallery or video.';
COMMENT ON COLUMN articles.section IS 'The page''s own section.';
COMMENT ON COLUMN articles.tags IS 'The page''s own keywords.';
COMMENT ON COLUMN articles.site_name IS 'What the site calls itself.';
COMMENT ON COLUMN articles.description IS 'The page''s own summary.';
COMMENT ON COLUMN articles.image IS 'Address of the lead picture.';
COMMENT ON COLUMN articles.is_accessible_for_free IS 'What the page says about a paywall; NULL where it says nothing.';
COMMENT ON COLUMN articles.word_count IS 'Words of the text.';
COMMENT ON COLUMN articles.digest IS 'SHA-256 of the page''s bytes as fetched, hexadecimal.';
COMMENT ON COLUMN articles.text_hash IS 'Hash of title and text after normalising: equal hashes are no revision.';
COMMENT ON COLUMN articles.extractor_version IS 'Version of the extraction that made text and metadata.';
COMMENT ON COLUMN articles.run IS 'The run that fetched this version.';
COMMENT ON COLUMN articles.batch IS 'The landing that wrote the row; see batches.';
COMMENT ON COLUMN articles.canonical_key IS 'canonical_url in the form of key.';
COMMENT ON COLUMN articles.kind_confidence IS 'How sure the kind of page is, 0 to 1.';
COMMENT ON COLUMN articles.kind_evidence IS 'What told the kind of page, strongest first.';
COMMENT ON COLUMN articles.published_confidence IS 'How sure the day of publication is, 0 to 1; NULL where it is unknown.';
COMMENT ON COLUMN articles.published_refused IS 'Dates of the page that cannot be, each with where it was found and why.';
COMMENT ON COLUMN articles.script IS 'The script most of the text is in, as ISO 15924 writes it: Latn, Cyrl, Arab …';
COMMENT ON COLUMN articles.publisher IS 'Who publishes the page, as its structured data say.';
COMMENT ON COLUMN articles.links IS 'Pages the article links to: all from its body, and those of other sites from around it.';
COMMENT ON COLUMN articles.encoding IS 'The encoding the page was read with, by its Python name.';
COMMENT ON COLUMN articles.encoding_repaired IS 'Whether the page named a wrong encoding, so that it was mended.';

COMMENT ON TABLE batches IS 'Every landing that this database holds: all of a batch is visible, or nothing.';
COMMENT ON COLUMN batches.batch IS 'Its name: the run, or what was derived.';
COMMENT ON COLUMN batches.generation IS 'Number of the published database that showed it first.';
COMMENT ON COLUMN batches.landed_at IS 'When it landed (UTC).';
COMMENT ON COLUMN batches.n_rows IS 'Rows in all its tables.';

COMMENT ON TABLE freshness IS 'How fresh this view of the warehouse is: one row. Open it again to see what landed since.';
COMMENT ON COLUMN freshness.landed_at IS 'When the newest batch landed (UTC).';
COMMENT ON COLUMN freshness.n_batches IS 'How many batches have landed.';
COMMENT ON COLUMN freshness.batch IS 'The newest batch.';

COMMENT ON TABLE found_in IS 'Everywhere an article was found: one row for each address, source and place that named it.';
COMMENT ON COLUMN found_in.article_id IS 'The article.';
COMMENT ON COLUMN found_in.url IS 'Address as it was found there.';
COMMENT ON COLUMN found_in.key IS 'Address in the form of articles.key.';
COMMENT ON COLUMN found_in.source IS 'The outlet whose feed, sitemap or page named it.';
COMMENT ON COLUMN found_in.kind IS 'How it was found: feed, sitemap or page.';
COMMENT ON COLUMN found_in.found_on IS 'Address of that feed, sitemap or page.';
COMMENT ON COLUMN found_in.found_at IS 'When (UTC).';
COMMENT ON COLUMN found_in.run IS 'The run that found it.';
COMMENT ON COLUMN found_in.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE revisions IS 'Changes of an article between two visits: body or title differ after normalising.';
COMMENT ON COLUMN revisions.article_id IS 'The article.';
COMMENT ON COLUMN revisions.revision IS 'The version that the change led to.';
COMMENT ON COLUMN revisions.seen_at IS 'When the new version was fetched (UTC).';
COMMENT ON COLUMN revisions.title_changed IS 'Whether the title differs.';
COMMENT ON COLUMN revisions.text_changed IS 'Whether the body differs.';
COMMENT ON COLUMN revisions.old_title IS 'Title before.';
COMMENT ON COLUMN revisions.new_title IS 'Title after.';
COMMENT ON COLUMN revisions.words_added IS 'Words that only the new text has.';
COMMENT ON COLUMN revisions.words_removed IS 'Words that only the old text had.';
COMMENT ON COLUMN revisions.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE citations IS 'Links and embedded posts in an article.';
COMMENT ON COLUMN citations.article_id IS 'The article that cites.';
COMMENT ON COLUMN citations.revision IS 'Its version.';
COMMENT ON COLUMN citations.url IS 'What it cites.';
COMMENT ON COLUMN citations.platform IS 'Social platform, where it is a post on one.';
COMMENT ON COLUMN citations.account IS 'Account of the post.';
COMMENT ON COLUMN citations.post IS 'The platform''s identifier of the post.';
COMMENT ON COLUMN citations.anchor IS 'Text of the link.';
COMMENT ON COLUMN citations.embedded IS 'Whether the post itself is shown in the article.';
COMMENT ON COLUMN citations.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE watches IS 'What is being watched, as its watch.toml said when it last landed.';
COMMENT ON COLUMN watches.watch IS 'Its name, the slug.';
COMMENT ON COLUMN watches.title IS 'Title for people.';
COMMENT ON COLUMN watches.language IS 'Language of the seed, BCP 47.';
COMMENT ON COLUMN watches.must IS 'An article without any of these is off.';
COMMENT ON COLUMN watches."not" IS 'An article with one of these is off.';
COMMENT ON COLUMN watches.sources IS 'Sources it uses.';
COMMENT ON COLUMN watches.groups IS 'Groups of sources it uses.';
COMMENT ON COLUMN watches.since IS 'Articles published before are too old (UTC).';
COMMENT ON COLUMN watches.until IS 'Articles published after are too late (UTC).';
COMMENT ON COLUMN watches.paused IS 'Whether it rests.';
COMMENT ON COLUMN watches.profile_version IS 'The profile that is in force.';
COMMENT ON COLUMN watches.created_at IS 'When the watch was made (UTC).';
COMMENT ON COLUMN watches.landed_at IS 'When this row landed (UTC).';
COMMENT ON COLUMN watches.batch IS 'The landing that wrote the row; see batches.';
COMMENT ON COLUMN watches.expect_low IS 'Fewer related articles than this in 24 hours are out of bounds; NULL: no bound is set.';
COMMENT ON COLUMN watches.expect_high IS 'More related articles than this in 24 hours are out of bounds; NULL: no bound is set.';

COMMENT ON TABLE profiles IS 'What a seed became: the weighted terms that articles are related by.';
COMMENT ON COLUMN profiles.watch IS 'The watch.';
COMMENT ON COLUMN profiles.profile_version IS 'Digest of everything that affects relevance.';
COMMENT ON COLUMN profiles.title IS 'Title for people.';
COMMENT ON COLUMN profiles.language IS 'Language of the seed, BCP 47.';
COMMENT ON COLUMN profiles.terms IS 'What to look for: text, kind (person, organisation, place, name, phrase), weight 0-1, and other spellings.';
COMMENT ON COLUMN profiles.seed_text IS 'The seed without page furniture.';
COMMENT ON COLUMN profiles.seed_published_at IS 'When the seed was published (UTC).';
COMMENT ON COLUMN profiles.landed_at IS 'When this row landed (UTC).';
COMMENT ON COLUMN profiles.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE sources IS 'The outlets, as sources.toml said when it last landed.';
COMMENT ON COLUMN sources.source IS 'Its name in every table.';
COMMENT ON COLUMN sources.title IS 'Its name for people.';
COMMENT ON COLUMN sources.home IS 'Address of its home page.';
COMMENT ON COLUMN sources.language IS 'BCP 47.';
COMMENT ON COLUMN sources.country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN sources.groups IS 'Groups it belongs to.';
COMMENT ON COLUMN sources.paused IS 'Whether it rests.';
COMMENT ON COLUMN sources.landed_at IS 'When this row landed (UTC).';
COMMENT ON COLUMN sources.batch IS 'The landing that wrote the row; see batches.';
COMMENT ON COLUMN sources.expect_low IS 'Fewer new articles than this in 24 hours are out of bounds; NULL: no bound is set.';
COMMENT ON COLUMN sources.expect_high IS 'More new articles than this in 24 hours are out of bounds; NULL: no bound is set.';

COMMENT ON TABLE feeds IS 'The newest visit to each feed, sitemap and section page.';
COMMENT ON COLUMN feeds.url IS 'Address that was asked.';
COMMENT ON COLUMN feeds.source IS 'Whose it is.';
COMMENT ON COLUMN feeds.kind IS 'feed, sitemap or page.';
COMMENT ON COLUMN feeds.checked_at IS 'When it was asked (UTC).';
COMMENT ON COLUMN feeds.status IS 'HTTP status; NULL without an answer.';
COMMENT ON COLUMN feeds.n_leads IS 'Addresses it named.';
COMMENT ON COLUMN feeds.error IS 'Why it could not be read.';
COMMENT ON COLUMN feeds.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE runs IS 'One row for each run.';
COMMENT ON COLUMN runs.run IS 'Its identifier.';
COMMENT ON COLUMN runs.started_at IS 'When it began (UTC).';
COMMENT ON COLUMN runs.ended_at IS 'When its crawl ended (UTC).';
COMMENT ON COLUMN runs.watches IS 'The watches it served.';
COMMENT ON COLUMN runs.sources IS 'The sources it asked.';
COMMENT ON COLUMN runs.n_found IS 'Distinct addresses it found: the sum of its outcomes.';
COMMENT ON COLUMN runs.n_fetched IS 'HTTP exchanges.';
COMMENT ON COLUMN runs.bytes IS 'Bytes of the bodies as received.';
COMMENT ON COLUMN runs.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE run_counts IS 'How many addresses of a run met which fate: the sum over a run is what it found.';
COMMENT ON COLUMN run_counts.run IS 'The run.';
COMMENT ON COLUMN run_counts.source IS 'The source that named the addresses.';
COMMENT ON COLUMN run_counts.outcome IS 'Their fate, from the closed list: stored, revised, unchanged, duplicate_url, too_old, robots …';
COMMENT ON COLUMN run_counts.n IS 'How many.';
COMMENT ON COLUMN run_counts.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE outcomes IS 'The fate of addresses, where it differs from what it was in the run before; see the macro fate.';
COMMENT ON COLUMN outcomes.run IS 'The run that decided it.';
COMMENT ON COLUMN outcomes.url IS 'Address as it was found.';
COMMENT ON COLUMN outcomes.key IS 'Address in the form of articles.key.';
COMMENT ON COLUMN outcomes.source IS 'The source that named it.';
COMMENT ON COLUMN outcomes.outcome IS 'The fate, from the closed list.';
COMMENT ON COLUMN outcomes.reason IS 'Why, for people.';
COMMENT ON COLUMN outcomes.decided_at IS 'When (UTC).';
COMMENT ON COLUMN outcomes.final_url IS 'Address after redirects, where it was fetched.';
COMMENT ON COLUMN outcomes.status IS 'HTTP status, where there was an answer.';
COMMENT ON COLUMN outcomes.article_id IS 'The article it led to.';
COMMENT ON COLUMN outcomes.batch IS 'The landing that wrote the row; see batches.';
COMMENT ON COLUMN outcomes.published_at IS 'When it was published, as far as known (UTC).';
COMMENT ON COLUMN outcomes.retry_at IS 'Deferred: not to be asked again before (UTC).';

COMMENT ON TABLE fetches IS 'Every HTTP exchange, redirects included.';
COMMENT ON COLUMN fetches.run IS 'The run.';
COMMENT ON COLUMN fetches.url IS 'What was asked for.';
COMMENT ON COLUMN fetches.source IS 'For which source.';
COMMENT ON COLUMN fetches.purpose IS 'article, feed, sitemap, page, robots, or archive (a listing that a backfill looked into).';
COMMENT ON COLUMN fetches.fetched_at IS 'When it began (UTC).';
COMMENT ON COLUMN fetches.seconds IS 'How long it took.';
COMMENT ON COLUMN fetches.status IS 'HTTP status; NULL without an answer.';
COMMENT ON COLUMN fetches.bytes IS 'Bytes of the body as received.';
COMMENT ON COLUMN fetches.content_type IS 'As the server said.';
COMMENT ON COLUMN fetches.digest IS 'SHA-256 of the body, hexadecimal.';
COMMENT ON COLUMN fetches.etag IS 'Validator, as the server gave it; NULL for a sitemap index, which is always asked in full.';
COMMENT ON COLUMN fetches.last_modified IS 'Validator, as the server gave it; NULL for a sitemap index.';
COMMENT ON COLUMN fetches.location IS 'Where a redirect points.';
COMMENT ON COLUMN fetches.error IS 'Why there was no answer.';
COMMENT ON COLUMN fetches.robots_rule IS 'The rule of robots.txt that allowed or forbade it.';
COMMENT ON COLUMN fetches.warc_file IS 'File in the run folder that holds it as received.';
COMMENT ON COLUMN fetches.warc_offset IS 'Byte in that file.';
COMMENT ON COLUMN fetches.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE understood IS 'Which articles have been read by which version of the understanding.';
COMMENT ON COLUMN understood.article_id IS 'The article.';
COMMENT ON COLUMN understood.revision IS 'The version that was read.';
COMMENT ON COLUMN understood.understanding_version IS 'What read it.';
COMMENT ON COLUMN understood.language IS 'Language it was read as, BCP 47.';
COMMENT ON COLUMN understood.understood_at IS 'When (UTC).';
COMMENT ON COLUMN understood.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE entities IS 'People, organisations, places and others that names stand for: one row each.';
COMMENT ON COLUMN entities.entity_id IS 'Its identifier.';
COMMENT ON COLUMN entities.entity IS 'Its name for people.';
COMMENT ON COLUMN entities.label IS 'PER, ORG, LOC or MISC.';
COMMENT ON COLUMN entities.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE aliases IS 'The names by which entities are known.';
COMMENT ON COLUMN aliases.entity_id IS 'The entity.';
COMMENT ON COLUMN aliases.alias IS 'A name of it.';
COMMENT ON COLUMN aliases.folded IS 'The name in the form by which names are compared.';
COMMENT ON COLUMN aliases.words IS 'The name as folded words with one space between them: how it is looked up; NULL where it landed before there was this column.';
COMMENT ON COLUMN aliases.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE mentions IS 'Names in texts: substring(text, start + 1, end - start) is the surface, always.';
COMMENT ON COLUMN mentions.article_id IS 'The article.';
COMMENT ON COLUMN mentions.entity_id IS 'Whom the name stands for.';
COMMENT ON COLUMN mentions.surface IS 'The name as it is written.';
COMMENT ON COLUMN mentions."start" IS 'Code points before it, from the beginning of the text.';
COMMENT ON COLUMN mentions."end" IS 'Code points before its end.';
COMMENT ON COLUMN mentions.label IS 'PER, ORG, LOC or MISC, in this place.';
COMMENT ON COLUMN mentions.understanding_version IS 'What found it.';
COMMENT ON COLUMN mentions.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE readings IS 'One row for each article that was read for names, with what entity queries filter and show: small, so that they need not open articles.';
COMMENT ON COLUMN readings.reading IS 'Its number, by which article_entities names it.';
COMMENT ON COLUMN readings.article_id IS 'The article.';
COMMENT ON COLUMN readings.published_at IS 'As articles.published_at (UTC).';
COMMENT ON COLUMN readings.source IS 'As articles.source.';
COMMENT ON COLUMN readings.language IS 'As articles.language.';
COMMENT ON COLUMN readings.title IS 'As articles.title.';
COMMENT ON COLUMN readings.url IS 'As articles.url.';
COMMENT ON COLUMN readings.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE article_entities IS 'Who is named in which article: one row for each pair, sorted by entity; and words with a capital that were not recognised as a name.';
COMMENT ON COLUMN article_entities.entity_id IS 'The entity; or ~ and a folded word, where the word stands there with a capital and nobody knows whom it names.';
COMMENT ON COLUMN article_entities.reading IS 'The article, by its number in readings; a number that is not there any more is of an earlier version.';
COMMENT ON COLUMN article_entities.n IS 'How often it is named; 0 for a mere word, and where a name of the entity stands there that was not recognised.';
COMMENT ON COLUMN article_entities.spellings IS 'How it is written there.';
COMMENT ON COLUMN article_entities.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE keywords IS 'The telling words and phrases of each article.';
COMMENT ON COLUMN keywords.article_id IS 'The article.';
COMMENT ON COLUMN keywords.keyword IS 'Word or phrase.';
COMMENT ON COLUMN keywords.score IS '0-1; 1 is the most telling of its article.';
COMMENT ON COLUMN keywords.understanding_version IS 'What found it.';
COMMENT ON COLUMN keywords.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE quotes IS 'Words in quotation marks, and who said them.';
COMMENT ON COLUMN quotes.article_id IS 'The article.';
COMMENT ON COLUMN quotes.quote IS 'The words.';
COMMENT ON COLUMN quotes."start" IS 'Code points before them, from the beginning of the text.';
COMMENT ON COLUMN quotes."end" IS 'Code points before their end.';
COMMENT ON COLUMN quotes.speaker IS 'Who said them, where that is known.';
COMMENT ON COLUMN quotes.understanding_version IS 'What found them.';
COMMENT ON COLUMN quotes.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE coverage IS 'How each article relates to each watch, with the reasons; see the macros coverage_of and why.';
COMMENT ON COLUMN coverage.watch IS 'The watch.';
COMMENT ON COLUMN coverage.article_id IS 'The article.';
COMMENT ON COLUMN coverage.relevance IS '0-1.';
COMMENT ON COLUMN coverage.tier IS 'same_story, follow_up, background or off.';
COMMENT ON COLUMN coverage.reasons IS 'What made it so: kind, term, what it gave (negative where it took away), how often it was found.';
COMMENT ON COLUMN coverage.profile_version IS 'The profile it was compared with.';
COMMENT ON COLUMN coverage.relevance_version IS 'Version of the comparison.';
COMMENT ON COLUMN coverage.related_at IS 'When (UTC).';
COMMENT ON COLUMN coverage.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE copies IS 'Articles whose text comes from another one; who is not here is an original.';
COMMENT ON COLUMN copies.article_id IS 'The copy.';
COMMENT ON COLUMN copies.copy_of IS 'The earliest article known with that text.';
COMMENT ON COLUMN copies.copy_kind IS 'exact or near.';
COMMENT ON COLUMN copies.similarity IS 'Jaccard similarity of word shingles, 0-1; 1 for exact.';
COMMENT ON COLUMN copies.copies_version IS 'What found it.';
COMMENT ON COLUMN copies.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE schema_migrations IS 'The versions of this database''s form, and when it took them.';
COMMENT ON COLUMN schema_migrations.version IS 'Number, ascending.';
COMMENT ON COLUMN schema_migrations.name IS 'What changed.';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When (UTC).';

COMMENT ON TABLE superseded IS 'Which rows later ones have taken the place of; the views named like the tables leave them out.';
COMMENT ON COLUMN superseded.relation IS 'The table.';
COMMENT ON COLUMN superseded.key IS 'Key of the row: article_id, watch, source, url, entity_id, or watch/article_id.';
COMMENT ON COLUMN superseded.batch IS 'The batch whose row is superseded.';
COMMENT ON COLUMN superseded.by_batch IS 'The batch that superseded it.';

COMMENT ON TABLE tombstones IS 'What was erased and must not come back, as digests: the list itself names nobody.';
COMMENT ON COLUMN tombstones.tombstone IS 'SHA-256 of the kind, a line end, and what was erased; hex.';
COMMENT ON COLUMN tombstones.kind IS 'address, article, source, entity or name.';
COMMENT ON COLUMN tombstones.n_words IS 'Words of a name.';
COMMENT ON COLUMN tombstones.erased_at IS 'When it was erased (UTC).';
COMMENT ON COLUMN tombstones.batch IS 'The erasure that wrote the row.';

COMMENT ON TABLE missed_slots IS 'Times at which a scheduled flow should have begun and did not.';
COMMENT ON COLUMN missed_slots.flow IS 'The flow: monitor, maintain.';
COMMENT ON COLUMN missed_slots.scheduled_at IS 'When it should have begun (UTC).';
COMMENT ON COLUMN missed_slots.reason IS 'Why it did not, as far as known.';
COMMENT ON COLUMN missed_slots.landed_at IS 'When this row landed (UTC).';
COMMENT ON COLUMN missed_slots.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE who_copied_whom IS 'Which outlet printed texts that another had before: one row for each pair.';
COMMENT ON COLUMN who_copied_whom.original IS 'Source of the earliest article known with the text.';
COMMENT ON COLUMN who_copied_whom.copier IS 'Source of the copies.';
COMMENT ON COLUMN who_copied_whom.articles IS 'How many copies.';
COMMENT ON COLUMN who_copied_whom.exact IS 'How many of them word for word.';
COMMENT ON COLUMN who_copied_whom.hours_later IS 'Median of the hours between the two publications.';
COMMENT ON COLUMN who_copied_whom.last_at IS 'When the newest copy was published (UTC).';

COMMENT ON TABLE what_could_not_be_had IS 'Addresses of which nothing has landed, and that were wanted: closed, gone or out of reach. What was skipped by choice (too old, off topic) is not here.';
COMMENT ON COLUMN what_could_not_be_had.url IS 'Address as it was found.';
COMMENT ON COLUMN what_could_not_be_had.source IS 'The source that named it.';
COMMENT ON COLUMN what_could_not_be_had.outcome IS 'Its last fate, from the closed list.';
COMMENT ON COLUMN what_could_not_be_had.reason IS 'Why, for people.';
COMMENT ON COLUMN what_could_not_be_had.status IS 'HTTP status, where there was an answer.';
COMMENT ON COLUMN what_could_not_be_had.decided_at IS 'When it met that fate (UTC).';
COMMENT ON COLUMN what_could_not_be_had.first_at IS 'When it met its first one (UTC).';
COMMENT ON COLUMN what_could_not_be_had.changes IS 'How many fates it has met.';
COMMENT ON COLUMN what_could_not_be_had.published_at IS 'When it was published, as far as known (UTC).';
COMMENT ON COLUMN what_could_not_be_had.retry_at IS 'Not to be asked again before (UTC).';
COMMENT ON COLUMN what_could_not_be_had.run IS 'The run that decided it.';

COMMENT ON TABLE ledger IS 'What became of everything that was found: addresses by run, source and outcome.';
COMMENT ON COLUMN ledger.run IS 'The run.';
COMMENT ON COLUMN ledger.started_at IS 'When it began (UTC).';
COMMENT ON COLUMN ledger.source IS 'The source that named the addresses.';
COMMENT ON COLUMN ledger.outcome IS 'Their fate, from the closed list.';
COMMENT ON COLUMN ledger.n IS 'How many.';

COMMENT ON TABLE run_totals IS 'One row for each run, with its outcomes added up: the proof that no address was lost.';
COMMENT ON COLUMN run_totals.run IS 'The run.';
COMMENT ON COLUMN run_totals.started_at IS 'When it began (UTC).';
COMMENT ON COLUMN run_totals.ended_at IS 'When its crawl ended (UTC).';
COMMENT ON COLUMN run_totals.n_found IS 'Distinct addresses found.';
COMMENT ON COLUMN run_totals.n_accounted IS 'Addresses with an outcome.';
COMMENT ON COLUMN run_totals.balanced IS 'Whether the two agree: always true.';
COMMENT ON COLUMN run_totals.n_fetched IS 'HTTP exchanges.';
COMMENT ON COLUMN run_totals.bytes IS 'Bytes received.';
COMMENT ON COLUMN run_totals.outcomes IS 'How many of which, the most frequent first.';

-- Macros that answer questions; each ends in an example (docs/sql.md has more).

COMMENT ON MACRO TABLE search IS 'search(query, since, until, source, language, fold_copies := false, top_n := 20, stem := false): articles that meet a query, best first, with the words that were found between ** and **. Query: words mean AND; AND, OR, NOT or -, parentheses, "phrases", prefix*; title: before a word, source: language: site: author: entity: since: until:. stem: other forms of a word too. Texts are read only where the snippet is selected. Example: FROM search(''ferry (strike OR union) -bird'', since := ''2031-05-01'').';
COMMENT ON MACRO TABLE matching IS 'matching(query, since, until, source, language, stem := false): article_id and score of every article that meets a query, in no order; to join with. Example: SELECT count(*) FROM matching(''ferry'').';
COMMENT ON MACRO TABLE hits IS 'hits(query, since, until, source, language, stem := false): doc and score of every article that meets a query, and one row without doc that holds how the query was understood. Example: SELECT max(score) FROM hits(''ferry'').';
COMMENT ON MACRO TABLE best_hits IS 'best_hits(query, since, until, source, language, fold_copies := false, top_n := 20, stem := false): doc and score of the best articles, and what their snippets mark. Example: SELECT max(score) FROM best_hits(''ferry'').';
COMMENT ON MACRO TABLE hits_of_words IS 'hits_of_words(query, since, until, source, language, stem := false): hits of a plain query (see is_plain), planned in less than half of the time. Example: SELECT max(score) FROM hits_of_words(''ferry'').';
COMMENT ON MACRO TABLE parse_query IS 'parse_query(query): how a search query is understood: problem (with its place), leaves, and reverse Polish notation. Example: SELECT problem FROM parse_query(''(ferry'').';
COMMENT ON MACRO TABLE entity IS 'entity(name, since, until, source, language, watch, top_n): articles of an entity by any of its names, newest first. found_by: mention (recognised), or phrase (a name stands there, but was not recognised). Example: FROM entity(''Ana Brook'').';
COMMENT ON MACRO TABLE entities_named IS 'entities_named(name): the entities that bear a name, or have it as identifier. Example: FROM entities_named(''Brook'').';
COMMENT ON MACRO TABLE timeline IS 'timeline(query_or_entity, bucket := ''day'', zone := ''UTC'', since, until, source, language, watch): articles by hour, day, week, month, quarter or year of a time zone, gaps as 0; of an entity if anybody bears the name, else of a query. Example: FROM timeline(''Petrel'', bucket := ''week'', zone := ''Europe/Athens'').';
COMMENT ON MACRO TABLE together IS 'together(name, since, until, source, language, watch, label, min_articles := 1, fold_copies := false, top_n := 50): who appears in the same articles, with log-likelihood, NPMI and significance. Example: FROM together(''Petrel'', label := ''PER'').';
COMMENT ON MACRO TABLE entity_hits IS 'entity_hits(name, since, until, source, language, watch): what entity() shows, without title and address, in no order; to join with. Example: SELECT count(*) FROM entity_hits(''Petrel'').';
COMMENT ON MACRO TABLE bare_hits IS 'bare_hits(name, since, until, source, language, watch, or_query := false): part of entity() and timeline(): articles of an entity, and whether anybody bears the name; without, those that hold its words or, with or_query, that meet it as a query. Example: SELECT count(*) FROM bare_hits(''Petrel'').';
COMMENT ON MACRO TABLE told_hits IS 'told_hits(name, since, until, source, language, watch, also, but_not, newest): part of entity() and naming(): bare_hits, newest first, with how each article names the entity. Example: SELECT count(*) FROM told_hits(''Petrel'').';
COMMENT ON MACRO TABLE shown_hits IS 'shown_hits(name, since, until, source, language, watch, also, but_not, newest): part of entity() and naming(): told_hits with title and address. Example: SELECT count(*) FROM shown_hits(''Petrel'').';
COMMENT ON MACRO TABLE ids_named IS 'ids_named(name): the identifiers of those who bear a name. Example: FROM ids_named(''Brook'').';
COMMENT ON MACRO TABLE asked_words IS 'asked_words(name): part of ids_named: a name as it is looked up, as one row. Example: FROM asked_words(''Ana Brook'').';
COMMENT ON MACRO TABLE naming IS 'naming(name, also, but_not, since, until, source, language, watch, top_n): articles that name one entity and another, but not a third. Example: FROM naming(''Petrel'', also := ''Norhaven'', but_not := ''Tomas Brook'').';
COMMENT ON MACRO TABLE first_mention IS 'first_mention(name, since, until, language, watch): where an entity was named first, source by source, the very first on top. Example: FROM first_mention(''Ana Brook'').';
COMMENT ON MACRO TABLE entity_by IS 'entity_by(name, part := ''source'', since, until, source, language, watch): who names an entity: articles by source, language or watch. Example: FROM entity_by(''Petrel'', part := ''language'').';
COMMENT ON MACRO TABLE rising IS 'rising(days := 7, baseline := 28, ts, source, language, watch, label, min_articles := 3, top_n := 20): who is named more in the last days than in those before, by the share of all articles. Example: FROM rising(days := 3, ts := ''2031-05-10'', min_articles := 1).';
COMMENT ON MACRO TABLE by_outlet IS 'by_outlet(watch, since, until): articles of a watch, outlet by outlet: originals, copies, copied by others. Example: FROM by_outlet(''ferry'').';
COMMENT ON MACRO TABLE originals_of IS 'originals_of(watch, since, until): each text of a watch once: whose it is, who else printed it, and how soon. Example: FROM originals_of(''ferry'').';
COMMENT ON MACRO TABLE who_was_first IS 'who_was_first(watch, tier, since, until): the first article of each outlet on a watch, in the order of time. Example: FROM who_was_first(''ferry'', tier := ''same_story'').';
COMMENT ON MACRO TABLE changes_of IS 'changes_of(ids): part of revisions_of and revised: the revisions of these articles. Example: FROM changes_of([''a01'']).';
COMMENT ON MACRO TABLE revisions_of IS 'revisions_of(url): what changed in one article, revision by revision; difference: each sentence with [-what went-] and {+what came+}. Example: FROM revisions_of(''https://tern.example/2031/ferry-sold'').';
COMMENT ON MACRO TABLE revised IS 'revised(watch, since, until): what outlets changed of a watch, newest first, with the words. Example: FROM revised(''ferry'').';
COMMENT ON MACRO TABLE sources_of IS 'sources_of(watch): the sources that a watch uses. Example: FROM sources_of(''ferry'').';
COMMENT ON MACRO TABLE outcomes_of IS 'outcomes_of(watch, since, until): how many addresses of the sources of a watch met which fate. Example: FROM outcomes_of(''ferry'').';
COMMENT ON MACRO TABLE not_had IS 'not_had(watch, source, outcome, since, until): addresses of the sources of a watch that could not be had, and why. Example: FROM not_had(''ferry'', outcome := ''gone'').';
COMMENT ON MACRO TABLE coverage_of IS 'coverage_of(watch, tier, since, until): what is related to a watch, closest first, with the reasons; all tiers but off, unless one is named. Example: FROM coverage_of(''ferry'', tier := ''same_story'').';
COMMENT ON MACRO TABLE why IS 'why(watch, url): the reasons for which an article is related to a watch or is not, strongest first. Example: FROM why(''ferry'', ''https://tern.example/2031/strike'').';
COMMENT ON MACRO TABLE new_since IS 'new_since(watch, ts): what a watch has got since a moment (UTC): articles first seen, or revised. Example: FROM new_since(''ferry'', ''2031-05-03'').';
COMMENT ON MACRO TABLE fate IS 'fate(url): the history of one address: each run in which its fate changed, oldest first. Example: FROM fate(''https://tern.example/gone'').';
COMMENT ON MACRO TABLE copies_of IS 'copies_of(url): all articles that share one text, the earliest first. Example: FROM copies_of(''https://gull.example/ferry'').';
COMMENT ON MACRO TABLE source_health IS 'source_health(ts): how each source does at a moment (UTC; now), the worst first. verdict: failing (no listing answers, or most pages do not), silent (answers, but gives nothing new), blocked (most pages are closed to us), quiet (gives far less), unknown (not asked), new (too young to judge), ok, paused; why, and advice: what to try. expected_per_day and seen: articles in the 24 hours before; p_value: the chance of so few. Example: FROM source_health(ts := ''2031-06-02'').';
COMMENT ON MACRO TABLE articles_at IS 'articles_at(address): article_id of what is at an address (as found, redirected to, or canonical). Example: FROM articles_at(''https://gull.example/ferry'').';

-- Macros that those are made of.

COMMENT ON MACRO poisson_at_most IS 'poisson_at_most(n, m): the chance of at most n events where m are expected.';
COMMENT ON MACRO advice_for IS 'advice_for(error, source): part of source_health: what to try where listings fail with this error.';
COMMENT ON MACRO fold IS 'fold(body): lower case, without accents, one form for letters that are written in several ways.';
COMMENT ON MACRO marked_scripts IS 'marked_scripts(): ranges of the scripts whose marks are part of the letter.';
COMMENT ON MACRO odd_letters IS 'odd_letters(): pattern of the letters that fold_letters_step exchanges.';
COMMENT ON MACRO unmarked IS 'unmarked(): pattern of what fold() has to look at more closely.';
COMMENT ON MACRO invisible IS 'invisible(): pattern of characters that are left out.';
COMMENT ON MACRO word_characters IS 'word_characters(): pattern of characters that are words by themselves.';
COMMENT ON MACRO fold_marks_step IS 'fold_marks_step(b, marked): part of fold: takes accents off, but not where they are part of the letter.';
COMMENT ON MACRO fold_letters_step IS 'fold_letters_step(b, odd): part of fold: one form for Arabic, Persian, Urdu and special Latin letters, and digits.';
COMMENT ON MACRO single_words_step IS 'single_words_step(w, single): part of words: spaces around characters that are words.';
COMMENT ON MACRO stem_of IS 'stem_of(word): a folded word without common endings; for search(…, stem := true).';
COMMENT ON MACRO folded_words IS 'folded_words(folded): part of words: cuts a folded text.';
COMMENT ON MACRO words IS 'words(body): a text as folded words, one space on either side of each; a phrase is a substring of it.';
COMMENT ON MACRO tokens IS 'tokens(body): a text as a list of folded words.';
COMMENT ON MACRO field_names IS 'field_names(): the fields of the search language.';
COMMENT ON MACRO code_of IS 'code_of(what, nth): part of parse_query: a lexeme as a number.';
COMMENT ON MACRO begins IS 'begins(day): the moment with which a day, month or year begins (UTC).';
COMMENT ON MACRO ends IS 'ends(day): the first moment after a day, month or year (UTC).';
COMMENT ON MACRO last_place IS 'last_place(stack, operator): part of parse_query: where an operator waits.';
COMMENT ON MACRO last_looser IS 'last_looser(stack, operator): part of parse_query: the last operator that binds looser.';
COMMENT ON MACRO holds IS 'holds(rpn, truth): whether a query in reverse Polish notation holds, given 1 or 0 for each leaf.';
COMMENT ON MACRO is_plain IS 'is_plain(query): whether a query is only words and prefixes, all or any of them.';
COMMENT ON MACRO is_any_of IS 'is_any_of(query): whether a query is only words with OR between them.';
COMMENT ON MACRO as_sql IS 'as_sql(argument): a value as it is written in SQL.';
COMMENT ON MACRO drivers IS 'drivers(rpn, costs): part of search: the leaves one of which every hit holds, and how many articles they stand in.';
COMMENT ON MACRO needs_places IS 'needs_places(query): part of search: whether the query may hold a phrase.';
COMMENT ON MACRO has_fields IS 'has_fields(query): part of search: whether the query may hold a field.';
COMMENT ON MACRO too_many_words IS 'too_many_words(): part of search: what it says where prefixes begin more words than it looks up.';
COMMENT ON MACRO month_no IS 'month_no(moment): months since January 1970; 0 where there is no moment.';
COMMENT ON MACRO impact IS 'impact(tf, n): what the index keeps of how much a word weighs in an article, 1 to 255.';
COMMENT ON MACRO gaps IS 'gaps(): part of snippets: ranges of characters that stand between words.';
COMMENT ON MACRO shown_words IS 'shown_words(body): part of snippets: as words(), quicker to plan.';
COMMENT ON MACRO sentences IS 'sentences(body): a text cut at the ends of its sentences and lines.';
COMMENT ON MACRO best_sentence IS 'best_sentence(body, wanted): part of snippets: the sentence that holds most of what was asked for.';
COMMENT ON MACRO shorten IS 'shorten(line, skipped): part of snippets: 240 characters of a line, after those to skip.';
COMMENT ON MACRO cut_around IS 'cut_around(line): part of snippets: some 240 characters around the first mark.';
COMMENT ON MACRO mark IS 'mark(line, words, wanted): part of snippets: the line with ** around what was asked for.';
COMMENT ON MACRO after_until IS 'after_until(moment): the first moment that `until` leaves out: a day means the whole day (UTC).';
COMMENT ON MACRO name_words IS 'name_words(name): a name as it is looked up: folded words with one space between them.';
COMMENT ON MACRO is_words IS 'is_words(query): whether a query is words and nothing else, in a script with spaces between them.';
COMMENT ON MACRO span_sql IS 'span_sql(since, until): part of told_hits: both as further arguments, in SQL.';
COMMENT ON MACRO significance_of IS 'significance_of(g2): how rarely chance alone gives a log-likelihood as large.';
COMMENT ON MACRO sentence_change IS 'sentence_change(old_, new_): part of word_difference: one sentence with [-what went-] and {+what came+}.';
COMMENT ON MACRO word_difference IS 'word_difference(old_, new_): the sentences in which two texts differ, each with [-what went-] and {+what came+}.';
COMMENT ON MACRO cell IS 'cell(observed, expected): one cell of the log-likelihood statistic.';
COMMENT ON MACRO bare_url IS 'bare_url(link): an address without scheme and fragment, to compare what people paste.';
COMMENT ON MACRO because IS 'because(reasons): reasons of coverage as a line for people.';

-- What later rows have superseded.

COMMENT ON TABLE articles_history IS 'Rows of articles that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN articles_history.article_id IS 'The article''s name for good: made from the first canonical address that landed.';
COMMENT ON COLUMN articles_history.revision IS '1 for the first version that was seen, then 2, 3 …; see revisions.';
COMMENT ON COLUMN articles_history.url IS 'Address as it was found.';
COMMENT ON COLUMN articles_history.key IS 'Address in the form by which two addresses are known to be one page.';
COMMENT ON COLUMN articles_history.final_url IS 'Address after redirects.';
COMMENT ON COLUMN articles_history.canonical_url IS 'What the page calls itself, where that can be believed; else final_url.';
COMMENT ON COLUMN articles_history.source IS 'The outlet by which it was found first; all of them are in found_in.';
COMMENT ON COLUMN articles_history.title IS 'Headline, plain text.';
COMMENT ON COLUMN articles_history.text IS 'Body: paragraphs joined by blank lines, NFC, without title and captions.';
COMMENT ON COLUMN articles_history.blocks IS 'Marked parts of the text: kind (standfirst, subhead, list, quotation, table, embed), start and end in code points from 0.';
COMMENT ON COLUMN articles_history.authors IS 'Names in the byline, in order.';
COMMENT ON COLUMN articles_history.agency IS 'News agency that the page credits.';
COMMENT ON COLUMN articles_history.published_at IS 'When the page says it was published (UTC); NULL where nothing said so, never a guess from when it was seen.';
COMMENT ON COLUMN articles_history.published_offset IS 'Minutes east of UTC in which the page gave published_at; NULL where it did not say.';
COMMENT ON COLUMN articles_history.published_precision IS 'How exactly the page told it: second, minute or day.';
COMMENT ON COLUMN articles_history.published_from IS 'What told published_at: json-ld, meta, feed, sitemap, time, script, url, text or updated (only a change was told).';
COMMENT ON COLUMN articles_history.published_candidates IS 'All dates that were found, each with its time (UTC), offset in minutes, precision and where it was found.';
COMMENT ON COLUMN articles_history.modified_at IS 'When the page says it was last changed (UTC).';
COMMENT ON COLUMN articles_history.first_seen_at IS 'When the article was found first (UTC).';
COMMENT ON COLUMN articles_history.fetched_at IS 'When this version was fetched (UTC).';
COMMENT ON COLUMN articles_history.language IS 'Language of the text, BCP 47 primary tag.';
COMMENT ON COLUMN articles_history.language_declared IS 'Language as the page declares it.';
COMMENT ON COLUMN articles_history.kind IS 'article, brief, live, opinion, press_release, gallery or video.';
COMMENT ON COLUMN articles_history.section IS 'The page''s own section.';
COMMENT ON COLUMN articles_history.tags IS 'The page''s own keywords.';
COMMENT ON COLUMN articles_history.site_name IS 'What the site calls itself.';
COMMENT ON COLUMN articles_history.description IS 'The page''s own summary.';
COMMENT ON COLUMN articles_history.image IS 'Address of the lead picture.';
COMMENT ON COLUMN articles_history.is_accessible_for_free IS 'What the page says about a paywall; NULL where it says nothing.';
COMMENT ON COLUMN articles_history.word_count IS 'Words of the text.';
COMMENT ON COLUMN articles_history.digest IS 'SHA-256 of the page''s bytes as fetched, hexadecimal.';
COMMENT ON COLUMN articles_history.text_hash IS 'Hash of title and text after normalising: equal hashes are no revision.';
COMMENT ON COLUMN articles_history.extractor_version IS 'Version of the extraction that made text and metadata.';
COMMENT ON COLUMN articles_history.run IS 'The run that fetched this version.';
COMMENT ON COLUMN articles_history.batch IS 'The landing that wrote the row; see batches.';
COMMENT ON COLUMN articles_history.canonical_key IS 'canonical_url in the form of key.';
COMMENT ON COLUMN articles_history.kind_confidence IS 'How sure the kind of page is, 0 to 1.';
COMMENT ON COLUMN articles_history.kind_evidence IS 'What told the kind of page, strongest first.';
COMMENT ON COLUMN articles_history.published_confidence IS 'How sure the day of publication is, 0 to 1; NULL where it is unknown.';
COMMENT ON COLUMN articles_history.published_refused IS 'Dates of the page that cannot be, each with where it was found and why.';
COMMENT ON COLUMN articles_history.script IS 'The script most of the text is in, as ISO 15924 writes it: Latn, Cyrl, Arab …';
COMMENT ON COLUMN articles_history.publisher IS 'Who publishes the page, as its structured data say.';
COMMENT ON COLUMN articles_history.links IS 'Pages the article links to: all from its body, and those of other sites from around it.';
COMMENT ON COLUMN articles_history.encoding IS 'The encoding the page was read with, by its Python name.';
COMMENT ON COLUMN articles_history.encoding_repaired IS 'Whether the page named a wrong encoding, so that it was mended.';

COMMENT ON TABLE citations_history IS 'Rows of citations that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN citations_history.article_id IS 'The article that cites.';
COMMENT ON COLUMN citations_history.revision IS 'Its version.';
COMMENT ON COLUMN citations_history.url IS 'What it cites.';
COMMENT ON COLUMN citations_history.platform IS 'Social platform, where it is a post on one.';
COMMENT ON COLUMN citations_history.account IS 'Account of the post.';
COMMENT ON COLUMN citations_history.post IS 'The platform''s identifier of the post.';
COMMENT ON COLUMN citations_history.anchor IS 'Text of the link.';
COMMENT ON COLUMN citations_history.embedded IS 'Whether the post itself is shown in the article.';
COMMENT ON COLUMN citations_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE understood_history IS 'Rows of understood that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN understood_history.article_id IS 'The article.';
COMMENT ON COLUMN understood_history.revision IS 'The version that was read.';
COMMENT ON COLUMN understood_history.understanding_version IS 'What read it.';
COMMENT ON COLUMN understood_history.language IS 'Language it was read as, BCP 47.';
COMMENT ON COLUMN understood_history.understood_at IS 'When (UTC).';
COMMENT ON COLUMN understood_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE mentions_history IS 'Rows of mentions that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN mentions_history.article_id IS 'The article.';
COMMENT ON COLUMN mentions_history.entity_id IS 'Whom the name stands for.';
COMMENT ON COLUMN mentions_history.surface IS 'The name as it is written.';
COMMENT ON COLUMN mentions_history."start" IS 'Code points before it, from the beginning of the text.';
COMMENT ON COLUMN mentions_history."end" IS 'Code points before its end.';
COMMENT ON COLUMN mentions_history.label IS 'PER, ORG, LOC or MISC, in this place.';
COMMENT ON COLUMN mentions_history.understanding_version IS 'What found it.';
COMMENT ON COLUMN mentions_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE readings_history IS 'Rows of readings that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN readings_history.reading IS 'Its number, by which article_entities names it.';
COMMENT ON COLUMN readings_history.article_id IS 'The article.';
COMMENT ON COLUMN readings_history.published_at IS 'As articles.published_at (UTC).';
COMMENT ON COLUMN readings_history.source IS 'As articles.source.';
COMMENT ON COLUMN readings_history.language IS 'As articles.language.';
COMMENT ON COLUMN readings_history.title IS 'As articles.title.';
COMMENT ON COLUMN readings_history.url IS 'As articles.url.';
COMMENT ON COLUMN readings_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE keywords_history IS 'Rows of keywords that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN keywords_history.article_id IS 'The article.';
COMMENT ON COLUMN keywords_history.keyword IS 'Word or phrase.';
COMMENT ON COLUMN keywords_history.score IS '0-1; 1 is the most telling of its article.';
COMMENT ON COLUMN keywords_history.understanding_version IS 'What found it.';
COMMENT ON COLUMN keywords_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE quotes_history IS 'Rows of quotes that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN quotes_history.article_id IS 'The article.';
COMMENT ON COLUMN quotes_history.quote IS 'The words.';
COMMENT ON COLUMN quotes_history."start" IS 'Code points before them, from the beginning of the text.';
COMMENT ON COLUMN quotes_history."end" IS 'Code points before their end.';
COMMENT ON COLUMN quotes_history.speaker IS 'Who said them, where that is known.';
COMMENT ON COLUMN quotes_history.understanding_version IS 'What found them.';
COMMENT ON COLUMN quotes_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE copies_history IS 'Rows of copies that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN copies_history.article_id IS 'The copy.';
COMMENT ON COLUMN copies_history.copy_of IS 'The earliest article known with that text.';
COMMENT ON COLUMN copies_history.copy_kind IS 'exact or near.';
COMMENT ON COLUMN copies_history.similarity IS 'Jaccard similarity of word shingles, 0-1; 1 for exact.';
COMMENT ON COLUMN copies_history.copies_version IS 'What found it.';
COMMENT ON COLUMN copies_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE coverage_history IS 'Rows of coverage that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN coverage_history.watch IS 'The watch.';
COMMENT ON COLUMN coverage_history.article_id IS 'The article.';
COMMENT ON COLUMN coverage_history.relevance IS '0-1.';
COMMENT ON COLUMN coverage_history.tier IS 'same_story, follow_up, background or off.';
COMMENT ON COLUMN coverage_history.reasons IS 'What made it so: kind, term, what it gave (negative where it took away), how often it was found.';
COMMENT ON COLUMN coverage_history.profile_version IS 'The profile it was compared with.';
COMMENT ON COLUMN coverage_history.relevance_version IS 'Version of the comparison.';
COMMENT ON COLUMN coverage_history.related_at IS 'When (UTC).';
COMMENT ON COLUMN coverage_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE watches_history IS 'Rows of watches that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN watches_history.watch IS 'Its name, the slug.';
COMMENT ON COLUMN watches_history.title IS 'Title for people.';
COMMENT ON COLUMN watches_history.language IS 'Language of the seed, BCP 47.';
COMMENT ON COLUMN watches_history.must IS 'An article without any of these is off.';
COMMENT ON COLUMN watches_history."not" IS 'An article with one of these is off.';
COMMENT ON COLUMN watches_history.sources IS 'Sources it uses.';
COMMENT ON COLUMN watches_history.groups IS 'Groups of sources it uses.';
COMMENT ON COLUMN watches_history.since IS 'Articles published before are too old (UTC).';
COMMENT ON COLUMN watches_history.until IS 'Articles published after are too late (UTC).';
COMMENT ON COLUMN watches_history.paused IS 'Whether it rests.';
COMMENT ON COLUMN watches_history.profile_version IS 'The profile that is in force.';
COMMENT ON COLUMN watches_history.created_at IS 'When the watch was made (UTC).';
COMMENT ON COLUMN watches_history.landed_at IS 'When this row landed (UTC).';
COMMENT ON COLUMN watches_history.batch IS 'The landing that wrote the row; see batches.';
COMMENT ON COLUMN watches_history.expect_low IS 'Fewer related articles than this in 24 hours are out of bounds; NULL: no bound is set.';
COMMENT ON COLUMN watches_history.expect_high IS 'More related articles than this in 24 hours are out of bounds; NULL: no bound is set.';

COMMENT ON TABLE profiles_history IS 'Rows of profiles that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN profiles_history.watch IS 'The watch.';
COMMENT ON COLUMN profiles_history.profile_version IS 'Digest of everything that affects relevance.';
COMMENT ON COLUMN profiles_history.title IS 'Title for people.';
COMMENT ON COLUMN profiles_history.language IS 'Language of the seed, BCP 47.';
COMMENT ON COLUMN profiles_history.terms IS 'What to look for: text, kind (person, organisation, place, name, phrase), weight 0-1, and other spellings.';
COMMENT ON COLUMN profiles_history.seed_text IS 'The seed without page furniture.';
COMMENT ON COLUMN profiles_history.seed_published_at IS 'When the seed was published (UTC).';
COMMENT ON COLUMN profiles_history.landed_at IS 'When this row landed (UTC).';
COMMENT ON COLUMN profiles_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE sources_history IS 'Rows of sources that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN sources_history.source IS 'Its name in every table.';
COMMENT ON COLUMN sources_history.title IS 'Its name for people.';
COMMENT ON COLUMN sources_history.home IS 'Address of its home page.';
COMMENT ON COLUMN sources_history.language IS 'BCP 47.';
COMMENT ON COLUMN sources_history.country IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN sources_history.groups IS 'Groups it belongs to.';
COMMENT ON COLUMN sources_history.paused IS 'Whether it rests.';
COMMENT ON COLUMN sources_history.landed_at IS 'When this row landed (UTC).';
COMMENT ON COLUMN sources_history.batch IS 'The landing that wrote the row; see batches.';
COMMENT ON COLUMN sources_history.expect_low IS 'Fewer new articles than this in 24 hours are out of bounds; NULL: no bound is set.';
COMMENT ON COLUMN sources_history.expect_high IS 'More new articles than this in 24 hours are out of bounds; NULL: no bound is set.';

COMMENT ON TABLE entities_history IS 'Rows of entities that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN entities_history.entity_id IS 'Its identifier.';
COMMENT ON COLUMN entities_history.entity IS 'Its name for people.';
COMMENT ON COLUMN entities_history.label IS 'PER, ORG, LOC or MISC.';
COMMENT ON COLUMN entities_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE aliases_history IS 'Rows of aliases that later ones have taken the place of; superseded says by which batch.';
COMMENT ON COLUMN aliases_history.entity_id IS 'The entity.';
COMMENT ON COLUMN aliases_history.alias IS 'A name of it.';
COMMENT ON COLUMN aliases_history.folded IS 'The name in the form by which names are compared.';
COMMENT ON COLUMN aliases_history.words IS 'The name as folded words with one space between them: how it is looked up; NULL where it landed before there was this column.';
COMMENT ON COLUMN aliases_history.batch IS 'The landing that wrote the row; see batches.';

-- The index of words (docs/warehouse.md).

COMMENT ON COLUMN articles.doc IS 'The number of this version in the index of words; ascending as versions landed.';
COMMENT ON COLUMN articles_history.doc IS 'The number of this version in the index of words.';

COMMENT ON TABLE docs IS 'The current version of each article as the index of words knows it: what search filters and sorts by.';
COMMENT ON COLUMN docs.doc IS 'Its number in the index.';
COMMENT ON COLUMN docs.article_id IS 'The article.';
COMMENT ON COLUMN docs.revision IS 'The version.';
COMMENT ON COLUMN docs.published_at IS 'When the page says it was published (UTC).';
COMMENT ON COLUMN docs.source IS 'The outlet by which it was found first.';
COMMENT ON COLUMN docs.language IS 'Language of the text, BCP 47 primary tag.';
COMMENT ON COLUMN docs.site IS 'Host of its address, without www.';
COMMENT ON COLUMN docs.title IS 'Headline.';
COMMENT ON COLUMN docs.authors IS 'Names in the byline as folded words, each with spaces around it, joined by semicolons.';
COMMENT ON COLUMN docs.n_words IS 'Words of the text.';
COMMENT ON COLUMN docs.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE docs_history IS 'Versions that later ones have taken the place of, as the index of words knows them.';
COMMENT ON COLUMN docs_history.doc IS 'Its number in the index.';
COMMENT ON COLUMN docs_history.article_id IS 'The article.';
COMMENT ON COLUMN docs_history.revision IS 'The version.';
COMMENT ON COLUMN docs_history.published_at IS 'When the page says it was published (UTC).';
COMMENT ON COLUMN docs_history.source IS 'The outlet by which it was found first.';
COMMENT ON COLUMN docs_history.language IS 'Language of the text, BCP 47 primary tag.';
COMMENT ON COLUMN docs_history.site IS 'Host of its address, without www.';
COMMENT ON COLUMN docs_history.title IS 'Headline.';
COMMENT ON COLUMN docs_history.authors IS 'Names in the byline as folded words, each with spaces around it, joined by semicolons.';
COMMENT ON COLUMN docs_history.n_words IS 'Words of the text.';
COMMENT ON COLUMN docs_history.batch IS 'The landing that wrote the row; see batches.';

COMMENT ON TABLE recent IS 'Words of the articles that landed last, a row for each word and article; older ones are in postings.';
COMMENT ON COLUMN recent.term IS 'The word, folded.';
COMMENT ON COLUMN recent.p3 IS 'Its first three letters.';
COMMENT ON COLUMN recent.stem IS 'Its stem.';
COMMENT ON COLUMN recent.m IS 'Month of publication since January 1970; 0: unknown.';
COMMENT ON COLUMN recent.doc IS 'Number of the article in the index.';
COMMENT ON COLUMN recent.imp IS 'BM25 factor of the word in the article, 1-255 (see the macro impact).';
COMMENT ON COLUMN recent.pos IS 'Where it stands: words of the title from 1, of the text from 513.';

COMMENT ON TABLE postings IS 'Words of all other articles: lists of up to 256 articles that hold the word.';
COMMENT ON COLUMN postings.term IS 'The word, folded.';
COMMENT ON COLUMN postings.m1 IS 'Earliest month of publication among them, since January 1970; 0: unknown.';
COMMENT ON COLUMN postings.m2 IS 'Latest month of publication among them.';
COMMENT ON COLUMN postings.doc IS 'Numbers of the articles in the index, ascending.';
COMMENT ON COLUMN postings.imp IS 'BM25 factor of the word in each of them, 1-255.';
COMMENT ON COLUMN postings.pos IS 'Where it stands in each of them: words of the title from 1, of the text from 513.';

COMMENT ON TABLE lexicon IS 'All words of the index; a word may have several rows, whose df add up.';
COMMENT ON COLUMN lexicon.term IS 'The word, folded.';
COMMENT ON COLUMN lexicon.p3 IS 'Its first three letters.';
COMMENT ON COLUMN lexicon.stem IS 'Its stem.';
COMMENT ON COLUMN lexicon.df IS 'How many articles hold it, among those of the row.';

COMMENT ON TABLE dead_docs IS 'Numbers of versions that later ones have taken the place of; search leaves them out.';
COMMENT ON COLUMN dead_docs.doc IS 'Its number in the index.';

COMMENT ON TABLE index_stats IS 'One row about the index of words.';
COMMENT ON COLUMN index_stats.n_docs IS 'Articles in it, without versions that later ones have taken the place of.';
