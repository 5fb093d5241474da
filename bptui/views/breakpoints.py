"""The list of breakpoints and watches: what each waits for, whether it is on, where it was hit; what could be one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from bptui.data.digits import grouped, rounded
from bptui.engine.weight import Names
from bptui.session.stops import Breakpoint, Stopped
from bptui.training.record import GUEST
from bptui.training.watching.condition import Condition
from bptui.training.watching.watchable import LARGEST_SLOPE, Watchable, can_die
from bptui.views.scene import Scene
from bptui.views.text import Row, first_fitting, left, window

WIDEST = 38  # columns of the words of a condition


@dataclass(frozen=True, slots=True)
class Listed:
    """A breakpoint, with the updates known in which it came to be true; None while they are looked for."""

    breakpoint: Breakpoint
    hits: Sequence[int] | None


def breakpoint_rows(
    listed: Sequence[Listed],
    watches: Sequence[Watchable],
    names: Names,
    last: Stopped | None,
    chosen: int,
    offered: Sequence[Condition],
    width: int,
    height: int,
) -> list[Row]:
    """The chosen one is marked; ``offered`` are conditions that a digit adds."""
    rows: list[Row] = []
    wide = min(WIDEST, max(width - 30, 12))
    if not listed and not watches:
        rows.append(((" No breakpoint yet. Travelling and playing stop where one comes to be true.", "dim"),))
    for place, each in enumerate(listed):
        rows.append(row_of(each, names, last, place == chosen, wide, width))
    for place, number in enumerate(watches, start=len(listed)):
        mark = "▸" if place == chosen else " "
        words = f"{mark} watch {left(number.shown(names), wide)}"
        rows.append(((words, "selected" if place == chosen else "text"), (" panel 8 has it", "dim")))
    rows = [rows[k] for k in window(len(rows), max(height - len(offered) - 2, 1), max(chosen, 0))]
    if offered:
        rows += [(), ((" A digit adds one of these, a letter begins a line of your own:", "dim"),)]
        rows += [((f" {digit}  {condition.shown(names)}", "text"),) for digit, condition in enumerate(offered, start=1)]
    return rows


def row_of(it: Listed, names: Names, last: Stopped | None, chosen: bool, wide: int, width: int) -> Row:
    """On or off, the words, and where it was hit."""
    role = "selected" if chosen else "text" if it.breakpoint.on else "dim"
    condition = it.breakpoint.condition
    words = f"{'▸' if chosen else ' '} {'■' if it.breakpoint.on else '□'} {left(condition.shown(names), wide)}"
    if last is not None and last.condition == condition:
        at = f" stopped here last: update {grouped(last.moment.update)}"
        return first_fitting([((words, role), (said, "lit")) for said in (at, f" ◂ {last.moment.update}")], width)
    if not it.breakpoint.on:
        return (words, role), (" off", "dim")
    if it.hits is None:
        return (words, role), (" looking …", "dim")
    count = len(it.hits)
    if not count:
        return (words, role), (" not yet", "dim")
    said = (
        f" {grouped(count)} time{'s' if count > 1 else ''}, last in update {grouped(it.hits[-1])}",
        f" {grouped(count)} ×, last {it.hits[-1]}",
        f" {grouped(count)} ×",
    )
    return first_fitting([((words, role), (each, "dim")) for each in said], width)


def offers(scene: Scene, number: Watchable) -> list[Condition]:
    """What one may want to wait for, from the number in hand and the sample and unit one looks at."""
    moment, record = scene.moment, scene.record
    weight = Watchable("weight", moment.weight)
    out = [Condition(weight, "crosses", 0.0)]
    value = scene.network[moment.weight]
    if isfinite(2 * value):  # it is not where it is asked for, and not told yet
        out.append(Condition(weight, ">" if value >= 0 else "<", rounded(2 * value, 3) or 1.0))
    if number.kind in ("z", "a", "delta"):
        out.append(Condition(number, "crosses", 0.0))
    row = int(record.indices[moment.sample])
    if row != GUEST:
        out.append(Condition(Watchable("comes", row=row), "known"))
        if scene.data.classes:
            out.append(Condition(Watchable("answer", row=row), "changes"))
    architecture = record.before.architecture
    layer = min(moment.layer, architecture.layers - 1) or 1
    unit = moment.unit if layer == moment.layer else max(moment.source, 0)
    if can_die(architecture, layer):
        out.append(Condition(Watchable("dead", layer=layer, unit=unit), "is", 1.0))
    elif architecture.activations[layer - 1] in LARGEST_SLOPE:
        out.append(Condition(Watchable("saturated", layer=layer, unit=unit), "is", 1.0))
    out.append(Condition(Watchable("train loss"), "<", rounded(scene.epoch_end.train_loss / 2, 2)))
    if scene.epoch_end.test_loss == scene.epoch_end.test_loss:
        out.append(Condition(Watchable("test loss"), "rises", 3.0))
    out.append(Condition(Watchable("epoch"), "is", float(record.position.epoch + 1)))
    return out[:9]
