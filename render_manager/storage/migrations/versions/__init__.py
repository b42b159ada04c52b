"""One file for each schema revision, numbered; each has a test with a real old database."""
