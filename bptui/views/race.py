"""The race's screen: the questions to choose from, the question being raced, the curves, the table."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Literal

import numpy as np

from bptui.engine.types import Floats
from bptui.experiments.race import PROBE, Lane, Point, Race, Unit
from bptui.experiments.races import Preset
from bptui.views.charts import Chart, Series, drawable, squeeze
from bptui.views.numbers import num, share
from bptui.views.text import Row, Span, cells, fit, left, right, row_cells, wrapped

Measure = Literal["train_loss", "test_loss", "batch_loss"]
MEASURES: dict[Measure, str] = {"train_loss": "train loss", "test_loss": "test loss", "batch_loss": "batch loss"}
AXES: dict[Unit, str] = {
    "seen": "samples seen",
    "epoch": "epochs",
    "update": "updates",
    "mult_adds": "multiply-adds",
}
CEILING = {False: 2.0, True: 10.0}
"""Curves are drawn up to so many times the loss at the start (linear, logarithmic): else one lane that runs away
would flatten all the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """What the screen shows. ``whole`` draws all that was measured, otherwise only the stretch of the axis that every
    lane has covered."""

    preset: Preset
    race: Race
    axis: Unit
    measure: Measure = "train_loss"
    log: bool = False
    whole: bool = False
    running: bool = False


def role_of(place: int) -> str:
    """The colour of a lane (from 0): never the grey of what is unimportant."""
    return f"series-{place + 1}"


def title(words: str, width: int) -> Row:
    return fit(((" Compare ", "bar-strong"), (f" {words}", "bar")), width, "bar")


def menu(presets: list[tuple[Preset, str | None]], common: str, width: int) -> list[Row]:
    """The questions with their digits; the reason where one cannot be raced here."""
    rows: list[Row] = [title("races from the same start over the same data", width), ()]
    for preset, reason in presets:
        off = reason is not None
        rows.append(
            (
                (f"  {preset.number} ", "pending" if off else "key"),
                (left(preset.name, 16), "pending" if off else "dim"),
                (preset.question if reason is None else reason, "pending" if off else "strong"),
            )
        )
    rows.append(())
    return [*rows, *(((f"  {part}", "dim"),) for part in wrapped(common, max(width - 4, 10)))]


def head(contest: Contest, width: int, height: int) -> list[Row]:
    """The question, and what to look at if there is room for it."""
    preset = contest.preset
    first = title(f"{preset.number} {preset.question}", width)
    if height < head_height(preset, width):  # half a sentence would be no help
        return [first]
    return [first, *(((f" {part}", "text"),) for part in wrapped(preset.answer, width - 2))]


def head_height(preset: Preset, width: int) -> int:
    """Rows :func:`head` would like to have."""
    return 1 + len(wrapped(preset.answer, width - 2))


# --- the chart ---


def chart_title(contest: Contest) -> str:
    """What is drawn against what, and how much of it."""
    cut_at = stretch(contest)
    words = f"{MEASURES[contest.measure]} by {AXES[contest.axis]}, {'log' if contest.log else 'linear'}"
    if cut_at is not None:
        words += f" · the first {short(cut_at)}, z for all"
    if is_cut(contest):
        words += f" · cut at {num(ceiling(contest), 6)}"
    return words


def stretch(contest: Contest) -> float | None:
    """Where the drawn part of the axis ends: as far as every lane has come that still can; None for everything."""
    lanes = [lane for lane in contest.race.lanes if lane.note is None]
    if contest.whole or not lanes or contest.axis == contest.race.unit:
        return None
    ends = [float(getattr(lane.points[-1], contest.axis)) for lane in lanes]
    return min(ends) if 0 < min(ends) < 0.9 * max(ends) else None


def ceiling(contest: Contest) -> float:
    return CEILING[contest.log] * contest.race.lanes[0].points[0].train_loss


def is_cut(contest: Contest) -> bool:
    limit = ceiling(contest)
    return any(getattr(point, contest.measure) > limit for lane in contest.race.lanes for point in lane.points)


def chart(contest: Contest, columns: int) -> Chart:
    """A curve a lane, and the lane's number on it: a series of one point, its name a single character."""
    curves = [(place, *curve(contest, lane, columns)) for place, lane in enumerate(contest.race.lanes)]
    curves = [(place, x, y) for place, x, y in curves if len(x)]
    drawn = [Series(f"lane {place + 1}", role_of(place), x, y, y) for place, x, y in curves]
    if not drawn:
        return Chart((), AXES[contest.axis], contest.log)
    first, last = min(float(x[0]) for _, x, _ in curves), max(float(x[-1]) for _, x, _ in curves)
    marks = []
    for place, x, y in curves:  # each number at a column of its own: where curves coincide all can be read
        at = np.array([min(first + (last - first) * (0.3 + 0.65 * place / 5), float(x[-1]))])
        marks.append(Series(str(place + 1), role_of(place), at, np.interp(at, x, y), np.interp(at, x, y)))
    return Chart((*drawn, *marks), AXES[contest.axis], contest.log)


def curve(contest: Contest, lane: Lane, columns: int) -> tuple[Floats, Floats]:
    """A lane's points as they are drawn: (x, y)."""
    limit = stretch(contest)
    points = [point for point in lane.points if not isnan(getattr(point, contest.measure))]
    if limit is not None:
        points = [point for point in points if getattr(point, contest.axis) <= limit]
    x = np.array([getattr(point, contest.axis) for point in points], dtype=np.float64)
    y = np.array([min(getattr(point, contest.measure), ceiling(contest)) for point in points], dtype=np.float64)
    x, y, _ = squeeze(x, y, y, max(columns, 1))
    return x, drawable(y, contest.log)


# --- the table ---


def short(value: float) -> str:
    """A count in at most seven columns: whole as long as it fits, then with its power of a thousand."""
    if value < 100_000:
        return f"{value:.0f}" if value == int(value) else num(value, 7)
    power, sign = next(
        ((power, sign) for power, sign in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")) if value >= power),
        (1e3, "k"),
    )
    return f"{num(value / power, 6)}{sign}"


def in_bytes(value: float) -> str:
    power, unit = next(((p, u) for p, u in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if value >= p), (1.0, "B"))
    return f"{short(value)} B" if unit == "B" else f"{num(value / power, 5)} {unit}"


def in_seconds(value: float) -> str:
    return f"{num(value, 6)} s" if value >= 1 else f"{num(1000 * value, 5)} ms"


def loss_of(value: float) -> str:
    return "" if isnan(value) else num(value, 7)


@dataclass(frozen=True, slots=True)
class Column:
    """``rank`` says which columns stay where not all fit: the lowest."""

    head: str
    width: int
    rank: int
    value: Callable[[Lane, Point], str]


NAME, WIDEST_NAME = 19, 26
COLUMNS = (
    Column("train", 9, 0, lambda lane, point: loss_of(point.train_loss)),
    Column("test", 8, 1, lambda lane, point: loss_of(point.test_loss)),
    Column("train %", 8, 9, lambda lane, point: share(point.train_accuracy)),
    Column("test %", 7, 7, lambda lane, point: share(point.test_accuracy)),
    Column("updates", 8, 2, lambda lane, point: short(lane.run.frontier)),
    Column("epochs", 8, 8, lambda lane, point: num(point.epoch, 7)),
    Column("backprops", 10, 3, lambda lane, point: short(lane.back_propagations)),
    Column("mult-adds", 10, 10, lambda lane, point: short(lane.mult_adds)),
    Column("memory", 9, 5, lambda lane, point: in_bytes(lane.memory)),
    Column("noise", 7, 6, lambda lane, point: num(lane.noise.of_batch, 6)),
    Column("scale", 8, 11, lambda lane, point: num(lane.noise.scale, 7)),
    Column("variance", 9, 12, lambda lane, point: num(lane.noise.variance, 7)),
    Column("time", 8, 4, lambda lane, point: in_seconds(lane.seconds)),
)
LEGEND = (
    "noise: a batch's gradient against the mean gradient's length · scale: noise scale in samples · "
    "memory: activations and deltas of a batch"
)
PROBED = "noise on {} of {}, drawn by the seed"


def chosen(width: int) -> list[Column]:
    """The columns that fit, the more important ones first, in the table's order."""
    room, kept = width - NAME, set()
    for column in sorted(COLUMNS, key=lambda column: column.rank):
        if column.width > room:
            break
        kept.add(column.head)
        room -= column.width
    return [column for column in COLUMNS if column.head in kept]


def table(contest: Contest, width: int) -> list[Row]:
    """A row per lane under a row of heads; the name gives way where the screen is narrow."""
    columns = chosen(width)
    name = min(WIDEST_NAME, max(width - sum(column.width for column in columns), 8))
    lead = left(" lane", name - 6) + right("loss:", 6)
    rows: list[Row] = [((lead, "head"), *((right(c.head, c.width), "head") for c in columns))]
    for place, lane in enumerate(contest.race.lanes):
        point = lane.points[-1]
        spans: list[Span] = [
            (f" {place + 1}", role_of(place)),
            (left("─" if lane.note is None else "!", 2), role_of(place) if lane.note is None else "wrong"),
            (left(lane.name, max(name - 4, 0)), "text" if lane.note is None else "dim"),
        ]
        rows.append((*spans, *((right(c.value(lane, point), c.width), "text") for c in columns)))
    return rows


def verdict(contest: Contest, width: int) -> Row:
    """Which lane's loss is the lowest and what time they took, or why one had to stop."""
    lanes = contest.race.lanes
    notes = [f"lane {place} {lane.note}" for place, lane in enumerate(lanes, start=1) if lane.note]
    if notes:
        more = f"  (and {len(notes) - 1} more)" if len(notes) > 1 else ""
        return fit(((f" {notes[0]}{more}", "wrong"),), width)
    shown = [num(lane.points[-1].train_loss, 7) for lane in lanes]
    best = min(range(len(lanes)), key=lambda place: np.nan_to_num(lanes[place].points[-1].train_loss, nan=np.inf))
    winners = [str(place + 1) for place, text in enumerate(shown) if text == shown[best]]
    if len(winners) == len(lanes):
        words = f" train loss {shown[best]} in all lanes"
    else:
        words = f" lowest train loss {shown[best]}: lane{'s' if len(winners) > 1 else ''} {', '.join(winners)}"
    spans: list[Span] = [(words, "strong")]
    for remark in remarks(contest):
        if row_cells(spans) + cells(remark) + 3 <= width:
            spans.append((f"   {remark}", "dim"))
    return fit(spans, width)


def remarks(contest: Contest) -> list[str]:
    """What else is to be said where there is room, the most important first."""
    race = contest.race
    count = race.lanes[0].run.problem.count
    places = sorted(range(len(race.lanes)), key=lambda place: race.lanes[place].seconds)
    least, most = (f"{in_seconds(race.lanes[place].seconds)} (lane {place + 1})" for place in (places[0], places[-1]))
    probed = [PROBED.format(PROBE, count)] if count > PROBE else []
    timed = [f"time: {least} to {most}"] if race.finished else []  # before that the lanes have not done equal work
    return [*probed, *timed, LEGEND]


def progress(contest: Contest) -> str:
    """How far the race is."""
    race = contest.race
    done = min(race.progress, race.goal)
    state = "▶" if contest.running else "■" if race.finished else "paused"
    return f" {state} {short(done)}/{short(race.goal)} {AXES[race.unit].split()[-1]} "
