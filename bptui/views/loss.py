"""Panel 5: the loss curves, as numbers to be drawn: reduced to minimum and maximum per column beforehand."""

from collections.abc import Iterator
from math import isnan

import numpy as np

from bptui.session.forks import Ghost
from bptui.training.history import Curve
from bptui.views.charts import Chart, Mark, Series, Style, drawable, sign_of, squeeze
from bptui.views.numbers import num, share
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, first_fitting

AXIS_NAMES = {"update": "updates", "epoch": "epochs", "seen": "samples seen"}
CURVES = (
    ("updates", "batch_loss", "batch", "series-0"),
    ("epochs", "train_loss", "train", "series-1"),
    ("epochs", "test_loss", "test", "series-2"),
)
DIVERGES = 10.0
"""Times its start that a training loss must be to be remarked: noise alone does not take it so far."""
GHOST = "ghost"
STYLES: dict[str, Style] = {"series-0": "band", "series-1": "line", "series-2": "dashes", GHOST: "dots"}
ACCURACIES = (
    ("epochs", "train_accuracy", "train", "series-1"),
    ("epochs", "test_accuracy", "test", "series-2"),
)
"""Which curve of the history, its series, its name on the screen, its role."""


def loss_rows(scene: Scene, width: int = 60) -> list[Row]:
    """The numbers, in ``width`` columns: the loss of this batch once all its samples have theirs, and of all samples
    at the end of the last epoch made; both with the penalty on the weights where there is one; why the run had to
    stop, here or ahead."""
    spelled = zip(*(spell(scene, digits) for digits in (8, 6, 5)), strict=True)
    rows = [first_fitting(longest_first, width) for longest_first in spelled]
    rows += [first_fitting(ghost_row(scene, scene.ghost), width)] if scene.ghost else []
    grown = growth(scene)
    if grown > DIVERGES and not scene.stop:
        said = (
            f"train is {num(grown, 8)} × what it was at the start: lower γ",
            f"{num(grown, 6)} × start: lower γ",
        )
        rows.append(first_fitting((((f" {words}", "wrong"),) for words in said), width))
    if scene.stop:
        rows.append(first_fitting((((f" {words}", "wrong"),) for words in scene.stop.spellings), width))
    return rows


def growth(scene: Scene) -> float:
    """How many times the loss on the training set is what it was before the first update; 0 where it is not known."""
    epochs = scene.history.epochs
    if epochs.width > 1:  # the first point is no longer the start
        return 0.0
    start = epochs.last("train_loss")[:1]
    return scene.epoch_end.train_loss / float(start[0]) if len(start) and start[0] > 0 else 0.0


def spell(scene: Scene, digits: int) -> list[Row]:
    """The rows of the losses, each number in at most ``digits`` columns."""
    record, end = scene.record, scene.epoch_end
    batch = scene.phase.per_batch or (scene.moment.sample == record.n - 1 and scene.reached(record.n - 1, "loss"))
    words = num(record.loss_mean, max(digits, 6)) if batch else "to come"
    lit = scene.stopped_by.kind if scene.stopped_by else ""
    second: list[Span] = []
    for role, name, value, correct in (
        ("series-1", "train", end.train_loss, end.train_accuracy),
        ("series-2", "test", end.test_loss, end.test_accuracy),
    ):
        if not isnan(value):
            second.append((f" {mark(scene, role)}{name} {num(value, digits)}", role))
            second.append(stopping(lit == f"{name} loss"))
            second.append(("" if isnan(correct) else f" {share(correct)}", "text"))
            second.append(stopping(lit == f"{name} accuracy"))
    drawn = "" if scene.accuracy else mark(scene, "series-0")  # right answers are counted at the ends of epochs
    first: Row = (
        (f" {drawn}batch {words}", "series-0"),
        stopping(lit == "batch loss"),
        (f" · after epoch {end.epoch}:", "text"),
    )
    rows: list[Row] = [first, tuple(second)]
    if record.penalised:
        rows.append(penalty_row(scene, batch, digits))
    return rows


def stopping(here: bool) -> Span:
    """The mark behind the number that stopped one."""
    return (" ◂" if here else ""), "lit"


def ghost_row(scene: Scene, ghost: Ghost) -> Iterator[Row]:
    """The training loss of the fork beside, as far as the live one is known to go, and where it ends."""
    curve, names = ghost.history.epochs, f"{mark(scene, GHOST)}fork {ghost.number}"
    now, end = (curve.place(update) for update in (scene.applied, ghost.known))
    series = "train_accuracy" if scene.accuracy else "train_loss"
    for digits in (8, 6, 5):
        here, last = (written(float(curve.last(series)[place]), scene.accuracy, digits) for place in (now, end))
        if ghost.known > scene.applied:
            epoch = int(curve.axis("epoch")[now])
            yield ((f" {names}: {here} after epoch {epoch}, ends at {last} (update {ghost.known})", "dim"),)
            yield ((f" {names}: {here} here, ends at {last}", "dim"),)
        yield ((f" {names}: ends at {last} (update {ghost.known})", "dim"),)
        yield ((f" {names}: ends at {last}", "dim"),)
    yield ((f" {names}", "dim"),)


def written(value: float, accuracy: bool, digits: int) -> str:
    return share(value) if accuracy else num(value, digits)


def ghost_series(scene: Scene, ghost: Ghost, columns: int, log: bool) -> Iterator[Series]:
    """Its curve from where it parts on: before that both are the same. Where no epoch ends behind that, its batches."""
    name = "train_accuracy" if scene.accuracy else "train_loss"
    curve = ghost.history.epochs
    first = max(curve.place(ghost.parts - 1), 0)
    if len(curve.axis("update")) - first < 2 and not scene.accuracy:
        name, curve = "batch_loss", ghost.history.updates
        first = max(curve.place(ghost.parts - 1), 0)
    low, high = curve.low(name)[first:], curve.high(name)[first:]
    if len(low) and not np.isnan(low).all():
        x, low, high = squeeze(curve.axis(scene.axis)[first:], low, high, columns)
        yield Series(f"fork {ghost.number}", GHOST, x, drawable(low, log), drawable(high, log), STYLES[GHOST])


def penalty_row(scene: Scene, batch: bool, digits: int) -> Row:
    """The same losses with the penalty on the weights: of the batch, once it has one, and of the training samples at
    the end of the last epoch made. Under SUM the penalty belongs to a sum that an epoch has not."""
    record, end = scene.record, scene.epoch_end
    summed = record.settings.rules.reduction == "sum"
    row: list[Span] = [(" with penalty:", "text")]
    if batch:
        row.append((f" {'Σ ' if summed else ''}batch {num(record.penalised_loss, max(digits, 6))}", "series-0"))
    if not summed:
        row.append((f" train {num(end.train_loss + end.penalty, digits)}", "series-1"))
    return tuple(row)


def mark(scene: Scene, role: str) -> str:
    """What a curve is drawn with."""
    return sign_of(role, STYLES[role], scene.colour)


def curve_of(scene: Scene, name: str) -> Curve:
    return scene.history.updates if name == "updates" else scene.history.epochs


def chart(scene: Scene, columns: int) -> Chart:
    """The curves of the loss, or of the right answers, as far as the run has been made, and where in them one stands;
    at most two points per dot column. An update that one is stepping through is not made yet."""
    drawn = []
    log = scene.log and not scene.accuracy
    for where, name, words, role in ACCURACIES if scene.accuracy else CURVES:
        curve = curve_of(scene, where)
        shown = int(np.searchsorted(curve.axis("update"), scene.made, side="right"))
        low, high = curve.low(name)[:shown], curve.high(name)[:shown]
        if shown and not np.isnan(low).all():
            x = curve.axis(scene.axis)[:shown]
            if where == "updates":  # read before the update: it belongs to the weights that the update before left
                x = np.concatenate(([0.0], x[:-1]))
            x, low, high = squeeze(x, low, high, columns)
            drawn.append(Series(words, role, x, drawable(low, log), drawable(high, log), STYLES[role]))
    ghosts = ghost_series(scene, scene.ghost, columns, log) if scene.ghost else ()
    cursor = place_of(scene, scene.applied)
    return Chart((*ghosts, *drawn), log, cursor=cursor, marks=tuple(marks(scene)))


def marks(scene: Scene) -> Iterator[Mark]:
    """Where something was changed, by its name, and where the run had to stop."""
    yield from (Mark(place_of(scene, update - 1), "▼", words, "selected") for update, words in scene.changes)
    if scene.stop:
        yield Mark(place_of(scene, scene.stop.update - 1), "×", "stopped", "wrong")


def place_of(scene: Scene, updates: int) -> float:
    """Where on the x axis n updates have been made."""
    curve = scene.history.updates
    made, place = ([0.0, *curve.axis(name)] for name in ("update", scene.axis))
    return float(np.interp(updates, made, place))


def updates_at(scene: Scene, place: float) -> int:
    """How many updates have been made nearest a place on the x axis, of those that are made."""
    curve = scene.history.updates
    made, places = ([0.0, *curve.axis(name)] for name in ("update", scene.axis))
    return min(max(round(float(np.interp(place, places, made))), 0), scene.made)
