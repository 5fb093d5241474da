"""What one may wait for: numbers of a run, conditions on them, the words for both, and when they came to be true."""
