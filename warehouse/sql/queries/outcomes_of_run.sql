-- What became of addresses in one run, where that was a change.
SELECT url, outcome FROM outcomes WHERE run = $run;
