SELECT * FROM copies_of($url);
