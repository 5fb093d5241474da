"""Formulas of the forward pass: z, a, φ′ and the losses."""

from bptui.engine.weight import sub
from bptui.explain.expression import Product, Quotient, Sum, whole
from bptui.explain.formula import Formula, long_sum, named, number
from bptui.explain.quantity import LOSS_SUM, Quantity, activation, loss, of_weight, tag
from bptui.explain.spelling import LayerSpelling, activation_name, activation_spelling, loss_spelling
from bptui.training.record import UpdateRecord


def z(record: UpdateRecord, q: Quantity) -> Formula:
    """z_j = Σ_i w_ij a_i + b_j."""
    layer, unit, m = q.layer, q.unit, q.sample
    w, a = record.before.weights[layer - 1][:, unit], record.passed.a[layer - 1][m]

    def pair(i: int) -> tuple[Quantity, ...]:
        return of_weight("weight", layer, i, unit), activation(layer - 1, i, m)

    terms = long_sum(w * a, lambda i: Product(tuple(number(record, part) for part in pair(i))), pair)
    source = "xi" if layer == 1 else "i"
    below = f"xi{tag(m)}" if layer == 1 else f"a{sub(layer - 1)}[i]{tag(m)}"
    symbols = f"Σ_i w{sub(layer)}[{source}→{record.names.unit(layer, unit)}] · {below}"
    if record.before.biases:
        bias = of_weight("weight", layer, -1, unit)
        terms, symbols = (*terms, number(record, bias)), f"{symbols} + {named(record, bias)}"
    return Formula(symbols, Sum(terms))


def a(record: UpdateRecord, q: Quantity) -> Formula:
    """a = φ(z)."""
    spelling = activation_spelling(record, q.layer)
    if isinstance(spelling, LayerSpelling):
        return spelling.value(record, q)
    before = q.of_unit("z")
    return Formula(
        *spelling.value(named(record, before), number(record, before)), f"φ is {activation_name(record, q.layer)}"
    )


def slope(record: UpdateRecord, q: Quantity) -> Formula:
    """φ′(z), in a where that is shorter. Raises ValueError for an activation that has no slope per unit."""
    spelling, kind = activation_spelling(record, q.layer), activation_name(record, q.layer)
    if isinstance(spelling, LayerSpelling):
        raise ValueError(f"{kind} has no slope per unit")
    inside = q.of_unit(spelling.slope_in or "z")
    return Formula(*spelling.slope(named(record, inside), number(record, inside)), f"φ is {kind}")


def sample_loss(record: UpdateRecord, q: Quantity) -> Formula:
    """L of one sample."""
    return loss_spelling(record).value(record, q.sample)


def loss_sum(record: UpdateRecord, _: Quantity) -> Formula:
    """Σ_m L_m."""
    losses = record.passed.loss
    terms = long_sum(losses, lambda m: number(record, loss(m)), lambda m: (loss(m),))
    return Formula(f"Σ_m L[#m], m = 1 … {record.n}", Sum(terms))


def loss_mean(record: UpdateRecord, _: Quantity) -> Formula:
    """Σ_m L_m / n."""
    note = "without the penalty on the weights" if record.penalised else ""
    return Formula(f"{named(record, LOSS_SUM)} / {record.n}", Quotient(number(record, LOSS_SUM), whole(record.n)), note)
