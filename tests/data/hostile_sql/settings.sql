-- Loosening the locks, or leaving the warehouse. One statement a line; each is refused.
ATTACH '/tmp/slugline-hostile.db'
ATTACH '{data}/slugline.db' AS again
ATTACH ':memory:' AS more
DETACH news
USE memory
SET enable_external_access = true
SET allowed_directories = ['/']
SET lock_configuration = false
SET memory_limit = '900GB'
SET VARIABLE slugline_root = '/etc'
RESET enable_external_access
RESET VARIABLE slugline_root
SET GLOBAL threads = 400
PRAGMA enable_external_access = true
PRAGMA enable_profiling
CALL pragma_version()
SET SESSION search_path = 'memory'
SET LOCAL memory_limit = '900GB'
SET max_expression_depth TO 1000000
SET temp_directory = '/tmp/slugline-hostile'
SET file_search_path = '/etc'
SET enable_profiling = 'json'
SET profiling_output = '/tmp/slugline-hostile.json'
SET log_query_path = '/tmp/slugline-hostile.log'
SET allow_unsigned_extensions = true
SET python_enable_replacements = true
SET disabled_filesystems = ''
SET max_execution_time = 0
RESET ALL
RESET memory_limit
PRAGMA profiling_output = '/tmp/slugline-hostile.json'
PRAGMA import_database('/tmp/slugline-hostile')
PRAGMA json_execute_serialized_sql('x')
CALL force_checkpoint()
CALL duckdb_settings()
USE news
ATTACH IF NOT EXISTS ':memory:' AS more
