"""When, in what order, for whom; settings, watch and source files, the command line."""
