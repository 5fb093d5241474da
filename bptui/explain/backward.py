"""Formulas of the backward pass: ∂L/∂a, δ, and what a sample contributes to a weight."""

from bptui.engine.losses import LOSSES
from bptui.engine.weight import sub
from bptui.explain.expression import (
    Constant,
    Expression,
    Part,
    Product,
    Quotient,
    Sum,
    minus,
    times,
    whole,
)
from bptui.explain.formula import Formula, long_sum, number
from bptui.explain.forward import activation_name
from bptui.explain.quantity import Quantity, activation, name, of_unit, of_weight, tag, target
from bptui.explain.values import value
from bptui.training.record import UpdateRecord


def is_joined(record: UpdateRecord) -> bool:
    """Is δ of the output a − y at once: BCE with sigmoid, CE with softmax?"""
    return LOSSES[record.settings.rules.loss].joined is not None


def upstream(record: UpdateRecord, q: Quantity) -> Formula:
    """∂L/∂a."""
    if q.layer == record.layers:
        return loss_slope(record, q)
    layer, unit, m = q.layer + 1, q.unit, q.sample
    w, delta = record.before.weights[layer - 1][unit], record.passed.delta[layer - 1][m]

    def pair(k: int) -> tuple[Quantity, ...]:
        return of_weight("weight", layer, unit, k), of_unit("delta", layer, k, m)

    terms = long_sum(w * delta, lambda k: Product(tuple(number(record, part) for part in pair(k))), pair)
    note = "every unit it feeds hands back its δ, times the weight between them"
    return Formula(upstream_symbols(record, q), Sum(terms), note)


def upstream_symbols(record: UpdateRecord, q: Quantity) -> str:
    """Σ_k w δ in symbols; the slope of the loss at the output."""
    if q.layer < record.layers:
        layer = sub(q.layer + 1)
        return f"Σ_k w{layer}[{q.unit}→k] · δ{layer}[k]{tag(q.sample)}"
    miss = f"({name(q.of_unit('a'))} − {name(target(q.unit, q.sample))})"
    match record.settings.rules.loss:
        case "squared-error":
            return f"2 · {miss}"
        case "mean-squared-error":
            return f"2 · {miss} / {record.targets.shape[1]}"
    return miss


def loss_slope(record: UpdateRecord, q: Quantity) -> Formula:
    """∂L/∂a at the output: how the loss changes with one answer."""
    miss = minus(number(record, q.of_unit("a")), number(record, target(q.unit, q.sample)))
    twice = times(Constant(2.0, "2"), miss)
    kind = record.settings.rules.loss
    numbers: Expression = miss if kind == "half-squared-error" else twice
    if kind == "mean-squared-error":
        numbers = Quotient(twice, whole(record.targets.shape[1]))
    symbols = upstream_symbols(record, q)
    bare = symbols[1:-1] if kind == "half-squared-error" else symbols
    return Formula(bare, numbers, f"the slope of the {kind}")


def delta(record: UpdateRecord, q: Quantity) -> Formula:
    """δ = ∂L/∂z."""
    if q.layer == record.layers and is_joined(record):
        return joined_delta(record, q)
    if activation_name(record, q.layer) == "softmax":
        return softmax_delta(record, q)
    slope, above = q.of_unit("slope"), q.of_unit("upstream")
    inside = upstream(record, above).numbers
    assert inside is not None
    numbers = times(number(record, slope), Part(above, inside))
    note = "the chain rule, with this sample's own z" if q.layer < record.layers else ""
    return Formula(f"{name(slope)} · {upstream_symbols(record, above)}", numbers, note)


def joined_delta(record: UpdateRecord, q: Quantity) -> Formula:
    """δ = a − y: ∂L/∂a and φ′ multiplied out (Bishop 2006, section 5.3)."""
    a, y = q.of_unit("a"), target(q.unit, q.sample)
    loss, kind = record.settings.rules.loss, activation_name(record, q.layer)
    return Formula(f"{name(a)} − {name(y)}", minus(number(record, a), number(record, y)), f"{loss} and {kind} joined")


def softmax_delta(record: UpdateRecord, q: Quantity) -> Formula:
    """δ_k = a_k (g_k − Σ_j g_j a_j), g = ∂L/∂a: every output of softmax depends on every z."""
    layer, m = q.layer, q.sample
    outputs = [of_unit("a", layer, j, m) for j in range(record.targets.shape[1])]

    def pair(j: int) -> tuple[Quantity, ...]:
        return outputs[j].of_unit("upstream"), outputs[j]

    products = [value(record, g) * value(record, a) for g, a in map(pair, range(len(outputs)))]
    terms = long_sum(products, lambda j: Product(tuple(number(record, part) for part in pair(j))), pair)
    own = q.of_unit("a")
    numbers = times(number(record, own), minus(number(record, q.of_unit("upstream")), Sum(terms)))
    other = f"{sub(layer)}[j]{tag(m)}"
    symbols = f"{name(own)} · ({name(q.of_unit('upstream'))} − Σ_j ∂L/∂a{other} · a{other})"
    return Formula(symbols, numbers, "softmax: every output depends on every z")


def contribution(record: UpdateRecord, q: Quantity) -> Formula:
    """∂L_m/∂w_ij = a_i δ_j; a bias has the input 1."""
    delta = of_unit("delta", q.layer, q.unit, q.sample)
    note = "this sample's own input and δ: no average"
    if q.source < 0:
        return Formula(f"1 · {name(delta)}", times(whole(1), number(record, delta)), note)
    a = activation(q.layer - 1, q.source, q.sample)
    return Formula(f"{name(a)} · {name(delta)}", times(number(record, a), number(record, delta)), note)
