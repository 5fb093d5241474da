"""The drill's screen: what repeating one sample does to the others, beside as many back-propagations in passes."""

import numpy as np

from bptui.experiments.drill import DrillNow, Spent
from bptui.views.batch import target
from bptui.views.charts import Chart, Series, Style, drawable, sign_of, squeeze
from bptui.views.glyphs import BARS
from bptui.views.numbers import factor, num, precise, rate
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, cut, left, right, row_cells, window, wrapped

ROSE, FELL, SAME = "▲", "▼", "·"
CHART_LEAST, CHART_USUAL = 6, 11  # rows, its legend included
OTHER_ROWS = 11  # state, heads, score, both ways and the sentence
CHART_WIDTH, TALL = 60, 32
ROOMY = 30  # columns that are left beside the losses where targets may be written in full
FEWEST_SAMPLES = 3
DRILL_ROLE, PASSES_ROLE = "series-2", "series-1"
CURVES: tuple[tuple[str, str, Style], ...] = (("drill", DRILL_ROLE, "line"), ("passes", PASSES_ROLE, "dashes"))


def drill_rows(scene: Scene, now: DrillNow, width: int, height: int, scroll: int = 0) -> list[Row]:
    """State, a row per sample, how many rose, both ways side by side, and the truth in a sentence."""
    room = height - chart_height(now, width, height)
    fewest = min(now.n, FEWEST_SAMPLES)
    sentence: list[Row] = [((f" {part}", "text"),) for part in wrapped(truth(now), width - 2)]
    bottom = [*score(now, width), *ways(now, width), *sentence]
    for less in (len(sentence), len(bottom) - len(sentence) - 1):
        if 2 + fewest + len(bottom) > room:
            bottom = bottom[: len(bottom) - less]
    lines = max(room - 2 - len(bottom), 1)
    rows: list[Row] = [tuple(state(now, width)), header(scene, now, width)]
    rows += [sample_row(scene, now, m, width) for m in window(now.n, lines, now.sample, scroll)]
    rows += [()] * (room - len(rows) - len(bottom))
    return [*rows, *bottom]


def chart_height(now: DrillNow, width: int, height: int) -> int:
    """Rows for the chart at the bottom: what the samples leave, in a tall box enough in any case; 0 in a small one."""
    room = height - OTHER_ROWS
    rows = max(room - now.n, CHART_USUAL if height >= TALL else 0)
    return rows if rows >= CHART_LEAST and width >= CHART_WIDTH else 0


def drill_legend(colour: bool) -> Row:
    """What the curves are, and what each is drawn with."""
    spans: list[Span] = [(" mean loss of the batch by back-propagations:", "dim")]
    for name, role, style in CURVES:
        spans.append((f" {sign_of(role, style, colour)}{name}", role))
    return tuple(spans)


def state(now: DrillNow, width: int) -> list[Span]:
    """Which sample is drilled, how far it has come, and what counts as right."""
    word, role = ("right", "good") if now.is_right else ("not yet right", "wrong")
    times = f"after {count(now.updates, 'update')}"
    narrow = width < 66
    return [
        (f" {'#' if narrow else 'sample '}{now.sample + 1} of {now.n} ", "strong"),
        ("wrong" if narrow and not now.is_right else word, role),
        (": " if narrow else f" {times}: ", "text"),
        (f"loss {apart(float(now.now[now.sample]), now.epsilon)}", "strong"),
        (f" {'<' if now.is_right else '≥'} ε {rate(now.epsilon)}", "text"),
    ]


def apart(loss: float, epsilon: float) -> str:
    """The loss with as many digits as it takes to see on which side of ε it lies."""
    spellings = (num(loss, 8), factor(loss, 9), precise(loss))
    shown = ((words, float(words.replace("−", "-").replace("∞", "inf"))) for words in spellings)
    return next((words for words, seen in shown if (seen < epsilon) == (loss < epsilon)), spellings[-1])


# --- the samples ---


def columns(scene: Scene, now: DrillNow, width: int) -> tuple[int, int, int, bool, int]:
    """Widths of row number, target, word and whether ``start`` is shown, and of the trend; 0 for what does not fit."""
    index = max(len(str(len(scene.data) - 1)), 3) + 1
    room = width - (2 + 4 + 9 + 9 + 11)  # marker, #, before, now, change
    word = 12 if room >= 12 else 0
    room -= word
    wide = room >= 8 + index
    index = index if wide else 0
    room -= index
    name = (10 if room >= ROOMY else 8) if wide else 0
    room -= name
    start = room >= 9
    room -= 9 * start
    return index, name, word, start, room - 1 if room >= 9 else 0


def header(scene: Scene, now: DrillNow, width: int) -> Row:
    index, name, word, start, trend = columns(scene, now, width)
    before = "before" if start else "start"
    words = f"{'#':>6}{right('row', index)}{right('target', name)}"
    words += f"{'start':>9}" if start else ""
    words += f"{before:>9}{'now':>9}{'change':>9}  {left('', word)}"
    return ((words + (" " + ("loss so far" if trend >= 11 else "losses") if trend else ""), "head"),)


def sample_row(scene: Scene, now: DrillNow, m: int, width: int) -> Row:
    index, name, word, start, trend = columns(scene, now, width)
    drilled = m == now.sample
    role = "selected" if drilled else "text"
    change = float(now.change[m])
    glyph, sign = (ROSE, "wrong") if change > 0 else (FELL, "good") if change < 0 else (SAME, "dim")
    spans: list[Span] = [("▶ " if drilled else "  ", role), (f"{m + 1:>4}", role)]
    if index:
        spans.append((right(scene.row_of(m), index), role))
        spans.append((right(" " + cut(target(scene, m), name - 1), name), role))
    if start:
        spans.append((right(num(now.start[m], 8), 9), "dim"))
    spans += [
        (right(num((now.before if start else now.start)[m], 8), 9), "dim"),
        (right(num(now.now[m], 8), 9), role),
        (right(num(change, 8, plus=True), 9) + " " + glyph, sign),
    ]
    if word:
        said, said_role = what_is(now, m)
        spans.append((" " + left(said, word - 1), said_role))
    if trend:
        spans += [(" ", "text"), trail(now, m, trend)]
    return tuple(spans)


def what_is(now: DrillNow, m: int) -> tuple[str, str]:
    """A word about one sample: what the drill has made of it."""
    if m == now.sample:
        return ("right", "good") if now.is_right else ("drilled", "selected")
    if now.is_wrong_again(m):
        return "wrong again", "wrong"
    return ("right", "good") if now.now[m] < now.epsilon else ("", "text")


def trail(now: DrillNow, m: int, width: int) -> Span:
    """The losses of one sample from the start of the drill until now as bars; all samples share the scale."""
    most = len(BARS) - 1
    bars = "".join(BARS[int(share * most + 0.5)] for share in now.trail(m, width))
    return bars, "selected" if m == now.sample else "dim"


# --- the two ways ---


def score(now: DrillNow, width: int) -> list[Row]:
    """How many of the others rose."""
    others = now.n - 1
    if others == 0:
        rest = "there is no other" if now.count == 1 else "the training set has the others"
        return [((f" this batch has one sample: {rest}" if width >= 60 else " this batch has one sample", "text"),)]
    words = f" {now.rose} of {count(others, 'other')} rose, {now.fell} fell"
    again = now.wrong_again
    spans: list[Span] = [(words, "wrong" if now.rose > now.fell else "strong")]
    since = " since this sample's drill began"
    if row_cells(spans) + len(since) <= width:
        spans.append((since, "dim"))
    if again and row_cells(spans) + 24 <= width:
        spans.append((f" · {again} wrong again", "wrong"))
    return [tuple(spans)]


def ways(now: DrillNow, width: int) -> list[Row]:
    """What was spent on either way, and the mean losses there."""
    narrow = width < 78
    label = width - 24 if narrow else 49
    train = "train" if narrow else "training set"
    sizes = (9, 11) if narrow else (10, 15)
    words = "mean loss without the penalty:" if now.penalised else "mean loss:"
    head = right(words if not narrow else "", label - 5) + right("batch", sizes[0] + 5) + right(train, sizes[1])
    rows: list[Row] = [((head, "head"),)]
    for name, spent, role in (
        ("start", now.begin, "dim"),
        ("drill", now.drill, DRILL_ROLE),
        ("passes", now.passes, PASSES_ROLE),
    ):
        words = f" {name}" if name == "start" else f" {left(name + ':', 7)} {effort(spent, narrow)}"
        spans: list[Span] = [(left(words, label), role)]
        for value, begin, size in (
            (spent.batch_loss, now.begin.batch_loss, sizes[0]),
            (spent.train_loss, now.begin.train_loss, sizes[1]),
        ):
            spans += moved(value, begin, size)
        rows.append(tuple(spans))
    if now.passes_stop:
        rows.append(((f"         the passes stopped: {now.passes_stop}", "wrong"),))
    elif now.collected:
        rows.append((("         " + unfilled(now, narrow), "dim"),))
    if now.looked_at < now.count:
        rows.append(((f"         training set: {now.looked_at} of its {now.count} samples, evenly spaced", "dim"),))
    return rows


def unfilled(now: DrillNow, narrow: bool) -> str:
    """What became of the back-propagations of the passes that do not fill a batch."""
    if not now.short:
        return f"{now.collected} of {now.batch_size}, not applied" + ("" if narrow else ": their update overflows")
    if narrow:
        return f"a short batch: {now.collected} of {now.batch_size}"
    which = "the only" if now.passes.updates == 1 else "the last"
    return f"{which} update is of a short batch: {now.collected} of its {now.batch_size} samples"


def effort(spent: Spent, narrow: bool) -> str:
    if narrow:
        return f"{spent.back_propagations} bp, {spent.updates} upd"
    return f"{count(spent.back_propagations, 'back-propagation')}, {count(spent.updates, 'update')}"


def moved(value: float, begin: float, size: int) -> list[Span]:
    """A mean loss, and whether it lies above or below the one at the start."""
    glyph, role = {"worse": (ROSE, "wrong"), "better": (FELL, "good")}.get(compared(value, begin), (" ", "text"))
    return [(right(num(value, 8), size), "text"), (f" {glyph}", role)]


def truth(now: DrillNow) -> str:
    """One plain sentence, made of the numbers at hand."""
    if now.count == 1:
        return "There is one sample only: to drill it and to train on it are the same."
    if now.drill.updates == 0:
        rule = "training passes over all samples again and again, one small step a batch."
        return f"Repeat one sample and see what becomes of the others; {rule}"
    verdict = f"{became_of_others(now)}; {became_of_training(now)}"
    if now.passes_stop:
        return f"{verdict}."
    passes = compared(now.passes.train_loss, now.drill.train_loss)
    than = "the same" if passes == "the same" else f"{passes} than the drill"
    if passes == "worse" and now.passes.updates < now.drill.updates:  # a batch shares one step
        than = "worse: fewer updates"
    return f"{verdict}; passes: {num(now.passes.train_loss, 8)}, {than}."


def became_of_others(now: DrillNow) -> str:
    if now.updates == 0:
        return f"Sample {now.sample + 1} is next, from where the drill before it left the network"
    if now.n == 1:
        return "The batch has no other sample"
    return f"Drilling sample {now.sample + 1}: {now.rose} of {count(now.n - 1, 'other')} rose, {now.fell} fell"


def became_of_training(now: DrillNow) -> str:
    """The mean of the training set since the start, better or worse; with samples drilled before, that is said."""
    start, here = now.begin.train_loss, now.drill.train_loss
    since = "" if now.drill.updates == now.updates else " in all"
    return f"training set{since} {num(start, 8)} → {num(here, 8)}, {compared(here, start)}"


def compared(value: float, other: float) -> str:
    """Losses that are spelled alike are alike: nothing is told apart by a digit that nobody sees."""
    if num(value, 8) == num(other, 8):
        return "the same"
    return "worse" if value > other else "better"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def drill_chart(now: DrillNow, columns: int) -> Chart:
    """Mean loss of the batch under both ways, over the back-propagations made."""
    x = np.array([step.back_propagations for step in now.steps], dtype=np.float64)

    ways = (np.array([step.mean for step in now.steps]), np.array([step.passes_mean for step in now.steps]))
    both = []
    for (name, role, style), values in zip(CURVES, ways, strict=True):
        where, low, high = squeeze(x, values, values, columns)
        both.append(Series(name, role, where, drawable(low, False), drawable(high, False), style))
    return Chart(tuple(both) if len(x) > 1 else (), False)
