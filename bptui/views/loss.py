"""Panel 5: the loss curves, as numbers to be drawn: reduced to minimum and maximum per column beforehand."""

import numpy as np

from bptui.training.history import Curve
from bptui.views.charts import MARKS, Chart, Series, drawable, squeeze
from bptui.views.numbers import num, share
from bptui.views.scene import Scene
from bptui.views.text import Row, Span

AXIS_NAMES = {"update": "updates", "epoch": "epochs", "seen": "samples seen"}
CURVES = (
    ("updates", "batch_loss", "batch", "series-0"),
    ("epochs", "train_loss", "train", "series-1"),
    ("epochs", "test_loss", "test", "series-2"),
)
ACCURACIES = (
    ("epochs", "train_accuracy", "train", "series-1"),
    ("epochs", "test_accuracy", "test", "series-2"),
)
"""Which curve of the history, its series, its name on the screen, its role."""


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
