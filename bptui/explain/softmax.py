"""Formulas of softmax: every output depends on every z of its layer, so neither a nor δ is one unit's affair."""

import numpy as np

from bptui.engine.weight import sub
from bptui.explain.expression import Expression, Product, Quotient, Sum, call, evaluate, minus, times
from bptui.explain.formula import TOO_FAR, Formula, long_sum, named, number
from bptui.explain.quantity import Quantity, of_unit, tag
from bptui.explain.values import value
from bptui.training.record import UpdateRecord


def softmax(record: UpdateRecord, q: Quantity) -> Formula:
    """a_k = e^z_k / Σ_j e^z_j."""
    shift = shift_of(record, q.sample)
    top = power_of_e(record, q.of_unit("z"), shift)
    powers, symbol = sum_of_powers(record, q.sample, shift)
    away = " − max z" if shift else ""
    return Formula(f"e^({named(record, q.of_unit('z'))}{away}) / {symbol}", Quotient(top, powers), "φ is softmax")


def shift_of(record: UpdateRecord, m: int) -> Quantity | None:
    """The largest z, which is subtracted where e^z would overflow: the quotient stays the same."""
    z = record.passed.z[-1][m]
    return of_unit("z", record.layers, int(z.argmax()), m) if float(np.abs(z).max()) > TOO_FAR else None


def power_of_e(record: UpdateRecord, q: Quantity, shift: Quantity | None) -> Expression:
    """e^z, or e^(z − max z) where there is a shift."""
    z = number(record, q)
    return call("e^", minus(z, number(record, shift)) if shift else z)


def sum_of_powers(record: UpdateRecord, m: int, shift: Quantity | None) -> tuple[Expression, str]:
    """Σ_j e^z_j over the outputs, with numbers and in symbols."""
    units = [of_unit("z", record.layers, j, m) for j in range(record.targets.shape[1])]
    powers = [power_of_e(record, unit, shift) for unit in units]
    terms = long_sum([evaluate(power) for power in powers], lambda j: powers[j], lambda j: (units[j],))
    away = " − max z" if shift else ""
    return Sum(terms), f"Σ_j e^(z{sub(record.layers)}[j]{tag(m)}{away})"


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
    symbols = f"{named(record, own)} · ({named(record, q.of_unit('upstream'))} − Σ_j ∂L/∂a{other} · a{other})"
    return Formula(symbols, numbers, "softmax: every output depends on every z")
