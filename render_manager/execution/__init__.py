"""One process and everything it starts: start, read, write, end. Knows nothing of jobs or engines."""
