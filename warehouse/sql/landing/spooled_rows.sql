-- Rows of a file of JSON Lines. Lists are empty rather than NULL.
SELECT {chosen}
FROM read_json({spool}, format = 'newline_delimited', columns = {{{types}}},
               maximum_object_size = {limit})
