"""The time line at the foot of panel 5: the whole known run by updates, with a mark where one stands."""

from bptui.data.digits import grouped
from bptui.session.timeline import columns_of, epoch_ticks, update_at
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, cells

LEAST = 8  # columns of a line that still says something
EPOCH, CHANGE, HIT, STOP, HERE = "┴", "▼", "●", "×", "▲"


def line_of(scene: Scene, width: int) -> tuple[int, int]:
    """The first column of the line in a row of this width, and how many it has."""
    before, behind = 3, cells(grouped(scene.made)) + 2
    return before, width - before - behind


def timeline(scene: Scene, width: int) -> Row:
    """Ends of epochs, changes, hits of breakpoints, where the run had to stop, and where one stands."""
    _, room = line_of(scene, width)
    if room < LEAST:
        return ()
    line: list[Span] = [("─", "dim")] * room
    marks = (
        (epoch_ticks(scene.history.epochs, scene.made), (EPOCH, "dim")),
        ([update - 1 for update, _ in scene.changes], (CHANGE, "selected")),
        *((hits, (HIT, "lit")) for hits in scene.hits),
        ([scene.made] if scene.stop else [], (STOP, "wrong")),
        ([scene.moment.applied], (HERE, "selected")),
    )
    for updates, mark in marks:
        for column in columns_of(updates, scene.made, room) if len(updates) else ():
            line[column] = mark
    return (" 0 ", "dim"), *joined(line), (f" {grouped(scene.made)}", "dim")


def joined(line: list[Span]) -> list[Span]:
    """Neighbours of one role in one span."""
    out: list[Span] = []
    for text, role in line:
        if out and out[-1][1] == role:
            out[-1] = out[-1][0] + text, role
        else:
            out.append((text, role))
    return out


def update_in(scene: Scene, width: int, x: int) -> int | None:
    """The update in a column of the row, None beside the line."""
    before, room = line_of(scene, width)
    if room < LEAST or not before <= x < before + room:
        return None
    return update_at(x - before, scene.made, room)
