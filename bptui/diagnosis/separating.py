"""A small data set on which rules differ that gave the same numbers."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from bptui.engine.network import Network
from bptui.engine.types import Floats, quiet, read_only
from bptui.engine.wrong_rules import NOTHING_CARRIED, Given, Rule, Workings

TRIES = 60
SEEN = 0.02
"""Of the larger number: rules that differ by less are hard to tell apart on paper."""
FEWEST, MOST = 2, 4  # samples
NONE_SEEN = (0, 0.0)


def separating(given: Given, rules: Sequence[Rule]) -> Given | None:
    """An update of the same network with other weights and a few samples, numbers of one decimal each, on which as many
    of these rules as can be differ from each other; None where no two do."""
    rng = np.random.default_rng(0)
    best, most = None, NONE_SEEN
    with quiet():
        for _ in range(TRIES):
            tried = drawn(given, rng)
            seen = seen_in(tried, rules)
            if seen > most:
                best, most = tried, seen
    return best


def can_separate(given: Given, rules: Sequence[Rule]) -> bool:
    """Does :func:`separating` find one? The first is enough."""
    rng = np.random.default_rng(0)
    with quiet():
        return any(seen_in(drawn(given, rng), rules) > NONE_SEEN for _ in range(TRIES))


def seen_in(given: Given, rules: Sequence[Rule]) -> tuple[int, float]:
    """How many pairs of rules are seen to differ in an update, and by how much those differ that are nearest."""
    apart = [distance(a, b) for a, b in combinations(believed(given, rules), 2)]
    return sum(size > SEEN for size in apart), min(apart, default=0.0)


def drawn(given: Given, rng: np.random.Generator) -> Given:
    """Random numbers of one decimal for weights, inputs and targets, in as small a batch as shows something."""
    architecture = given.network.architecture
    n, (inputs, *_, outputs) = int(rng.integers(FEWEST, MOST + 1)), architecture.sizes
    theta = read_only(rng.integers(-9, 10, architecture.parameters) / 10)
    return replace(
        given,
        network=Network(architecture, theta),
        x=rng.integers(-9, 10, (n, inputs)) / 10,
        y=targets(given, n, outputs, rng),
        nominal=n + 1 if given.nominal > given.n else n,
        t=1,
        memory=np.zeros((0, 0)),
        carried=NOTHING_CARRIED,
    )


def targets(given: Given, n: int, outputs: int, rng: np.random.Generator) -> Floats:
    """Targets that the loss can take: a class of each sample, 0 or 1, or numbers between."""
    if given.loss.joined == "softmax":
        return np.eye(outputs)[rng.integers(0, outputs, n)]
    if given.loss.joined == "sigmoid":
        return rng.integers(0, 2, (n, outputs)).astype(np.float64)
    return rng.integers(0, 10, (n, outputs)) / 10


def believed(given: Given, rules: Sequence[Rule]) -> list[Floats]:
    """The gradient and the weights after it, of each rule, in one row of numbers."""
    workings = Workings(given)
    kinds = ("weights",) if given.network.architecture.bias == "none" else ("weights", "biases")
    places = [(layer, what) for layer in range(1, given.layers + 1) for what in kinds]
    return [
        np.concatenate(
            [
                workings.quantity(rule, kind, layer, what).ravel()  # type: ignore[arg-type]
                for kind in ("gradient", "after")
                for layer, what in places
            ]
        )
        for rule in rules
    ]


def distance(one: Floats, other: Floats) -> float:
    """The largest relative difference of two numbers in the same place, those next to nothing left out."""
    sizes = np.maximum(np.abs(one), np.abs(other))
    if not np.isfinite(sizes).all():
        return 0.0
    counted = sizes > 0.01 * sizes.max(initial=0.0)
    return float((np.abs(one - other)[counted] / sizes[counted]).max(initial=0.0))
