"""A sketch: a field of grey pixels that one draws on. A value: every stroke makes another one."""

from dataclasses import dataclass, replace

import numpy as np

from bptui.engine.types import Floats

FULL = 1.0
STEP = 0.25  # of ink, darker or lighter
MOST_PAST = 200  # strokes that can be taken back


@dataclass(frozen=True, slots=True)
class Sketch:
    """``ink`` is 0 … 1 for each pixel, row by row; the pen stands on one of them, and while it is ``down`` it draws
    wherever it goes. ``past`` is what the ink was before each of the last strokes, the latest last."""

    rows: int
    columns: int
    ink: tuple[float, ...]
    pen: tuple[int, int]
    down: bool = False
    past: tuple[tuple[float, ...], ...] = ()

    @classmethod
    def blank(cls, rows: int, columns: int) -> "Sketch":
        """Nothing drawn, the pen in the middle."""
        return cls(rows, columns, (0.0,) * (rows * columns), (rows // 2, columns // 2))

    @property
    def x(self) -> Floats:
        """The pixels as an input, (rows · columns,)."""
        return np.array(self.ink)

    @property
    def is_blank(self) -> bool:
        return not any(self.ink)

    @property
    def under_pen(self) -> float:
        """Ink of the pixel that the pen stands on."""
        return self.ink[self.pen[0] * self.columns + self.pen[1]]

    def at(self, row: int, column: int) -> "Sketch":
        """The pen on another pixel, or on the nearest there is; nothing is drawn."""
        return replace(self, pen=(min(max(row, 0), self.rows - 1), min(max(column, 0), self.columns - 1)))

    def moved(self, down: int, across: int) -> "Sketch":
        """The pen so many pixels further; it draws there if it is down."""
        there = self.at(self.pen[0] + down, self.pen[1] + across)
        return there.inked(FULL) if self.down and there.pen != self.pen else there

    def inked(self, ink: float, joined: bool = False) -> "Sketch":
        """So much ink under the pen; a stroke of its own, or with ``joined`` part of the one before."""
        if ink == self.under_pen:
            return self
        place = self.pen[0] * self.columns + self.pen[1]
        return self._with((*self.ink[:place], ink, *self.ink[place + 1 :]), joined)

    def dotted(self) -> "Sketch":
        """Full ink under the pen, or none where there is half of it or more."""
        return self.inked(self.other)

    @property
    def other(self) -> float:
        """What a stroke that begins here leaves: ink on paper, or paper where there is ink."""
        return 0.0 if self.under_pen >= FULL / 2 else FULL

    def shaded(self, steps: int) -> "Sketch":
        """Darker under the pen by so many steps of grey, or lighter."""
        return self.inked(min(max(self.under_pen + steps * STEP, 0.0), FULL))

    def pen_changed(self) -> "Sketch":
        """The pen down, with ink where it stands; or up."""
        return replace(self, down=False) if self.down else replace(self.inked(FULL), down=True)

    def filled(self, x: Floats) -> "Sketch":
        """Other pixels in place of all, (rows · columns,), those beyond paper or black as these."""
        return self._with(tuple(np.clip(x, 0.0, FULL).tolist()), False)

    def cleared(self) -> "Sketch":
        """Paper everywhere, the pen up."""
        return replace(self._with((0.0,) * len(self.ink), False), down=False)

    def taken_back(self) -> "Sketch":
        """As it was before the last stroke."""
        return replace(self, ink=self.past[-1], past=self.past[:-1])

    def _with(self, ink: tuple[float, ...], joined: bool) -> "Sketch":
        past = self.past if joined or ink == self.ink else (*self.past, self.ink)[-MOST_PAST:]
        return replace(self, ink=ink, past=past)
