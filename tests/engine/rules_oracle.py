"""Programs that make the well-known mistakes, once more in plain Python: lists, one sample and one number at a time.

A program is told its choices and makes them where a student's loop would. Only :mod:`oracle`'s functions of one number
are used, never the engine's arithmetic.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from bptui.engine.network import explicit
from bptui.engine.wrong_rules import Given, Rule
from tests.engine.oracle import SLOPES, Row, Table, activate, jacobian, loss_and_slope

JOINED = ("binary-cross-entropy", "cross-entropy")


@dataclass
class Made:
    """What a program computed: z, a and δ [layer][row][unit], and per layer gradients, steps and weights after."""

    z: list[Table] = field(default_factory=list)
    a: list[Table] = field(default_factory=list)
    delta: list[Table] = field(default_factory=list)
    weights: list[Table] = field(default_factory=list)
    biases: Table = field(default_factory=list)
    step_weights: list[Table] = field(default_factory=list)
    step_biases: Table = field(default_factory=list)
    after_weights: list[Table] = field(default_factory=list)
    after_biases: Table = field(default_factory=list)


def mean_row(rows: Table) -> Row:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def transposed(table: Table) -> Table:
    return [list(column) for column in zip(*table, strict=True)]


def added(one: Table, other: Table) -> Table:
    return [[p + q for p, q in zip(a, b, strict=True)] for a, b in zip(one, other, strict=True)]


def times(factor: float, table: Table) -> Table:
    return [[factor * number for number in row] for row in table]


class Program:
    """One update of a program with these choices, plain gradient descent with momentum at most."""

    def __init__(self, given: Given, rule: Rule) -> None:
        self.given, self.rule = given, rule
        self.names = given.network.architecture.activations
        self.weights: list[Table] = [w.tolist() for w in given.network.weights]
        self.has_biases = given.network.architecture.bias != "none"
        self.biases: Table = [b.tolist() for b in given.network.biases] or [[0.0] * len(w[0]) for w in self.weights]
        self.x: Table = given.x.tolist()
        self.y: Table = given.y.tolist()
        self.n = len(self.x)
        self.mean = given.rules.reduction == "mean"
        self.rate = given.rules.learning_rate
        self.top = len(self.names) - 1
        self.made = Made([[] for _ in self.names], [[] for _ in self.names], [[] for _ in self.names])
        self.new: dict[int, Table] = {}
        self.unpenalised: dict[int, Table] = {}
        self.divisor: float = 1

    def run(self) -> Made:
        self.forward()
        self.incoming: list[Table] = [[] for _ in self.names]
        layers = range(self.top, -1, -1)
        self.gradients: dict[int, tuple[Table, Row]] = {}
        for layer in layers:
            self.incoming[layer] = self.errors() if layer == self.top else self.handed_back(layer)
            self.made.delta[layer] = [self.delta(layer, row) for row in range(len(self.incoming[layer]))]
            self.reduce(layer)
        for layer in range(self.top + 1):
            self.update(layer)
        return self.made

    # --- forward ---

    def forward(self) -> None:
        rule = self.rule
        if rule.pairing == "mean sample":
            self.x, self.y = [mean_row(self.x)], [mean_row(self.y)]
        self.inputs = [list(row) for row in self.x]
        a = self.inputs
        for layer, name in enumerate(self.names):
            w, b = self.weights[layer], self.biases[layer]
            z = [[sum(row[i] * w[i][o] for i in range(len(w))) + b[o] for o in range(len(b))] for row in a]
            a = [activate(name, row) for row in z]
            if name == "softmax" and rule.softmax != "classes":
                a = self.wrong_softmax(z)
            self.made.z[layer], self.made.a[layer] = z, a

    def wrong_softmax(self, z: Table) -> Table:
        powers = [[math.exp(number) for number in row] for row in z]
        if self.rule.softmax == "batch":
            total = sum(sum(row) for row in powers)
            return [[p / total for p in row] for row in powers]
        sums = [sum(column) for column in zip(*powers, strict=True)]
        return [[p / s for p, s in zip(row, sums, strict=True)] for row in powers]

    # --- the error ---

    def error(self, answer: Row, target: Row) -> Row:
        loss = self.given.rules.loss
        if loss in JOINED:
            return [p - t for p, t in zip(answer, target, strict=True)]
        return loss_and_slope(loss, answer, target)[1]

    def errors(self) -> Table:
        rule, answers = self.rule, self.made.a[-1]
        match rule.pairing:
            case "every" if len(answers[0]) == 1:
                every = [[self.error(answer, target) for target in self.y] for answer in answers]
                rows = [mean_row(row) if self.mean else [sum(e[0] for e in row)] for row in every]
            case "next":
                rows = [self.error(answer, self.y[(m + 1) % self.n]) for m, answer in enumerate(answers)]
            case "before":
                rows = [self.error(answer, self.y[m - 1]) for m, answer in enumerate(answers)]
            case "reversed":
                rows = [self.error(answer, self.y[self.n - 1 - m]) for m, answer in enumerate(answers)]
            case _:
                rows = [self.error(answer, target) for answer, target in zip(answers, self.y, strict=True)]
        if rule.pairing in ("mean activations", "last activations"):
            rows = [mean_row(rows)]
            self.stand_in()
        return times(self.scale(), rows)

    def stand_in(self) -> None:
        def one(rows: Table) -> Table:
            return [mean_row(rows)] if self.rule.pairing == "mean activations" else [rows[-1]]

        self.inputs = one(self.inputs)
        self.made.z, self.made.a = [one(z) for z in self.made.z], [one(a) for a in self.made.a]
        self.y = [mean_row(self.y)]

    def scale(self) -> float:
        rule, outputs = self.rule, len(self.biases[-1])
        scale = rule.factor * rule.layer_factor
        if rule.sign == "y − a":
            scale = -scale
        if rule.outputs == "divided":
            scale /= outputs
        if rule.outputs == "multiplied":
            scale *= outputs
        return scale

    def target(self, row: int) -> Row:
        match self.rule.pairing:
            case "every" if len(self.y[0]) == 1:
                return mean_row(self.y)
            case "next":
                return self.y[(row + 1) % self.n]
            case "before":
                return self.y[row - 1]
            case "reversed":
                return self.y[self.n - 1 - row]
        return self.y[row]

    # --- δ ---

    def delta(self, layer: int, row: int) -> Row:
        incoming, z, a = self.incoming[layer][row], self.made.z[layer][row], self.made.a[layer][row]
        name, rule = self.names[layer], self.rule
        if layer == self.top:
            if self.given.rules.loss in JOINED:
                return self.joined_delta(incoming, a, row)
            if name == "softmax":
                return self.softmax_delta(incoming, z, a)
            kind: str = rule.output_slope
        else:
            here = rule.hidden_where == "all" or layer == self.top - 1
            kind = rule.hidden_slope if here else "right"
        return [e * self.slope(kind, name, e, p, q) for e, p, q in zip(incoming, z, a, strict=True)]

    @staticmethod
    def slope(kind: str, name: str, error: float, z: float, a: float) -> float:
        match kind:
            case "left out":
                return 1.0
            case "at a":
                return SLOPES[name](a)
            case "of z":
                return {"sigmoid": z * (1 - z), "tanh": 1 - z * z}.get(name, SLOPES[name](z))
            case "φ":
                return a
            case "at the error":
                return SLOPES[name](error)
            case "element by element":
                return a * (1 - a)
        return {"sigmoid": a * (1 - a), "tanh": 1 - a * a}.get(name, SLOPES[name](z))

    def softmax_delta(self, incoming: Row, z: Row, a: Row) -> Row:
        match self.rule.output_slope:
            case "left out":
                return incoming
            case "φ":
                return [e * p for e, p in zip(incoming, a, strict=True)]
            case "element by element":
                return [e * p * (1 - p) for e, p in zip(incoming, a, strict=True)]
        slopes = jacobian("softmax", z)
        if (self.rule.softmax, self.rule.pairing) != ("classes", "own"):  # the slope is made of a, whatever made a
            slopes = [[a[k] * ((k == j) - a[j]) for j in range(len(a))] for k in range(len(a))]
        return [sum(incoming[k] * slopes[k][j] for k in range(len(a))) for j in range(len(a))]

    def joined_delta(self, incoming: Row, a: Row, row: int) -> Row:
        softmax, target = self.names[-1] == "softmax", self.target(row)
        match self.rule.output_slope:
            case "element by element":
                return [e * p * (1 - p) for e, p in zip(incoming, a, strict=True)]
            case "∂L/∂a alone" if softmax:
                return [self.scale() * -t / p for t, p in zip(target, a, strict=True)]
            case "∂L/∂a alone":
                return [e / (p * (1 - p)) for e, p in zip(incoming, a, strict=True)]
            case "element of ∂L/∂a" if softmax:
                return [self.scale() * -t / p * p * (1 - p) for t, p in zip(target, a, strict=True)]
        return incoming

    def handed_back(self, layer: int) -> Table:
        above, rule = layer + 1, self.rule
        rows = {
            "delta": self.made.delta[above], "error": self.incoming[above], "output": self.made.a[above],
        }[rule.handed]  # fmt: skip
        w = self.weights[above]
        if rule.through == "new":
            w = self.new[above]
        if rule.through == "gradient":
            w = self.unpenalised[above]
        if rule.through == "untransposed" and len(w) == len(w[0]):
            w = transposed(w)
        back = [[sum(w[i][o] * row[o] for o in range(len(row))) for i in range(len(w))] for row in rows]
        return times(rule.layer_factor * rule.hidden_factor, back)

    # --- the batch ---

    def reduce(self, layer: int) -> None:
        rule = self.rule
        below = self.made.a[layer - 1] if layer else self.inputs
        top_only = rule.weights_from == "output error" and layer == self.top
        sources = self.incoming[layer] if top_only or rule.weights_from == "error" else self.made.delta[layer]
        one = [[[p * d for d in row] for p in a] for a, row in zip(below, sources, strict=True)]
        if rule.outer == "transposed" and len(one[0]) == len(one[0][0]):
            one = [transposed(table) for table in one]
        weights = self.over_the_batch(one, rule.reduction)
        weights = self.with_kept(weights, self.kept(layer)[0])
        self.unpenalised[layer] = weights
        biases = self.biases_of(layer, weights)
        w, b = self.penalised(weights, self.weights[layer]), [biases]
        if rule.l2 == "on biases" and self.given.network.architecture.bias == "trained":
            b = added(b, times(self.given.rules.l2, [self.biases[layer]]))
        if self.rule.step == "carried" and self.n < self.given.nominal:  # it waits for the next batch
            w, b = times(0.0, w), times(0.0, b)
        self.gradients[layer] = w, b[0]
        step = self.step(w, self.velocity(layer)[0])
        self.new[layer] = step if rule.step == "set to" else added(self.weights[layer], step)

    def biases_of(self, layer: int, weights: Table) -> Row:
        rule, delta = self.rule, self.made.delta[layer]
        units = len(delta[0])
        if rule.biases == "never" or self.given.network.architecture.bias == "frozen":
            return [0.0] * units
        if rule.biases == "row sums":
            return [sum(row[o] for row in weights) for o in range(units)]
        if rule.biases in ("last", "last divided"):
            delta = [delta[-1]]
        if rule.biases == "one number":
            delta = [[sum(row)] * units for row in delta]
        if rule.biases == "before φ′":
            delta = self.incoming[layer]
        reduced = self.bias_total(layer, delta)
        reduced = self.with_kept(reduced, [self.kept(layer)[1]])
        if rule.biases == "once per weight":
            inputs = len(self.weights[layer])
            reduced = [[sum(b for _ in range(inputs)) for b in reduced[0]]]
        if rule.biases == "divided twice":
            reduced = times(1 / self.n, reduced)
        return reduced[0]

    def bias_total(self, layer: int, delta: Table) -> Table:
        """What the biases' loop ends with, in a table of one row."""
        rows, biases = len(self.made.delta[layer]), self.rule.biases
        if biases in ("undivided", "last"):
            self.divisor = 1
            share = float(self.n) if rows == 1 < self.n else 1.0
            return [[share * sum(column) for column in zip(*delta, strict=True)]]
        if biases == "last divided" and rows == self.n:
            self.divisor = self.count if self.mean else 1
            return delta if self.rule.step == "carried" else times(1 / self.divisor, delta)
        how = "right" if biases == "last divided" else self.rule.reduction
        return self.over_the_batch([[row] for row in delta], how)

    @property
    def count(self) -> int:
        """Samples whose sum is reduced."""
        return self.n + (self.given.carried.count if self.rule.step == "carried" else 0)

    def over_the_batch(self, one: list[Table], reduction: str) -> Table:
        def summed(tables: list[Table]) -> Table:
            total = tables[0]
            for table in tables[1:]:
                total = added(total, table)
            return total

        if reduction in ("mean of means", "sum of means") and self.mean and self.rule.step != "carried":
            parts = self.parts(len(one))
            means = [times(1 / len(part), summed([one[m] for m in part])) for part in parts]
            return times(1 / len(parts) if reduction == "mean of means" else 1.0, summed(means))
        dealt = self.dealt(reduction)
        total = summed([one[m if len(one) == self.n else 0] for m in dealt])
        divisor = self.divided_by(reduction, self.count + len(dealt) - self.n)
        if self.rule.step == "carried":
            self.divisor = divisor
            return total
        return times(1 / divisor, total)

    def dealt(self, reduction: str) -> list[int]:
        """The samples that are added: those of the batch, or with some again until every rank has as many."""
        ranks, dealt = len(self.given.rules.ranks), list(range(self.n))
        while reduction == "padded" and ranks and len(dealt) % ranks:
            dealt.append(dealt[len(dealt) - self.n])
        return dealt

    def divided_by(self, reduction: str, count: int) -> float:
        ranks = len(self.given.rules.ranks)
        divisor = count if self.mean else 1
        match reduction:
            case "other":
                return 1 if self.mean else count
            case "twice":
                return count**2
            case "nominal" if self.mean:
                return self.given.nominal
            case "by ranks" if ranks:
                return ranks
            case "times ranks" if ranks:
                return divisor / ranks
        return divisor

    def parts(self, n: int) -> list[list[int]]:
        if n < self.n:
            return [[0]]
        if self.given.rules.ranks and not self.rule.part_size:
            return self.owned(n)
        size = self.rule.part_size or max(int(0.75 * n), 1)
        return [list(range(start, min(start + size, n))) for start in range(0, n, size)]

    def owned(self, n: int) -> list[list[int]]:
        """The rows of each rank that has some: whole shares first, then a row each by the fractions left."""
        ranks = self.given.rules.ranks
        wanted = [n * share / sum(ranks) for share in ranks]
        sizes = [int(rows + 1e-9) for rows in wanted]
        for rank in sorted(range(len(ranks)), key=lambda rank: (round(sizes[rank] - wanted[rank], 9), rank)):
            if sum(sizes) < n:
                sizes[rank] += 1
        rows = iter(range(n))
        return [[next(rows) for _ in range(size)] for size in sizes if size]

    def kept(self, layer: int) -> tuple[Table, Row]:
        total = self.given.carried.total
        flat = [0.0] * self.given.network.flat.size if total is None else total.tolist()
        for k, w in enumerate(self.weights):
            i, o = len(w), len(w[0])
            mine = [flat[r * o : r * o + o] for r in range(i)]
            flat = flat[i * o :]
            b = flat[:o] if self.has_biases else [0.0] * o
            flat = flat[o:] if self.has_biases else flat
            if k == layer:
                return mine, b
        raise AssertionError

    def with_kept(self, reduced: Table, kept: Table) -> Table:
        if self.rule.step == "never cleared":
            return added(reduced, kept)
        if self.rule.step == "carried":
            if self.n < self.given.nominal:
                return times(0.0, reduced)
            return times(1 / self.divisor, added(reduced, kept))
        return reduced

    # --- the step ---

    def penalised(self, weights: Table, theta: Table) -> Table:
        strength = self.given.rules.l2
        match self.rule.l2:
            case "left out":
                strength = 0.0
            case "subtracted":
                strength = -strength
            case "doubled":
                strength = 2 * strength
            case "divided":
                strength = strength / self.n
        return added(weights, times(strength, theta))

    def velocity(self, layer: int) -> tuple[Table, Row]:
        if self.given.rules.optimizer.name == "sgd":
            return times(0.0, self.weights[layer]), [0.0] * len(self.biases[layer])
        carried = replace(self.given.carried, total=self.given.memory_or_fresh()[0])
        return Program(replace(self.given, carried=carried), Rule()).kept(layer)

    def step(self, g: Table, v: Table) -> Table:
        if self.rule.step == "carried" and self.n < self.given.nominal:
            return times(0.0, g)
        rules, rate = self.given.rules, self.rate
        velocity = g
        if rules.optimizer.name == "momentum":
            mu = rules.optimizer.momentum
            share = 1 - mu if self.rule.momentum == "damped" else 1.0
            velocity = v if self.rule.momentum == "old v" else added(times(mu, v), times(share, g))
            if self.rule.momentum == "first without γ" and self.given.t == 1:
                rate = 1.0
        return times(rate if self.rule.step == "added" else -rate, velocity)

    def update(self, layer: int) -> None:
        w, b = self.gradients[layer]
        of_weights, of_biases = self.velocity(layer)
        step_w, step_b = self.step(w, of_weights), self.step([b], [of_biases])[0]
        self.made.weights.append(w)
        self.made.biases.append(b)
        self.made.step_weights.append(step_w)
        self.made.step_biases.append(step_b)
        set_to = self.rule.step == "set to"
        self.made.after_weights.append(step_w if set_to else added(self.weights[layer], step_w))
        self.made.after_biases.append(step_b if set_to else added([self.biases[layer]], [step_b])[0])


def made(given: Given, rule: Rule) -> Made:
    """What a program with these choices makes of a batch."""
    return after_each_sample(given, rule) if rule.step == "each sample" else Program(given, rule).run()


def after_each_sample(given: Given, rule: Rule) -> Made:
    """The update stands inside the loop over the samples. Plain gradient descent."""
    outer = Program(given, rule)
    targets = [outer.target(m) for m in range(outer.n)]
    inner = replace(rule, step="right", pairing="own")
    total: Made | None = None
    network = given.network
    for m in range(outer.n):
        one = replace(given, network=network, x=given.x[m : m + 1], y=np.array(targets[m : m + 1]),
                      nominal=given.nominal or outer.n)  # fmt: skip
        here = Program(one, inner).run()
        network = explicit(
            network.architecture,
            [np.array(w) for w in here.after_weights],
            [np.array(b) for b in here.after_biases] if outer.has_biases else [],
        )
        total = here if total is None else both(total, here)
    assert total is not None
    return total


def both(first: Made, second: Made) -> Made:
    def rows(one: list[Table], other: list[Table]) -> list[Table]:
        return [a + b for a, b in zip(one, other, strict=True)]

    def sums(one: list[Table], other: list[Table]) -> list[Table]:
        return [added(a, b) for a, b in zip(one, other, strict=True)]

    return Made(
        rows(first.z, second.z), rows(first.a, second.a), rows(first.delta, second.delta),
        sums(first.weights, second.weights), added(first.biases, second.biases),
        sums(first.step_weights, second.step_weights), added(first.step_biases, second.step_biases),
        second.after_weights, second.after_biases,
    )  # fmt: skip
