"""The lab's set-ups: the run as it stands, and for each rule one that makes it harmless or one in which it shows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network, explicit, initialise
from bptui.engine.optimizers import OptimizerSettings
from bptui.experiments.mistakes import parts_of
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.schedule import Position
from bptui.training.settings import Settings

NEW_BATCH = 32  # the batch size tried where a run of single samples shows nothing


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Where both rules start. ``words`` say what was changed, or why the rule does no harm here; ``first`` is the
    number of the first update; ``limit`` the number of updates for which it stays harmless (None: for ever);
    ``left_out`` names what the run does besides plain SGD: here neither side does."""

    title: str
    words: str
    harmless: bool
    start: Network
    settings: Settings
    position: Position
    first: int
    seed: int
    count: int
    limit: int | None = None
    left_out: tuple[str, ...] = ()

    @property
    def nominal(self) -> int:
        """The batch size asked for."""
        return self.settings.batch_size or self.count

    @property
    def size(self) -> int:
        """The batch size of a whole batch."""
        return min(self.nominal, self.count)

    @property
    def sizes(self) -> set[int]:
        """Sizes of all batches that occur, in what is left of the first epoch and in the epochs after it."""
        sizes = set()
        for start in (self.position.start, 0):
            whole, rest = divmod(self.count - start, self.nominal)
            sizes |= {self.nominal} if whole else set()
            sizes |= {rest} if rest and self.settings.last_batch == "keep" else set()
        return sizes


def run_case(problem: Problem, record: UpdateRecord) -> Case:
    """The network, the batch and the settings of a recorded update, with plain SGD."""
    return Case(
        title="as the run",
        words="",
        harmless=False,
        start=record.before,
        settings=plain_sgd(record.settings),
        position=replace(record.position, repeat=1),
        first=record.number,
        seed=problem.seed,
        count=problem.count,
        left_out=besides_sgd(record.settings),
    )


def besides_sgd(settings: Settings) -> tuple[str, ...]:
    """What these settings do that plain SGD does not, each in a word."""
    rules = settings.rules
    said = {
        rules.optimizer.name: rules.optimizer.name != "sgd",
        "L1": rules.l1 > 0,
        "L2": rules.l2 > 0,
        "clipping": rules.clip_norm > 0,
        "repeats": settings.repeats > 1,
    }
    return tuple(words for words, does in said.items() if does)


def plain_sgd(settings: Settings) -> Settings:
    rules = replace(settings.rules, optimizer=OptimizerSettings("sgd"), l1=0.0, l2=0.0, clip_norm=0.0)
    return replace(settings, rules=rules, repeats=1, repeat_until=0.0)


def cases(rule: str, run: Case) -> tuple[Case, ...]:
    """The run's own case first; then the one that differs from it in doing harm or not, where there is one."""
    reason = WHY_HARMLESS[rule](run)
    if not reason:
        return run, replace(HARMLESS[rule](run), title="harmless", harmless=True)
    other = SHOWING[rule](run)
    own = replace(run, words=f"harmless here: {reason}", harmless=True)
    return (own,) if other is None else (own, replace(other, title="where it shows"))


# --- changes of a case ---


def with_batch(case: Case, size: int, words: str) -> Case:
    """Another batch size, from the start of the same epoch."""
    position = Position(case.position.epoch, seen=case.position.seen)
    return replace(case, settings=replace(case.settings, batch_size=size), position=position, words=words)


def as_mean(case: Case) -> Case:
    """MEAN with n times the rate, which is the same training as SUM as long as batches are whole."""
    rules = case.settings.rules
    if rules.reduction == "mean":
        return case
    rules = replace(rules, reduction="mean", learning_rate=rules.learning_rate * case.size)
    words = f"{case.words}, MEAN with γ × {case.size}".removeprefix(", ")
    return replace(case, settings=replace(case.settings, rules=rules), words=words)


def with_parts(case: Case, parts: int, words: str) -> Case:
    rules = replace(case.settings.rules, micro_batches=parts)
    return replace(case, settings=replace(case.settings, rules=rules), words=words)


def reshaped(case: Case, sizes: tuple[int, ...], activations: tuple[str, ...], words: str) -> Case:
    """A network of another shape with start weights of its own."""
    architecture = Architecture(sizes, activations, case.start.architecture.bias)
    start = initialise(architecture, "glorot", np.random.default_rng([case.seed, 0]))
    return replace(case, start=start, words=words)


def with_hidden(case: Case, name: str, words: str) -> Case:
    """The same weights with another activation in hidden layers."""
    old = case.start.architecture
    new = Architecture(old.sizes, (*(name for _ in old.activations[:-1]), old.activations[-1]), old.bias)
    return replace(case, start=Network(new, case.start.flat), words=words)


# --- batch size 1 ---


def single(case: Case) -> str:
    return "every batch is one sample" if case.size == 1 else ""


def one_by_one(case: Case) -> Case:
    return with_batch(case, 1, "batch size 1")


def several(case: Case) -> Case | None:
    size = min(case.count, NEW_BATCH)
    return with_batch(case, size, f"batch size {size}") if size > 1 else None


# --- new weights before the hidden deltas ---


def no_hidden_layer(case: Case) -> str:
    return "there is no hidden layer" if case.start.architecture.layers == 1 else ""


def without_hidden(case: Case) -> Case:
    old = case.start.architecture
    return reshaped(case, (old.sizes[0], old.sizes[-1]), old.activations[-1:], "no hidden layer")


def add_hidden(case: Case) -> Case:
    old = case.start.architecture
    sizes = (old.sizes[0], 4, old.sizes[-1])
    return reshaped(case, sizes, ("tanh", old.activations[-1]), "a hidden layer of 4 tanh units")


# --- the short last batch ---


def no_remainder(case: Case) -> str:
    if case.settings.last_batch == "drop":
        return "short batches are dropped"
    return "" if case.sizes != {case.nominal} else f"no batch is short, {case.nominal} divides {case.count}"


def no_short_mean(case: Case) -> str:
    return "SUM divides by nothing" if case.settings.rules.reduction == "sum" else no_remainder(case)


def dividing(case: Case, least: int = 1) -> Case:
    """The batch size nearest to the run's, of at least so many samples, that leaves no remainder."""
    divisors = {d for k in range(1, int(case.count**0.5) + 1) if case.count % k == 0 for d in (k, case.count // k)}
    size = min((d for d in divisors if d >= least), key=lambda d: max(d, case.nominal) / min(d, case.nominal))
    return with_batch(case, size, f"batch size {size} divides {case.count}")


def with_remainder(case: Case) -> Case | None:
    """A batch size near the run's with the smallest remainder: there the wrong division shows most."""
    sizes = [s for s in range(max(case.size // 2, 2), max(case.size, 3) + 1) if case.count % s and s < case.count]
    if not sizes:
        return None
    size = min(sizes, key=lambda s: (case.count % s) / s)
    kept = replace(case, settings=replace(case.settings, last_batch="keep"))
    return with_batch(kept, size, f"batch size {size} leaves {case.count % size} of {case.count}")


def mean_with_remainder(case: Case) -> Case | None:
    other = case if not no_remainder(case) else with_remainder(case)
    return None if other is None else as_mean(other)


# --- micro-batches ---


def equal_parts(case: Case) -> str:
    if case.settings.rules.reduction == "sum":
        return "under SUM the parts add up"
    unequal = any(
        len({part.stop - part.start for part in parts_of(size, case.settings.rules)}) > 1 for size in case.sizes
    )
    return "" if unequal else "all parts are equal"


def into_equal_parts(case: Case) -> Case:
    """So many parts that they are equal in every batch, the short last one too; another batch size where none are."""
    common = gcd(*case.sizes)
    if common == 1:
        case = dividing(case, least=2)
        common = case.size
    parts = next(d for d in range(2, common + 1) if common % d == 0)
    each = " and ".join(str(size // parts) for size in sorted(case.sizes, reverse=True))
    words = f"{case.words}, {parts} equal parts of {each}".removeprefix(", ")
    return with_parts(case, parts, words)


def into_unequal_parts(case: Case) -> Case | None:
    size = case.size if case.size > 2 else min(case.count, NEW_BATCH)
    if size < 3:
        return None
    bigger = case if size == case.size else with_batch(case, size, "")
    parts = [str(part.stop - part.start) for part in parts_of(size, with_parts(case, 1, "").settings.rules)]
    return as_mean(with_parts(bigger, 1, f"parts of {' and '.join(parts)}"))


# --- the rest ---


def first_only(case: Case) -> Case:
    return replace(case, limit=1, words="the first update alone")


def slope_is_one(case: Case) -> str:
    """φ′ stands nowhere: hidden layers linear, and an output that is linear or whose loss gives δ = a − y."""
    *hidden, output = case.start.architecture.activations
    linear = all(name == "identity" for name in hidden)
    return "φ′ = 1 everywhere" if linear and (output == "identity" or output_joined(case)) else ""


def output_joined(case: Case) -> bool:
    return LOSSES[case.settings.rules.loss].joined is not None


def linear(case: Case) -> Case:
    """φ′ = 1: the same weights, but identities; at a learning rate that units without bounds can bear."""
    if output_joined(case):
        return gently(with_hidden(case, "identity", "the same weights, hidden units linear"))
    old = case.start.architecture
    architecture = Architecture(old.sizes, ("identity",) * old.layers, old.bias)
    start = Network(architecture, case.start.flat)
    return gently(replace(case, start=start, words="the same weights, all units linear"))


def gently(case: Case) -> Case:
    """At most the rate 0.1 per mean: a larger one, good for units that saturate, makes linear ones diverge."""
    rules = case.settings.rules
    most = 0.1 if rules.reduction == "mean" else 0.1 / case.size
    if rules.learning_rate <= most:
        return case
    gentle = replace(case.settings, rules=replace(rules, learning_rate=most))
    return replace(case, settings=gentle, words=f"{case.words}, γ = {most:.3g}")


def curved(case: Case) -> Case:
    if case.start.architecture.layers == 1:
        return add_hidden(case)
    return with_hidden(case, "tanh", "the same weights, hidden units tanh")


def no_repeated_bias(case: Case) -> str:
    architecture = case.start.architecture
    if architecture.bias != "trained":
        return "no bias learns"
    return "every unit has one input" if max(architecture.sizes[:-1]) == 1 else ""


def frozen_biases(case: Case) -> Case:
    old = case.start.architecture
    architecture = Architecture(old.sizes, old.activations, "frozen")
    return replace(case, start=Network(architecture, case.start.flat), words="the biases frozen")


def trained_biases(case: Case) -> Case | None:
    old = case.start.architecture
    if max(old.sizes[:-1]) == 1:
        return None
    architecture = Architecture(old.sizes, old.activations, "trained")
    start = explicit(architecture, case.start.weights, case.start.biases)
    return replace(case, start=start, words="the biases learn")


WHY_HARMLESS: dict[str, Callable[[Case], str]] = {
    **dict.fromkeys(
        (
            "average-inputs",
            "mean-error-mean-activations",
            "mean-error-last-activations",
            "update-each-sample",
            "other-reduction",
        ),
        single,
    ),
    "new-weights-first": no_hidden_layer,
    "nominal-size": no_short_mean,
    "carry-remainder": no_remainder,
    "mean-of-means": equal_parts,
    "never-cleared": lambda _: "",
    "no-slope": slope_is_one,
    "bias-per-weight": no_repeated_bias,
}
"""Why a rule does no harm in a case; "" where it does."""

HARMLESS: dict[str, Callable[[Case], Case]] = {
    **{rule: one_by_one for rule, why in WHY_HARMLESS.items() if why is single},
    "new-weights-first": without_hidden,
    "nominal-size": dividing,
    "carry-remainder": dividing,
    "mean-of-means": into_equal_parts,
    "never-cleared": first_only,
    "no-slope": linear,
    "bias-per-weight": frozen_biases,
}

SHOWING: dict[str, Callable[[Case], Case | None]] = {
    **{rule: several for rule, why in WHY_HARMLESS.items() if why is single},
    "new-weights-first": add_hidden,
    "nominal-size": mean_with_remainder,
    "carry-remainder": with_remainder,
    "mean-of-means": into_unequal_parts,
    "never-cleared": lambda _: None,
    "no-slope": curved,
    "bias-per-weight": trained_biases,
}
