"""The curve of one input: what the network, or one of its units, answers to it, and the samples."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bptui.engine.evaluate import activations
from bptui.engine.network import Network
from bptui.engine.types import Floats, Integers
from bptui.views.glyphs import BRAILLE_DOTS
from bptui.views.grounds import joined
from bptui.views.numbers import num
from bptui.views.text import Row, Span, first_fitting, right

LABEL = 7  # columns of the numbers beside the curve
OTHER, OF_BATCH, HERE = "·", "○", "◆"


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """All that a curve is made of: x (N × 1), ``targets`` (N,) or None for a unit that has none; ``given`` makes
    of x what the network gets."""

    network: Network
    x: Floats
    targets: Floats | None
    batch: Integers
    here: int
    layer: int
    unit: int
    name: str
    title: str
    given: Callable[[Floats], Floats]

    def curve(self, points: int) -> tuple[Floats, Floats]:
        """Evenly spaced inputs over the samples' range, and the answers to them."""
        at = np.linspace(float(self.x.min()), float(self.x.max()), points)
        return at, activations(self.network, self.layer, self.given(at[:, None]))[:, self.unit]

    def ends(self) -> tuple[float, float]:
        """The lowest and the highest of the answers to the samples and of their targets."""
        known = activations(self.network, self.layer, self.given(self.x))[:, self.unit]
        known = known if self.targets is None else np.concatenate([known, self.targets])
        finite = known[np.isfinite(known)]
        return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)


def fitted_rows(fitted: Fitted, width: int, height: int) -> list[Row]:
    """What is shown, the curve in dots with the samples over it, the ends of both axes."""
    rows, columns = height - 2, width - LABEL - 1
    if rows < 1 or columns < 2:
        return []
    at, answers = fitted.curve(2 * columns)
    low, high = fitted.ends()
    cells: list[list[Span]] = [[(char, "series-1") for char in line] for line in dots(answers, low, high, rows)]
    if fitted.targets is not None:
        with_samples(fitted, cells, low, high)
    ends = {0: num(high, LABEL), rows - 1: num(low, LABEL)}
    body = [((right(ends.get(k, ""), LABEL), "dim"), ("│", "dim"), *joined(line)) for k, line in enumerate(cells)]
    foot = f"{'':{LABEL}} → {fitted.name} {num(float(at[0]), 7)} … {num(float(at[-1]), 7)}"
    return [legend(fitted, width), *body, ((foot, "dim"),)]


def legend(fitted: Fitted, width: int) -> Row:
    """What the curve and the characters stand for, in as many words as there is room for."""
    curve: Span = (f" {fitted.title}", "series-1")
    if fitted.targets is None:
        return (curve,)
    words = (("targets", "of the batch", "this sample"), ("targets", "batch", "sample"), ("all", "batch", "now"))
    return first_fitting(
        [
            (curve, (f"  {OTHER} {a}  {OF_BATCH} {b}  ", "dim"), (HERE, "lit-text"), (f" {c}", "dim"))
            for a, b, c in words
        ],
        width,
    )


def height_of(values: Floats, low: float, high: float, steps: int) -> Integers:
    """Which of ``steps`` lines from the top each value stands on; −1 for one that is not finite."""
    share = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    lines = np.clip(((1 - np.nan_to_num(share)) * steps).astype(np.int64), 0, steps - 1)
    return np.where(np.isfinite(values), lines, -1)


def dots(values: Floats, low: float, high: float, rows: int) -> list[str]:
    """The curve in braille, two values a column; where it is steep the dots between two neighbours are filled in."""
    lines = height_of(values, low, high, 4 * rows)
    codes = np.zeros((rows, len(values) // 2), dtype=np.int64)
    for k, line in enumerate(lines.tolist()):
        before = int(lines[k - 1]) if k and lines[k - 1] >= 0 else line
        for dot in range(min(before, line), max(before, line) + 1) if line >= 0 else ():
            codes[dot // 4, k // 2] |= BRAILLE_DOTS[dot % 4][k % 2]
    return ["".join(chr(0x2800 + code) if code else " " for code in row) for row in codes.tolist()]


def with_samples(fitted: Fitted, cells: list[list[Span]], low: float, high: float) -> None:
    """The targets over the curve: those of the batch over the others, the one of now over all."""
    assert fitted.targets is not None
    x, columns = fitted.x[:, 0], len(cells[0])
    span = float(x.max() - x.min()) or 1.0
    across = np.clip(((x - x.min()) / span * columns).astype(np.int64), 0, columns - 1)
    down = height_of(fitted.targets, low, high, len(cells))
    here = np.array([fitted.here])
    for rows, char, role in (
        (np.arange(len(x)), OTHER, "dim"),
        (fitted.batch, OF_BATCH, "strong"),
        (here, HERE, "lit-text"),
    ):
        for row in rows.tolist():
            cells[down[row]][across[row]] = char, role
