"""When the mistakes do no harm, and how to make one harmless or visible: three functions of a set-up for each kind."""

from dataclasses import replace
from math import gcd

from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network, explicit
from bptui.engine.wrong_rules.given import parts_of
from bptui.experiments.mistakes.case import Case, Conditions
from bptui.experiments.mistakes.changes import as_mean, gently, reshaped, with_batch, with_hidden, with_parts

NEW_BATCH = 32  # the batch size tried where a run of single samples shows nothing


# --- batch size 1 ---


def single(case: Case) -> str:
    return "every batch is one sample" if case.size == 1 else ""


def one_by_one(case: Case) -> Case:
    return with_batch(case, 1, "batch size 1")


def several(case: Case) -> Case | None:
    size = min(case.count, NEW_BATCH)
    return with_batch(case, size, f"batch size {size}") if size > 1 else None


BATCH_OF_ONE = Conditions(single, one_by_one, several)


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


NO_HIDDEN_LAYER = Conditions(no_hidden_layer, without_hidden, add_hidden)


# --- the short last batch ---


def no_remainder(case: Case) -> str:
    if case.settings.last_batch == "drop":
        return "short batches are dropped"
    return "" if case.sizes != {case.nominal} else f"no batch is short, {case.nominal} divides {case.count}"


def no_short_mean(case: Case) -> str:
    return "SUM divides by nothing" if case.settings.rules.reduction == "sum" else no_remainder(case)


def dividing(case: Case, least: int = 1) -> Case:
    """The batch size nearest to the run's, of at least ``least`` samples, that leaves no remainder."""
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


NO_SHORT_MEAN = Conditions(no_short_mean, dividing, mean_with_remainder)
NO_REMAINDER = Conditions(no_remainder, dividing, with_remainder)


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


EQUAL_PARTS = Conditions(equal_parts, into_equal_parts, into_unequal_parts)


# --- the first update ---


def first_only(case: Case) -> Case:
    return replace(case, limit=1, words="the first update alone")


FIRST_UPDATE = Conditions(lambda _: "", first_only, lambda _: None)


# --- φ′ = 1 ---


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
    architecture = Architecture(old.sizes, ("identity",) * old.layers, old.bias, old.names)
    start = Network(architecture, case.start.flat)
    return gently(replace(case, start=start, words="the same weights, all units linear"))


def curved(case: Case) -> Case:
    if case.start.architecture.layers == 1:
        return add_hidden(case)
    return with_hidden(case, "tanh", "the same weights, hidden units tanh")


NO_CURVE = Conditions(slope_is_one, linear, curved)


# --- one input, or biases that do not learn ---


def no_repeated_bias(case: Case) -> str:
    architecture = case.start.architecture
    if architecture.bias != "trained":
        return "no bias learns"
    return "every unit has one input" if max(architecture.sizes[:-1]) == 1 else ""


def frozen_biases(case: Case) -> Case:
    old = case.start.architecture
    architecture = Architecture(old.sizes, old.activations, "frozen", old.names)
    return replace(case, start=Network(architecture, case.start.flat), words="the biases frozen")


def trained_biases(case: Case) -> Case | None:
    old = case.start.architecture
    if max(old.sizes[:-1]) == 1:
        return None
    architecture = Architecture(old.sizes, old.activations, "trained", old.names)
    start = explicit(architecture, case.start.weights, case.start.biases)
    return replace(case, start=start, words="the biases learn")


NO_REPEATED_BIAS = Conditions(no_repeated_bias, frozen_biases, trained_biases)
