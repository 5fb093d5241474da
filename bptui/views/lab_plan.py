"""Where each part of the mistakes lab stands on a screen of a given size."""

from dataclasses import dataclass, field

from bptui.views.arrange import SMALLEST, Box

BESIDE = 72  # columns from which the two sides stand side by side
SIDE = 7  # rows of a side: border, its own computation, gradient, step, weight, loss
TALL = 30  # rows of a screen from which the computation has a row for its formula and one for its numbers
NUMBERS = 7  # rows of both sides in one panel
ONE_LINE = 150  # columns from which each sentence takes one row
TABLE = 66  # columns of the table at most: the chart has the rest
BARS = ("title", "words", "footer")
PANELS = ("true", "wrong", "numbers", "table", "chart")


@dataclass(frozen=True, slots=True)
class LabPlan:
    """Boxes of the parts that fit: title, words, footer; true and wrong, or numbers (both in one); table, chart."""

    boxes: dict[str, Box] = field(default_factory=dict)
    too_small: bool = False


def lab_plan(width: int, height: int) -> LabPlan:
    """The sentences on top, the sides below them, then layers and curves; what has no room is left out."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return LabPlan({"title": Box(0, 0, max(width, 1), max(height, 1))}, too_small=True)
    boxes = {"title": Box(0, 0, width, 1), "footer": Box(0, height - 1, width, 1)}
    wide = width >= BESIDE
    side = SIDE + (height >= TALL) if wide else NUMBERS
    room = height - 2 - side
    words = room if room < 6 else 2 if room < 13 else min(5 if width >= ONE_LINE else 7, room - 8)
    top = 1 + words
    boxes["words"] = Box(0, 1, width, words)
    half = width // 2
    if wide:
        boxes["true"] = Box(0, top, half, side)
        boxes["wrong"] = Box(half, top, width - half, side)
    else:
        boxes["numbers"] = Box(0, top, width, side)
    bottom, rest = top + side, room - words
    if rest < 4:
        return LabPlan(boxes)
    if wide:
        table = min(half, TABLE)
        boxes["table"] = Box(0, bottom, table, rest)
        boxes["chart"] = Box(table, bottom, width - table, rest)
    elif rest < 13:
        boxes["table"] = Box(0, bottom, width, rest)
    else:
        table = min(rest // 2, 8)
        boxes["table"] = Box(0, bottom, width, table)
        boxes["chart"] = Box(0, bottom + table, width, rest - table)
    return LabPlan(boxes)
