"""The confusion screen: classes × classes in numbers, and the samples of one cell."""

from bptui.data import Dataset
from bptui.engine.types import Integers
from bptui.experiments.confusion import Confusion
from bptui.views.glyphs import thumbnail
from bptui.views.grounds import heat
from bptui.views.layers import fitting
from bptui.views.numbers import brief, num, share
from bptui.views.text import Row, Span, as_many, cells, cut, left, right, window

LONGEST_NAME = 14
WIDEST = 6  # columns of a cell
RIGHT = 8  # columns of the share that is right, and a margin
OTHER_ROWS = 3  # what it is, the heads of the columns, the total
LIST_HEAD = 2
BOTH = 2 * LONGEST_NAME + 36  # columns from which the second largest output is told too


def confusion_rows(
    data: Dataset, found: Confusion, cell: tuple[int, int], width: int, height: int, opened: bool, scroll: int
) -> list[Row]:
    """What the table is, the table, and below it as many samples of the cell in hand as there is room for; with
    ``opened`` the samples alone."""
    if opened:
        return samples(data, found, cell, width, height, scroll)
    rows = [summary(found), *table(data, found, cell, width, height - 1)]
    room = height - len(rows) - 1
    return [*rows, (), *samples(data, found, cell, width, room, 0)] if room > LIST_HEAD else rows


def summary(found: Confusion) -> Row:
    n = len(found.rows)
    return ((f" {found.right} of {n} {found.part} samples right", "strong"), (f" ({share(found.right / n)})", "text"))


def names_of(data: Dataset, found: Confusion) -> list[str]:
    """The classes' names; a set with one named class has what is not it."""
    return list(data.classes) if len(data.classes) == len(found.counts) else ["other", *data.classes]


def table(data: Dataset, found: Confusion, cell: tuple[int, int], width: int, height: int) -> list[Row]:
    """A line a target, a column an answer, as many of both around the cell in hand as there is room for."""
    names, classes = names_of(data, found), len(found.counts)
    label = min(max(map(cells, names)), LONGEST_NAME, max(width // 4, 4)) + 1
    if width - len(" target") - RIGHT >= classes * WIDEST:
        label = max(label, len(" target"))
    digits = max(len(str(int(found.counts.max()))), 2)
    size = min(max((width - label - RIGHT) // classes, digits), WIDEST)
    shown = window(classes, max((width - label - RIGHT) // size, 1), cell[1])
    lines = window(classes, max(height - 2, 1), cell[0])
    heads: list[Span] = [(left(fitting(label, " target", " ↓"), label), "head")]
    heads += [(right(cut(names[j], size - (size > 1)), size), "selected" if j == cell[1] else "head") for j in shown]
    rows: list[Row] = [(*heads, (right("right", 7), "head"))]
    for k in lines:
        rows.append(line(found, names, k, shown, cell, label, size))
    across, down = classes - len(shown), classes - len(lines)
    told = [f", {across} more with ← →"] * (across > 0) + [f", targets ↓ {down} more with ↑ ↓"] * (down > 0)
    brief = [f", {across} ← →"] * (across > 0) + [f", {down} ↑ ↓"] * (down > 0)
    foot = fitting(width, *(" answers →" + "".join(more) for more in (told, brief, ())))
    return [*rows, ((foot, "dim"),)]


def line(found: Confusion, names: list[str], k: int, shown: range, cell: tuple[int, int], label: int, size: int) -> Row:
    """One target: how often each class is answered, behind a colour that says which part of the target's samples."""
    counts, total = found.counts[k], int(found.counts[k].sum())
    spans: list[Span] = [(left(f" {names[k]}", label), "selected" if k == cell[0] else "text")]
    for j in shown:
        words = right(str(counts[j]) if counts[j] else "·", size)
        portion = float(counts[j]) / total if total else 0.0
        role = f"spot|{heat(portion if j == k else -portion, 1.0)}" if counts[j] else "dim"
        spans.append((words, "lit" if (k, j) == cell else role))
    return (*spans, (right(share(float(counts[k]) / total) if total else "", 7), "text"))


def samples(data: Dataset, found: Confusion, cell: tuple[int, int], width: int, height: int, scroll: int) -> list[Row]:
    """The samples of a cell, the largest loss first."""
    places, names = found.cell(*cell), names_of(data, found)
    count = len(places)
    what = f" {count} sample{'s' * (count != 1)} of {names[cell[0]]}, answered {names[cell[1]]}"
    more = (", the largest loss first", "") if count > 1 else ("",)
    rows: list[Row] = [((cut(fitting(width, *(what + tail for tail in more)), width), "strong"),)]
    if not count:
        return rows
    rows.append(((f"{'row':>7}    loss  outputs, input", "head"),))
    for at in window(count, max(height - LIST_HEAD, 1), 0, scroll):
        rows.append(sample(data, found, int(places[at]), width))
    return rows


def sample(data: Dataset, found: Confusion, place: int, width: int) -> Row:
    """One sample: its row, loss, the largest outputs, and what came in."""
    outputs, row = found.outputs[place], int(found.rows[place])
    names = names_of(data, found)
    if len(outputs) == 1:
        said = num(float(outputs[0]), 7)
    else:
        best: Integers = (-outputs).argsort(kind="stable")[: 2 if width >= BOTH else 1]
        said = "  ".join(f"{cut(names[int(k)], LONGEST_NAME)} {num(float(outputs[k]), 6)}" for k in best)
    if data.image:
        given = thumbnail(data.x[row].reshape(data.image).tolist())
    else:
        words_of_x = [brief(float(value), 6) for value in data.x[row][:width]]
        given = as_many(words_of_x, width - 21 - len(said))
    role = "good" if found.wanted[place] == found.said[place] else "wrong"
    words: list[Span] = [(f"{row:>7} ", "text"), (right(num(float(found.losses[place]), 7), 7), "text")]
    return (*words, (f"  {said}", role), (cut(f"   {given}", max(width - 18 - len(said), 0)), "dim"))
