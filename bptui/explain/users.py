"""The way up: which quantities a quantity stands in. The inverse of the terms of :func:`bptui.explain.explain`."""

from collections.abc import Iterator

from bptui.explain.backward import is_joined
from bptui.explain.quantity import (
    CLIP,
    LOSS_MEAN,
    LOSS_SUM,
    NORM,
    Kind,
    Quantity,
    loss,
    of_unit,
    of_weight,
)
from bptui.explain.spelling import (
    LayerSpelling,
    activation_spelling,
    loss_spelling,
    optimizer_spelling,
    slope_reads,
)
from bptui.explain.update import all_weights, is_frozen, is_penalised
from bptui.explain.values import slots
from bptui.training.record import UpdateRecord


def users(record: UpdateRecord, q: Quantity) -> Iterator[Quantity]:
    """Every quantity whose formula has ``q`` in it, nearest first."""
    match q.kind:
        case "input" | "a":
            yield from of_activation(record, q)
        case "target":
            yield loss(q.sample)
            yield from hands_back(record, q.unit, q.sample)
        case "z":
            yield from of_z(record, q)
        case "slope":
            yield q.of_unit("delta")
        case "upstream":
            outputs = record.targets.shape[1] if is_coupled(record, q) else 0
            yield from (of_unit("delta", q.layer, k, q.sample) for k in range(outputs))
            if not outputs:
                yield q.of_unit("delta")
        case "delta":
            yield from of_delta(record, q)
        case "loss":
            yield LOSS_SUM
        case "loss-sum":
            yield LOSS_MEAN
        case "contribution":
            yield q.of_weight("sum")
        case "weight":
            yield from of_a_weight(record, q)
        case _:
            yield from once_a_batch(record, q)


def sizes(record: UpdateRecord) -> tuple[int, ...]:
    """Units of every layer, the inputs first."""
    return record.before.architecture.sizes


def is_coupled(record: UpdateRecord, q: Quantity) -> bool:
    """Does every output of this layer depend on every z of it, as softmax's do?"""
    return isinstance(activation_spelling(record, q.layer), LayerSpelling)


def written_in_z(record: UpdateRecord, m: int) -> bool:
    """Is the loss of this sample written in z and not in a?"""
    return loss_spelling(record).in_z(record, m)


def sources(record: UpdateRecord, layer: int) -> list[int]:
    """Inputs of a layer, and −1 for the bias if there is one."""
    return [*range(sizes(record)[layer - 1]), *([-1] if record.before.biases else [])]


def of_activation(record: UpdateRecord, q: Quantity) -> Iterator[Quantity]:
    """What an activation or an input goes into."""
    if q.layer < record.layers:
        above = range(sizes(record)[q.layer + 1])
        yield from (of_unit("z", q.layer + 1, k, q.sample) for k in above)
        yield from (of_weight("contribution", q.layer + 1, q.unit, k, q.sample) for k in above)
    elif not written_in_z(record, q.sample):
        yield loss(q.sample)
    if q.kind == "a" and slope_reads(record, q.layer) == "a" and needs_slope(record, q.layer):
        yield q.of_unit("slope")
    if q.layer == record.layers:
        yield from hands_back(record, q.unit, q.sample)
        if is_coupled(record, q) and not is_joined(record):
            yield from (of_unit("delta", q.layer, k, q.sample) for k in range(sizes(record)[-1]))


def needs_slope(record: UpdateRecord, layer: int) -> bool:
    """Is there a φ′ in this layer's δ? A joined loss has none at the output."""
    return layer < record.layers or not is_joined(record)


def hands_back(record: UpdateRecord, unit: int, m: int) -> Iterator[Quantity]:
    """Where an answer and its target meet in the backward pass."""
    output = of_unit("upstream", record.layers, unit, m)
    if not is_joined(record):
        yield output
    if is_joined(record) or not is_coupled(record, output):
        yield output.of_unit("delta")


def of_z(record: UpdateRecord, q: Quantity) -> Iterator[Quantity]:
    """What a pre-activation goes into."""
    if is_coupled(record, q):
        yield from (of_unit("a", q.layer, k, q.sample) for k in range(sizes(record)[-1]))
    else:
        yield q.of_unit("a")
        if slope_reads(record, q.layer) == "z" and needs_slope(record, q.layer):
            yield q.of_unit("slope")
    if q.layer == record.layers and written_in_z(record, q.sample):
        yield loss(q.sample)


def of_delta(record: UpdateRecord, q: Quantity) -> Iterator[Quantity]:
    """What a δ goes into."""
    inputs = sources(record, q.layer)
    yield from (of_weight("contribution", q.layer, i, q.unit, q.sample) for i in inputs)
    if q.layer > 1:
        yield from below(record, q.layer - 1, range(sizes(record)[q.layer - 1]), [q.sample])


def below(record: UpdateRecord, layer: int, units: range, samples: list[int]) -> Iterator[Quantity]:
    """The hidden ∂L/∂a and δ that a weight or a δ of the layer above goes into."""
    for kind in ("delta", "upstream"):
        yield from (of_unit(kind, layer, j, m) for m in samples for j in units)


def of_a_weight(record: UpdateRecord, q: Quantity) -> Iterator[Quantity]:
    """What a weight goes into."""
    samples = list(range(record.n))
    yield from (of_unit("z", q.layer, q.unit, m) for m in samples)
    if q.layer > 1 and q.source >= 0:
        yield from below(record, q.layer - 1, range(q.source, q.source + 1), samples)
    if is_penalised(record, q):
        yield q.of_weight("regularisation")
    if "weight" in optimizer_spelling(record).reads and not is_frozen(record, q):
        yield q.of_weight("step")
    yield q.of_weight("after")


def once_a_batch(record: UpdateRecord, q: Quantity) -> Iterator[Quantity]:
    """What a number of the reduction, the clipping or the step goes into."""
    rules, frozen = record.settings.rules, is_frozen(record, q)
    first: Kind = "unclipped" if rules.clip_norm else "reduced"
    match q.kind:
        case "sum":
            yield q.of_weight("mean")
            if rules.reduction == "sum" and not frozen:
                yield q.of_weight(first)
        case "mean":
            if rules.reduction == "mean" and not frozen:
                yield q.of_weight(first)
        case "regularisation":
            yield q.of_weight(first)
        case "unclipped":
            if not frozen:
                yield q.of_weight("reduced")
            yield NORM
        case "norm":
            yield CLIP
        case "clip" | "rate":
            kind: Kind = "reduced" if q == CLIP else "step"
            yield from (each for each in all_weights(record, kind) if not is_frozen(record, each))
        case "step":
            yield q.of_weight("after")
        case "reduced" | "memory" | "memory-after" | "corrected":
            yield from in_the_optimizer(record, q, frozen)


def in_the_optimizer(record: UpdateRecord, q: Quantity, frozen: bool) -> Iterator[Quantity]:
    """What g and the numbers of the memory go into."""
    spelling = optimizer_spelling(record)
    step = [q.of_weight("step")] if q.kind in spelling.reads and not frozen else []
    match q.kind:
        case "reduced":
            yield from (q.of_weight("memory-after", slot) for slot in slots(record))
        case "memory":
            yield q.of_weight("memory-after", q.slot)
        case "memory-after":
            yield from [q.of_weight("corrected", q.slot)] if q.slot in spelling.corrected else []
    yield from step
