"""Names and limits that the command line knows without numpy."""

MIXED = "mixed"
KINDS = (
    "forward",
    "output-delta",
    "hidden-delta",
    "sample-gradients",
    "batch-update",
    "short-batch",
    "momentum",
    "softmax",
    "gradient-check",
    "find-mistake",
    MIXED,
)
FORMATS = ("markdown", "latex", "moodle", "qti", "json")
MOST_UNITS, MOST_LAYERS, MOST_SAMPLES = 6, 4, 6
"""Beyond nobody computes by hand."""
MOST_EXERCISES = 200
DECIMALS = (3, 6)
