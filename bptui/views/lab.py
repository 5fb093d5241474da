"""The mistakes lab as rows: the rule in sentences, both sides' numbers, the layers compared, the curves."""

from math import isnan

import numpy as np

from bptui.experiments.mistakes import Distance
from bptui.experiments.mistakes.figures import Change, Figures
from bptui.experiments.mistakes.own import Own
from bptui.session.intents import Open
from bptui.training.history import Curve
from bptui.views.charts import Chart, Series, Style, drawable, sign_of, squeeze
from bptui.views.keys_named import USUAL, Keys
from bptui.views.lab_own import own_rows
from bptui.views.numbers import factor, num, precise, rate, sign_role
from bptui.views.questions import asked_by
from bptui.views.text import Row, Span, cells, cut, left, right, row_cells, window, wrapped

FEWEST_WEIGHTS = 3
FIGURES = 4  # rows of a side below its own computation
TITLE_FRAME = 4  # columns of a panel's inside that a title leaves free
ROOMY = 80  # columns from which the title names the question of `w` too
ROUNDING = 1e-12  # relative errors below are called rounding
TRUE, WRONG = "series-3", "series-6"
"""The two sides' colours: those of the signs, blue and orange, say the sign of a number on this screen."""
CURVES = (("true", TRUE), ("wrong", WRONG))
STYLES: tuple[Style, Style] = ("line", "dashes")  # where both coincide, both can be seen


def lab_title(figures: Figures, width: int, keys: Keys = USUAL) -> Row:
    """Which rule of how many, the question that it answers, and where in the training."""
    asked = asked_by(Open("lab", figures.mistakes[figures.number].id), keys) if width >= ROOMY else ""
    name: list[Span] = [
        (f" Mistakes lab · {asked}{figures.number + 1} of {len(figures.mistakes)} · ", "bar"),
        (figures.name, "bar-strong"),
    ]
    place = figures.position
    samples = "sample" if figures.n == 1 else "samples"
    where = f"next: update {figures.update} · epoch {place.epoch}, batch {place.batch}/{figures.batches} · "
    where += f"{figures.n} {samples} "
    if row_cells(name) + cells(where) >= width:
        where = f"next: update {figures.update} "
    if row_cells(name) + cells(where) >= width:
        where = ""
    return (*name, (right(where, max(width - row_cells(name), 0)), "bar"))


def part_title(name: str, figures: Figures, log: bool, width: int) -> str:
    """The title of a panel of the lab, the longest that a panel ``width`` columns wide inside can show."""

    def fitting(*titles: str) -> str:
        return next((title for title in titles if cells(title) + TITLE_FRAME <= width), titles[-1])

    reduction = figures.rules.reduction
    return {
        "true": fitting(f"True rule: {reduction} of the samples' gradients", f"True rule: {reduction} of gradients"),
        "wrong": fitting(f"Wrong rule: {figures.name}", f"Wrong: {figures.name}", "Wrong rule"),
        "numbers": "Both rules",
        "table": fitting("Gradients by layer, at the wrong side's weights", "|g| at the wrong side's weights"),
        "chart": f"Batch loss by update, {'log' if log else 'linear'}",
    }.get(name, "")


def sentences(figures: Figures, width: int, height: int, keys: Keys = USUAL) -> list[Row]:
    """The case in force, what the rule confuses, when it is harmless and where it occurs; in this order of
    importance where there is no room for all."""
    mistake = figures.mistake
    case = case_rows(figures, width, keys)[-max(height, 0) :]
    parts = (
        ("confuses", mistake.confusion(figures.rules.reduction)),
        ("harmless", mistake.harmless),
        ("occurs", mistake.occurs),
    )
    blocks = [paragraph(label, words, width) for label, words in parts]
    fitting: list[Row] = []
    for block in blocks:
        if len(fitting) + len(block) + len(case) > height:
            break
        fitting += block
    if not fitting and height > len(case):
        fitting = blocks[0][: height - len(case)]
    spare = height - len(fitting) - len(case)
    return [*fitting, *[()] * (spare > 0), *case] if height > 0 else []


def paragraph(label: str, words: str, width: int) -> list[Row]:
    lines = wrapped(words, max(width - 11, 20))
    heads = (f" {label}", *("" for _ in lines[1:]))
    return [((left(head, 10), "head"), (line, "text")) for head, line in zip(heads, lines, strict=True)]


def case_rows(figures: Figures, width: int, keys: Keys) -> list[Row]:
    """What is compared now, and the key of the other case; a row before it for what the run does and the lab does not,
    where one row does not hold both."""
    left_out = figures.case.left_out
    if not left_out:
        return [case_row(figures, "", keys, width)]
    without = f"without the run's {' and '.join([', '.join(left_out[:-1])] * (len(left_out) > 1) + [left_out[-1]])}"
    whole = case_row(figures, f", but plain SGD {without}", keys, width)
    if row_cells(whole) <= width:
        return [whole]
    return [((f" both sides are plain SGD, {without}", "notice"),), case_row(figures, ", but plain SGD", keys, width)]


def case_row(figures: Figures, but: str, keys: Keys, width: int) -> Row:
    """What is compared now, ``but`` behind its name, from which update on it differs where there is room for that,
    and the key of the other case."""
    case = figures.case
    words = f" {case.title}{but}" + (f": {case.words}" if case.words else "")
    if case.limit is not None and figures.made >= case.limit:
        words += ", which is over"
    other: Row = ((f"   {keys.get('other-case', 'h')} ", "key"), (other_case(figures), "dim"))
    after = other if figures.cases > 1 else ()
    since = f"{', ' if case.words or but else ': '}differs from update {figures.differs_from} on"
    if figures.differs_from is not None and cells(words + since) + row_cells(after) <= width:
        words += since
    return ((words, "good" if case.harmless else "strong"), *after)


def other_case(figures: Figures) -> str:
    """What its key leads to, in a word or two."""
    if figures.case.title != "as the run":
        return "as the run"
    return "where it shows" if figures.case.harmless else "harmless"


# --- the sides ---


def true_side(figures: Figures, width: int, height: int) -> list[Row]:
    """How the true rule comes to its gradient of the selected weight, the step, and the batch's loss."""
    own = figures.true_own
    return side(figures, figures.true_change, own, figures.true_loss, figures.true_stop, width, height, None)


def wrong_side(figures: Figures, width: int, height: int) -> list[Row]:
    """The same by the wrong rule, with what the true gradient is at the weights that this side has by now."""
    change, own, truth = figures.wrong_change, figures.wrong_own, figures.true_here
    return side(figures, change, own, figures.wrong_loss, figures.wrong_stop, width, height, truth)


def side(
    figures: Figures,
    change: Change | None,
    own: Own | None,
    loss: float | None,
    stop: str,
    width: int,
    height: int,
    truth: float | None,
) -> list[Row]:
    if change is None or own is None or loss is None:
        return [((" " + line, "wrong"),) for line in wrapped(stop, max(width - 2, 10))]
    roomy = width >= 46
    reduced: list[Span] = [(" gradient " if roomy else " g ", "dim"), signed(change.reduced)]
    if truth is not None:
        reduced += [("  truth here ", "dim"), (factor(truth, 9, plus=True), "dim")]
    gamma = rate(figures.rules.learning_rate)
    step: list[Span] = [(" step ", "dim"), (f"−{gamma} × ", "dim"), signed(change.reduced), (" = ", "dim")]
    if row_cells(step) + 9 > width:
        step = step[:1]
    moved = f" {factor(change.before, 8)} → {factor(change.after, 8)}"
    return [
        *own_rows(own, width, min(height - FIGURES, 2)),
        tuple(reduced),
        (*step, signed(change.step)),
        (
            (cut(f" {figures.architecture.names.symbol(figures.weight)}", width - cells(moved)), "strong"),
            (moved, "text"),
        ),
        ((" batch loss ", "dim"), (precise(loss), "strong"), (" before update", "dim")),
    ]


def signed(value: float) -> Span:
    return factor(value, 9, plus=True), sign_role(value)


def both_sides(figures: Figures, width: int) -> list[Row]:
    """Both sides in one panel, a column each, for narrow screens."""
    column = max((width - 11) // 2, 9)
    changes = (figures.true_change, figures.wrong_change)

    def line(label: str, values: tuple[float | None, float | None], plus: bool) -> Row:
        return (
            (left(f" {label}", 11), "dim"),
            *(
                (right("stopped" if value is None else num(value, 9, plus=plus), column),
                 "text" if value is None or not plus else sign_role(value))
                for value in values
            ),
        )  # fmt: skip

    def of(part: str) -> tuple[float | None, float | None]:
        true, wrong = (None if change is None else float(getattr(change, part)) for change in changes)
        return true, wrong

    heads = (right("true", column), TRUE), (right("wrong", column), WRONG)
    return [
        ((left(f" {figures.architecture.names.symbol(figures.weight)}", 11), "strong"), *heads),
        line("gradient", of("reduced"), True),
        line("step", of("step"), True),
        line("after", of("after"), False),
        line("batch loss", (figures.true_loss, figures.wrong_loss), False),
    ]


# --- the layers ---


def layer_table(figures: Figures, width: int, height: int, keys: Keys = USUAL) -> list[Row]:
    """Lengths of both gradients, cosine and relative error for every layer; below it the rules with their keys."""
    column = 9 if width >= 46 else 7
    heads = (("true", TRUE), ("wrong", WRONG), ("cosine", "head"), ("error", "head"))
    rows: list[Row] = [(("  |g|    ", "head"), *((right(head, column), role) for head, role in heads))]
    if figures.overall is None:
        rows.append(((" the wrong side has stopped", "dim"),))
    else:
        named = [(f"layer {k}", distance) for k, distance in enumerate(figures.layers, start=1)]
        shown = named if len(named) + 3 <= height else named[: max(height - 3, 0)]
        rows += [distance_row(name, distance, column) for name, distance in shown]
        rows.append(distance_row("all", figures.overall, column))
        if figures.architecture.bias == "frozen" and len(rows) + 1 < height:
            rows.append(((" |g| without the frozen biases", "dim"),))
    rows.append(worst_row(figures))
    room = height - len(rows) - 1
    if room >= 2:
        rows += [(), *rule_list(figures, room, keys)]
    room = height - len(rows) - 1
    if room >= FEWEST_WEIGHTS + 1:
        rows += [(), *weight_list(figures, width, room)]
    return rows[:height]


def weight_list(figures: Figures, width: int, height: int) -> list[Row]:
    """Both gradients of the weights into the selected unit, at the wrong side's weights: as many as have room."""
    if not figures.into_unit:
        return []
    column = 11 if width >= 46 else 9
    name = width - 2 * column - 1
    heads = (right("true", column), TRUE), (right("wrong", column), WRONG)
    rows: list[Row] = [((left(" gradients into this unit", name), "head"), *heads)]
    here = next(k for k, (weight, _, _) in enumerate(figures.into_unit) if weight == figures.weight)
    for k in window(len(figures.into_unit), height - 1, here):
        weight, true, wrong = figures.into_unit[k]
        marker = "▸" if k == here else " "
        numbers = ((right(num(value, 9, plus=True), column), sign_role(value)) for value in (true, wrong))
        rows.append(
            (
                (
                    left(f"{marker}{figures.architecture.names.symbol(weight)}", name),
                    "selected" if k == here else "text",
                ),
                *numbers,
            )
        )
    return rows


def distance_row(name: str, distance: Distance, column: int) -> Row:
    error = distance.relative_error
    cosine = "·" if isnan(distance.cosine) else num(distance.cosine, column - 1)
    return (
        (left(f" {name}", 9), "text"),
        (right(num(distance.true_norm, column), column), "text"),
        (right(num(distance.wrong_norm, column), column), "text"),
        (right(cosine, column), "strong"),
        (right(num(error, column), column), "good" if error < ROUNDING else "wrong"),
    )


def worst_row(figures: Figures) -> Row:
    error, update = figures.worst
    if figures.made == 0:
        return ((" nothing applied yet", "dim"),)
    if error < ROUNDING:
        if error > 0:
            return ((f" only rounding: {num(error, 7)} at most", "good"),)
        return ((f" no difference in {figures.made} update{'s' * (figures.made > 1)}", "good"),)
    return ((" worst applied ", "dim"), (num(error, 8), "wrong"), (f" in update {update}", "dim"))


def rule_list(figures: Figures, height: int, keys: Keys) -> list[Row]:
    rows: list[Row] = []
    for k in window(len(figures.mistakes), height, figures.number):
        here = k == figures.number
        mistake = figures.mistakes[k]
        name = mistake.named(figures.rules.reduction)
        key = keys.get(mistake.id, mistake.key)
        rows.append(((f"{'▸' if here else ' '}{key} ", "key"), (name, "selected" if here else "dim")))
    return rows


# --- the curves ---


def curve_legend(curves: tuple[Curve, Curve], colour: bool = True) -> Row:
    """Each curve's latest batch loss, behind what it is drawn with."""
    spans: list[Span] = []
    for (name, role), style, curve in zip(CURVES, STYLES, curves, strict=True):
        latest = num(float(curve.last("loss")[-1]), 8) if curve.used else "·"
        spans.append((f" {sign_of(role, style, colour)}{name} {latest}", role))
    return tuple(spans)


def lab_chart(curves: tuple[Curve, Curve], columns: int, log: bool, applied: int) -> Chart:
    """Both loss curves over the updates; ``applied`` of them were made before the lab's first."""
    drawn = []
    for (name, role), style, curve in zip(CURVES, STYLES, curves, strict=True):
        if curve.used:
            # read before the update, as in the explorer: it belongs to the weights that the update before left
            x = np.concatenate(([float(applied)], curve.axis("update")[:-1]))
            x, low, high = squeeze(x, curve.low("loss"), curve.high("loss"), columns)
            drawn.append(Series(name, role, x, drawable(low, log), drawable(high, log), style))
    return Chart(tuple(drawn), log)
