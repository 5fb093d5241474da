"""The gradient table: a row per sample, a column per parameter, each cell that sample's own gradient; below them how
the rows become one step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bptui.engine.weight import Weight, sub
from bptui.explain import value
from bptui.explain.quantity import CLIP, of_weight
from bptui.views.batch import state
from bptui.views.deltas import input_of, input_told
from bptui.views.glyphs import EDITED, PENDING
from bptui.views.layers import fitting
from bptui.views.numbers import factor, num, rate, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, first_fitting, left, right, window
from bptui.views.weight_table import is_adjusted, weights_of

LABEL = 12  # columns before the first number
ERROR = 8  # columns of a sample's error
LEAST_ERROR = 60  # columns from which the errors stand in the table
LEAST, MOST = 7, 9  # columns of a number
HEAD = 2
SENTENCES = 2
Cell = tuple[float | str | None, bool]
"""A number, a word in its place or None for what is not known yet; and whether it is written with its sign."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The parameters around the selected one, as many as have room; the columns of a number, and of the samples'
    errors (0 where the parameters need the room more)."""

    shown: list[Weight]
    size: int
    errors: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line below the samples; ``strong`` is the reduction in force and what is made of it; ``given`` says that its
    numbers are the weights' own, which may have been set by hand."""

    label: str
    cell: Callable[[Weight], Cell]
    strong: bool = False
    error: Callable[[Scene, int], Span] | None = None
    given: bool = False


def gradient_rows(scene: Scene, width: int, height: int, on_errors: bool = False) -> list[Row]:
    """Heads, as many samples as fit around the current one, sum, mean and step, and two sentences, the last of them
    about the samples' errors where these are asked for."""
    it = columns(scene, width, on_errors)
    below = [line_row(scene, line, it) for line in lines(scene)]
    room, said = list_room(len(below), height), sentences(scene, width, on_errors)
    samples = scene.rows_shown(max(room, 1))
    rows = [*heads(scene, samples, it), *(sample_row(scene, m, it) for m in samples)]
    spare: list[Row] = [()] * (room - len(samples))
    rows = [*rows, *spare[:1], *below, *spare[1:]]
    return [*rows, *said] if len(rows) + len(said) <= height else rows[:height]


def samples_shown(scene: Scene, width: int, height: int) -> range:
    """Places of the samples that a table of this size shows."""
    return scene.places_shown(max(list_room(len(lines(scene)), height), 1))


def list_room(below: int, height: int) -> int:
    """Rows for samples: in a low box the sentences give way to them."""
    room = height - HEAD - below - SENTENCES
    return room if room >= 1 else height - HEAD - below


def parameters_shown(scene: Scene, width: int, on_errors: bool = False) -> str:
    """Which of the parameters stand there, as places in the order of the table: "1–8 of 13"."""
    every, shown = weights_of(scene), columns(scene, width, on_errors).shown
    if len(shown) == len(every):
        return f"{len(every)} parameters"
    first = every.index(shown[0]) + 1 if shown else 0
    return f"parameters {first}–{first + len(shown) - 1} of {len(every)}"


def output(scene: Scene) -> int:
    """The output whose errors are shown: the selected unit, else the first."""
    return scene.moment.unit if scene.moment.layer == scene.record.layers else 0


def error(scene: Scene, m: int, size: int) -> Span:
    """Answer minus target of a sample, once it has answered."""
    if not scene.reached(m, "forward", scene.record.layers):
        return right(PENDING, size), "pending"
    value = float(scene.record.errors[m, output(scene)])
    return right(num(value, size - 1, plus=True), size), sign_role(value)


def columns(scene: Scene, width: int, on_errors: bool = False) -> Columns:
    """All parameters rather than the errors, unless it is these that are asked for."""
    every, room = weights_of(scene), max(width - LABEL, 0)
    alone = room // (LEAST + 1) >= len(every) > (room - ERROR) // (LEAST + 1)
    errors = ERROR if width >= LEAST_ERROR and (on_errors or not alone) else 0
    room -= errors
    size = next((size for size in range(MOST, LEAST, -1) if (size + 1) * len(every) <= room), LEAST)
    at = every.index(scene.moment.weight) if scene.moment.weight in every else 0
    return Columns([every[k] for k in window(len(every), max(room // (size + 1), 1), at)], size, errors)


def heads(scene: Scene, samples: list[int], it: Columns) -> list[Row]:
    """The parameters' symbols in two rows: of which layer, and from where to where."""
    n = scene.record.n
    some = f" {min(samples) + 1}–{max(samples) + 1} of {n}" if samples and len(samples) < n else " samples"
    miss = "error", f"[{scene.unit_name(scene.record.layers, output(scene))}]"
    rows: list[Row] = []
    for line, label in enumerate((some, f"{'#':>6}{'row':>5}")):
        spans: list[Span] = [(left(label, LABEL), "head"), (right(miss[line], it.errors), "head")]
        for weight in it.shown:
            symbol, _, way = scene.record.names.symbol(weight).rstrip("]").partition("[")
            role = "selected" if weight == scene.moment.weight else "head"
            spans += [(edge(weight, it.shown), "dim"), (right((symbol, way)[line], it.size), role)]
        rows.append(tuple(spans))
    return rows


def edge(weight: Weight, shown: list[Weight]) -> str:
    """What stands before a column: a line where a layer begins."""
    at = shown.index(weight)
    return "│" if at and shown[at - 1].layer != weight.layer else " "


def sample_row(scene: Scene, m: int, it: Columns) -> Row:
    """A sample's own gradient, entry by entry."""
    glyph, _, state_role = state(scene, m)
    added, current = scene.reached(m, "gradient"), m == scene.moment.sample
    role = "selected" if current else "text" if added else "pending"
    by_hand = EDITED if scene.is_edited(m) else ""
    spans: list[Span] = [(f" {glyph}", state_role)]
    spans.append((left(f"{m + 1:>4} {scene.row_of(m):>4}{by_hand}", LABEL - 2), role))
    spans += [error(scene, m, it.errors)] if it.errors else []
    for weight in it.shown:
        own = scene.record.contribution(weight, m) if added else None
        spans += cell(scene, weight, it, (own, True), mark=current)
    return tuple(spans)


def cell(scene: Scene, weight: Weight, it: Columns, value: Cell, mark: bool, by_hand: str = "") -> Iterator[Span]:
    number, signed = value
    yield edge(weight, it.shown), "dim"
    if not isinstance(number, float):
        yield right(PENDING if number is None else number, it.size), "pending"
        return
    selected = mark and weight == scene.moment.weight
    role = "selected" if selected else sign_role(number) if signed else "text"
    yield right(num(number, it.size - len(by_hand), plus=signed) + by_hand, it.size), role


def line_row(scene: Scene, line: Line, it: Columns) -> Row:
    spans: list[Span] = [(left(f" {line.label}", LABEL), "strong" if line.strong else "text")]
    spans.append(line.error(scene, it.errors) if line.error and it.errors else (" " * it.errors, "dim"))
    for weight in it.shown:
        by_hand = EDITED if line.given and scene.weight_was(weight) is not None else ""
        spans += cell(scene, weight, it, line.cell(weight), mark=True, by_hand=by_hand)
    return tuple(spans)


def lines(scene: Scene) -> list[Line]:
    """Sum, mean, what stands between the one in force and the step, the step, the parameters before and after."""
    record, done = scene.record, scene.done
    whole = done == record.n

    def total(weight: Weight) -> Cell:
        if whole:
            return record.summed[weight], True
        return float(record.running(weight)[done - 1]) if done else None, True

    sums = record.settings.rules.reduction == "sum"
    mark, name = (" ◂" if whole else ""), ("Σ" if whole else f"Σ {done} of {record.n}")
    return [
        Line(name + mark * sums, total, sums),
        Line(f"mean ÷{record.n}" + mark * (not sums), lambda weight: (record.mean[weight] if whole else None, True),
             not sums, mean_error),
        *between(scene),
        Line(step_label(scene), lambda weight: (step_of(scene, weight), True), True),
        Line("θ before", lambda weight: (record.before[weight], False), given=True),
        Line("θ after", lambda weight: (record.after[weight] if scene.phase.kind == "update" else None, False), True),
    ]  # fmt: skip


def mean_error(scene: Scene, size: int) -> Span:
    """The mean of the samples' errors, once all are in: nothing is made of it."""
    if scene.done < scene.record.n:
        return right(PENDING, size), "pending"
    return right(num(float(scene.record.mean_errors[output(scene)]), size - 1, plus=True), size), "dim"


def between(scene: Scene) -> list[Line]:
    """Penalty and clipping, where there are, and what the optimizer gets then; for another optimizer than plain descent
    this too, since the step is not −γ times it."""
    record, rules = scene.record, scene.record.settings.rules
    known = scene.phase.per_batch
    found: list[Line] = []

    def penalty(weight: Weight) -> Cell:
        if weight.is_bias:
            return "none", True
        q = of_weight("regularisation", weight.layer, weight.source, weight.unit)
        return value(record, q) if known else None, True

    if record.penalised:
        found.append(Line("+ penalty", penalty))
    if rules.clip_norm:
        found.append(Line("× clip", lambda _: (value(record, CLIP) if known else None, False)))
    if is_adjusted(scene) or rules.optimizer.name != "sgd":
        found.append(Line("= g used", lambda weight: (record.reduced[weight] if known else None, True)))
    return found


def step_label(scene: Scene) -> str:
    """How the step is made of the line above that is used."""
    rules = scene.record.settings.rules
    if rules.optimizer.name != "sgd":
        return f"Δ {rules.optimizer.name}"
    used = "g" if is_adjusted(scene) else "◂" if scene.done == scene.record.n else rules.reduction
    return fitting(LABEL - 1, f"Δ=−{rate(scene.record.learning_rate)}·{used}", f"Δ = −γ·{used}")


def step_of(scene: Scene, weight: Weight) -> float | str | None:
    if weight.is_bias and scene.record.before.architecture.bias == "frozen":
        return "frozen"
    return scene.record.step[weight] if scene.phase.per_batch else None


def sentences(scene: Scene, width: int, on_errors: bool) -> list[Row]:
    """The selected cell as the product it is, and what the rows are, or the errors."""
    words = error_words(scene) if on_errors and scene.done == scene.record.n else whole_words(scene)
    told: list[Row] = [((" " + each, "dim"),) for each in by_hand_too(scene, words)]
    return [first_fitting(product(scene), width), first_fitting(told, width)]


def by_hand_too(scene: Scene, words: list[str]) -> list[str]:
    """The sentence, and behind it what its mark in the table says of the selected weight or else the current sample."""
    was = scene.weight_was(scene.moment.weight)
    if was is None and not scene.is_edited(scene.moment.sample):
        return words
    row = f"row {scene.row_of(scene.moment.sample)}"
    what = f"{row} was changed by hand" if was is None else f"{scene.weight_name} set by hand, was {num(was, 9)}"
    return [*(f"{each} · {EDITED} {what}" for each in words), f"{EDITED} {what}", *words[-1:]]


def product(scene: Scene) -> list[Row]:
    """The current sample's cell of the selected parameter, in two lengths."""
    moment, record, m = scene.moment, scene.record, scene.moment.sample
    names = f"{input_told(scene)} · δ{sub(moment.layer)}[{record.names.unit(moment.layer, moment.unit)}]"
    given = input_of(scene, m, moment.source)
    delta = record.passed.delta[moment.layer - 1][m, moment.unit] if scene.reached(m, "delta", moment.layer) else None
    made = record.contribution(moment.weight, m) if scene.reached(m, "gradient") else None
    numbers = f"{written(given)} · {written(delta)} = "
    result: Span = (written(made, plus=True), "pending" if made is None else sign_role(made))
    symbol = f" ∂L/∂{scene.weight_name} of sample {m + 1} = "
    return [((symbol + names + " = ", "text"), (numbers, "text"), result), ((symbol + numbers, "text"), result),
            ((f" #{m + 1}: {numbers}", "text"), result)]  # fmt: skip


def written(number: float | None, plus: bool = False) -> str:
    return PENDING if number is None else factor(float(number), 8, plus)


def whole_words(scene: Scene) -> list[str]:
    """What becomes of the rows at this moment, the longest wording first."""
    record, done = scene.record, scene.done
    n, count = record.n, len(record.before.flat)
    if done < n:
        return [
            f"a row is one sample's own gradient: {count} numbers. Added so far: {done} of {n} rows",
            f"a row is one sample's own gradient. Added so far: {done} of {n}",
            f"added so far: {done} of {n}",
        ]
    rows = f"{n} rows" if n > 1 else "1 row"
    how = "added entry by entry" + (f", ÷ {n}" if record.settings.rules.reduction == "mean" else "")
    applied = "applied once" if scene.phase.kind == "update" else "not applied yet"
    return [
        f"{rows} of {count} numbers, {how}: one vector (◂ in force), one step, {applied}",
        f"{rows}, {how}: one step, {applied}",
        f"{rows}: one step, {applied}",
    ]


def error_words(scene: Scene) -> list[str]:
    """What the mean of the errors is, and that the step is not made of it."""
    mean = written(float(scene.record.mean_errors[output(scene)]), plus=True)
    return [
        f"the errors' mean is {mean}, and nothing is made of it: each error meets its own φ′ and a first",
        f"the errors' mean, {mean}, is not used: each meets its own φ′ and a first",
        f"the errors' mean, {mean}, is not used",
    ]
