-- Whether anything has ever come from a source, or it is one.
SELECT 1 FROM {outcomes} o WHERE o.source = $source UNION ALL SELECT 1 FROM {sources} s WHERE s.source = $source LIMIT 1;
