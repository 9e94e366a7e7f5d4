-- Looking for names stays within this much memory, and uses the disk for more.
SET memory_limit = '1GB';
SET temp_directory = {folder};
SET threads = 1;
