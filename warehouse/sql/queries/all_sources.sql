FROM sources;
