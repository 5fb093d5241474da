"""Where each panel stands on a screen: columns of panels that share the body's height."""

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bptui.views.text import Row, fit_rows

NETWORK, BATCH, DELTAS, UPDATE, LOSS, EXPLAIN, MAP, WATCHES = 1, 2, 3, 4, 5, 6, 7, 8
READ_WITH = {DELTAS: UPDATE, UPDATE: EXPLAIN}
"""The panel that goes on where another ends, for screens that show only two."""
FIRST_WANTED = (NETWORK, EXPLAIN, BATCH, UPDATE, DELTAS, LOSS)
SMALLEST = (40, 10)
COLUMN = 40  # columns in which a panel reads well
TWO_COLUMNS = 72  # columns from which two panels stand side by side
TALL = 40  # rows of body from which two columns hold all six
TWO_ROWED_FOOTER = (100, 22)  # narrower than this and at least so high: the keys need two rows
LEAST_LIST = 8  # rows of a panel that lists samples
LEAST_BELOW = 13  # rows of the panel below such a list
STACKED = LEAST_LIST + LEAST_BELOW  # rows of body from which panels stand above one another
ONE_SAMPLE = 12  # rows in which one sample is shown at length
AROUND_LIST = 5  # rows of such a panel besides its samples


class Box(NamedTuple):
    x: int
    y: int
    width: int
    height: int


class Arrangement(NamedTuple):
    """Boxes of the three bars and of the panels that fit; ``too_small`` when there is no room for anything."""

    header: Box
    ribbon: Box
    footer: Box
    panels: dict[int, Box]
    too_small: bool = False


def small(width: int, height: int) -> list[Row]:
    """What is said, and all that is, where there is no room: in as many rows as it takes, in fewer words if it must."""
    needs, has = f"needs {SMALLEST[0]}×{SMALLEST[1]},", f"has {width}×{height}"
    spellings = ((f"bptui {needs} {has}",), (needs, has), (has,))
    wrapped = ([line for words in spelling for line in textwrap.wrap(words, max(width, 1))] for spelling in spellings)
    lines = next((lines for lines in wrapped if len(lines) <= height), [has])
    return fit_rows([((line, "notice"),) for line in lines], width, height)


@lru_cache(maxsize=4)
def arrange(
    width: int, height: int, focus: int, beside: int, maximised: bool, samples: int, foot: int = 0
) -> Arrangement:
    """Panels on a screen of ``width`` columns and ``height`` rows; a batch has ``samples`` of them. ``foot`` rows more
    are kept above the keys.

    All six from three columns of :data:`COLUMN`, or where two columns are high enough; four where panels can stand
    above one another; on a low screen side by side, and one where it is narrow or maximised. The focused panel is
    always shown; so is ``beside``, the one focused last besides the network.
    """
    if width < SMALLEST[0] or height < SMALLEST[1]:
        whole = Box(0, 0, max(width, 1), max(height, 1))
        return Arrangement(whole, whole, whole, {}, too_small=True)
    header, ribbon = (2, 3) if height >= 18 else (1, 1)
    footer = foot + (2 if width < TWO_ROWED_FOOTER[0] and height >= TWO_ROWED_FOOTER[1] else 1)
    body = Box(0, header + ribbon, width, height - header - ribbon - footer)
    columns = [[(focus, body.height)]] if maximised else columns_of(body, focus, beside, samples)
    return Arrangement(
        Box(0, 0, width, header),
        Box(0, header, width, ribbon),
        Box(0, height - footer, width, footer),
        placed(body, columns),
    )


Column = Sequence[tuple[int, int]]
"""Panels from above to below, each with its rows."""


def columns_of(body: Box, focus: int, beside: int, samples: int) -> list[Column]:
    """Which panels stand where."""
    if body.width < TWO_COLUMNS:
        return [[(focus, body.height)]]
    if body.height < STACKED:
        return [[(panel, body.height)] for panel in side_by_side(max(body.width // COLUMN, 2), focus, beside)]
    explained = min(max(body.height * 2 // 5, LEAST_LIST), 16)
    listed = min(samples + AROUND_LIST if samples > 1 else ONE_SAMPLE, body.height - max(LEAST_BELOW, body.height // 3))
    listed = max(listed, LEAST_LIST)
    if body.height >= TALL:  # room for the current sample in full below the list
        listed = max(listed, min(samples + AROUND_LIST + 1 + ONE_SAMPLE, body.height * 2 // 5))
    below = body.height - listed
    network = [(NETWORK, body.height - explained), (EXPLAIN, explained)]
    mapped = MAP in (focus, beside)
    listed_too = WATCHES if WATCHES in (focus, beside) else DELTAS
    if body.width >= 3 * COLUMN:
        third = [(MAP, body.height - body.height // 3), (LOSS, body.height // 3)]
        samples_too = [(listed_too, listed), (LOSS, below)]
        return [network, [(BATCH, listed), (UPDATE, below)], third if mapped else samples_too]
    if body.height >= TALL:
        loss = body.height // 3
        listed = max(min(listed, (body.height - LEAST_BELOW) // 2), LEAST_LIST)
        if mapped:
            plane = body.height // 2
            return [[*network], [(MAP, plane), (beside_map(focus, beside), body.height - plane)]]
        return [
            [(NETWORK, body.height - explained - loss), (EXPLAIN, explained), (LOSS, loss)],
            [(BATCH, listed), (listed_too, listed), (UPDATE, body.height - 2 * listed)],
        ]
    if mapped:
        plane = body.height // 2
        return [network, [(MAP, plane), (beside_map(focus, beside), body.height - plane)]]
    above_panel = beside if beside in (BATCH, DELTAS, WATCHES) else BATCH
    below_panel = beside if beside in (UPDATE, LOSS) else UPDATE
    return [network, [(above_panel, listed), (below_panel, below)]]


def beside_map(focus: int, beside: int) -> int:
    """What stands below the map: the panel looked at, or the curves."""
    return next((panel for panel in (focus, beside) if panel not in (NETWORK, EXPLAIN, MAP)), LOSS)


def side_by_side(count: int, focus: int, beside: int) -> list[int]:
    """So many panels of one low row: the network with the last one looked at; of two, the samples' deltas bring the
    update that adds them up, and the update what explains it."""
    if count == 2 and focus in READ_WITH:
        return [focus, READ_WITH[focus]]
    others = (NETWORK, focus, beside, *FIRST_WANTED)
    return sorted(dict.fromkeys(others), key=others.index)[:count]


def placed(body: Box, columns: Sequence[Column]) -> dict[int, Box]:
    """The panels' boxes: the columns as wide as one another."""
    edges = [body.x + body.width * k // len(columns) for k in range(len(columns) + 1)]
    boxes = {}
    for column, left, right in zip(columns, edges, edges[1:], strict=False):
        y = body.y
        for panel, height in column:
            boxes[panel] = Box(left, y, right - left, height)
            y += height
    return boxes
