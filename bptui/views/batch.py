"""Panel 2: the batch, a row per sample, with what the network says and what it costs; below, the current sample."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan

from bptui.engine.types import Floats
from bptui.views.glyphs import EDITED, thumbnail
from bptui.views.kept import OfRecord
from bptui.views.layers import fitting, unit_label
from bptui.views.numbers import HIDDEN, brief, column, exact, num
from bptui.views.sample import LEAST_ROWS, LEAST_WIDTH, sample_rows, with_more
from bptui.views.scene import Scene
from bptui.views.text import Row, cells, cut, fill, first_fitting, grow, left, right

LOSS = 7
MANY = 4096  # samples: to write the losses of more, only to see how long they are, takes longer than a key may
OTHER_ROWS = 3  # of a list of samples: its head, and two lines below it
STATE = 9
LONGEST_NAME = 20
SHORTEST_HEAD = 7  # columns in which the beginning of a name says something
SIZES = (7, 6, 5)  # columns of a number, the best first


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the columns; ``state`` is 0 where only its glyph is shown."""

    index: int
    input: int
    target: int
    answer: int
    loss: int
    state: int


def columns(scene: Scene, width: int) -> Columns:
    """The same for all samples of a batch."""
    return COLUMNS.get(scene.record, (scene.data, width), lambda: chosen_columns(scene, width))


def chosen_columns(scene: Scene, width: int) -> Columns:
    """One number or the beginning of a name for each; then all numbers in their short spelling, where that fits whole,
    and whole names, the narrowest column first; then the state in words; then longer spellings."""
    index = max(len(str(len(scene.data) - 1)), 3)
    losses = scene.record.passed.loss
    loss = LOSS if len(losses) > MANY else max(cells(num(value, LOSS)) for value in losses)
    sizes = [3, 2, 6]  # input, target, answer
    spare = width - (4 + 1 + index + 1 + 1 + 1 + 1 + loss) - sum(sizes)
    first, short, wide = (dict(enumerate(goals)) for goals in wishes(scene))
    spare = grow(sizes, first, spare)
    if scene.data.classes:  # a name before a second input
        spare = grow(sizes, {k: goal for k, goal in short.items() if k}, spare)
    else:
        spare = fill(sizes, short, spare)
    spare = grow(sizes, short, spare)
    state = STATE if spare >= STATE else 0
    spare = grow(sizes, wide, spare - state)
    given, target, answer = sizes
    return Columns(index, given, target, answer, loss, state)


Rows = dict[tuple[Hashable, ...], Row]
"""By all that a row is made of besides the record and the columns."""
ROWS, COLUMNS, PICTURES = OfRecord[Rows](), OfRecord[Columns](), OfRecord[str]()
FIRST = 64  # samples of which one mostly tells already that their numbers are not as short as that
CLASSES, ANSWERS = OfRecord[list[str]](), OfRecord[str]()


def wishes(scene: Scene) -> tuple[tuple[int, int, int], ...]:
    """Columns of input, target and answer: for a beginning, for all in short, for all in full."""
    data, record = scene.data, scene.record
    given = (max((data.image[1] + 1) // 2, 5),) * 3 if data.image else numbers_wish(scene.inputs, 5)
    if not data.classes:
        outputs = record.targets.shape[1]
        said = 7, max(6 * outputs - 1, 7), max(8 * outputs - 1, 7)
        return tuple(zip(given, numbers_wish(record.targets, 6), said, strict=True))
    names = min(max(map(cells, data.classes)), LONGEST_NAME)
    if len(data.classes) < 3:
        return tuple((size, max(names, 6) if k == 2 else names, 6 + (k == 2)) for k, size in enumerate(given))
    return (
        (given[0], min(names, 5), min(names, 4) + 5),
        (given[1], min(max(names, 6), 10), min(names, 10) + 5),
        (given[2], max(names, 6), names + 6),
    )


def numbers_wish(values: Floats, least: int) -> tuple[int, int, int]:
    """Columns of one number, of a row of them in short, and in full; whole ones take as many as they have digits, those
    of one or two decimals in short no more than these."""
    count = values.shape[1]
    short, full = SIZES[-1], SIZES[0]
    if not (values % 1).any():
        short = full = max(len(brief(float(value), full)) for value in (values.min(), values.max()))
    elif exact(values[:FIRST].ravel().tolist()) and (write := exact(values.ravel().tolist())):
        ends = zip(values.min(axis=0).tolist(), values.max(axis=0).tolist(), strict=True)
        sizes = [max(len(write(value)) for value in pair) for pair in ends]
        return min(least, max(sizes)), sum(sizes) + count - 1, max((full + 1) * count - 1, least)
    return least, max((short + 1) * count - 1, least), max((full + 1) * count - 1, least)


def batch(scene: Scene, width: int, height: int) -> list[Row]:
    """A header, as many samples as fit around the current one, the current one in full below or beside them where
    there is room, and the sum and mean of the losses so far. A batch of one sample is shown in full only."""
    room = height - 2
    if scene.record.n == 1 and room > LEAST_ROWS:
        rows = sample_rows(scene, width, room)
    else:
        listed = table(scene, width, scene.rows_shown(max(height - OTHER_ROWS, 1)))
        rows = with_more(listed, width, room, LEAST_WIDTH, partial(sample_rows, scene))
    return [*rows, *[()] * (room - len(rows)), *totals(scene, width)]


def table(scene: Scene, width: int, shown: Sequence[int]) -> list[Row]:
    """The head and a row for each of these samples."""
    c = columns(scene, width)
    words = ("row", c.index), (fitting(c.target, "target", "y"), c.target), ("answer", c.answer), ("loss", c.loss)
    row, target, answer, loss = (right(cut(word, size), size) for word, size in words)
    inputs = given_inputs(scene, shown, c.input)
    features = scene.data.x.shape[1]
    partly = not scene.data.image and any(len(words.replace("…", "").split()) < features for words in inputs)
    first = unit_label(scene, 0, 0)
    short = f"{cut(first, c.input - 2)} …" if c.input >= SHORTEST_HEAD else "x0 …"
    head = fitting(c.input, f"{first} …", short) if partly else fitting(c.input, "input", "in")
    rows: list[Row] = [((f"   # {row} {left(head, c.input)} {target} {answer} {loss}", "head"),)]
    targets, answers = given_targets(scene, shown, c.target), given_answers(scene, shown, c.answer)
    made = ROWS.get(scene.record, (scene.data, c), dict)
    rows += [sample_row(scene, m, c, words, made) for m, *words in zip(shown, inputs, targets, answers, strict=True)]
    return rows


def sample_row(scene: Scene, m: int, c: Columns, words: list[str], made: Rows) -> Row:
    """Of the samples that have not been stepped through meanwhile the row stays."""
    moment = scene.moment
    read = m, moment.way(m), m == moment.sample, *words
    row = made.get(read)
    if row is None:
        row = made[read] = made_row(scene, m, c, words)
    return row


def made_row(scene: Scene, m: int, c: Columns, words: list[str]) -> Row:
    record, (x, y, said) = scene.record, words
    current = m == scene.moment.sample
    answered = scene.reached(m, "forward", record.layers)
    role = "text" if answered or current else "pending"
    wrong = answered and not prediction(scene, m, 9)[1]
    glyph, word, state_role = state(scene, m)
    loss = num(record.passed.loss[m], LOSS) if scene.reached(m, "loss") else "·"
    mark = EDITED if scene.is_edited(m) else " "
    return (
        (glyph, state_role),
        (f"{m + 1:>3} {scene.row_of(m):>{c.index}}{mark}", "selected" if current else role),
        (left(x, c.input), role),
        (" " + right(y, c.target), role),
        (" " + right(said, c.answer), "wrong" if wrong else role),
        (" " + right(loss, c.loss), role),
        (f" {word}" if c.state else "", state_role),
    )


def state(scene: Scene, m: int) -> tuple[str, str, str]:
    """Glyph, word and role of how far a sample has come."""
    if scene.reached(m, "gradient"):
        return "■", "added", "done"
    if m == scene.moment.sample:
        kind = scene.phase.kind
        return "▣", {"delta": "backward"}.get(kind, kind), "lit-text"
    return "□", "to come", "pending"


def aligned(lists: Sequence[Sequence[float] | None], width: int) -> list[str]:
    """Each list of numbers in one line, one below the other, in the longest spelling that fits for all of them; else
    as many numbers as fit and an ellipsis for the others; a dot for a list that is not known yet."""
    most = width // 2 + 1
    known = [numbers[:most] for numbers in lists if numbers is not None]
    total = max((len(numbers) for numbers in lists if numbers is not None), default=0)
    for words in spelled(list(zip(*known, strict=True))):
        widths = [max(map(len, each)) for each in words]
        if total <= most and sum(widths) + total - 1 <= width:
            break
    while widths and sum(widths) + len(widths) - 1 + 2 * (len(widths) < total) > width:
        widths.pop()
    partly = " …" * (len(widths) < total)
    if known and not widths:
        widths, partly = [width], ""  # one number without a word of the others
    rows = iter(zip(*words, strict=True))
    lines = (" ".join(right(v, w) for v, w in zip(row, widths, strict=False)) + partly for row in rows)
    return ["·" if numbers is None else next(lines) for numbers in lists]


def spelled(columns: Sequence[Sequence[float]]) -> Iterator[list[list[str]]]:
    """The words of each column in every spelling, the longest first; those of one or two decimals last as they are."""
    for size in SIZES:
        yield [column(values, size) for values in columns]
    write = exact([value for values in columns for value in values])
    if write:
        whole = (all(float(value).is_integer() for value in values) for values in columns)
        yield [column(values, 5) if it else [*map(write, values)] for it, values in zip(whole, columns, strict=True)]


def given_inputs(scene: Scene, shown: Sequence[int], width: int) -> list[str]:
    if scene.data.image:
        return [in_a_line(scene, m) for m in shown]
    x = scene.inputs
    return aligned([x[m].tolist() for m in shown], width)


def in_a_line(scene: Scene, m: int) -> str:
    """The picture of one sample."""
    return PICTURES.get(scene.record, (scene.data, m), lambda: thumbnail(scene.picture(m).tolist()))


def given_targets(scene: Scene, shown: Sequence[int], width: int) -> list[str]:
    """The classes, or the target numbers."""
    y, classes = scene.record.targets, scene.data.classes
    if not classes:
        return aligned([y[m].tolist() for m in shown], width)
    return CLASSES.get(scene.record, (*classes, *shown), lambda: named_targets(y[list(shown)], classes))


def named_targets(y: Floats, classes: Sequence[str]) -> list[str]:
    """The class of each of these samples."""
    one_hot = y.shape[1] > 1 or len(classes) == 1
    places = y.argmax(axis=1).tolist() if one_hot else map(round, y[:, 0].tolist())
    return [classes[place] for place in places]


def given_answers(scene: Scene, shown: Sequence[int], width: int) -> list[str]:
    """What the network says: its class with that output, or its numbers; a dot where it has not answered yet."""
    layers = scene.record.layers
    answered = [scene.reached(m, "forward", layers) for m in shown]
    if scene.data.classes:
        pairs = zip(shown, answered, strict=True)
        return [named_answer(scene, m, width) if known else "·" for m, known in pairs]
    a = scene.record.passed.a[-1]
    return aligned([a[m].tolist() if known else None for m, known in zip(shown, answered, strict=True)], width)


def named_answer(scene: Scene, m: int, width: int) -> str:
    """What the network says of one sample, where that is a class."""
    return ANSWERS.get(scene.record, (scene.data, m, width), lambda: prediction(scene, m, width)[0])


def short_input(scene: Scene, m: int, width: int) -> str:
    """The input of one sample, in as much of it as there is room for."""
    return given_inputs(scene, [m], width)[0]


def target(scene: Scene, m: int, width: int = 6) -> str:
    """The target of one sample."""
    return given_targets(scene, [m], width)[0]


def prediction(scene: Scene, m: int, width: int) -> tuple[str, bool]:
    """What the network answers, and whether its class is the target's (always True for regression)."""
    a, classes = scene.record.passed.a[-1][m], scene.data.classes
    if isnan(a[0]):  # it is to be predicted
        return HIDDEN, True
    if not classes:
        return aligned([a.tolist()], width)[0], True
    right_answer = bool(scene.record.right[m])
    if len(a) == 1:
        return fitting(width, num(a[0], 7), num(a[0], width)), right_answer
    best = int(a.argmax())
    number = num(a[best], 5)
    return f"{cut(classes[best], width - 1 - cells(number))} {number}", right_answer


def totals(scene: Scene, width: int) -> list[Row]:
    """Sum and mean of the losses of the samples that have theirs; once all have, the one in force with the penalty
    on the weights, where there is one."""
    record = scene.record
    m = scene.moment.sample
    done = record.n if scene.phase.per_batch else m + scene.reached(m, "loss")
    if done == 0:
        return [(), ((" no loss yet", "dim"),)]
    running = record.running_loss
    total = num(running[done - 1], 9)
    mean = num(record.mean_of(running, done), 9)
    every = f"all {record.n}" if record.n > 1 else "the one sample"
    of = every if done == record.n else f"{done} of {record.n}"
    in_force = record.settings.rules.reduction
    nothing: list[Row] = [()]
    more = with_penalty(scene) if record.penalised and done == record.n else nothing
    return [
        told((f" loss of {of}: Σ ", " Σ "), total, more if in_force == "sum" else nothing, width),
        told((f" mean Σ ÷ {done} = ", " mean "), mean, more if in_force == "mean" else nothing, width),
    ]


def told(heads: tuple[str, ...], number: str, more: list[Row], width: int) -> Row:
    """A number with its words and what is made of it, in the longest spelling that fits."""
    return first_fitting((((head, "dim"), (number, "strong"), *tail) for head in heads for tail in more), width)


def with_penalty(scene: Scene) -> list[Row]:
    """ "+ penalty … = …", in two lengths."""
    record = scene.record
    penalty, total = num(record.penalty, 7), num(record.penalised_loss, 7)
    return [((f" {words} {penalty} = ", "dim"), (total, "strong")) for words in ("+ penalty", "+ pen.")]
