"""Where a person's numbers leave the true way: the line of the formula that makes the quantity, with its numbers."""

from collections.abc import Collection

from bptui.diagnosis.compare import Compared
from bptui.engine.losses import LOSSES
from bptui.engine.weight import Weight
from bptui.explain import digits, explain
from bptui.explain.lines import a_line, delta_line, gradient_line, step_line, z_line
from bptui.explain.quantity import Quantity, of_unit
from bptui.explain.quantity import loss as loss_of
from bptui.training.record import UpdateRecord

WRITE = digits(6)
MOST_TERMS = 6


def line_of(record: UpdateRecord, compared: Compared, given: Collection[str], reduction: str = "") -> str:
    """The line of a true program that makes this quantity, and those of what it is made of and is not ``given``."""
    part = compared.part
    lines, bias = [_line(record, compared, reduction)], part.what == "biases"
    name = f"{'b' if bias else 'W'}{part.layer}"
    if part.kind == "after" and f"step_{name}" not in given:
        lines.append(step_line(record))
    if part.kind in ("step", "after") and name not in given:
        lines.append(f"g = {gradient_line(record, part.layer, bias)}")
    if part.what and f"delta{part.layer}" not in given and (part.kind in ("samples", "gradient") or name not in given):
        lines.append(f"δ{part.layer} = {delta_line(record, part.layer)}")
    return "; ".join(lines)


def _line(record: UpdateRecord, compared: Compared, reduction: str) -> str:
    part = compared.part
    layer, bias = part.layer, part.what == "biases"
    match part.kind:
        case "z":
            return z_line(layer, bool(record.before.biases))
        case "a":
            return a_line(record, layer)
        case "delta":
            return f"δ{layer} = {delta_line(record, layer)}"
        case "loss":
            return f"L = {LOSSES[record.settings.rules.loss].formula}"
        case "samples":
            return f"∂L_m/∂{'b' if bias else 'W'}{layer} = {'' if bias else f'a{layer - 1}[m] ⊗ '}δ{layer}[m]"
        case "gradient":
            return gradient_line(record, layer, bias, reduction)
        case "step":
            return step_line(record)
        case "after":
            return f"{'b' if bias else 'W'}{layer} ← {'b' if bias else 'W'}{layer} + Δθ"


def numbers_of(record: UpdateRecord, compared: Compared, reduction: str = "") -> str:
    """The same line with the numbers of the place that differs most."""
    symbol, numbers, true = _at(record, compared, reduction)
    middle = f" = {numbers}" if numbers else ""
    return f"{symbol}{middle} = {WRITE(true)}"


def yours_of(compared: Compared) -> str:
    """The person's number at that place."""
    yours, true = float(compared.part.middle[compared.where]), float(compared.true[compared.where])
    times = digits(3)(yours / true) if true and yours else "1"
    return WRITE(yours) if times == "1" else f"{WRITE(yours)}, {times} times as much"


def _at(record: UpdateRecord, compared: Compared, reduction: str) -> tuple[str, str, float]:
    """Symbol, formula with numbers ("" where it is too long a tale) and result."""
    part, where, true = compared.part, compared.where, float(compared.true[compared.where])
    if part.kind in ("z", "a", "delta"):
        m, unit = where
        it = explain(record, of_unit(part.kind, part.layer, unit, m))
        return it.name, it.formula(WRITE), it.result
    if part.kind == "loss":
        if not where:
            return "L", "", true
        it = explain(record, loss_of(where[0]))
        return it.name, it.formula(WRITE), it.result
    weight, m = _weight(compared)
    if part.kind == "samples":
        it = explain(record, Quantity("contribution", weight.layer, weight.unit, weight.source, m))
        return it.name, it.formula(WRITE), it.result
    if part.kind == "gradient":
        return record.names.symbol(weight), _reduced(record, weight, reduction), true
    it = explain(record, Quantity(part.kind, weight.layer, weight.unit, weight.source))
    return it.name, it.formula(WRITE), it.result


def _weight(compared: Compared) -> tuple[Weight, int]:
    """Which weight is off most, and the sample (−1: a number of the whole batch)."""
    part, where = compared.part, compared.where
    m, where = (where[0], where[1:]) if part.kind == "samples" else (-1, where)
    source, unit = (-1, where[0]) if part.what == "biases" else where
    return Weight(part.layer, source, unit), m


def _reduced(record: UpdateRecord, weight: Weight, reduction: str) -> str:
    """Sum or mean of the contributions, each with its two factors."""
    n, rules = record.n, record.settings.rules
    deltas = record.passed.delta[weight.layer - 1][:, weight.unit].tolist()
    inputs = [1.0] * n if weight.is_bias else record.passed.a[weight.layer - 1][:, weight.source].tolist()
    terms = [
        f"{WRITE(a)}·{_signed(d)}" if not weight.is_bias else _signed(d) for a, d in zip(inputs, deltas, strict=True)
    ]
    more = f" + … {n - MOST_TERMS} more" if n > MOST_TERMS else ""
    total = " + ".join(terms[:MOST_TERMS]) + more
    share = f"({total}) / {n}" if (reduction or rules.reduction) == "mean" and n > 1 else total
    penalised = not weight.is_bias and not reduction and bool(rules.l1 or rules.l2)
    w = record.before[weight]
    share += f" + {rules.l2:g}·{_signed(w)}" if penalised and rules.l2 else ""
    share += f" + {rules.l1:g}·sign({WRITE(w)})" if penalised and rules.l1 else ""
    return share


def _signed(value: float) -> str:
    return f"({WRITE(value)})" if value < 0 else WRITE(value)
