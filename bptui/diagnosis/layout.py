"""How a person's arrays lie: W[i][o] or W[o][i], the bias apart or as a row or column, samples along rows or columns.

Shapes leave some of these ways; where they leave several, the numbers decide (see :mod:`bptui.diagnosis.compare`).
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from bptui.data.dataset import DataError
from bptui.diagnosis.compare import start_of
from bptui.diagnosis.gathering import Item
from bptui.diagnosis.leaves import Leaf, bounds
from bptui.diagnosis.naming import Address
from bptui.diagnosis.numbers import Kind, Part
from bptui.diagnosis.shapes import Bias, loss_shape, matrix, table, told, vector
from bptui.engine.types import Floats
from bptui.training.record import UpdateRecord

Bare = Literal["gradient", "after", "before"]
BARE: dict[Bare, str] = {
    "gradient": "W and b as the gradient",
    "after": "W and b as the weights after the update",
    "before": "W and b as the weights before the update",
}
SAMPLED = ("z", "a", "delta", "samples")
"""Kinds with a number for each sample."""


@dataclass(frozen=True, slots=True)
class Layout:
    """``turned``: W[o][i]. ``bias``: apart, or the first or last input. ``columns``: a sample is a column. ``in_data``:
    the samples stand as in the data, not as the batch has drawn them. ``bare``: what W1 and b1 alone are; ``before``
    only where they are the record's weights before the update."""

    turned: bool = False
    bias: Bias = "apart"
    columns: bool = False
    in_data: bool = False
    bare: Bare = "gradient"

    def words(self, asked: "Asked") -> tuple[str, ...]:
        """What was taken, where it could have been otherwise."""
        said = []
        if asked.weights:
            line = "row" if not self.turned else "column"
            said.append("W[o][i]" if self.turned else "W[i][o]")
            if self.bias != "apart":
                said[-1] += f", the bias as its {self.bias} {line}"
        if asked.bare:
            said.append(BARE[self.bare])
        if self.columns:
            said.append("a sample a column")
        if asked.samples and self.in_data:
            said.append("samples in the order of the data")
        return tuple(said)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which choices the arrays leave open at all."""

    weights: bool
    biases: bool
    bare: bool
    samples: bool
    shuffled: bool


@dataclass(frozen=True, eq=False)
class Laid:
    """Arrays in one layout, as parts in bptui's own shapes; ``reductions``: name of a part → sum or mean, where the
    person's name of it says so. ``starts`` are the weights before the update as the person has them, those that are not
    the record's; they are no part of the comparison."""

    layout: Layout
    parts: tuple[Part, ...]
    reductions: dict[str, str]
    starts: tuple[Part, ...] = ()


def one_of_each(items: Sequence[Item], record: UpdateRecord) -> tuple[list[Item], tuple[str, ...]]:
    """Of a gradient (or a loss) given as the sum and as the mean too only one, and what is left out: the one that the
    optimizer gets goes first, then the reduction in force; of losses those of the samples."""
    first = ("", record.settings.rules.reduction, "mean", "sum")
    best: dict[Address, Item] = {}
    left = []
    for address, leaf in items:
        key = Address(address.meaning, address.layer, address.what)
        other = best.get(key)
        if other is None:
            best[key] = address, leaf
            continue
        ahead = first.index(address.reduction) < first.index(other[0].reduction)
        left.append(other[1].said if ahead else leaf.said)
        best[key] = (address, leaf) if ahead else other
    return list(best.values()), tuple(left)


def layouts(items: Sequence[Item], record: UpdateRecord) -> list[Laid]:
    """Every way the arrays can lie, the plainest first; at least one. Raises DataError: a shape that fits none.

    Each quantity is given once (:func:`one_of_each`).
    """
    asked = asked_of(items, record)
    bounded = _bounded(items)
    out: list[Laid] = []
    problem: DataError | None = None
    for layout in _choices(asked):
        try:
            laid = _lay(layout, bounded, record)
        except DataError as found:
            problem = problem or found
            continue
        if not any(_same(laid, other) for other in out):
            out.append(laid)
    if out:
        return out
    assert problem is not None
    if all(_fits_some_way(item, asked, record) for item in bounded):
        names = ", ".join(leaf.said for address, leaf, _, _ in bounded if address.what == "weights")
        raise DataError(f"{names}: one lies as W[i][o], another as W[o][i]; give all of them the same way")
    raise problem


def _fits_some_way(item: "BoundedItem", asked: Asked, record: UpdateRecord) -> bool:
    """Is there any layout that an array fits by itself?"""
    for layout in _choices(asked):
        with suppress(DataError):
            _lay(layout, [item], record)
            return True
    return False


def asked_of(items: Sequence[Item], record: UpdateRecord) -> Asked:
    """Which choices these arrays leave open."""
    meanings = {address.meaning for address, _ in items}
    each = any(address.meaning in SAMPLED or (address.meaning == "loss" and leaf.shape) for address, leaf in items)
    shuffled = each and bool((np.diff(record.indices) < 0).any())
    weights = any(address.what == "weights" for address, _ in items)
    return Asked(weights, bool(record.before.biases), "weights" in meanings, each, shuffled)


def _choices(asked: Asked) -> Iterator[Layout]:
    biases: tuple[Bias, ...] = ("apart", "first", "last") if asked.biases else ("apart",)
    bare: tuple[Bare, ...] = ("before", "gradient", "after")
    for bias, turned, meant, columns, in_data in product(
        biases if asked.weights else biases[:1],
        (False, True) if asked.weights else (False,),
        bare if asked.bare else bare[1:2],
        (False, True) if asked.samples else (False,),
        (False, True) if asked.shuffled else (False,),
    ):
        yield Layout(turned, bias, columns, in_data, meant)


BoundedItem = tuple[Address, Leaf, Floats, Floats]
Bounded = list[BoundedItem]


def _bounded(items: Sequence[Item]) -> Bounded:
    """Each array with low and high: those of a kind together, as their digits speak for each other."""
    kinds: dict[tuple[str, str], list[Item]] = {}
    for address, leaf in items:
        kinds.setdefault((address.meaning, address.reduction), []).append((address, leaf))
    out: Bounded = []
    for group in kinds.values():
        for (address, leaf), (low, high) in zip(group, bounds([leaf for _, leaf in group]), strict=True):
            out.append((address, leaf, low, high))
    return out


def _same(one: Laid, other: Laid) -> bool:
    """The same parts with the same numbers: for vectors and lone samples layouts fall together."""
    if [part.name for part in one.parts] != [part.name for part in other.parts]:
        return False
    return all(
        np.array_equal(a.low, b.low) and np.array_equal(a.high, b.high)
        for a, b in zip(one.parts, other.parts, strict=True)
    )


def _lay(layout: Layout, bounded: Bounded, record: UpdateRecord) -> Laid:
    parts: dict[str, Part] = {}
    reductions: dict[str, str] = {}
    starts: list[Part] = []
    for address, leaf, low, high in bounded:
        if "before" in (address.meaning, layout.bare if address.meaning == "weights" else ""):
            starts += _starts(layout, (address, leaf, low, high), record)
            continue
        for part in _parts(layout, address, leaf, low, high, record):
            if part.name in parts:
                raise DataError(f"{leaf.said}: holds {part.name}, which is given apart too")
            parts[part.name] = part
            if address.reduction:
                reductions[part.name] = address.reduction
    if not parts:
        raise DataError(f"{bounded[0][1].said}: these are the weights before the update, and there is nothing else")
    inorder = sorted(parts.values(), key=lambda part: order(part, record.layers))
    return Laid(layout, tuple(inorder), reductions, tuple(starts))


def _starts(layout: Layout, item: BoundedItem, record: UpdateRecord) -> list[Part]:
    """Weights before the update that are not the record's. Raises DataError where a plain W1 is then something else."""
    address, leaf, low, high = item
    found = _parts(layout, Address("after", address.layer, address.what), leaf, low, high, record)
    other = [part for part in found if not part.allows(start_of(record, part))]
    if other and address.meaning == "weights":
        raise DataError(f"{leaf.said}: not the weights before the update")
    return other


def order(part: Part, layers: int) -> tuple[int, ...]:
    """The order of computation: forward, the loss, then from the loss back, then step and weights after."""
    back = layers - part.layer
    stage = {"z": 0, "a": 1, "delta": 0, "samples": 1, "gradient": 2}
    what = ("", "weights", "biases").index(part.what)
    if part.kind in ("z", "a"):
        return 0, part.layer, stage[part.kind]
    if part.kind == "loss":
        return (1,)
    if part.kind in ("step", "after"):
        return 3 if part.kind == "step" else 4, back, what
    return 2, back, stage[part.kind], what


def _parts(
    layout: Layout, address: Address, leaf: Leaf, low: Floats, high: Floats, record: UpdateRecord
) -> Iterator[Part]:
    meaning = layout.bare if address.meaning == "weights" else address.meaning
    kind: Kind = meaning  # type: ignore[assignment]
    if kind == "loss":
        shape = loss_shape(leaf, record.n)
        rows = _rows(layout, record) if shape else slice(None)
        yield Part("loss", 0, "", *(each.reshape(shape)[rows] if shape else each.reshape(()) for each in (low, high)))
        return
    sizes, n = record.before.architecture.sizes, record.n
    i, o = sizes[address.layer - 1], sizes[address.layer]
    per_sample = kind == "samples"
    if kind in ("z", "a", "delta"):
        turned = [
            table(each, (n, o), layout.columns, told(leaf, f"{n} × {o}", "samples × units")) for each in (low, high)
        ]
        yield Part(kind, address.layer, "", *(each[_rows(layout, record)] for each in turned))
        return
    rows = _rows(layout, record) if per_sample else slice(None)
    if address.what == "biases":
        if not record.before.biases:
            raise DataError(f"{leaf.said}: biases for a network without any (bias = none)")
        yield Part(kind, address.layer, "biases", *(vector(leaf, each, o, n, per_sample)[rows] for each in (low, high)))
        return
    for what, found in matrix(leaf, (low, high), (i, o), layout.bias, layout.turned, n, per_sample):
        yield Part(kind, address.layer, what, *(each[rows] for each in found))


def _rows(layout: Layout, record: UpdateRecord) -> Floats | slice:
    """Which of the person's samples is each of the batch's."""
    if not layout.in_data:
        return slice(None)
    return np.argsort(np.argsort(record.indices, kind="stable"), kind="stable")  # type: ignore[return-value]
