"""The keys of a scenario file, one table: what each accepts and says, in a file and as an option."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bptui.engine.parts import MOST_RANKS
from bptui.scenario.accept import (
    Check,
    bias_list,
    choice,
    columns,
    integer,
    list_of,
    number,
    or_word,
    or_words,
    ranks,
    text,
)
from bptui.scenario.names import (
    ACTIVATIONS,
    BIAS_ROWS,
    BIASES,
    DATA_SETS,
    INITIALISATIONS,
    KINDS,
    LAST_BATCH,
    LOSSES,
    MISSING,
    OPTIMIZERS,
    ORDERS,
    ORIENTATIONS,
    REDUCTIONS,
    SCALES,
    SCHEDULES,
)

FORMAT_VERSION = 1
MOST_UNITS = 10_000
LOSSES_TOO = {
    "mse": "mean-squared-error",
    "sse": "squared-error",
    "bce": "binary-cross-entropy",
    "ce": "cross-entropy",
}
"""Short names of the field; none of them has the ½ of half-squared-error."""
USED_BY = {
    "momentum": ("optimizer", ("momentum", "nesterov")),
    "beta1": ("optimizer", ("adam", "adamw")),
    "beta2": ("optimizer", ("adam", "adamw")),
    "decay": ("optimizer", ("rmsprop",)),
    "epsilon": ("optimizer", ("rmsprop", "adam", "adamw")),
    "weight_decay": ("optimizer", ("adamw",)),
    "schedule_length": ("schedule", ("step", "cosine", "warm-up")),
    "schedule_factor": ("schedule", ("step", "cosine")),
}
"""Constants that only some optimizers or schedules use."""
OTHER_NAMES = {
    **dict.fromkeys(
        ("epochs", "epoch", "n_epochs", "num_epochs", "max_iter", "iterations"),
        "how long to train is no part of a scenario: bptui train NAME --epochs N",
    ),
    "betas": "here they are beta1 and beta2 in [training]",
    "version": "the first line is format_version = 1",
    **dict.fromkeys(("model", "net", "nn"), "network"),
    **dict.fromkeys(("train", "trainer"), "training"),
    **dict.fromkeys(("dataset", "datasets"), "data"),
    **dict.fromkeys(("lr", "rate", "learningrate", "learning_rate_init", "eta", "gamma", "step_size"), "learning_rate"),
    **dict.fromkeys(("batch", "batchsize", "minibatch", "mini_batch", "minibatch_size"), "batch_size"),
    **dict.fromkeys(("hidden", "hidden_layers", "hidden_layer_sizes", "layer_sizes", "sizes", "neurons"), "layers"),
    **dict.fromkeys(("activation", "nonlinearity"), "activations"),
    "use_bias": "bias",
    **dict.fromkeys(("initializer", "initialization", "initialisation", "weight_init", "kernel_initializer"), "init"),
    **dict.fromkeys(("path", "csv", "filename", "file_name"), "file"),
    **dict.fromkeys(("inputs", "input", "features"), "x"),
    **dict.fromkeys(("y", "outputs", "output"), "targets"),
    **dict.fromkeys(("label", "classes"), "labels"),
    **dict.fromkeys(("kind", "task", "target_type"), "as"),
    **dict.fromkeys(("scaling", "normalize", "normalise", "standardize", "standardise", "scaler"), "scale"),
    **dict.fromkeys(("ignore", "exclude", "skip"), "drop"),
    **dict.fromkeys(("na", "nan", "impute"), "missing"),
    **dict.fromkeys(("shape", "image_shape", "picture"), "image"),
    **dict.fromkeys(("test_file", "test_data", "validation"), "test"),
    **dict.fromkeys(("target_column", "label_column"), "target"),
    **dict.fromkeys(("n_samples", "num_samples"), "samples"),
    "shuffle": "order",
    **dict.fromkeys(("test_size", "test_split", "validation_split", "test_share"), "test_fraction"),
    **dict.fromkeys(("random_state", "random_seed", "rng"), "seed"),
    **dict.fromkeys(("cost", "criterion", "objective", "loss_function"), "loss"),
    **dict.fromkeys(("optim", "optimiser", "solver"), "optimizer"),
    **dict.fromkeys(("scheduler", "lr_schedule", "lr_scheduler"), "schedule"),
    "mu": "momentum",
    "rho": "decay",
    "eps": "epsilon",
    **dict.fromkeys(("beta_1", "b1"), "beta1"),
    **dict.fromkeys(("beta_2", "b2"), "beta2"),
    "drop_last": "last_batch",
    **dict.fromkeys(("accumulation_steps", "accumulate", "microbatches"), "micro_batches"),
    **dict.fromkeys(("world_size", "machines", "gpus", "devices", "workers", "nproc_per_node"), "ranks"),
    **dict.fromkeys(("l2_penalty", "ridge", "l2_regularization"), "l2"),
    **dict.fromkeys(("l1_penalty", "lasso", "l1_regularization"), "l1"),
    **dict.fromkeys(("clip", "gradient_clip", "grad_clip", "clipnorm", "max_norm", "max_grad_norm"), "clip_norm"),
}
"""What keys and sections are called elsewhere → here; or a sentence that says where it is."""


READING = ("target", "as", "drop", "missing", "image", "test")
"""Keys of [data] that say how a file is read."""
REAL = number(-1e300, 1e300)
COUNT = integer(1, 1_000_000_000)
TABLE = list_of(list_of(REAL, 1, MOST_UNITS), 1, 1_000_000)
SHARE = number(0, 1, below=True)


NO_OTHERS: Mapping[str, str] = {}


class Key(NamedTuple):
    """A key of a scenario file, and the option of the same name where ``metavar`` says what follows it. ``short`` are
    further spellings of the option, ``names`` the words that are accepted, ``also`` what else the command line calls
    them; ``more`` is what only the page about scenarios has room for."""

    check: Check
    about: str
    metavar: str = ""
    short: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    also: Mapping[str, str] = NO_OTHERS
    more: str = ""

    def options(self, key: str) -> tuple[str, ...]:
        """How the option is spelt, the shortest first; () where the key is one of files only."""
        return (*self.short, f"--{key.replace('_', '-')}") if self.metavar else ()


def one_of(names: Iterable[str], about: str, also: dict[str, str] | None = None, more: str = "") -> Key:
    """A key that accepts one of some words."""
    known = tuple(names)
    return Key(choice(known), about, "NAME", (), known, also or {}, more)


KEYS: dict[str, dict[str, Key]] = {
    "data": {
        "name": Key(choice(DATA_SETS), "a built-in set"),
        "file": Key(
            text, "data of your own", more="in the scenario's folder or below it, or anywhere if you open it by path"
        ),
        "x": Key(TABLE, "the inputs in numbers, a row a sample"),
        "targets": Key(TABLE, "the targets in numbers, a row a sample"),
        "labels": Key(list_of(integer(0, 999), 1, 1_000_000), "or a class for each sample, counted from 0"),
        "target": Key(
            columns, "what is learnt: a column by name, place from 0, first or last; or several", "COLUMNS",
            more="−1 is the last one",
        ),
        "as": one_of(KINDS, "what targets are", more="classes, or numbers to be predicted"),
        "drop": Key(columns, "columns that are left out", "COLUMNS"),
        "missing": one_of(
            MISSING,
            "what becomes of rows with an empty cell, ? or NA",
            more="mean: that of the column over the training samples is filled in",
        ),
        "scale": Key(
            or_words(SCALES, number(1e-6)), "of inputs: standard, minmax, a divisor such as 255, none", "SCALE",
            more="fitted on the training samples; standard: mean 0 and deviation 1; minmax: from 0 to 1",
        ),
        "image": Key(
            or_word("none", list_of(integer(1, MOST_UNITS), 2, 2), []), "pictures: rows, columns of pixels", "H,W|none",
            more="those of a folder are brought to this size",
        ),
        "test": Key(text, "a file with the test samples", "FILE"),
        "samples": Key(or_word("all", COUNT), "how many samples are used, test samples among them", "N|all"),
        "order": one_of(
            ORDERS,
            "the order of the samples in an epoch",
            more="shuffle: a new one each epoch; fixed: as in the data; replacement: drawn with replacement",
        ),
        "test_fraction": Key(
            SHARE, "share of the samples held back and only tested on", "SHARE",
            more="of the letters whole typefaces",
        ),
        "seed": Key(
            integer(0, 2**63 - 1), "the seed of split, start weights and order", "N",
            more="the same seed is the same run, bit for bit",
        ),
    },
    "network": {
        "layers": Key(list_of(integer(1, MOST_UNITS), 2, 20), "units of each layer, the input first", "64-32-10"),
        "activations": Key(
            list_of(choice(ACTIVATIONS), 1, 19), "one a layer, without the input", "tanh,softmax",
            more="softmax at the output only",
        ),
        "bias": one_of(
            BIASES, "what becomes of the biases", more="frozen: added, never changed; none: there are none"
        ),
        "init": one_of(INITIALISATIONS, "how start weights are drawn"),
        "weights": Key(list_of(TABLE, 1, 19), "start weights, [layer][input][unit]"),
        "biases": Key(list_of(bias_list(REAL, MOST_UNITS), 1, 19), "start biases, [layer][unit]"),
        "orientation": Key(
            choice(ORIENTATIONS), "how weights are written: in-out or out-in",
            more="in-out: [input][unit]; out-in: [unit][input], as PyTorch and many books have them",
        ),
        "bias_row": Key(
            choice(BIAS_ROWS), "weights have a row more for the bias: the first or the last", more="out-in: a column"
        ),
        "units": Key(
            list_of(list_of(text, 1, MOST_UNITS), 2, 20), "a name for each unit, [layer][unit], the input first"
        ),
    },
    "training": {
        "loss": one_of(LOSSES, "the loss of one sample; only the first has a ½", LOSSES_TOO),
        "batch_size": Key(or_word("all", COUNT), "samples in a batch", "N|all", ("--batch",)),
        "reduction": Key(
            choice(REDUCTIONS), "the samples' gradients are added, or divided by n too", "sum|mean", (), REDUCTIONS
        ),
        "learning_rate": Key(number(0), "the learning rate γ, times the reduced gradient", "RATE", ("--lr",)),
        "schedule": one_of(SCHEDULES, "how γ changes over the updates"),
        "schedule_length": Key(COUNT, "the length of the schedule in updates", "N"),
        "schedule_factor": Key(number(0, 1), "the factor of the schedule", "F"),
        "optimizer": one_of(OPTIMIZERS, "from the reduced gradient to the step"),
        "momentum": Key(SHARE, "μ", "MU"),
        "beta1": Key(SHARE, "β₁, of the first moment", "B"),
        "beta2": Key(SHARE, "β₂, of the second moment", "B"),
        "decay": Key(SHARE, "ρ", "RHO"),
        "epsilon": Key(number(0), "ε, added outside the root", "E"),
        "weight_decay": Key(number(0), "λ, shrinks weights and biases", "L", more="is no part of the gradient"),
        "micro_batches": Key(
            COUNT, "parts a batch is computed in", "N", more="the result is the whole batch's, divided once"
        ),
        "ranks": Key(
            ranks(MOST_RANKS, 1_000_000_000), "machines that share a batch: how many, or each one's share, as 3,1",
            "N|N,N", more="a share is in proportion, what is left goes to the largest remainders; Σ are added in rank "
            "order, divided once; not with micro_batches"
        ),
        "last_batch": one_of(
            LAST_BATCH, "what becomes of a short last one", more="keep: divided by its own size; drop: left out"
        ),
        "repeats": Key(COUNT, "updates on a batch before the next one", "N"),
        "repeat_until": Key(number(0), "fewer, once the batch's mean loss is below this; 0: off", "LOSS"),
        "l1": Key(number(0), "λ₁ of the penalty λ₁ Σ|w|", "L", more="after the reduction; weights only"),
        "l2": Key(
            number(0), "λ₂ of the penalty ½ λ₂ Σ w²", "L",
            more="after the reduction, so its gradient is λ₂ w; weights only",
        ),
        "clip_norm": Key(number(0), "the longest gradient; 0: off", "C", more="the penalty included"),
    },
}  # fmt: skip


def about(name: str, key: Key) -> str:
    """What a key is, and which optimizers or schedules alone use it."""
    chooser, users = USED_BY.get(name, ("", ()))
    return key.about + (f" ({chooser} {', '.join(users)} only)" if users else "")
