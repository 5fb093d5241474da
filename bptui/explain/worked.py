"""A worked update: one batch from its samples to the one change of the weights, line by line, with every number.

What a whole page holds; of large networks and batches a part, and it says which.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bptui.data.digits import shortest
from bptui.engine.weight import BIAS, Weight
from bptui.explain.explanation import Explanation, explain
from bptui.explain.quantity import CLIP, LOSS_MEAN, LOSS_SUM, NORM, Kind, Quantity, loss, of_unit, of_weight
from bptui.training.record import UpdateRecord

MOST_SAMPLES, MOST_UNITS, MOST_WEIGHTS = 8, 6, 40


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with heads, and rows of them: symbols and numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences, and what follows: explained numbers, or a table."""

    title: str
    sentences: tuple[str, ...] = ()
    lines: tuple[Explanation, ...] = ()
    table: Table | None = None


def worked(record: UpdateRecord, weight: Weight) -> Iterator[Section]:
    """The sections of a worked update; ``weight`` is followed to its new value."""
    yield _head(record)
    yield Section("The weights, frozen while the batch goes through", table=_weights(record, ("weight",), ("θ",)))
    shown = min(record.n, MOST_SAMPLES)
    for m in range(shown):
        yield _sample(record, m)
    yield _losses(record)
    yield _gradients(record, shown)
    yield Section(f"One weight in full: {record.names.symbol(weight)}", lines=tuple(_followed(record, weight, shown)))
    yield Section(
        "The one change of the weights",
        (f"Made once for the whole batch, with γ = {shortest(record.learning_rate, 10)}.",),
        table=_weights(record, ("weight", "reduced", "step", "after"), ("before", "g", "Δ", "after")),
    )


def _head(record: UpdateRecord) -> Section:
    position, rules, n = record.position, record.settings.rules, record.n
    cut = f"; the first {MOST_SAMPLES} of them are written out" if n > MOST_SAMPLES else ""
    sentences = [
        f"Network {'-'.join(map(str, record.before.architecture.sizes))} "
        f"({', '.join(record.before.architecture.activations)}), loss {rules.loss}, {rules.optimizer.name}, "
        f"γ = {shortest(record.learning_rate, 10)}, {rules.reduction} over the batch.",
        f"The batch holds {n} sample{'s' if n > 1 else ''}: rows {', '.join(map(str, record.indices.tolist()[:40]))}"
        f"{' …' if n > 40 else ''} of the data{cut}.",
        "Each sample has a forward and a backward pass of its own, at the same weights; their gradients together make "
        "one change.",
    ]
    if max(record.before.architecture.sizes[1:]) > MOST_UNITS:
        sentences.append(f"Of each layer the first {MOST_UNITS} units are written out.")
    return Section(
        f"Update {record.number}: epoch {position.epoch}, batch {position.batch} of {record.batches}", tuple(sentences)
    )


def _units(record: UpdateRecord, layer: int) -> range:
    return range(min(record.before.architecture.sizes[layer], MOST_UNITS))


def _sample(record: UpdateRecord, m: int) -> Section:
    x = ", ".join(shortest(value, 10) for value in record.passed.a[0][m][:16].tolist())
    more = " …" if record.passed.a[0].shape[1] > 16 else ""
    y = ", ".join(shortest(value, 10) for value in record.targets[m].tolist())
    asked: list[Quantity] = []
    for layer in range(1, record.layers + 1):
        kinds: tuple[Literal["z", "a"], ...] = ("z", "a")
        asked += [of_unit(kind, layer, unit, m) for kind in kinds for unit in _units(record, layer)]
    asked.append(loss(m))
    for layer in range(record.layers, 0, -1):
        asked += [of_unit("delta", layer, unit, m) for unit in _units(record, layer)]
    return Section(
        f"Sample {m + 1} of {record.n}",
        (f"Row {record.indices[m]}: inputs {x}{more}; target {y}.",),
        tuple(explain(record, q) for q in asked),
    )


def _losses(record: UpdateRecord) -> Section:
    return Section("The loss of the batch", lines=tuple(explain(record, q) for q in (LOSS_SUM, LOSS_MEAN)))


def _some_weights(record: UpdateRecord) -> list[Weight]:
    sizes = record.before.architecture.sizes
    found = []
    for layer in range(1, record.layers + 1):
        sources = [*range(min(sizes[layer - 1], MOST_UNITS)), *([BIAS] if record.before.biases else [])]
        found += [Weight(layer, source, unit) for unit in _units(record, layer) for source in sources]
    return found[:MOST_WEIGHTS]


def _gradients(record: UpdateRecord, shown: int) -> Section:
    """Each sample's own gradient, their sum and their mean: a row a weight."""
    rows: list[tuple[str | float, ...]] = []
    for weight in _some_weights(record):
        place = weight.layer, weight.source, weight.unit
        own = [explain(record, of_weight("contribution", *place, sample=m)).result for m in range(shown)]
        together = [explain(record, of_weight(kind, *place)).result for kind in ("sum", "mean")]
        rows.append((record.names.symbol(weight), *own, *together))
    heads = ("∂L/∂θ", *(f"#{m + 1}" for m in range(shown)), "Σ", f"Σ ÷ {record.n}")
    chosen = f"The {record.settings.rules.reduction} is in force."
    rest = f" Σ is of all {record.n} samples." if shown < record.n else ""
    few = f" The first {len(rows)} weights." if len(rows) < record.before.flat.size else ""
    return Section(
        "Each sample's gradient, and all together", (f"{chosen}{rest}{few}",), table=Table(heads, tuple(rows))
    )


def _followed(record: UpdateRecord, weight: Weight, shown: int) -> Iterator[Explanation]:
    place, rules = (weight.layer, weight.source, weight.unit), record.settings.rules
    for m in range(shown):
        yield explain(record, of_weight("contribution", *place, sample=m))
    kinds: list[Kind] = ["sum", "mean"] if rules.reduction == "mean" else ["sum"]
    kinds += ["regularisation"] if (rules.l1 or rules.l2) and not weight.is_bias else []
    for kind in kinds:
        yield explain(record, of_weight(kind, *place))
    if rules.clip_norm:
        yield from (explain(record, q) for q in (of_weight("unclipped", *place), NORM, CLIP))
    yield from (explain(record, of_weight(kind, *place)) for kind in ("reduced", "step", "after"))


def _weights(record: UpdateRecord, kinds: tuple[Kind, ...], heads: tuple[str, ...]) -> Table:
    rows: list[tuple[str | float, ...]] = [
        (
            record.names.symbol(w),
            *(explain(record, of_weight(kind, w.layer, w.source, w.unit)).result for kind in kinds),
        )
        for w in _some_weights(record)
    ]
    return Table(("weight", *heads), tuple(rows))
