"""The three matrix products of a layer: aᵀδ, z = aW + b, and δWᵀ. Which numbers they have, and what is said of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal, overload

from bptui.engine.weight import BIAS, Weight, sub
from bptui.explain import value
from bptui.explain.quantity import of_unit
from bptui.views.deltas import input_of, input_was
from bptui.views.glyphs import EDITED
from bptui.views.layers import fitting
from bptui.views.numbers import factor, num
from bptui.views.scene import Scene

Kind = Literal["gradient", "forward", "back"]
KINDS: tuple[Kind, ...] = ("gradient", "forward", "back")
MOST_TOLD = 2  # numbers set by hand whose old value is told


class Samples(Sequence[str]):
    """How the samples of a batch are called, of which there may be a million."""

    def __init__(self, n: int) -> None:
        self._n = n

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        found = range(self._n)[place]
        return [f"#{m + 1}" for m in found] if isinstance(found, range) else f"#{found + 1}"


@dataclass(frozen=True, slots=True)
class Axis:
    """One of n (samples), i (in) and o (out): its labels, and the place that is chosen."""

    letter: str
    labels: Sequence[str]
    at: int

    @property
    def size(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Matrix:
    """``cell`` (row, column) is its number, None while that is not known; ``was`` what stood there before it was set by
    hand, None where it was not."""

    name: str
    rows: Axis
    columns: Axis
    cell: Callable[[int, int], float | None]
    signed: bool = True
    was: Callable[[int, int], float | None] = lambda row, column: None

    @property
    def shape(self) -> str:
        return f"{self.rows.size} × {self.columns.size}"

    def title(self, width: int) -> str:
        """Its name, axes and shape, as much of them as there is room for."""
        axes = f"{self.rows.letter} × {self.columns.letter} = {self.shape}"
        return fitting(width, f"{self.name}  {axes}", f"{self.name} {self.shape}", self.name)


@dataclass(frozen=True, slots=True)
class Product:
    """``first`` · ``second`` = ``result``; what the axis between them is summed over; ``known`` says how many of the
    terms, from the first, are in the result yet; ``said`` where the transpose comes from."""

    first: Matrix
    second: Matrix
    result: Matrix
    known: int
    said: str

    @property
    def inner(self) -> Axis:
        return self.first.columns


def product(scene: Scene, kind: Kind) -> Product | None:
    """One of the three for the selected layer; None where nothing is handed back."""
    if kind == "back":
        return back(scene) if scene.moment.layer > 1 else None
    return gradient(scene) if kind == "gradient" else forward(scene)


# --- axes ---


def samples(scene: Scene) -> Axis:
    return Axis("n", Samples(scene.record.n), scene.moment.sample)


def sources_of(scene: Scene) -> list[int]:
    """The inputs of the selected layer, then the 1 of the bias."""
    record = scene.record
    return [*range(record.before.architecture.sizes[scene.moment.layer - 1]), *([BIAS] if record.before.biases else [])]


def sources(scene: Scene, biases: bool = True) -> Axis:
    layer, names = scene.moment.layer, scene.record.names
    every = [source for source in sources_of(scene) if biases or source >= 0]
    labels = ["b" if source < 0 else names.source(layer, source) for source in every]
    at = every.index(scene.moment.source) if scene.moment.source in every else 0
    return Axis("i", labels, at)


def units(scene: Scene) -> Axis:
    layer, names = scene.moment.layer, scene.record.names
    count = scene.record.before.architecture.sizes[layer]
    return Axis("o", [names.unit(layer, unit) for unit in range(count)], scene.moment.unit)


# --- what was set by hand ---


def weight_was(scene: Scene, source: int, unit: int) -> float | None:
    return scene.weight_was(Weight(scene.moment.layer, source, unit))


def by_hand(it: Product) -> str:
    """What the marked numbers of the chosen row and column were; "" where none of them is marked."""
    r, c = it.result.rows.at, it.result.columns.at
    found = [(it.first, r, k) for k in range(it.inner.size)] + [(it.second, k, c) for k in range(it.inner.size)]
    told = [
        f"{matrix.name.partition(',')[0]}[{matrix.rows.labels[row]}, {matrix.columns.labels[column]}] was {num(was, 9)}"
        for matrix, row, column in found
        if (was := matrix.was(row, column)) is not None
    ]
    more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return f"{EDITED} set by hand: {'; '.join(told[:MOST_TOLD])}{more}. " if told else ""


# --- products ---


def inputs_name(scene: Scene) -> str:
    layer = scene.moment.layer
    return "x" if layer == 1 else f"a{sub(layer - 1)}"


def gradient(scene: Scene) -> Product:
    """aᵀδ: the sum over the samples of what each adds to every weight; the 1 of the bias is a row of aᵀ too."""
    record, layer = scene.record, scene.moment.layer
    n, i, o = samples(scene), sources(scene), units(scene)
    every, done = sources_of(scene), scene.done

    def given(k: int, m: int) -> float | None:
        return input_of(scene, m, every[k])

    def delta(m: int, j: int) -> float | None:
        return float(record.passed.delta[layer - 1][m, j]) if scene.reached(m, "delta", layer) else None

    def total(k: int, j: int) -> float | None:
        weight = Weight(layer, every[k], j)
        if done == record.n:
            return record.summed[weight]
        return float(record.running(weight)[done - 1]) if done else None

    a, d = inputs_name(scene), f"δ{sub(layer)}"
    source = "1" if scene.moment.source < 0 else i.labels[i.at] if layer == 1 else f"{a}[{i.labels[i.at]}]"
    said = (
        f"{scene.weight_name} has one product a sample, {source} · {d}[{o.labels[o.at]}]: both are columns, a row a "
        f"sample. A matrix product takes rows times columns, so {a} is turned: {i.size} × {n.size} · {n.size} × "
        f"{o.size}. So {many(n.size, 'sample')} summed away; {i.size} × {o.size} stays, the shape of the weights"
        f"{', the bias last' if record.before.biases else ''}."
    )
    so_far = "" if done == record.n else f", {done} of {record.n} added"
    return Product(
        Matrix(f"{a}ᵀ", i, n, given, signed=False, was=lambda k, m: input_was(scene, m, every[k])),
        Matrix(d, n, o, delta),
        Matrix(f"Σ ∂L/∂W{sub(layer)}{so_far}", i, o, total),
        done,
        said,
    )


def forward(scene: Scene) -> Product:
    """z = aW + b: the bias is a row of W whose input is 1."""
    record, layer = scene.record, scene.moment.layer
    n, i, o = samples(scene), sources(scene), units(scene)
    every = sources_of(scene)

    def given(m: int, k: int) -> float | None:
        return input_of(scene, m, every[k])

    def weight(k: int, j: int) -> float:
        return record.before[Weight(layer, every[k], j)]

    def z(m: int, j: int) -> float | None:
        return float(record.passed.z[layer - 1][m, j]) if scene.reached(m, "forward", layer) else None

    a = inputs_name(scene)
    bias = ", the last of them the 1 of the bias" if record.before.biases else ""
    said = (
        f"z{sub(layer)}[{o.labels[o.at]}] of sample {n.at + 1} is row {n.labels[n.at]} of {a} times column "
        f"{o.labels[o.at]} of W{sub(layer)}: {many(i.size, 'input')} summed away{bias}. No transpose: {a} ends in i "
        f"and W begins with i. No sample meets another."
    )
    return Product(
        Matrix(a, n, i, given, signed=False, was=lambda m, k: input_was(scene, m, every[k])),
        Matrix(
            f"W{sub(layer)}" + (f", b{sub(layer)}" if record.before.biases else ""),
            i,
            o,
            weight,
            was=lambda k, j: weight_was(scene, every[k], j),
        ),
        Matrix(f"z{sub(layer)}", n, o, z),
        i.size,
        said,
    )


def many(count: int, what: str) -> str:
    """What an axis that is summed over holds, as the subject of a sentence."""
    return f"the 1 {what} is" if count == 1 else f"the {count} {what}s are"


def back(scene: Scene) -> Product:
    """δWᵀ: what every unit below is handed back, before its φ′."""
    record, layer = scene.record, scene.moment.layer
    n, i, o = samples(scene), sources(scene, biases=False), units(scene)

    def delta(m: int, j: int) -> float | None:
        return float(record.passed.delta[layer - 1][m, j]) if scene.reached(m, "delta", layer) else None

    def turned(j: int, k: int) -> float:
        return record.before[Weight(layer, k, j)]

    def handed(m: int, k: int) -> float | None:
        if not scene.reached(m, "delta", layer - 1):
            return None
        below = float(record.passed.delta[layer - 2][m, k])  # made of it: where that is to be predicted, so is this
        return below if isnan(below) else value(record, of_unit("upstream", layer - 1, k, m))

    return Product(
        Matrix(f"δ{sub(layer)}", n, o, delta),
        Matrix(f"W{sub(layer)}ᵀ", o, i, turned, was=lambda j, k: weight_was(scene, k, j)),
        Matrix(f"∂L/∂a{sub(layer - 1)}", n, i, handed),
        o.size,
        back_said(scene, n, i, o),
    )


def back_said(scene: Scene, n: Axis, i: Axis, o: Axis) -> str:
    record, layer = scene.record, scene.moment.layer
    weight = Weight(layer, i.at, o.at)
    unit, out = i.labels[i.at], o.labels[o.at]
    below, above = sub(layer - 1), sub(layer)
    return (
        f"Forward {record.names.symbol(weight)} = {factor(record.before[weight], 8)} took a{below}[{unit}] to "
        f"z{above}[{out}]: row {unit}, column {out} of W. Back, the same number takes δ{above}[{out}] to unit {unit}: "
        f"row {out}, column {unit} of Wᵀ. So {many(o.size, 'unit')} summed away{then_slope(scene, n, i)}. "
        f"No bias hands anything back."
    )


def then_slope(scene: Scene, n: Axis, i: Axis) -> str:
    """How δ of the layer below is made of it, once it is."""
    layer, m = scene.moment.layer, n.at
    kind = scene.record.before.architecture.activations[layer - 2]
    if not scene.reached(m, "delta", layer - 1) or kind == "softmax":
        return "; then comes φ′"
    slope, delta = (value(scene.record, of_unit(of, layer - 1, i.at, m)) for of in ("slope", "delta"))
    name = f"δ{sub(layer - 1)}[{i.labels[i.at]}]"
    return f"; times φ′ {factor(slope, 8)} it is {name} = {factor(delta, 8, plus=True)}"


def nothing_back(scene: Scene) -> str:
    """What stands in place of a product that is never made."""
    more = " Choose layer 2 to see what it hands back to layer 1." if scene.record.layers > 1 else ""
    return (
        "Layer 1 hands nothing back: δ₁W₁ᵀ would be the slope of the loss with the inputs, and inputs are given, not "
        f"learnt. Back-propagation ends here.{more}"
    )
