"""Panel 2: the batch, a row per sample, with what the network says and what it costs."""

from dataclasses import dataclass

from bptui.views.glyphs import thumbnail
from bptui.views.numbers import brief, num
from bptui.views.scene import Scene
from bptui.views.text import Row, cells, cut, first_fitting, left, right

LOSS = 7
OTHER_ROWS = 3  # of a list of samples: its head, and two lines below it
STATE = 9


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the columns; ``state`` is 0 where only its glyph is shown."""

    index: int
    input: int
    target: int
    answer: int
    state: int


def columns(scene: Scene, width: int) -> Columns:
    """The columns that fit: row and loss as they are, names as short as they must be, the input in what is left,
    the state written out last."""
    data = scene.data
    index = max(len(str(len(data) - 1)), 3)
    wanted = max((data.image[1] + 1) // 2, 5) if data.image else 6 * data.x.shape[1] - 1
    names = max((cells(name) for name in data.classes), default=0)
    room = width - (4 + 1 + index + 1 + min(wanted, 5) + 1 + 1 + 1 + LOSS)
    if len(data.classes) > 2:
        target = max(min(max(names, 6), 10, (room - 5) // 2), 2)
        answer = max(min(max(names, 2), target) + 5, 6)
        if target + answer > room:
            target = max(room - answer, 2)
    else:
        several_outputs = not data.classes and data.y.shape[1] > 1
        answer = min(max(6 * data.y.shape[1], 7), room - 7) if several_outputs else 7
        answer = max(min(answer, room // 2), 7) if several_outputs else 7
        target = max(min(max(names, answer - 1 if several_outputs else 6), 20, room - answer), 2)
    target += max(min(room - target - answer, len("target") - target), 0)
    taken = 4 + 1 + index + 1 + 1 + target + 1 + answer + 1 + LOSS
    state = STATE if width - taken - STATE >= min(wanted, 11) else 0
    return Columns(index, min(max(width - taken - state, 3), wanted), target, answer, state)


def batch(scene: Scene, width: int, height: int) -> list[Row]:
    """A header, as many samples as fit around the current one, and the sum and mean of the losses so far."""
    c = columns(scene, width)
    wanted = "target" if c.target >= 6 else "y"
    words = ("row", c.index), (wanted, c.target), ("answer", c.answer), ("loss", LOSS)
    row, target, answer, loss = (right(cut(word, size), size) for word, size in words)
    rows: list[Row] = [((f"   # {row} {left(input_head(scene, c.input), c.input)} {target} {answer} {loss}", "head"),)]
    rows += [sample_row(scene, m, c) for m in scene.rows_shown(max(height - OTHER_ROWS, 1))]
    rows += [()] * (height - len(rows) - 2)
    return [*rows, *totals(scene, width)]


def input_head(scene: Scene, width: int) -> str:
    """ "input", or which of several inputs the column has room for."""
    one_of_many = not scene.data.image and scene.data.x.shape[1] > 1 and " " not in short_input(scene, 0, width)
    return "x0 …" if one_of_many else "input"


def sample_row(scene: Scene, m: int, c: Columns) -> Row:
    record = scene.record
    current = m == scene.moment.sample
    answered = scene.reached(m, "forward", record.layers)
    role = "text" if answered or current else "pending"
    glyph, word, state_role = state(scene, m)
    said, right_answer = prediction(scene, m, c.answer) if answered else ("·", True)
    loss = num(record.passed.loss[m], 7) if scene.reached(m, "loss") else "·"
    return (
        (glyph, state_role),
        (f"{m + 1:>3} {record.indices[m]:>{c.index}} ", "selected" if current else role),
        (left(short_input(scene, m, c.input), c.input), role),
        (" " + right(target(scene, m, c.target), c.target), role),
        (" " + right(said, c.answer), role if right_answer else "wrong"),
        (" " + right(loss, 7), role),
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


def short_input(scene: Scene, m: int, width: int) -> str:
    x = scene.record.passed.a[0][m]
    if scene.data.image:
        return thumbnail(x.reshape(scene.data.image).tolist())
    words = [brief(value, 5) for value in x[: width // 2 + 1].tolist()]
    shown = len(words)
    while shown and len(" ".join(words[:shown])) + 2 * (shown < len(x)) > width:
        shown -= 1
    if shown == 0 and words and len(words[0]) <= width:
        return words[0]
    return " ".join([*words[:shown], *["…"] * (shown < len(x))])


def several(values: list[float], width: int) -> str:
    """As many numbers as fit, an ellipsis for the others; a single one as precisely as there is room."""
    if len(values) == 1:
        return brief(values[0], width)
    words = [num(value, 5) for value in values]
    shown = len(words)
    while shown > 1 and len(" ".join(words[:shown])) + 2 * (shown < len(words)) > width:
        shown -= 1
    return " ".join([*words[:shown], *["…"] * (shown < len(words))])


def target(scene: Scene, m: int, width: int = 6) -> str:
    """The class, or the first target numbers."""
    y, classes = scene.record.targets[m], scene.data.classes
    if classes:
        return classes[int(y.argmax()) if len(y) > 1 or len(classes) == 1 else round(float(y[0]))]
    return several(y.tolist(), width)


def prediction(scene: Scene, m: int, width: int) -> tuple[str, bool]:
    """What the network answers, and whether its class is the target's (always True for regression)."""
    a, classes = scene.record.passed.a[-1][m], scene.data.classes
    if not classes:
        return several(a.tolist(), width), True
    right_answer = bool(scene.record.right[m])
    if len(a) == 1:
        return num(a[0], 7), right_answer
    best = int(a.argmax())
    return f"{cut(classes[best], width - 5)} {num(a[best], 5)}", right_answer


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
    of = "all" if done == record.n else f"{done} of"
    in_force = record.settings.rules.reduction
    nothing: list[Row] = [()]
    more = with_penalty(scene) if record.penalised and done == record.n else nothing
    return [
        told((f" loss of {of} {record.n}: Σ ", " Σ "), total, more if in_force == "sum" else nothing, width),
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
