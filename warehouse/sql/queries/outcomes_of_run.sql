-- What became of addresses in one run, where that was a change.
SELECT url, outcome, reason FROM outcomes WHERE run = $run;
