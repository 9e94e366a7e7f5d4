-- Each word of the segment, and how many articles hold it.
INSERT INTO segment.lexicon
SELECT p.term, left(p.term, 3), stem_of(p.term), sum(len(p.doc))::INTEGER
FROM segment.postings p
GROUP BY p.term
ORDER BY p.term;
