SELECT count(*) FROM {view};
