-- The newest generation, and the one up to whose names all articles were looked through.
SELECT coalesce(max(b.generation), 0),
    coalesce(max(CASE WHEN regexp_full_match(b.batch, 'learned-[0-9]+') THEN split_part(b.batch, '-', 2)::BIGINT END), 0)
FROM batches AS b;
