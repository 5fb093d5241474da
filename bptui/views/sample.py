"""The current sample in full: inputs by name, outputs with answer, target and error, hidden units with z, a and δ."""

from collections.abc import Callable

from bptui.engine.types import Floats
from bptui.engine.weight import sub
from bptui.explain.quantity import Quantity, of_unit
from bptui.explain.quantity import target as target_of
from bptui.views.glyphs import EDITED, PENDING
from bptui.views.layers import Symbol, fitting, listed, numbers, selected_unit, unit_label, units_of
from bptui.views.numbers import brief, column, num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, beside, cells, cut, left, right, row_cells

LEAST_LIST = 4  # rows of a layer: its head, one unit, marks for those above and below
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
    most = width - least - SPACE
    if height <= LEAST_ROWS or any(row_cells(row) > most for row in listed):
        return listed
    taken = max(map(row_cells, listed)) + SPACE
    return beside([(listed, taken), (more_rows(width - taken, height), width - taken)], height)


def sample_rows(scene: Scene, width: int, height: int) -> list[Row]:
    """In ``height`` rows at most: inputs and outputs, then the hidden layers, as far as there is room."""
    m = scene.moment.sample
    rows: list[Row] = [((f" sample {m + 1} of {scene.record.n}, {scene.row_words(m)}", "strong"),)]
    rows += ends(scene, width, height - 1)
    for layer in range(1, scene.record.layers):
        room = height - len(rows)
        if room >= min(1 + units_of(scene, layer), LEAST_LIST):
            rows += hidden(scene, layer, width, room)
    return rows


def ends(scene: Scene, width: int, height: int) -> list[Row]:
    """Inputs beside outputs where there is room, else above them."""
    given, said = 1 + units_of(scene, 0), 1 + units_of(scene, scene.record.layers)
    if scene.data.image:
        return outputs(scene, width, height)
    across = 1 + max(map(cells, input_names(scene))) + (1 + NUMBER) * len(spellings(scene))
    if across + SPACE + LEAST_WIDTH <= width:
        rows, beside_it = max(min(height, max(given, said)), 0), width - across - SPACE
        blocks = (inputs(scene, across, rows), across + SPACE), (outputs(scene, beside_it, rows), beside_it)
        return beside(blocks, rows)
    above = max(min(given, max(height // 2, height - said)), 0)
    if 0 < above < min(given, LEAST_LIST - 1):  # a head and no input below it: the outputs need these rows
        above = 1
    return [*inputs(scene, width, above), *outputs(scene, width, height - above)]


def hidden(scene: Scene, layer: int, width: int, height: int) -> list[Row]:
    """A row a unit of a hidden layer: its z, a and δ."""
    at, title = max(selected_unit(scene, layer), 0), f"layer {layer}"
    symbols: tuple[Symbol, ...] = ("z", "a", "δ")
    values = [numbers(scene, layer, symbol) for symbol in symbols]
    names = [unit_label(scene, layer, k) for k in range(units_of(scene, layer))]
    size = max(cells(title), min(max(map(cells, names)), LONGEST_NAME))

    def row(k: int) -> Row:
        chosen = k == selected_unit(scene, layer)
        told = (None if held is None else float(held[k]) for held in values)
        return (f" {left(names[k], size)}", "selected" if chosen else "dim"), *(signed_number(v) for v in told)

    heads = "".join(right(f"{symbol}{sub(layer)}", NUMBER + 1) for symbol in symbols)
    return [((f" {left(title, size)}{heads}", "head"),), *listed(len(names), height - 1, at, width, row)]


def signed_number(value: float | None) -> Span:
    """The number with its sign, or that it is not known yet."""
    if value is None:
        return right(PENDING, NUMBER + 1), "pending"
    return right(num(value, NUMBER, plus=True), NUMBER + 1), sign_role(value)


def input_names(scene: Scene) -> list[str]:
    """The head of the inputs' names, and the names."""
    return ["input", *(cut(unit_label(scene, 0, k), LONGEST_NAME) for k in range(units_of(scene, 0)))]


def spellings(scene: Scene) -> list[tuple[str, Floats]]:
    """The current sample's inputs by the name of their column: as a network gets them, before that as in the file."""
    m = scene.moment.sample
    given = [("x", scene.record.passed.a[0][m])]
    return given if scene.data.scaling is None else [("in file", scene.inputs[m]), *given]


def inputs(scene: Scene, width: int, height: int) -> list[Row]:
    """A row an input, the one of the selected weight marked; as its file has it too where it is scaled."""
    columns, at, m = spellings(scene), selected_unit(scene, 0), scene.moment.sample
    title, *names = input_names(scene)
    size = max(map(cells, (title, *names)))

    def row(k: int) -> Row:
        role = "selected" if k == at else "dim"
        told = "".join(right(brief(float(x[k]), NUMBER), NUMBER + 1) for _, x in columns)
        return (f" {left(names[k], size)}", role), (told, "text"), by_hand(scene, of_unit("input", 0, k, m))

    heads = "".join(right(word, NUMBER + 1) for word, _ in columns)
    head: Row = ((f" {left(title, size)}{heads}", "head"),)
    if height == 1:
        return [((fitting(width, f" ↑ {len(names)} more: inputs", f" ↑ {len(names)} more"), "dim"),)]
    return [head, *listed(len(names), height - 1, max(at, 0), width, row)] if height > 0 else []


def by_hand(scene: Scene, q: Quantity) -> Span:
    """What an input or a target was before it was set by hand; nothing where it was not."""
    before = scene.was(q)
    return ("", "text") if before is None else (f"{EDITED} was {brief(before, NUMBER)}", "strong")


def outputs(scene: Scene, width: int, height: int) -> list[Row]:
    """A row an output: its answer, the target, and the answer minus the target."""
    layer = scene.record.layers
    count, at = units_of(scene, layer), selected_unit(scene, layer)
    names = [unit_label(scene, layer, k) for k in range(count)]
    size = max(min(max(*map(cells, names), len("output")), LONGEST_NAME, width - 1 - 3 * (NUMBER + 1)), 2)

    def row(k: int) -> Row:
        return (f" {left(names[k], size)}", "selected" if k == at else "dim"), *result(scene, k)

    heads = "".join(right(word, NUMBER + 1) for word in ("answer", "target", "error"))
    head: Row = ((f" {left('output', size)}{heads}", "head"),)
    return [head, *listed(count, height - 1, max(at, 0), width, row)] if height > 0 else []


def result(scene: Scene, output: int) -> Row:
    """Answer, target and error of an output; what is not known yet is said so."""
    record, m = scene.record, scene.moment.sample
    edited = EDITED if scene.was(target_of(output, m)) is not None else ""
    size = NUMBER + 1 - len(edited)
    given = column(record.targets[m].tolist(), size - 1)[output]
    target: Span = (right(given, size) + edited, "text")
    if not scene.reached(m, "forward", record.layers):
        return signed_number(None), target, signed_number(None)
    answer = num(record.passed.a[-1][m, output], NUMBER)
    return (right(answer, NUMBER + 1), "text"), target, signed_number(float(record.errors[m, output]))
