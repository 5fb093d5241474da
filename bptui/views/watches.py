"""Panel 8: the numbers one watches: their names, their values now, and how they went over the updates known."""

from math import isnan, nan

import numpy as np

from bptui.explain import Quantity
from bptui.explain.quantity import OF_A_WEIGHT
from bptui.training.history import Curve
from bptui.training.record import GUEST
from bptui.training.watching.watchable import OF_EPOCH, OF_SAMPLE, Kind, Watchable, length, of_sample, under
from bptui.views.glyphs import BARS, PENDING
from bptui.views.numbers import HIDDEN, num, rate, share, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, cells, cut, first_fitting, left, right, row_cells

MOST_NAME, VALUE = 22, 9  # columns
LEAST_BARS = 13  # columns of a narrow panel that a name leaves to its bars
WITH_ENDS = 62  # columns from which the least and the largest value stand beside it
OF_LOSSES: dict[str, Kind] = {"loss-sum": "batch loss", "loss-mean": "batch loss", "norm": "gradient", "rate": "rate"}
SHARES = ("train accuracy", "test accuracy")


def watches(scene: Scene, width: int, height: int) -> list[Row]:
    """A row for each: as many as there is room for, and how many more there are."""
    if not scene.watches:
        return [((" no number is watched yet", "dim"),)]
    names = scene.record.names
    longest = max(cells(number.shown(names)) for number, _ in scene.watches)
    wide = min(longest, MOST_NAME, max(width - VALUE - LEAST_BARS, 6))
    asked = asks(scene)
    ends = f" {right('least', VALUE)} {right('most', VALUE)}" if width >= WITH_ENDS and not asked else ""
    head = f" {left('', wide)}{right('now', VALUE)}{ends}"
    over = ("",) if asked else ("  over the updates known", "  so far", "")
    rows = [first_fitting([((head + of, "dim"),) for of in over], width)]
    rows += [watch_row(scene, number, curve, wide, width) for number, curve in scene.watches]
    if len(rows) > height:
        rows[height - 1 :] = [((f" {len(rows) - height + 1} more", "dim"),)]
    return rows


def watch_row(scene: Scene, number: Watchable, curve: Curve, wide: int, width: int) -> Row:
    """Its name in so many columns, its value at this moment (· where it is not known now), and a bar for each stretch
    of updates; while a number is asked its value alone, since the updates that are known tell it."""
    value, lit = value_now(scene, number), number == scene.stopped_by
    row: list[Span] = [(" " + left(number.shown(scene.record.names), wide), "lit" if lit else "text")]
    row.append((right(PENDING if value is None else written(scene, number, value), VALUE), role_of(number, value)))
    if asks(scene):
        return tuple(row)
    if width >= WITH_ENDS:
        for series, end in ((curve.low, np.min), (curve.high, np.max)):
            found = series("value")[: known(scene, curve)]
            said = written(scene, number, float(end(found))) if len(found) else PENDING
            row.append((" " + right(said, VALUE), "dim"))
    row.append(("  ", "text"))
    return (*row, *sparkline(scene, curve, max(width - row_cells(row) - 1, 0)))


def asks(scene: Scene) -> bool:
    """Is a number asked, and hidden?"""
    return scene.question is not None and scene.question.prediction.now is not None


def known(scene: Scene, curve: Curve) -> int:
    """How many stretches of a curve are of updates made."""
    return int(np.searchsorted(curve.axis("update"), scene.made, side="right"))


def written(scene: Scene, number: Watchable, value: float) -> str:
    classes = scene.data.classes
    if isnan(value):
        return HIDDEN
    if number.kind == "answer" and classes:
        return cut(classes[int(value)], VALUE - 1)
    if number.kind in SHARES:
        return share(value)
    return rate(value) if number.kind == "rate" else num(value, VALUE - 1)


def role_of(number: Watchable, value: float | None) -> str:
    if value is None:
        return "pending"
    return sign_role(value) if number.kind in ("weight", "z", "a", "delta") else "text"


def value_now(scene: Scene, number: Watchable) -> float | None:
    """Its value at this moment, from the record; None where it is not known yet, or the sample is not in the batch."""
    record, kind = scene.record, number.kind
    if number.weight is not None:
        return scene.network[number.weight]
    if kind in OF_SAMPLE:
        found = np.flatnonzero(record.indices == number.row)
        if not len(found):
            return None
        sample = int(found[0])
        done = {"z": "forward", "a": "forward", "delta": "delta"}.get(kind, "loss")
        known = scene.reached(sample, done, number.layer)  # type: ignore[arg-type]
        if known and np.isnan(record.passed.a[-1][sample]).any():
            return nan
        return of_sample(number, record.passed, record.targets, sample) if known else None
    if kind in OF_EPOCH:
        value = float(getattr(scene.epoch_end, under(kind)))
        return None if np.isnan(value) else value
    if kind == "rate":
        return record.learning_rate
    if not scene.phase.per_batch:
        return None
    return record.loss_mean if kind == "batch loss" else length(record.reduced)


def sparkline(scene: Scene, curve: Curve, width: int) -> list[Span]:
    """The last value of each stretch of the run known, as high as it stands between the least and the largest; between
    two known values the earlier one goes on. A line stands where one stands; what comes behind it is dim."""
    if width < 2 or not curve.used:
        return []
    last, end = curve.last("value")[: known(scene, curve)], max(scene.made, 1)
    shown = np.flatnonzero(np.isfinite(last))
    if not len(shown):
        return []
    columns = (curve.axis("update")[shown] / end * (width - 1)).astype(np.int64)
    low, high = float(last[shown].min()), float(last[shown].max())
    heights = (last[shown] - low) / (high - low) if high > low else np.full(len(shown), 0.5)
    glyphs = [BARS[round(float(height) * (len(BARS) - 1))] for height in heights]
    cells = dict(zip(columns.tolist(), glyphs, strict=True))
    bars, bar = [], " "
    for column in range(width if scene.made else 1):  # before the first update it has nowhere to go on to
        bar = cells.get(column, bar)
        bars.append(bar)
    at = min(int(scene.moment.applied / end * (width - 1)), width - 1)
    return [("".join(bars[:at]), "series-0"), ("│", "selected"), ("".join(bars[at + 1 :]), "dim")]


def in_hand(scene: Scene, explained: Quantity) -> Watchable:
    """The number to be watched where this one is explained; of what is no number of a run the selected weight. Raises
    ValueError for one of a sample that no other batch has."""
    kind = explained.kind
    if kind in OF_LOSSES:
        return Watchable(OF_LOSSES[kind])
    of_unit = kind in ("z", "a", "delta") and explained.layer > 0
    if of_unit or kind == "loss":
        row = int(scene.record.indices[explained.sample])
        if row == GUEST:
            raise ValueError("a sample of your own is in one batch only: there is nothing to watch")
        if kind == "loss":
            return Watchable("loss", row=row)
        return Watchable(kind, layer=explained.layer, unit=explained.unit, row=row)  # type: ignore[arg-type]
    return Watchable("weight", explained.weight if kind in OF_A_WEIGHT else scene.moment.weight)
