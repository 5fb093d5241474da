"""The commands that need no terminal: trace, train, datasets. Results go to stdout, progress to stderr."""
