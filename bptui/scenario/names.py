"""The names that files and the command line know, without the tables they are names of: help needs no numpy.

tests/scenario/test_names.py holds them against those tables, order included.
"""

from bptui.data.shipped import asset

DATA_SETS = ("digits", "letters", "iris", "xor", "and", "circles", "spiral", "gaussians", "moons", "sine", "plane")
SIZES = {"digits": 1797, "letters": 1040, "iris": 150, "xor": 4, "and": 4}
"""Samples of those that are stored; of the others as many are made as one asks for."""
BY_WRITER = ("letters",)
"""Sets of which whole writers are held back: how many samples that are is known with them."""
ORDERS = ("shuffle", "fixed", "replacement")
ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky-relu", "softplus", "gelu", "softmax")
BIASES = ("trained", "frozen", "none")
ORIENTATIONS = ("in-out", "out-in")
BIAS_ROWS = ("first", "last")
INITIALISATIONS = ("glorot", "he", "lecun", "pytorch", "uniform", "zeros")
LOSSES = ("half-squared-error", "squared-error", "mean-squared-error", "binary-cross-entropy", "cross-entropy")
REDUCTIONS = ("sum", "mean")
SCHEDULES = ("constant", "step", "cosine", "warm-up")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")
LAST_BATCH = ("keep", "drop")
KINDS = ("classes", "numbers")
MISSING = ("refuse", "drop", "mean")
SCALES = ("standard", "minmax", "none")


def built_in_names() -> tuple[str, ...]:
    """Names of the shipped scenarios: the data sets first, then the worked examples."""
    shipped = sorted(path.stem for path in asset("scenarios").glob("*.toml"))
    return (*(name for name in DATA_SETS if name in shipped), *(name for name in shipped if name not in DATA_SETS))
