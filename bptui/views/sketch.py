"""The drawing pad: the field one draws on, and what the network makes of it, class by class."""

from dataclasses import dataclass

import numpy as np

from bptui.engine.types import Floats
from bptui.session.sketch import Sketch
from bptui.training.judged import chosen_class
from bptui.views.cells import CELL
from bptui.views.glyphs import pixel, shade
from bptui.views.numbers import num, share, sign_role
from bptui.views.text import Row, Span, beside, cells, cut, first_fitting, left, right, window

HEAD, FOOT = 2, 1  # rows above and below the field
FRAME = 2  # rows and columns of the field's frame
GAP = 2  # columns between the field and the answers
NUMBER, CHANGE = 7, 8
LEAST_ENTRY = 2 + 2 + NUMBER  # marks, a short name, the number
LEAST_ANSWERS = LEAST_ENTRY + 2
LONGEST_NAME = 12
MOST_BAR = 40


@dataclass(frozen=True, slots=True, eq=False)
class SketchNow:
    """``outputs`` (o,) are the answer of the network after ``update``, which has made ``epoch`` epochs with this test
    accuracy (nan for none); ``earlier`` are those of the network after update ``since``, or None. ``label`` is the
    chosen class or None; ``guests`` of the ``n`` samples in batch ``coming`` are one's own."""

    sketch: Sketch
    classes: tuple[str, ...]
    outputs: Floats
    earlier: Floats | None
    since: int
    update: int
    epoch: int
    accuracy: float
    label: int | None
    coming: int
    n: int
    guests: int
    naming: bool
    colour: bool

    @property
    def shares(self) -> Floats:
        """One number for each class: of a single output for two, what is left of 1 for the first."""
        return of_classes(self.outputs)

    @property
    def said(self) -> int:
        """The class that the network says."""
        return int(chosen_class(self.outputs[None, :])[0])


def of_classes(outputs: Floats) -> Floats:
    return np.array([1.0 - outputs[0], outputs[0]]) if len(outputs) == 1 else outputs


@dataclass(frozen=True, slots=True)
class Place:
    """Where the field's pixels stand in the panel: from column ``x`` and row ``y`` on those of ``shown``, each of
    ``across`` columns and ``high`` rows."""

    x: int
    y: int
    across: int
    high: int
    shown: range

    def pixel_at(self, x: int, y: int, columns: int) -> tuple[int, int] | None:
        """Row and column of the pixel there, or None beside the field."""
        row, column = (y - self.y) // self.high, (x - self.x) // self.across
        inside = y >= self.y and x >= self.x and row < len(self.shown) and column < columns
        return (self.shown[row], column) if inside else None


def place_of(sketch: Sketch, width: int, height: int) -> Place:
    """As large as leaves room for the answers, a pixel about square; of too many rows those around the pen."""
    room, across = height - HEAD - FOOT - FRAME, width - FRAME - GAP - LEAST_ANSWERS
    scale = min(room // sketch.rows, across // (CELL * sketch.columns))
    if scale:
        return Place(1, HEAD + 1, CELL * scale, scale, range(sketch.rows))
    size = CELL if CELL * sketch.columns <= across else 1
    return Place(1, HEAD + 1, size, 1, window(sketch.rows, max(room, 1), sketch.pen[0]))


def sketch_rows(now: SketchNow, width: int, height: int) -> list[Row]:
    """In ``height`` rows: what the network says, field and answers side by side, label and pen."""
    place = place_of(now.sketch, width, height)
    field = framed_field(now, place)
    taken = now.sketch.columns * place.across + FRAME + GAP
    room = max(height - HEAD - FOOT, 1)
    said = answers(now, width - taken, room)
    body = min(max(len(field), len(said)), room)
    both = beside([(field, taken), (said, max(width - taken, 0))], body)
    return [verdict(now, width), standing(now, width), *both, label_and_pen(now, width)]


# --- words ---


def verdict(now: SketchNow, width: int) -> Row:
    """What the network says, and whether that is the label."""
    name, value = cut(now.classes[now.said], LONGEST_NAME), num(float(now.shares[now.said]), NUMBER)
    role = "strong" if now.label is None else "good" if now.label == now.said else "wrong"
    head = "the network at its start" if now.update == 0 else f"the network after update {now.update}"
    short = "start" if now.update == 0 else f"update {now.update}"
    if now.sketch.is_blank:
        return first_fitting([((f" {words}: draw something", "strong"),) for words in (head, short)], width)
    return first_fitting([((f" {words} says ", "text"), (f"{name}, {value}", role)) for words in (head, short)], width)


def standing(now: SketchNow, width: int) -> Row:
    """How well the network does, and what its next batch holds."""
    known = f"epoch {now.epoch}: test {share(now.accuracy)} right" if share(now.accuracy) else ""
    own = f", {now.guests} your own" if now.guests else ""
    batch = f"batch of update {now.coming}: {now.n} samples{own}"
    spellings = ((known, batch), (batch,), (f"update {now.coming}: {now.n} samples{own}",))
    return first_fitting([((" " + " · ".join(filter(None, words)), "dim"),) for words in spellings], width)


def label_and_pen(now: SketchNow, width: int) -> Row:
    if now.naming:
        spellings = (
            " which class is it? type the first character of its name",
            " which class? type its first character",
        )
        return first_fitting([((asked, "selected"),) for asked in spellings], width)
    name = "none yet: what is it?" if now.label is None else cut(now.classes[now.label], 40)
    label: Row = ((" label: ", "text"), (name, "dim" if now.label is None else "selected"))
    row, column = now.sketch.pen
    words = f" · pen {'down' if now.sketch.down else 'up'}, at {row},{column}: ink {num(now.sketch.under_pen, 6)}"
    return first_fitting([(*label, (words, "dim")), label], width)


# --- the field ---


def framed_field(now: SketchNow, place: Place) -> list[Row]:
    """The pixels in a frame; an edge with dots where rows are left out."""
    sketch = now.sketch
    wide = sketch.columns * place.across
    above, below = ("─" if whole else "╌" for whole in (place.shown.start == 0, place.shown.stop == sketch.rows))
    rows: list[Row] = [(("┌" + above * wide + "┐", "border"),)]
    for row in place.shown:
        line: Row = (
            ("│", "border"),
            *(cell(now, row, column, place.across) for column in range(sketch.columns)),
            ("│", "border"),
        )
        rows += [line] * place.high
    return [*rows, (("└" + below * wide + "┘", "border"),)]


def cell(now: SketchNow, row: int, column: int, across: int) -> Span:
    """One pixel; where the pen stands, brackets; on ink they are lit, and it has a glyph."""
    value = now.sketch.ink[row * now.sketch.columns + column]
    if (row, column) == now.sketch.pen:
        inked = value >= 0.5
        if across > CELL:
            return "[" + ("■" if inked else " ") * (across - 2) + "]", "lit" if inked else "selected"
        return ("■" * across, "lit") if inked else ("[]" if across == CELL else "+", "selected")
    text, role = pixel(value, value) if now.colour else shade(value)
    return text * across, role


# --- the answers ---


def answers(now: SketchNow, width: int, height: int) -> list[Row]:
    """A line for each class in as many columns as they need; without room for all the largest, the others counted."""
    count, lines = len(now.classes), max(height - 1, 1)
    columns = min(-(-count // lines), max(width // LEAST_ENTRY, 1))
    lines = min(lines, -(-count // columns))
    shown = sorted(np.argsort(-now.shares, kind="stable")[: columns * lines].tolist())
    size = width // columns
    entries = [entry(now, k, size) for k in shown]
    blocks = [(entries[first : first + lines], size) for first in range(0, len(entries), lines)]
    rows = beside(blocks, min(lines, len(entries)))
    hidden = count - len(shown)
    if hidden:
        return [*rows, ((f"{hidden} more, smaller", "dim"),)]
    return [*rows, change_note(now, width)]


def change_note(now: SketchNow, width: int) -> Row:
    if now.earlier is None:
        return ()
    since = "since the start" if now.since == 0 else f"since update {now.since}"
    said = (f"the signed number is the change {since}", f"+ and −: the change {since}", f"+ −: {since}")
    return first_fitting((((words, "dim"),) for words in said), width)


def entry(now: SketchNow, k: int, width: int) -> Row:
    """A class: the mark of the answer, name, bar, number, its change, the mark of the label."""
    value, said = float(now.shares[k]), k == now.said and not now.sketch.is_blank
    name = min(max(map(cells, now.classes)), LONGEST_NAME, max(width - 2 - NUMBER - 1, 1))
    role = "strong" if said else "text"
    spans: list[Span] = [("▶" if said else " ", "strong"), (left(now.classes[k], name), role)]
    spare = width - 2 - name - NUMBER - 1
    changed = now.earlier is not None and spare >= CHANGE
    bar = min(max(spare - CHANGE * changed - 1, 0), MOST_BAR)
    if bar > 0:
        filled = round(min(max(value, 0.0), 1.0) * bar)
        spans += [(" " + "█" * filled, "series-4" if said else "positive"), ("·" * (bar - filled), "dim")]
    spans.append((right(num(value, NUMBER), NUMBER), role))
    if changed and now.earlier is not None:
        by = value - float(of_classes(now.earlier)[k])
        spans.append((right(num(by, NUMBER, plus=True), CHANGE), sign_role(by)))
    return (*spans, ("◂" if k == now.label else " ", "selected"))
