"""Formulas of the forward pass: z, a, φ′ and the losses."""

import numpy as np

from bptui.engine.weight import sub
from bptui.explain.expression import (
    HALF,
    ONE,
    PI,
    TWO,
    Bracket,
    Expression,
    Negative,
    Product,
    Quotient,
    Sum,
    call,
    evaluate,
    minus,
    setting,
    square,
    times,
    whole,
)
from bptui.explain.formula import Formula, long_sum, number
from bptui.explain.quantity import LOSS_SUM, Quantity, activation, loss, name, of_unit, of_weight, tag, target
from bptui.training.record import UpdateRecord

FROM_A = ("sigmoid", "tanh")
"""Activations whose slope is written in a; that of identity needs nothing, that of the others is written in z."""
TOO_FAR = 300.0  # from here on e^z is written so that it stays finite
NEAR = 1e-4  # of 0 and 1: from here on ln a and ln(1 − a) lose digits, and the loss is written in z
ZERO = whole(0)


def activation_name(record: UpdateRecord, layer: int) -> str:
    return record.before.architecture.activations[layer - 1]


def z(record: UpdateRecord, q: Quantity) -> Formula:
    """z_j = Σ_i w_ij a_i + b_j."""
    layer, unit, m = q.layer, q.unit, q.sample
    w, a = record.before.weights[layer - 1][:, unit], record.passed.a[layer - 1][m]

    def pair(i: int) -> tuple[Quantity, ...]:
        return of_weight("weight", layer, i, unit), activation(layer - 1, i, m)

    terms = long_sum(w * a, lambda i: Product(tuple(number(record, part) for part in pair(i))), pair)
    source = "xi" if layer == 1 else "i"
    below = f"xi{tag(m)}" if layer == 1 else f"a{sub(layer - 1)}[i]{tag(m)}"
    symbols = f"Σ_i w{sub(layer)}[{source}→{unit}] · {below}"
    if record.before.biases:
        bias = of_weight("weight", layer, -1, unit)
        terms, symbols = (*terms, number(record, bias)), f"{symbols} + {name(bias)}"
    return Formula(symbols, Sum(terms))


def a(record: UpdateRecord, q: Quantity) -> Formula:
    """a = φ(z)."""
    kind = activation_name(record, q.layer)
    if kind == "softmax":
        return softmax(record, q)
    before = q.of_unit("z")
    x = number(record, before)
    symbols, numbers = phi(kind, name(before), x, x.value)
    return Formula(symbols, numbers, f"φ is {kind}")


def phi(kind: str, s: str, x: Expression, z: float) -> tuple[str, Expression]:
    """φ in symbols (s stands for z) and with numbers."""
    match kind:
        case "sigmoid":
            return f"1 / (1 + e^(−{s}))", Quotient(ONE, Sum((ONE, call("e^", Negative(x)))))
        case "tanh":
            return f"tanh({s})", call("tanh", x)
        case "relu":
            return f"max({s}, 0)", call("max", x, ZERO)
        case "leaky-relu":
            return f"max({s}, 0.01 · {s})", call("max", x, times(setting(0.01), x))
        case "softplus" if z > TOO_FAR:
            return f"ln(1 + e^({s})) = {s} + ln(1 + e^(−{s}))", Sum(
                (x, call("ln", Sum((ONE, call("e^", Negative(x))))))
            )
        case "softplus":
            return f"ln(1 + e^({s}))", call("ln", Sum((ONE, call("e^", x))))
        case "gelu":
            return f"{s} · Φ({s})", times(x, call("Φ", x))
    return s, x


def softmax(record: UpdateRecord, q: Quantity) -> Formula:
    """a_k = e^z_k / Σ_j e^z_j."""
    shift = shift_of(record, q.sample)
    top = power_of_e(record, q.of_unit("z"), shift)
    powers, symbol = sum_of_powers(record, q.sample, shift)
    away = " − max z" if shift else ""
    return Formula(f"e^({name(q.of_unit('z'))}{away}) / {symbol}", Quotient(top, powers), "φ is softmax")


def shift_of(record: UpdateRecord, m: int) -> Quantity | None:
    """The largest z, which is subtracted where e^z would overflow: the quotient stays the same."""
    z = record.passed.z[-1][m]
    return of_unit("z", record.layers, int(z.argmax()), m) if float(np.abs(z).max()) > TOO_FAR else None


def power_of_e(record: UpdateRecord, q: Quantity, shift: Quantity | None) -> Expression:
    z = number(record, q)
    return call("e^", minus(z, number(record, shift)) if shift else z)


def sum_of_powers(record: UpdateRecord, m: int, shift: Quantity | None) -> tuple[Expression, str]:
    """Σ_j e^z_j over the outputs, with numbers and in symbols."""
    units = [of_unit("z", record.layers, j, m) for j in range(record.targets.shape[1])]
    powers = [power_of_e(record, unit, shift) for unit in units]
    terms = long_sum([evaluate(power) for power in powers], lambda j: powers[j], lambda j: (units[j],))
    away = " − max z" if shift else ""
    return Sum(terms), f"Σ_j e^(z{sub(record.layers)}[j]{tag(m)}{away})"


def slope(record: UpdateRecord, q: Quantity) -> Formula:
    """φ′(z), in a where that is shorter."""
    kind = activation_name(record, q.layer)
    if kind == "identity":
        return Formula("1", ONE, "φ is identity")
    inside = slope_reads(record, q)
    s, x = name(inside), number(record, inside)
    symbols, numbers = phi_slope(kind, s, x)
    return Formula(symbols, numbers, f"φ is {kind}")


def slope_reads(record: UpdateRecord, q: Quantity) -> Quantity:
    """The quantity that φ′ is written in."""
    return q.of_unit("a" if activation_name(record, q.layer) in FROM_A else "z")


def phi_slope(kind: str, s: str, x: Expression) -> tuple[str, Expression]:
    match kind:
        case "sigmoid":
            return f"{s} · (1 − {s})", times(x, minus(ONE, x))
        case "tanh":
            return f"1 − {s}²", minus(ONE, square(x))
        case "relu":
            return f"1 if {s} > 0 else 0", Bracket(x, ">", ZERO)
        case "leaky-relu":
            flat = times(setting(0.01), Bracket(x, "≤", ZERO))
            return f"1 if {s} > 0 else 0.01", Sum((Bracket(x, ">", ZERO), flat))
        case "softplus":
            return f"1 / (1 + e^(−{s}))", Quotient(ONE, Sum((ONE, call("e^", Negative(x)))))
    density = Quotient(call("e^", Negative(Quotient(square(x), TWO))), call("√", times(TWO, PI)))
    return f"Φ({s}) + {s} · e^(−{s}² / 2) / √(2π)", Sum((call("Φ", x), times(x, density)))


def sample_loss(record: UpdateRecord, q: Quantity) -> Formula:
    """L of one sample."""
    kind = record.settings.rules.loss
    if kind.endswith("squared-error"):
        return squared_loss(record, q.sample, kind)
    if written_in_z(record, q.sample):
        return cross_entropy_in_z(record, q.sample, kind)
    return cross_entropy(record, q.sample, kind)


def pairs(record: UpdateRecord, m: int) -> list[tuple[Quantity, Quantity]]:
    """(a_k, y_k) of every output."""
    return [(of_unit("a", record.layers, k, m), target(k, m)) for k in range(record.targets.shape[1])]


def over_outputs(record: UpdateRecord, terms: list[Expression], of: list[tuple[Quantity, Quantity]]) -> Expression:
    return Sum(long_sum([evaluate(term) for term in terms], lambda k: terms[k], lambda k: of[k]))


def squared_loss(record: UpdateRecord, m: int, kind: str) -> Formula:
    of = pairs(record, m)
    terms: list[Expression] = [square(minus(number(record, a), number(record, y))) for a, y in of]
    total = over_outputs(record, terms, of)
    symbols = f"Σ_k (a{sub(record.layers)}[k]{tag(m)} − y[k]{tag(m)})²"
    if kind == "half-squared-error":
        return Formula(f"½ · {symbols}", times(HALF, total))
    if kind == "mean-squared-error":
        count = len(of)
        return Formula(f"{symbols} / {count}", Quotient(total, whole(count)), "the mean is over outputs, not samples")
    return Formula(symbols, total)


def written_in_z(record: UpdateRecord, m: int) -> bool:
    """Is this sample so sure of its answer that its cross-entropy has to be written in z to keep its digits?"""
    a, y = record.passed.a[-1][m], record.targets[m]
    match record.settings.rules.loss:
        case "binary-cross-entropy":
            return bool((np.minimum(a, 1.0 - a) < NEAR).any())
        case "cross-entropy":
            return bool((a <= 0).any() or (1.0 - a[y != 0] < NEAR).any())
    return False


def cross_entropy(record: UpdateRecord, m: int, kind: str) -> Formula:
    of = pairs(record, m)
    a, y = f"a{sub(record.layers)}[k]{tag(m)}", f"y[k]{tag(m)}"
    terms: list[Expression] = []
    for out, wanted in of:
        said, truth = number(record, out), number(record, wanted)
        yes = times(truth, call("ln", said))
        no = times(minus(ONE, truth), call("ln", minus(ONE, said)))
        terms.append(Sum((yes, no)) if kind == "binary-cross-entropy" else yes)
    inside = f"{y} · ln({a})"
    if kind == "binary-cross-entropy":
        inside = f"[{y} · ln({a}) + (1 − {y}) · ln(1 − {a})]"
    return Formula(f"−Σ_k {inside}", Negative(over_outputs(record, terms, of)))


def cross_entropy_in_z(record: UpdateRecord, m: int, kind: str) -> Formula:
    """The same losses in z, as the engine computes them (see bptui.engine.losses)."""
    layer, note = record.layers, "written in z: where a is next to 0 or 1, ln a would lose its digits"
    of = [(of_unit("z", layer, k, m), target(k, m)) for k in range(record.targets.shape[1])]
    z, y = f"z{sub(layer)}[k]{tag(m)}", f"y[k]{tag(m)}"
    terms: list[Expression] = []
    if kind == "binary-cross-entropy":
        for before, wanted in of:
            x = number(record, before)
            tail = call("ln", Sum((ONE, call("e^", Negative(call("abs", x))))))
            terms.append(Sum((call("max", x, ZERO), Negative(times(x, number(record, wanted))), tail)))
        symbols = f"Σ_k [max({z}, 0) − {z} · {y} + ln(1 + e^(−|{z}|))]"
        return Formula(symbols, over_outputs(record, terms, of), note)
    top = of_unit("z", layer, int(record.passed.z[-1][m].argmax()), m)
    shifted = [(minus(number(record, before), number(record, top)), wanted) for before, wanted in of]
    others = [call("e^", away) for k, (away, _) in enumerate(shifted) if k != top.unit]
    members = [pair for k, pair in enumerate(of) if k != top.unit]
    rest = long_sum([evaluate(power) for power in others], lambda k: others[k], lambda k: members[k][:1])
    chosen = over_outputs(record, [times(number(record, wanted), away) for away, wanted in shifted], of)
    symbols = f"ln Σ_j e^(z{sub(layer)}[j]{tag(m)} − max z) − Σ_k {y} · ({z} − max z)"
    return Formula(symbols, minus(call("ln", Sum((ONE, *rest))), chosen), note)


def loss_sum(record: UpdateRecord, _: Quantity) -> Formula:
    losses = record.passed.loss
    terms = long_sum(losses, lambda m: number(record, loss(m)), lambda m: (loss(m),))
    return Formula(f"Σ_m L[#m], m = 1 … {record.n}", Sum(terms))


def loss_mean(record: UpdateRecord, _: Quantity) -> Formula:
    return Formula(f"{name(LOSS_SUM)} / {record.n}", Quotient(number(record, LOSS_SUM), whole(record.n)))
