"""The race's screen: the questions to choose from, the question being raced, the curves, the table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isnan

import numpy as np

from bptui.data.digits import grouped
from bptui.engine.types import Floats
from bptui.experiments.lane import UNITS, Lane, Point, Unit
from bptui.experiments.race import Race
from bptui.experiments.races import Preset
from bptui.experiments.standings import Measure, Standings, ceiling, covered, exceeds, standings
from bptui.experiments.trials import Trials
from bptui.session.intents import Open
from bptui.training.run import Run
from bptui.views.charts import Chart, Series, drawable, squeeze
from bptui.views.keys_named import USUAL, Keys
from bptui.views.measures import in_bytes, in_seconds
from bptui.views.numbers import counted, num, share
from bptui.views.progress import time_left
from bptui.views.questions import asked_by
from bptui.views.race_lessons import lessons, noise_defined
from bptui.views.text import Row, Span, cells, fit, left, right, row_cells, wrapped
from bptui.views.trials import trial_rows

MEASURES: dict[Measure, str] = {"train_loss": "train loss", "test_loss": "test loss", "batch_loss": "batch loss"}
AXES: dict[Unit, str] = {
    "seen": "samples seen",
    "epoch": "epochs",
    "update": "updates",
    "mult_adds": "multiply-adds",
}


@dataclass(frozen=True, slots=True, eq=False)
class RaceLook:
    """What the screen shows; ``trials`` are what each batch size is worth. ``whole`` draws all that was measured,
    otherwise only the stretch of the axis that every lane has covered."""

    preset: Preset
    race: Race
    axis: Unit
    measure: Measure = "train_loss"
    log: bool = False
    whole: bool = False
    running: bool = False
    trials: Trials | None = None

    def next_axis(self) -> "RaceLook":
        """By the next unit."""
        return replace(self, axis=UNITS[(UNITS.index(self.axis) + 1) % len(UNITS)])

    def next_measure(self) -> "RaceLook":
        """The next loss that there is: without test samples there is no test loss."""
        tested = len(self.race.lanes[0].run.problem.test_x) > 0
        there = [measure for measure in MEASURES if tested or measure != "test_loss"]
        return replace(self, measure=there[(there.index(self.measure) + 1) % len(there)])


LEAST_CHART = 7  # rows, its border included; below that the table alone is shown
NAME_WIDTH = 16  # of a question's name, in columns


def role_of(place: int) -> str:
    """The colour of a lane (from 0): never the grey of what is unimportant."""
    return f"series-{place + 1}"


def title(words: str, width: int, asked: str = "") -> Row:
    """``asked`` is the key of the question that this race answers."""
    return fit(((f" {asked}Compare ", "bar-strong"), (f" {words}", "bar")), width, "bar")


def common(run: Run, name: str) -> str:
    """What all lanes have in common: the run's problem, called so, and its settings in force; races are named by the
    ids of their keys, in braces."""
    sizes = "-".join(map(str, run.start.architecture.sizes))
    samples = f"{run.problem.count} training sample{'s' if run.problem.count > 1 else ''}"
    return (
        f"All lanes: {name}, {samples}, network {sizes}, seed {run.problem.seed}. Lanes begin with the settings now in "
        "force, every batch met once (but in {race-3} and {race-7}), and differ in what the question is about; "
        "{race-2} is plain descent."
    )


def menu(
    presets: list[tuple[Preset, str | None]], shared: str, width: int, height: int, keys: Keys = USUAL
) -> list[Row]:
    """The questions with their keys, or the reason why one cannot be raced here; what all lanes share; and what to
    look at where there is room."""
    closing: list[Row] = [((f"  {part}", "dim"),) for part in wrapped(shared, max(width - 4, 10))]
    first = title("races from the same start over the same data", width)
    for full in (True, False):
        blocks = [question(preset, reason, width, full, keys) for preset, reason in presets]
        gap: list[Row] = [()] if full else []
        rows: list[Row] = [first, (), *(row for block in blocks for row in (*block, *gap)), *([] if full else [()])]
        if len(rows) + len(closing) <= height:
            break
    return [*rows, *closing]


def question(preset: Preset, reason: str | None, width: int, full: bool, keys: Keys) -> list[Row]:
    """One question, or why it cannot be raced; with its answer in full."""
    able = reason is None
    first: Row = (
        (f"  {keys.get(f'race-{preset.number}', preset.number)} ", "key" if able else "pending"),
        (left(preset.name, NAME_WIDTH), "dim" if able else "pending"),
        (preset.question if reason is None else reason, "strong" if able else "pending"),
    )
    if not (full and able):
        return [first]
    lines = wrapped(preset.answer, max(width - NAME_WIDTH - 8, 10))
    return [first, *(((" " * (NAME_WIDTH + 4) + line, "text"),) for line in lines)]


def head(look: RaceLook, width: int, height: int, keys: Keys = USUAL) -> list[Row]:
    """The question, with its number in the list of ``w``, or where it is not there in that of races; and what to look
    at if there is room for it."""
    preset = look.preset
    asked = asked_by(Open("race", preset.name), keys)
    number = "" if asked else f"{keys.get(f'race-{preset.number}', preset.number)} "
    first = title(f"{number}{preset.question}", width, asked)
    if height < head_height(preset, width):  # half a sentence would be no help
        return [first]
    return [first, *(((f" {part}", "text"),) for part in wrapped(preset.answer, width - 2))]


def head_height(preset: Preset, width: int) -> int:
    """Rows :func:`head` would like to have."""
    return 1 + len(wrapped(preset.answer, width - 2))


def heights(look: RaceLook, width: int, height: int) -> tuple[int, int, int]:
    """Rows of the question, of the chart (0 where it has no room) and of the table with its verdict and, where the
    chart has room beside them, its lessons."""
    rows, more = len(look.race.lanes) + 2, len(below(look, width))
    drilled = any(lane.settings.repeat_until > 0 for lane in look.race.lanes)
    if look.race.finished and (look.trials or drilled):  # what is below is what the race is for
        middle = height - 1 - rows - more
        return (1, middle, rows + more) if middle >= LEAST_CHART else (1, 0, height - 1)
    if height - head_height(look.preset, width) - rows - more >= LEAST_CHART:
        rows += more
    above = min(head_height(look.preset, width), max(height - rows - LEAST_CHART, 1))
    middle = height - above - rows
    return (above, middle, rows) if middle >= LEAST_CHART else (above, 0, height - above)


def below(look: RaceLook, width: int) -> list[Row]:
    """What stands under the verdict: what each batch size is worth, once it is being tried, else the lessons."""
    noise = any(column.head == "noise" for column in chosen(width, look))
    if look.trials and look.race.finished:
        defined: list[Row] = [((noise_defined(look.race, width), "dim"),)]
        return [*trial_rows(look.trials, width), *(defined if noise else [])]
    return lessons(look.race, width, noise)


# --- the chart ---


def chart_title(look: RaceLook, keys: Keys = USUAL) -> str:
    """What is drawn against what, and how much of it."""
    cut_at, limit = stretch(look), ceiling(look.race, look.log)
    words = f"{MEASURES[look.measure]} by {AXES[look.axis]}, {'log' if look.log else 'linear'}"
    if any(lane.penalised for lane in look.race.lanes):
        words += " · without penalty"
    if cut_at is not None:
        words += f" · the first {counted(cut_at)}, {keys.get('whole', 'z')} for all"
    if exceeds(look.race, look.measure, limit):
        words += f" · cut at {num(limit, 6)}"
    return words


def stretch(look: RaceLook) -> float | None:
    """Where the drawn part of the axis ends; None for everything."""
    return None if look.whole else covered(look.race, look.axis)


def chart(look: RaceLook, columns: int) -> Chart:
    """A curve a lane, and the lane's number on it: a series of one point, its name a single character."""
    curves = [(place, *curve(look, lane, columns)) for place, lane in enumerate(look.race.lanes)]
    curves = [(place, x, y) for place, x, y in curves if len(x)]
    drawn = [Series(f"lane {place + 1}", role_of(place), x, y, y) for place, x, y in curves]
    if not drawn:
        return Chart((), look.log)
    first, last = min(float(x[0]) for _, x, _ in curves), max(float(x[-1]) for _, x, _ in curves)
    marks = []
    for place, x, y in curves:  # each number at a column of its own: where curves coincide all can be read
        at = np.array([min(first + (last - first) * (0.3 + 0.65 * place / 5), float(x[-1]))])
        marks.append(Series(str(place + 1), role_of(place), at, np.interp(at, x, y), np.interp(at, x, y)))
    return Chart((*drawn, *marks), look.log)


def curve(look: RaceLook, lane: Lane, columns: int) -> tuple[Floats, Floats]:
    """A lane's points as they are drawn: (x, y)."""
    limit, top = stretch(look), ceiling(look.race, look.log)
    points = [point for point in lane.points if not isnan(getattr(point, look.measure))]
    if limit is not None:
        points = [point for point in points if getattr(point, look.axis) <= limit]
    x = np.array([getattr(point, look.axis) for point in points], dtype=np.float64)
    y = np.array([min(getattr(point, look.measure), top) for point in points], dtype=np.float64)
    x, y, _ = squeeze(x, y, y, max(columns, 1))
    return x, drawable(y, look.log)


# --- the table ---


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
    Column("updates", 8, 2, lambda lane, point: counted(point.update)),
    Column("epochs", 8, 8, lambda lane, point: num(point.epoch, 7)),
    Column("backprops", 10, 3, lambda lane, point: counted(point.seen)),
    Column("mult-adds", 10, 10, lambda lane, point: counted(point.mult_adds)),
    Column("memory", 9, 5, lambda lane, point: in_bytes(lane.memory)),
    Column("noise", 7, 6, lambda lane, point: num(lane.noise.of_batch, 6)),
    Column("scale", 8, 11, lambda lane, point: num(lane.noise.scale, 7)),
    Column("variance", 9, 12, lambda lane, point: num(lane.noise.variance, 7)),
    Column("time", 8, 4, lambda lane, point: in_seconds(lane.seconds)),
)
LEGEND = "scale: noise scale in samples · memory: activations and deltas of a batch"


def chosen(width: int, look: RaceLook) -> list[Column]:
    """The columns that fit, the more important ones first, in the table's order. Trials have the time of the updates
    alone: a second one, with all that is measured at the ends of epochs in it, would contradict it."""
    room, kept = width - NAME, set()
    there = [column for column in COLUMNS if not (look.trials and column.head == "time")]
    for column in sorted(there, key=lambda column: column.rank):
        if column.width > room:
            break
        kept.add(column.head)
        room -= column.width
    return [column for column in COLUMNS if column.head in kept]


def table(look: RaceLook, width: int) -> list[Row]:
    """A row per lane under a row of heads, each of one point of the lane, the one measured last; the name gives way
    where the screen is narrow."""
    columns = chosen(width, look)
    name = min(WIDEST_NAME, max(width - sum(column.width for column in columns), 8))
    so_far = " lane, so far" if not look.race.finished and name >= 19 else " lane"
    lead = left(so_far, name - 6) + right("loss:", 6)
    rows: list[Row] = [((lead, "head"), *((right(c.head, c.width), "head") for c in columns))]
    for place, lane in enumerate(look.race.lanes):
        point = lane.points[-1]
        spans: list[Span] = [
            (f" {place + 1}", role_of(place)),
            (left("─" if lane.note is None else "!", 2), role_of(place) if lane.note is None else "wrong"),
            (left(lane.name, max(name - 4, 0)), "text" if lane.note is None else "dim"),
        ]
        rows.append((*spans, *((right(c.value(lane, point), c.width), "text") for c in columns)))
    return rows


def verdict(look: RaceLook, width: int) -> Row:
    """Which lane's loss is the lowest and what time they took, or why one had to stop."""
    lanes, stand = look.race.lanes, standings(look.race, loss_of)
    if stand.stopped:
        first, more = stand.stopped[0], len(stand.stopped) - 1
        words = f" lane {first + 1} {lanes[first].note}" + (f"  (and {more} more)" if more else "")
        return fit(((words, "wrong"),), width)
    here = "" if stand.latest else f" at {counted(stand.at)} {AXES[look.race.unit].split()[-1]}"
    if len(stand.leaders) == len(lanes):
        words = f" train loss {loss_of(stand.lowest)} in all lanes{here}"
    else:
        names = ", ".join(str(place + 1) for place in stand.leaders)
        lanes_words = f"lane{'s' if len(stand.leaders) > 1 else ''} {names}"
        words = f" lowest train loss {loss_of(stand.lowest)}{here}: {lanes_words}"
    spans: list[Span] = [(words, "strong")]
    for remark in remarks(look, stand):
        if row_cells(spans) + cells(remark) + 3 <= width:
            spans.append((f"   {remark}", "dim"))
    return fit(spans, width)


def remarks(look: RaceLook, stand: Standings) -> list[str]:
    """What else is to be said where there is room, the most important first."""
    race = look.race
    ends = (stand.quickest, stand.slowest)
    least, most = (f"{in_seconds(race.lanes[place].seconds)} (lane {place + 1})" for place in ends)
    timed = [f"time: {least} to {most}"] if race.finished and not look.trials else []  # after equal work only
    return [*timed, LEGEND]


def progress(look: RaceLook, rate: float | None = None, left: float | None = None, width: int = 80) -> str:
    """How far the race is; while it goes on its rate a second and the seconds left, where they are known and have
    room in ``width`` columns."""
    race = look.race
    done = min(race.progress, race.goal)
    state = "▶" if look.running else "■" if race.finished else "paused"
    short = f" {state} {whole(done)}/{whole(race.goal)} {AXES[race.unit].split()[-1]} "
    part = f" {state} {done / race.goal:.0%}"
    words = [short]
    if look.running and rate is not None and left is not None:
        time, way = f" · {time_left(left)} left ", f"{part} of {whole(race.goal)} {AXES[race.unit]}"
        words = [f"{way} · {whole(rate)}/s{time}", f"{way}{time}", f"{part}{time}"]
    return next((spelling for spelling in words if cells(spelling) <= width), f"{part} ")


def whole(value: float) -> str:
    """A count with its thousands apart; short where it is of millions or no whole number."""
    return grouped(value) if value < 1e6 and (value >= 100 or value == int(value)) else counted(value)
