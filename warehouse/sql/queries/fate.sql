SELECT * FROM fate($url);
