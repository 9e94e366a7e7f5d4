"""Finding, fetching and extracting; run as a child process over a run folder."""
