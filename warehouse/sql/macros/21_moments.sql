-- since and until as given by people: in UTC, unless an offset is given with them.
CREATE OR REPLACE MACRO moment_of(told) AS
CASE WHEN told IS NULL THEN NULL
    WHEN regexp_matches(told::VARCHAR, '\d:\d\d.*(?:[zZ]|[+-]\d\d(?::?\d\d)?)$') AND TRY_CAST(told::VARCHAR AS TIMESTAMPTZ) IS NOT NULL
        THEN timezone('UTC', TRY_CAST(told::VARCHAR AS TIMESTAMPTZ))
    WHEN TRY_CAST(told::VARCHAR AS TIMESTAMP) IS NOT NULL THEN TRY_CAST(told::VARCHAR AS TIMESTAMP)
    ELSE error('slugline: bad argument: ' || told::VARCHAR || ' is no date; give 2026-11-23, 2026-11-23 08:00 or 2026-11-23T08:00:00+01:00') END;

-- A day means the whole day, and so does its midnight, which cannot be told from it by then; any other moment is itself (UTC).
CREATE OR REPLACE MACRO after_until(moment) AS
CASE WHEN moment::TIMESTAMP = moment::TIMESTAMP::DATE THEN moment::TIMESTAMP + INTERVAL 1 DAY ELSE moment::TIMESTAMP END;

-- Whether a language is the one asked for, or a kind of it, as pt-BR is of pt; true where none is asked for.
CREATE OR REPLACE MACRO speaks(spoken, asked) AS
asked IS NULL OR spoken = lower(asked) OR starts_with(spoken, lower(asked) || '-');
