"""Formulas of what happens once a batch: sum, mean, penalty, clipping, optimizer, the weight after."""

from math import isnan

from bptui.data.digits import shortest
from bptui.engine.network import Parameters
from bptui.explain.expression import ONE, Expression, Number, Quotient, Sum, call, setting, square, times, whole
from bptui.explain.formula import SHOWN, Formula, long_sum, named, number
from bptui.explain.quantity import CLIP, NORM, Quantity, of_weight
from bptui.explain.spelling import SCHEDULE_SPELLINGS, optimizer_spelling
from bptui.explain.values import unclipped as unclipped_vector
from bptui.training.record import UpdateRecord

NOTHING = whole(0)
TOLD = 6  # digits of a number of PyTorch's
FINE = 1e-12  # what rounding of float64 may leave
FROZEN = Formula("0", NOTHING, "the biases of this network are frozen")


def is_frozen(record: UpdateRecord, q: Quantity) -> bool:
    """Is the quantity of a bias that training leaves alone?"""
    return q.source < 0 and record.before.architecture.bias == "frozen"


def is_penalised(record: UpdateRecord, q: Quantity) -> bool:
    """Is there a penalty on the weight that the quantity is of?"""
    rules = record.settings.rules
    return q.source >= 0 and bool(rules.l1 or rules.l2)


def all_weights(record: UpdateRecord, kind: str) -> list[Quantity]:
    """The same kind of quantity for every weight and bias, in the order of θ."""
    sizes, out = record.before.architecture.sizes, []
    for layer in range(1, record.layers + 1):
        sources = [*range(sizes[layer - 1]), *([-1] if record.before.biases else [])]
        out += [of_weight(kind, layer, i, j) for i in sources for j in range(sizes[layer])]  # type: ignore[arg-type]
    return out


def summed(record: UpdateRecord, q: Quantity) -> Formula:
    """SUM = Σ_m of the contributions, by micro-batch or rank where the batch was cut into some."""
    values = record.contributions(q.weight)
    samples = [q.of_weight("contribution", sample=m) for m in range(record.n)]
    symbols = f"Σ_m ∂L/∂{record.names.symbol(q.weight)}[#m], m = 1 … {record.n}"
    cuts = record.settings.rules.parts(record.n)
    if len(cuts) == 1:
        return Formula(symbols, Sum(long_sum(values, lambda m: number(record, samples[m]), lambda m: (samples[m],))))
    note = in_parts(record, cuts)
    if record.n <= SHOWN + 1:
        groups = [[number(record, samples[m]) for m in range(cut.start, cut.stop)] for cut in cuts]
        return Formula(symbols, Sum(tuple(Sum(tuple(group)) for group in groups)), note)
    return Formula(symbols, Sum(long_sum(values, lambda m: number(record, samples[m]), lambda m: (samples[m],))), note)


def in_parts(record: UpdateRecord, cuts: list[slice]) -> str:
    """In which parts the sum was made, and how they came together."""
    if not record.settings.rules.ranks:
        sizes = ", ".join(str(cut.stop - cut.start) for cut in cuts)
        return f"in {len(cuts)} micro-batches of {sizes}, added to one sum"
    sizes = ", ".join(f"{share.n} on rank {share.rank}" for share in record.shares if share.n)
    return f"{sizes}; all-reduce: added in rank order"


def mean(record: UpdateRecord, q: Quantity) -> Formula:
    """MEAN = SUM / n, n the samples really in this batch."""
    total = q.of_weight("sum")
    return Formula(f"{named(record, total)} / {record.n}", Quotient(number(record, total), whole(record.n)))


def regularisation(record: UpdateRecord, q: Quantity) -> Formula:
    """λ₂ w + λ₁ sign(w), the gradient of ½ λ₂ w² + λ₁ |w|."""
    rules, before = record.settings.rules, q.of_weight("weight")
    w, s = number(record, before), named(record, before)
    terms: list[Expression] = []
    symbols = []
    if rules.l2:
        terms.append(times(setting(rules.l2), w))
        symbols.append(f"λ₂ · {s}")
    if rules.l1:
        terms.append(times(setting(rules.l1), call("sign", w)))
        symbols.append(f"λ₁ · sign({s})")
    return Formula(" + ".join(symbols), Sum(tuple(terms)), "after the reduction: its strength does not depend on n")


def in_force(record: UpdateRecord, q: Quantity) -> Quantity:
    """SUM or MEAN, whichever the settings say."""
    return q.of_weight("sum" if record.settings.rules.reduction == "sum" else "mean")


def unclipped(record: UpdateRecord, q: Quantity) -> Formula:
    """The sum or the mean, and the penalty."""
    if is_frozen(record, q):
        return FROZEN
    chosen, note = in_force(record, q), f"the {record.settings.rules.reduction} is in force{as_told(record, q)}"
    if not is_penalised(record, q):
        return Formula(named(record, chosen), number(record, chosen), note)
    penalty = q.of_weight("regularisation")
    numbers = Sum((number(record, chosen), number(record, penalty)))
    return Formula(f"{named(record, chosen)} + {named(record, penalty)}", numbers, note)


def as_told(record: UpdateRecord, q: Quantity) -> str:
    """Of an update that was read, what PyTorch had in .grad for the weight, as the end of a note."""
    if record.told is None:
        return ""
    theirs = Parameters(record.before.architecture, record.told.gradient)[q.weight]
    return "" if isnan(theirs) else f"; PyTorch's .grad: {shortest(theirs, TOLD)}"


def norm(record: UpdateRecord, _: Quantity) -> Formula:
    """‖g‖ over all weights and biases together."""
    every = all_weights(record, "unclipped")
    flat = unclipped_vector(record).flat
    terms = long_sum(flat * flat, lambda k: square(Number(float(flat[k]), every[k])), lambda k: (every[k],))
    return Formula("√(Σ_θ g(θ)²), before clip", call("√", Sum(terms)), f"over all {len(every)} weights and biases")


def clip(record: UpdateRecord, _: Quantity) -> Formula:
    """min(1, c / ‖g‖)."""
    limit = setting(record.settings.rules.clip_norm)
    numbers = call("min", ONE, Quotient(limit, number(record, NORM)))
    return Formula(f"min(1, {limit.words} / {named(record, NORM)})", numbers, "Pascanu et al. 2013")


def reduced(record: UpdateRecord, q: Quantity) -> Formula:
    """What the optimizer gets."""
    if is_frozen(record, q):
        return FROZEN
    if not record.settings.rules.clip_norm:
        return unclipped(record, q)
    before = q.of_weight("unclipped")
    return Formula(
        f"{named(record, CLIP)} · {named(record, before)}", times(number(record, CLIP), number(record, before))
    )


def memory_after(record: UpdateRecord, q: Quantity) -> Formula:
    """The optimizer's memory: a running sum or mean of g, or of g²."""
    return optimizer_spelling(record).memory[q.slot](record, q)


def corrected(record: UpdateRecord, q: Quantity) -> Formula:
    """m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)."""
    return optimizer_spelling(record).corrected[q.slot](record, q)


def step(record: UpdateRecord, q: Quantity) -> Formula:
    """What the optimizer makes of g."""
    return FROZEN if is_frozen(record, q) else optimizer_spelling(record).step(record, q)


def after(record: UpdateRecord, q: Quantity) -> Formula:
    """θ ← θ + Δθ, once for the whole batch."""
    before, change = q.of_weight("weight"), q.of_weight("step")
    numbers = Sum((number(record, before), number(record, change)))
    made = record.before[q.weight] + record.step[q.weight]
    rounded = record.told is not None and abs(made - record.after[q.weight]) > FINE * abs(made)
    note = "once for the whole batch" + ("; read as PyTorch has rounded it" if rounded else "")
    return Formula(f"{named(record, before)} + {named(record, change)}", numbers, note)


def learning_rate(record: UpdateRecord, _: Quantity) -> Formula:
    """γ of this update by its schedule (see bptui.engine.rates). Raises KeyError for a schedule that has no row."""
    return SCHEDULE_SPELLINGS[record.settings.rules.schedule.name](record)
