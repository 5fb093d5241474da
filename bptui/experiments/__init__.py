"""What if: trains copies from a run, a record and a weight. Knows no session and no screen."""
