-- Every watch that has ever been matched or registered.
SELECT watch FROM (SELECT w.watch FROM watches w UNION SELECT c.watch FROM coverage c) ORDER BY watch;
