"""Every weight of the network in a row: before, its gradient, its step, after; for panels with room left."""

from bptui.diagnosis.number import Number
from bptui.engine.weight import Weight
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


def weights_of(scene: Scene) -> list[Weight]:
    """Layer by layer and unit by unit, each with its bias last."""
    before = scene.record.before
    sizes = before.architecture.sizes
    return [
        Weight(layer, source, unit)
        for layer in range(1, len(sizes))
        for unit in range(sizes[layer])
        for source in (*range(sizes[layer - 1]), *((-1,) if before.biases else ()))
    ]


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
