SELECT * FROM why($watch, $url);
