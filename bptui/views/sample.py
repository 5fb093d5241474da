"""The current sample in full: every input by its name, every output with answer, target and error."""

from collections.abc import Callable

from bptui.views.glyphs import PENDING
from bptui.views.layers import more, unit_label, units_of
from bptui.views.numbers import brief, num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, beside, cells, left, right, row_cells

LEAST_ROWS = 4  # a head, and one output below its own
NUMBER = 8
SPACE = 3  # between what stands side by side
LEAST_WIDTH = 1 + 8 + 3 * (NUMBER + 1)  # outputs with names that can be told apart
LONGEST_NAME = 20


def with_more(
    listed: list[Row], width: int, height: int, least: int, more_rows: Callable[[int, int], list[Row]]
) -> list[Row]:
    """A list of samples, and more of the current one below it where there are rows, else beside it where there are
    ``least`` columns; ``more_rows`` makes it for a width and a height."""
    below = height - len(listed) - 1
    if below >= LEAST_ROWS + 1:
        return [*listed, (), *more_rows(width, below)]
    taken = max(row_cells(row) for row in listed) + SPACE
    if width - taken >= least and height > LEAST_ROWS:
        return beside([(listed, taken), (more_rows(width - taken, height), width - taken)], height)
    return listed


def sample_rows(scene: Scene, width: int, height: int) -> list[Row]:
    """In so many rows at most: inputs beside outputs where there is room, else above them."""
    m = scene.moment.sample
    head: Row = ((f" sample {m + 1} of {scene.record.n}, row {scene.record.indices[m]}", "strong"),)
    given = [] if scene.data.image else inputs(scene)
    said = outputs(scene, width)
    room, across = height - 1, widest(given)
    if given and across + SPACE + widest(said) <= width:
        rows = max(min(room, max(len(given), len(said))), 0)
        blocks = (cropped(given, rows, across), across + SPACE), (cropped(said, rows, width), width - across - SPACE)
        return [head, *beside(blocks, rows)]
    above = max(min(len(given), max(room // 2, room - len(said))), 0)
    return [head, *cropped(given, above, width), *cropped(said, room - above, width)]


def widest(rows: list[Row]) -> int:
    return max(map(row_cells, rows), default=0)


def cropped(rows: list[Row], height: int, width: int) -> list[Row]:
    """As many as there is room for, the last one saying how many are missing."""
    if len(rows) <= height:
        return rows
    return [*rows[: height - 1], *more(1, " ↓", len(rows) - height + 1, width)] if height > 1 else []


def inputs(scene: Scene) -> list[Row]:
    """A row an input, the one of the selected weight marked."""
    x, moment = scene.record.passed.a[0][scene.moment.sample], scene.moment
    names = [unit_label(scene, 0, k) for k in range(len(x))]
    name = min(max(*map(cells, names), len("input")), LONGEST_NAME) if names else 0
    rows: list[Row] = [((f" {left('input', name)} {right('x', NUMBER)}", "head"),)]
    for k, value in enumerate(x):
        chosen = moment.layer == 1 and moment.source == k
        rows.append(((f" {left(names[k], name)} ", "selected" if chosen else "dim"), numbered(float(value))))
    return rows


def outputs(scene: Scene, width: int) -> list[Row]:
    """A row an output: its answer, the target, and the answer minus the target."""
    record, layer = scene.record, scene.record.layers
    count, m = units_of(scene, layer), scene.moment.sample
    names = [unit_label(scene, layer, k) for k in range(count)]
    name = max(min(max(*map(cells, names), len("output")), LONGEST_NAME, width - 1 - 3 * (NUMBER + 1)), 2)
    heads = "".join(right(word, NUMBER + 1) for word in ("answer", "target", "error"))
    rows: list[Row] = [((f" {left('output', name)}{heads}", "head"),)]
    answered = scene.reached(m, "forward", layer)
    for k in range(count):
        error = float(record.errors[m, k])
        wait: Span = (right(PENDING, NUMBER + 1), "pending")
        chosen = scene.moment.layer == layer and scene.moment.unit == k
        rows.append(
            (
                (f" {left(names[k], name)}", "selected" if chosen else "dim"),
                (right(num(record.passed.a[-1][m, k], NUMBER), NUMBER + 1), "text") if answered else wait,
                (" " + numbered(float(record.targets[m, k]))[0], "text"),
                (right(num(error, NUMBER, plus=True), NUMBER + 1), sign_role(error)) if answered else wait,
            )
        )
    return rows


def numbered(value: float) -> Span:
    return right(brief(value, NUMBER), NUMBER), "text"
