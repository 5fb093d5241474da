"""The well-known mistakes once more, as the plain loops in which they are made: Python lists, one number at a time.

Each function gives the vector that the program takes for the gradient of the batch, in the order of θ. Only
:mod:`oracle`'s plain chain rule of one sample is used, never the engine's arithmetic.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from bptui.engine import Network, UpdateRules
from bptui.engine.network import explicit
from bptui.engine.wrong_rules import BY_ID, Given
from bptui.experiments.mistakes.further import FURTHER
from tests.engine import rules_oracle
from tests.engine.oracle import SLOPES, Row, Table, all_samples, loss_and_slope, one_sample

JOINED = ("binary-cross-entropy", "cross-entropy")


@dataclass
class Program:
    """A training program: its network, loss, learning rate, whether it averages, and what it keeps between batches."""

    network: Network
    loss: str
    rate: float
    mean: bool
    nominal: int
    ranks: tuple[int, ...] = ()
    kept: Row = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.kept = self.kept or [0.0] * self.network.architecture.parameters

    @property
    def biased(self) -> bool:
        return self.network.architecture.bias != "none"


def masked(p: Program, flat: Row) -> Row:
    """Frozen biases get no gradient."""
    if p.network.architecture.bias != "frozen":
        return flat
    out: Row = []
    for i, o in zip(p.network.architecture.sizes, p.network.architecture.sizes[1:], strict=False):
        start = len(out)
        out += flat[start : start + i * o] + [0.0] * o
    return out


def per_sample(p: Program, x: Table, y: Table) -> Table:
    return [masked(p, one.flat(p.biased)) for one in all_samples(p.network, p.loss, x, y)]


def added(rows: Table) -> Row:
    return [sum(column) for column in zip(*rows, strict=True)]


def reduced(p: Program, x: Table, y: Table) -> Row:
    total = added(per_sample(p, x, y))
    return [g / len(x) for g in total] if p.mean else total


def mean_row(rows: Table) -> Row:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def for_all(p: Program, one: Row, n: int) -> Row:
    return one if p.mean else [n * g for g in one]


def average_inputs(p: Program, x: Table, y: Table) -> Row:
    return for_all(p, per_sample(p, [mean_row(x)], [mean_row(y)])[0], len(x))


def flat_of(p: Program, a: Table, delta: Table) -> Row:
    """a ⊗ δ for every layer, then δ for its biases."""
    out: Row = []
    for inputs, d in zip(a, delta, strict=False):
        out += [i * j for i in inputs for j in d]
        out += list(d) if p.biased else []
    return masked(p, out)


def slope(name: str, z: float, a: float) -> float:
    """By the textbook formula: sigmoid and tanh from the unit's activation, others from its pre-activation."""
    if name == "sigmoid":
        return a * (1 - a)
    return 1 - a * a if name == "tanh" else SLOPES[name](z)


def errors(p: Program, outputs: Table, y: Table) -> Table:
    """∂L/∂a of every sample at the output, or a − y where the loss comes with its activation."""
    if p.loss in JOINED:
        return [[o - t for o, t in zip(row, target, strict=True)] for row, target in zip(outputs, y, strict=True)]
    return [loss_and_slope(p.loss, row, target)[1] for row, target in zip(outputs, y, strict=True)]


def back_once(p: Program, error: Row, z: Table, a: Table) -> Row:
    names = p.network.architecture.activations
    weights = [w.tolist() for w in p.network.weights]
    deltas: Table = []
    upstream = error
    for layer in reversed(range(len(names))):
        if layer == len(names) - 1 and p.loss in JOINED:
            delta = upstream
        else:
            units = zip(upstream, z[layer], a[layer + 1], strict=True)
            delta = [u * slope(names[layer], zj, aj) for u, zj, aj in units]
        deltas.insert(0, delta)
        upstream = [sum(row[j] * delta[j] for j in range(len(delta))) for row in weights[layer]]
    return flat_of(p, a, deltas)


def mean_error_mean_activations(p: Program, x: Table, y: Table) -> Row:
    walked = all_samples(p.network, p.loss, x, y)
    layers = range(p.network.architecture.layers)
    z = [mean_row([one.z[k] for one in walked]) for k in layers]
    a = [mean_row([one.a[k] for one in walked]) for k in (*layers, len(layers))]
    error = mean_row(errors(p, [one.a[-1] for one in walked], y))
    return for_all(p, back_once(p, error, z, a), len(x))


def mean_error_last_activations(p: Program, x: Table, y: Table) -> Row:
    walked = all_samples(p.network, p.loss, x, y)
    error = mean_row(errors(p, [one.a[-1] for one in walked], y))
    return for_all(p, back_once(p, error, walked[-1].z, walked[-1].a), len(x))


def new_weights_first(p: Program, x: Table, y: Table) -> Row:
    names = p.network.architecture.activations
    walked = all_samples(p.network, p.loss, x, y)
    weights = [w.tolist() for w in p.network.weights]
    deltas = [one.delta[-1] for one in walked]
    out: Row = []
    for layer in reversed(range(len(names))):
        w, n = weights[layer], len(x) if p.mean else 1
        g = [
            [sum(one.a[layer][i] * d[j] for one, d in zip(walked, deltas, strict=True)) / n for j in range(len(w[0]))]
            for i in range(len(w))
        ]
        b = [sum(d[j] for d in deltas) / n for j in range(len(w[0]))]
        out = [v for row in g for v in row] + (b if p.biased else []) + out
        w = [[v - p.rate * s for v, s in zip(row, steps, strict=True)] for row, steps in zip(w, g, strict=True)]
        if layer:
            upstream = [[sum(row[j] * d[j] for j in range(len(d))) for row in w] for d in deltas]
            deltas = [
                [u * SLOPES[names[layer - 1]](z) for u, z in zip(up, one.z[layer - 1], strict=True)]
                for up, one in zip(upstream, walked, strict=True)
            ]
    return masked(p, out)


def update_each_sample(p: Program, x: Table, y: Table) -> Row:
    architecture, here, total = p.network.architecture, p.network, [0.0] * p.network.architecture.parameters
    for row, target in zip(x, y, strict=True):
        g = masked(p, one_sample(here, p.loss, row, target).flat(p.biased))
        total = [t + s for t, s in zip(total, g, strict=True)]
        moved = iter([v - p.rate * s for v, s in zip(here.flat.tolist(), g, strict=True)])
        weights, biases = [], []
        for i, o in zip(architecture.sizes, architecture.sizes[1:], strict=False):
            weights.append([[next(moved) for _ in range(o)] for _ in range(i)])
            if p.biased:
                biases.append([next(moved) for _ in range(o)])
        here = explicit(architecture, weights, biases)  # type: ignore[arg-type]
    return total


def other_reduction(p: Program, x: Table, y: Table) -> Row:
    total = added(per_sample(p, x, y))
    return total if p.mean else [g / len(x) for g in total]


def nominal_size(p: Program, x: Table, y: Table) -> Row:
    total = added(per_sample(p, x, y))
    return [g / p.nominal for g in total] if p.mean else total


def carry_remainder(p: Program, x: Table, y: Table) -> Row:
    """The loop over samples as it is written: after every sample it asks whether i + 1 is a multiple of the size."""
    followed = [0.0] * len(p.kept)
    for i, g in enumerate(per_sample(p, x, y)):
        p.kept = [k + s for k, s in zip(p.kept, g, strict=True)]
        p.count += 1
        if (i + 1) % p.nominal == 0:
            followed = [k / p.count for k in p.kept] if p.mean else p.kept
            p.kept, p.count = [0.0] * len(p.kept), 0
    return followed


def mean_of_means(p: Program, x: Table, y: Table) -> Row:
    """A memory for three quarters of the batch."""
    most = max(int(0.75 * len(x)), 1)
    total, parts = [0.0] * len(p.kept), 0
    while x:
        total = [t + g for t, g in zip(total, reduced(p, x[:most], y[:most]), strict=True)]
        x, y, parts = x[most:], y[most:], parts + 1
    return [t / parts for t in total] if p.mean else total


def never_cleared(p: Program, x: Table, y: Table) -> Row:
    p.kept = [k + g for k, g in zip(p.kept, reduced(p, x, y), strict=True)]
    return p.kept


def no_slope(p: Program, x: Table, y: Table) -> Row:
    weights = [w.tolist() for w in p.network.weights]
    rows: Table = []
    walked = all_samples(p.network, p.loss, x, y)
    for one, error in zip(walked, errors(p, [one.a[-1] for one in walked], y), strict=True):
        deltas = [error]
        for w_above in reversed(weights[1:]):
            deltas.insert(0, [sum(row[j] * deltas[0][j] for j in range(len(row))) for row in w_above])
        rows.append(flat_of(p, one.a, deltas))
    total = added(rows)
    return [g / len(x) for g in total] if p.mean else total


def bias_per_weight(p: Program, x: Table, y: Table) -> Row:
    g = reduced(p, x, y)
    out: Row = []
    for i, o in zip(p.network.architecture.sizes, p.network.architecture.sizes[1:], strict=False):
        start = len(out)
        out += g[start : start + i * o]
        for b in g[start + i * o : start + i * o + o] if p.biased else []:
            moved = 0.0
            for _ in range(i):
                moved += b
            out.append(moved)
    return out


def by_choices(rule: str) -> Callable[[Program, Table, Table], Row]:
    """The plain program that is told its choices, in the order of θ."""

    def loop(p: Program, x: Table, y: Table) -> Row:
        told = UpdateRules(loss=p.loss, reduction="mean" if p.mean else "sum", learning_rate=p.rate, ranks=p.ranks)
        made = rules_oracle.made(Given(p.network, np.array(x), np.array(y), told, p.nominal), BY_ID[rule].rule)
        out: Row = []
        for weights, biases in zip(made.weights, made.biases, strict=True):
            out += [number for row in weights for number in row] + (list(biases) if p.biased else [])
        return out

    return loop


def set_to_step(p: Program, x: Table, y: Table) -> Row:
    """The weights become −γ g: as far as if g had been θ/γ more."""
    return [g + theta / p.rate for g, theta in zip(reduced(p, x, y), p.network.flat.tolist(), strict=True)]


LOOPS = {
    "average-inputs": average_inputs,
    "mean-error-mean-activations": mean_error_mean_activations,
    "mean-error-last-activations": mean_error_last_activations,
    "new-weights-first": new_weights_first,
    "update-each-sample": update_each_sample,
    "other-reduction": other_reduction,
    "nominal-size": nominal_size,
    "carry-remainder": carry_remainder,
    "mean-of-means": mean_of_means,
    "never-cleared": never_cleared,
    "no-slope": no_slope,
    "bias-per-weight": bias_per_weight,
    **{row.id: by_choices(row.id) for row in FURTHER if row.id != "set-to-step"},
    "set-to-step": set_to_step,
}
