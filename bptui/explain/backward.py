"""Formulas of the backward pass: ∂L/∂a, δ, and what a sample contributes to a weight."""

from bptui.engine.weight import sub
from bptui.explain.expression import Expression, Part, Product, Sum, minus, times, whole
from bptui.explain.formula import Formula, long_sum, named, number
from bptui.explain.quantity import Quantity, activation, of_unit, of_weight, tag, target
from bptui.explain.spelling import LayerSpelling, activation_name, activation_spelling, loss_spelling
from bptui.training.record import UpdateRecord


def is_joined(record: UpdateRecord) -> bool:
    """Is δ of the output a − y at once: BCE with sigmoid, CE with softmax?"""
    return loss_spelling(record).slope is None


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
        return f"Σ_k w{layer}[{record.names.unit(q.layer, q.unit)}→k] · δ{layer}[k]{tag(q.sample)}"
    return loss_slope_spelled(record, q)[0]


def miss_of(record: UpdateRecord, q: Quantity) -> tuple[str, Expression]:
    """a − y of an output, in symbols and with numbers."""
    a, y = q.of_unit("a"), target(q.unit, q.sample)
    return f"{named(record, a)} − {named(record, y)}", minus(number(record, a), number(record, y))


def loss_slope_spelled(record: UpdateRecord, q: Quantity) -> tuple[str, Expression]:
    """∂L/∂a of an output, as a factor. Raises ValueError where the loss is joined with the activation."""
    spelled = loss_spelling(record).slope
    if spelled is None:
        raise ValueError("where the loss is joined with the activation, δ = a − y has no ∂L/∂a in it")
    symbols, numbers = miss_of(record, q)
    return spelled(f"({symbols})", numbers, record.targets.shape[1])


def loss_slope(record: UpdateRecord, q: Quantity) -> Formula:
    """∂L/∂a at the output: how the loss changes with one answer."""
    symbols, numbers = loss_slope_spelled(record, q)
    miss, _ = miss_of(record, q)
    alone = miss if symbols == f"({miss})" else symbols
    return Formula(alone, numbers, f"the slope of the {record.settings.rules.loss}")


def delta(record: UpdateRecord, q: Quantity) -> Formula:
    """δ = ∂L/∂z."""
    if q.layer == record.layers and is_joined(record):
        return joined_delta(record, q)
    spelling = activation_spelling(record, q.layer)
    if isinstance(spelling, LayerSpelling):
        return spelling.delta(record, q)
    slope, above = q.of_unit("slope"), q.of_unit("upstream")
    inside = upstream(record, above).numbers
    assert inside is not None
    numbers = times(number(record, slope), Part(above, inside))
    note = "the chain rule, with this sample's own z" if q.layer < record.layers else ""
    return Formula(f"{named(record, slope)} · {upstream_symbols(record, above)}", numbers, note)


def joined_delta(record: UpdateRecord, q: Quantity) -> Formula:
    """δ = a − y: ∂L/∂a and φ′ multiplied out (Bishop 2006, section 5.3)."""
    loss, kind = record.settings.rules.loss, activation_name(record, q.layer)
    return Formula(*miss_of(record, q), f"{loss} and {kind} joined")


def contribution(record: UpdateRecord, q: Quantity) -> Formula:
    """∂L_m/∂w_ij = a_i δ_j; a bias has the input 1."""
    delta = of_unit("delta", q.layer, q.unit, q.sample)
    note = "this sample's own input and δ: no average"
    if q.source < 0:
        return Formula(f"1 · {named(record, delta)}", times(whole(1), number(record, delta)), note)
    a = activation(q.layer - 1, q.source, q.sample)
    return Formula(
        f"{named(record, a)} · {named(record, delta)}", times(number(record, a), number(record, delta)), note
    )
