"""The tables of a sheet and of its key: what is given, and every number on the way to the answers, from the record."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bptui.data.digits import shortest
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.weight import Weight
from bptui.exercises.exercise import Table
from bptui.exercises.written import fixed, writer
from bptui.explain import name, value
from bptui.explain.quantity import Kind, Quantity, loss, of_unit, of_weight
from bptui.training.record import UpdateRecord

FEW = 4
"""Units whose z, a and δ stand in one table."""


def samples(record: UpdateRecord) -> Table:
    """Inputs and targets, a row for each sample."""
    x, y = record.passed.a[0], record.targets
    head = ("sample", *(f"x{k}" for k in range(x.shape[1])), *(f"y[{k}]" for k in range(y.shape[1])))
    rows = (
        (f"#{m + 1}", *map(shortest, (*x[m].tolist(), *y[m].tolist())))
        for m in range(record.n)
    )  # fmt: skip
    return Table("the batch", head, tuple(rows))


def weights(record: UpdateRecord) -> Iterator[Table]:
    """A layer each: a column for each unit, a row for each input and one for the biases."""
    for layer, (w, b) in enumerate(zip(record.before.weights, record.before.biases, strict=True), start=1):
        sources = (f"x{k}" if layer == 1 else f"a{sub(layer - 1)}[{k}]" for k in range(len(w)))
        rows = [(source, *map(shortest, row)) for source, row in zip(sources, w.tolist(), strict=True)]
        rows.append(("bias", *map(shortest, b.tolist())))
        yield Table(f"weights of layer {layer}", ("from", *(f"to unit {k}" for k in range(w.shape[1]))), tuple(rows))


def sub(layer: int) -> str:
    """As an index."""
    return chr(ord("₀") + layer)


def rules(record: UpdateRecord, back: bool, update: bool) -> Iterator[str]:
    """Activations and loss with their formulas; slopes where the way ``back`` is asked for, and how the ``update`` is
    made. Formulas stand between backticks."""
    *hidden, last = record.before.architecture.activations
    for where, kinds in (("Hidden units", dict.fromkeys(hidden)), ("Output", {last: None})):
        for kind in kinds:
            it = ACTIVATIONS[kind]
            slope = "" if kind == "softmax" or not back else f", with slope `φ′ = {it.slope_formula}`"
            yield f"{where}: {kind}, `a = {it.formula}`{slope}."
    yield f"Loss of one sample: `L = {LOSSES[record.settings.rules.loss].formula}`."
    if update:
        yield (
            f"The gradient of the batch is the {record.settings.rules.reduction} over its samples; "
            f"learning rate `γ = {shortest(record.learning_rate)}`."
        )


def passes(record: UpdateRecord, decimals: int) -> Iterator[Table]:
    """z, a and δ of every sample, a table for each layer, or for each of them where it has many units; the losses with
    the last."""
    for layer in range(1, record.layers + 1):
        units = range(record.before.architecture.sizes[layer])
        apart: tuple[tuple[Kind, ...], ...] = (
            (("z", "a", "delta"),) if len(units) <= FEW else (("z",), ("a",), ("delta",))
        )
        for kinds in apart:
            asked = [of_unit(kind, layer, unit, 0) for kind in kinds for unit in units]
            asked += [loss(0)] if layer == record.layers and kinds[-1] == "delta" else []
            yield _of_samples(record, f"layer {layer}", asked, decimals)


def _of_samples(record: UpdateRecord, title: str, asked: list[Quantity], decimals: int) -> Table:
    """A row for each sample, with these quantities of it."""
    head = ("sample", *(without_sample(q) for q in asked))
    rows = (
        (f"#{m + 1}", *(fixed(value(record, replace(q, sample=m)), decimals) for q in asked)) for m in range(record.n)
    )
    return Table(title, head, tuple(rows))


def without_sample(q: Quantity) -> str:
    """The symbol of a unit's number, for a column that has it of every sample."""
    return name(q).removesuffix(f"[#{q.sample + 1}]")


def update(record: UpdateRecord, decimals: int) -> Table:
    """Every weight: what each sample adds, their sum and mean, the step, before and after."""
    head = ("weight", *(f"#{m + 1}" for m in range(record.n)), "SUM", "MEAN", "before", "step", "after")
    rows = []
    for weight in record.before.architecture.addresses():
        at = (weight.layer, weight.source, weight.unit)
        asked = [of_weight("contribution", *at, m) for m in range(record.n)]
        asked += [of_weight(kind, *at) for kind in ("sum", "mean")]
        numbers = [fixed(value(record, q), decimals) for q in asked]
        before = writer(decimals)(record.before[weight])
        moved = (fixed(value(record, of_weight(kind, *at)), decimals) for kind in ("step", "after"))
        rows.append((record.names.symbol(weight), *numbers, before, *moved))
    return Table("the update", head, tuple(rows))


def momentum(record: UpdateRecord, chosen: Sequence[Weight], decimals: int) -> Table:
    """What the optimizer has of some weights before an update, and gets in it."""
    rows = []
    for weight in chosen:
        at = (weight.layer, weight.source, weight.unit)
        asked = [of_weight("weight", *at), of_weight("memory", *at, slot="v"), of_weight("reduced", *at)]
        rows.append((record.names.symbol(weight), *(fixed(value(record, q), decimals + 2) for q in asked)))
    return Table("before the update", ("weight", "its value", "velocity v", "gradient g"), tuple(rows))
