"""Every weight of the network in a row: before, its gradient, its step, after; for panels with room left."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import overload

from bptui.diagnosis.number import Number
from bptui.engine.network import Architecture
from bptui.engine.weight import BIAS, Weight
from bptui.explain.quantity import Kind, of_weight
from bptui.views.glyphs import EDITED
from bptui.views.numbers import num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, left, right, window

HEADS = 1
OWN_PLACES: dict[Kind, int] = {"reduced": 2, "step": 3, "after": 4}
"""Columns of a person's own numbers, behind those they are compared with."""
LEAST, MOST = 6, 10  # columns of a number


def weight_table(scene: Scene, width: int, height: int) -> list[Row]:
    """The weights around the selected one, as many as ``height`` rows hold; where the panel is narrow, the last of
    the columns."""
    weights = weights_of(scene)
    at = weights.index(scene.moment.weight) if scene.moment.weight in weights else 0
    shown = [weights[k] for k in window(len(weights), max(height - HEADS, 0), at)]
    names = max((len(scene.record.names.symbol(weight)) for weight in shown), default=0)
    room = width - names - 2
    words = heads(scene)
    count = max(min(room // (LEAST + 1), len(words)), 1)
    size = min(room // count - 1, MOST)
    head = " " + left("weight", names + 1) + "".join(" " + right(word, size) for word in words[-count:])
    return [((head, "head"),), *(weight_row(scene, weight, names, size, count) for weight in shown)]


class Weights(Sequence[Weight]):
    """All weights of a network, layer by layer and unit by unit, each with its bias last: there may be millions."""

    def __init__(self, architecture: Architecture) -> None:
        self._sizes = architecture.sizes
        self._bias = architecture.bias != "none"
        counts = [(i + self._bias) * o for i, o in pairwise(self._sizes)]
        self._starts = [0, *accumulate(counts)]  # of the layers, and the end

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, place: int) -> Weight: ...

    @overload
    def __getitem__(self, place: slice) -> list[Weight]: ...

    def __getitem__(self, place: int | slice) -> Weight | list[Weight]:
        found = range(len(self))[place]
        return [self._at(each) for each in found] if isinstance(found, range) else self._at(found)

    def _at(self, place: int) -> Weight:
        layer = bisect_right(self._starts, place)
        inputs = self._sizes[layer - 1]
        unit, source = divmod(place - self._starts[layer - 1], inputs + self._bias)
        return Weight(layer, BIAS if source == inputs else source, unit)

    def index(self, weight: Weight, *_: int) -> int:
        """Its place. Raises ValueError where there is none such."""
        if weight not in self:
            raise ValueError(f"no weight {weight}")
        inputs = self._sizes[weight.layer - 1]
        source = inputs if weight.is_bias else weight.source
        return self._starts[weight.layer - 1] + weight.unit * (inputs + self._bias) + source

    def __contains__(self, weight: object) -> bool:
        if not isinstance(weight, Weight) or not 1 <= weight.layer < len(self._sizes):
            return False
        inputs, units = self._sizes[weight.layer - 1 : weight.layer + 1]
        return 0 <= weight.unit < units and (BIAS if self._bias else 0) <= weight.source < inputs


def weights_of(scene: Scene) -> Weights:
    """Those of the network one looks at."""
    return Weights(scene.record.before.architecture)


def heads(scene: Scene) -> tuple[str, ...]:
    """The gradient's column holds what is used: with a penalty or clipping not the sum or mean itself. A person's own
    numbers stand behind those they are compared with."""
    used = "g used" if is_adjusted(scene) else scene.record.settings.rules.reduction.upper()
    gradient = used if scene.done == scene.record.n else "Σ"
    words = ["before", gradient, "Δ", "after"]
    own = own_kind(scene)
    if own:
        words.insert(OWN_PLACES[own], "yours")
    return tuple(words)


def own_kind(scene: Scene) -> Kind | None:
    """Of a person's own numbers of the weights those that came last at this moment."""
    if not scene.yours or scene.done < scene.record.n:
        return None
    known: list[Kind] = ["reduced", *(["step"] if scene.phase.per_batch else [])]  # type: ignore[list-item]
    known += ["after"] if scene.phase.kind == "update" else []
    return next((kind for kind in reversed(known) if scene.yours.has(kind)), None)


def is_adjusted(scene: Scene) -> bool:
    """Does a penalty or clipping stand between the reduced gradient and what the optimizer gets?"""
    return scene.record.penalised or bool(scene.record.settings.rules.clip_norm)


def weight_row(scene: Scene, weight: Weight, names: int, size: int, count: int) -> Row:
    selected = weight == scene.moment.weight
    numbers: list[Span] = []
    for value, signed in numbers_of(scene, weight)[-count:]:
        if isinstance(value, Number):
            numbers.append((" " + right(num(value.value, size, signed), size), "good" if value.right else "wrong"))
            continue
        words = value if isinstance(value, str) else "·" if value is None else num(value, size, plus=signed)
        role = "pending" if not isinstance(value, float) else sign_role(value) if signed else "text"
        numbers.append((" " + right(words, size), role))
    if count == len(heads(scene)) and scene.weight_was(weight) is not None:
        before = num(scene.record.before[weight], size - 1)
        numbers[0] = " " + right(before, size - 1) + EDITED, "strong"
    mark = "▸" if selected else " "
    return ((mark + left(scene.record.names.symbol(weight), names + 1), "selected" if selected else "text"), *numbers)


def numbers_of(scene: Scene, weight: Weight) -> list[tuple[float | str | Number | None, bool]]:
    """(number, written with its sign?) in the order of the heads; None for what is not known yet, a word for the step
    that there will never be."""
    record, done = scene.record, scene.done
    if done == record.n:
        reduced = record.mean if record.settings.rules.reduction == "mean" else record.summed
        gradient: float | None = (record.reduced if is_adjusted(scene) else reduced)[weight]
    else:
        gradient = float(record.running(weight)[done - 1]) if done else None
    stays = weight.is_bias and record.before.architecture.bias == "frozen"
    applied = scene.phase.kind == "update"
    numbers: list[tuple[float | str | Number | None, bool]] = [
        (record.before[weight], False),
        (gradient, True),
        ("frozen" if stays else record.step[weight] if scene.phase.per_batch else None, True),
        (record.after[weight] if applied else None, False),
    ]
    own = own_kind(scene)
    if own:
        q = of_weight(own, weight.layer, weight.source, weight.unit)
        numbers.insert(OWN_PLACES[own], (scene.yours_of(q), own != "after"))
    return numbers
