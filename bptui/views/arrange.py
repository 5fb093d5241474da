"""Where each panel stands on a screen of so many columns and rows."""

from dataclasses import dataclass

NETWORK, BATCH, DELTAS, UPDATE, LOSS, EXPLAIN = 1, 2, 3, 4, 5, 6
PANELS = {
    NETWORK: "Network",
    BATCH: "Batch",
    DELTAS: "Deltas",
    UPDATE: "Update",
    LOSS: "Loss",
    EXPLAIN: "Explain",
}
NUMBERS = {name.lower(): number for number, name in PANELS.items()}
SMALLEST = (40, 10)
WIDE = (120, 36)


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Boxes of the three bars and of the panels that fit; ``too_small`` when there is no room for anything."""

    header: Box
    ribbon: Box
    footer: Box
    panels: dict[int, Box]
    too_small: bool = False


def arrange(width: int, height: int, focus: int, beside: int, maximised: bool) -> Arrangement:
    """The five panels on a wide screen, the sixth with them when it is ``beside``; two on a usual one (the network,
    and the focused or last focused other panel ``beside`` it), four where it is high; one where it is narrow or a
    panel is maximised."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        line = Box(0, 0, max(width, 1), 1)
        return Arrangement(line, line, line, {}, too_small=True)
    header, ribbon = (2, 3) if height >= 18 else (1, 1)
    top = header + ribbon
    body = height - top - 1
    if maximised:
        panels = {focus: Box(0, top, width, body)}
    elif width >= WIDE[0] and height >= WIDE[1]:
        panels = five(width, top, body, explained=beside == EXPLAIN)
    elif width >= 72 and body >= 28:
        panels = four(width, top, body, beside)
    elif width >= 72:
        half = width // 2
        panels = {NETWORK: Box(0, top, half, body), beside: Box(half, top, width - half, body)}
    else:
        panels = {focus: Box(0, top, width, body)}
    return Arrangement(Box(0, 0, width, header), Box(0, header, width, ribbon), Box(0, height - 1, width, 1), panels)


def five(width: int, top: int, body: int, explained: bool) -> dict[int, Box]:
    """Network, batch and deltas above (the rows of the last two belong together); update and loss below, and the
    explanation between them when it is asked for."""
    above = body // 2
    side = (width - max(40, width // 3)) // 2
    first = width - 2 * side
    below = (UPDATE, EXPLAIN, LOSS) if explained else (UPDATE, LOSS)
    edges = [width * k // len(below) for k in range(len(below) + 1)]
    return {
        NETWORK: Box(0, top, first, above),
        BATCH: Box(first, top, side, above),
        DELTAS: Box(first + side, top, side, above),
        **{panel: Box(edges[k], top + above, edges[k + 1] - edges[k], body - above) for k, panel in enumerate(below)},
    }


def four(width: int, top: int, body: int, beside: int) -> dict[int, Box]:
    """Two columns, two rows: the network, the panel beside it, and the next two."""
    half, above = width // 2, body // 2
    others = [beside, *(panel for panel in (BATCH, DELTAS, UPDATE, LOSS) if panel != beside)][:3]
    boxes = (
        Box(half, top, width - half, above),
        Box(0, top + above, half, body - above),
        Box(half, top + above, width - half, body - above),
    )
    return {NETWORK: Box(0, top, half, above), **dict(zip(others, boxes, strict=True))}
