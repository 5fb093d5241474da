"""Panel 5: the loss curves, as numbers to be drawn: reduced to minimum and maximum per column beforehand."""

from dataclasses import dataclass

import numpy as np

from bptui.engine.types import Floats
from bptui.training.history import Curve
from bptui.views.numbers import num, share
from bptui.views.scene import Scene
from bptui.views.text import Row, Span

AXIS_NAMES = {"update": "updates", "epoch": "epochs", "seen": "samples seen"}
CURVES = (
    ("updates", "batch_loss", "batch", "series-0"),
    ("epochs", "train_loss", "train", "series-1"),
    ("epochs", "test_loss", "test", "series-2"),
)
MARKS = {"series-0": ".", "series-1": "+", "series-2": "x", "series-3": "o", "series-4": "*", "series-5": "%"}
"""What each curve is drawn with where colours do not tell them apart."""
ACCURACIES = (
    ("epochs", "train_accuracy", "train", "series-1"),
    ("epochs", "test_accuracy", "test", "series-2"),
)
"""Which curve of the history, its series, its name on the screen, its role."""
SMALLEST = 1e-12  # a logarithmic axis has no zero
LARGEST = 1e12  # drawn no higher; the numbers say the truth


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A curve: x, and low and high of y at each x (alike where a column holds one point)."""

    name: str
    role: str
    x: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """What to draw: the series, the name of the x axis, and whether y is logarithmic."""

    series: tuple[Series, ...]
    x_name: str
    log: bool


def loss_rows(scene: Scene) -> list[Row]:
    """The legend: the curves' names and their latest values up to this moment."""
    applied = scene.applied
    losses: list[Span] = []
    for curve, name, words, role in CURVES:
        value = latest(curve_of(scene, curve), name, applied)
        mark = "─" if scene.colour else MARKS[role]
        if value is None and curve == "updates":
            losses.append((f" {mark}{words} ·", role))
        elif value is not None and not np.isnan(value):
            losses.append((f" {mark}{words} {num(value, 6)}", role))
    shares: list[Span] = []
    for where, name, words, _ in ACCURACIES:
        value = latest(curve_of(scene, where), name, applied)
        if value is not None and not np.isnan(value):
            shares.append((f"{'' if shares else ' right answers:'} {words} {share(value)}", "text"))
    return [tuple(losses), tuple(shares)]


def curve_of(scene: Scene, name: str) -> Curve:
    return scene.history.updates if name == "updates" else scene.history.epochs


def latest(curve: Curve, name: str, applied: int) -> float | None:
    """The last value at or before an update, or None."""
    place = int(np.searchsorted(curve.axis("update"), applied, side="right"))
    return float(curve.last(name)[place - 1]) if place else None


def chart(scene: Scene, columns: int) -> Chart:
    """The curves of the loss, or of the right answers, up to this moment; at most two points per dot column."""
    drawn = []
    log = scene.log and not scene.accuracy
    for where, name, words, role in ACCURACIES if scene.accuracy else CURVES:
        curve = curve_of(scene, where)
        place = int(np.searchsorted(curve.axis("update"), scene.applied, side="right"))
        low, high = curve.low(name)[:place], curve.high(name)[:place]
        if place and not np.isnan(low).all():
            x = curve.axis(scene.axis)[:place]
            if where == "updates":  # read before the update: it belongs to the weights that the update before left
                x = np.concatenate(([0.0], x[:-1]))
            x, low, high = squeeze(x, low, high, columns)
            drawn.append(Series(words, role, x, drawable(low, log), drawable(high, log)))
    return Chart(tuple(drawn), AXIS_NAMES[scene.axis], log)


def drawable(values: Floats, log: bool) -> Floats:
    """Finite and in a range that can be drawn."""
    bounded: Floats = np.clip(np.nan_to_num(values, nan=0.0, posinf=LARGEST, neginf=-LARGEST), -LARGEST, LARGEST)
    return np.log10(np.maximum(bounded, SMALLEST)) if log else bounded


def squeeze(x: Floats, low: Floats, high: Floats, columns: int) -> tuple[Floats, Floats, Floats]:
    """At most ``columns`` points, each the minimum and maximum of the points it stands for."""
    if len(x) <= columns:
        return x, low, high
    edges = np.linspace(0, len(x), columns + 1).astype(np.int64)[:-1]
    last = np.append(edges[1:], len(x)) - 1
    return x[last], np.minimum.reduceat(low, edges), np.maximum.reduceat(high, edges)
