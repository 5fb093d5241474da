"""Where values stand on an axis of a chart, and which round values are written beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

from bptui.data.digits import rounded
from bptui.views.numbers import rate

CLOSE = 1e-9  # of an axis' length: rounding does not push a value over its end


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high`` over ``cells`` rows or columns of the terminal, each with ``dots`` dots of a curve.
    On a logarithmic axis all values are logarithms."""

    low: float
    high: float
    cells: int
    dots: int

    @property
    def count(self) -> int:
        """Dots on the whole axis."""
        return self.cells * self.dots

    def dot(self, value: float) -> int:
        """The dot that a curve has at a value."""
        return int(0.5 + (self.count - 1) * (value - self.low) / (self.high - self.low))

    def cell(self, value: float) -> int:
        """The row or column in which a curve stands at a value."""
        return min(max(self.dot(value) // self.dots, 0), self.cells - 1)

    def of_dot(self, dot: int) -> float:
        return self.low + (self.high - self.low) * dot / max(self.count - 1, 1)

    def of_cell(self, cell: int) -> float:
        """A value that falls into a cell where whole cells are counted, as for ticks."""
        return self.low + (self.high - self.low) * cell / max(self.cells - 1, 1)

    def ticks(self, values: Iterable[float], log: bool = False) -> tuple[list[float], list[str]]:
        """Where labels must be put so that each stands in the cell in which a curve has its value, and the labels;
        of values in the same cell the first."""
        places: dict[int, str] = {}
        for value in values:
            said = rounded(10.0**value if log else value)
            places.setdefault(self.cell(log10(said) if log else said), rate(said))
        return [self.of_cell(cell) for cell in places], list(places.values())


def spread(low: float, high: float, log: bool) -> tuple[float, float]:
    """The ends of an axis for values from low to high: apart even where all values are alike."""
    if high - low > CLOSE * max(abs(low), abs(high)):
        return low, high
    pad = 0.1 if log else 0.05 * abs(low) or 0.5
    return low - pad, high + pad


def round_values(low: float, high: float, most: int = 5, least_step: float = 0.0) -> list[float]:
    """At most ``most`` multiples of 1, 2 or 5 times a power of ten between two ends; the ends alike: that value."""
    if high <= low:
        return [low]
    power = 10.0 ** floor(log10((high - low) / most))
    for step in (max(k * power, least_step) for k in (1, 2, 5, 10, 20)):
        first, last = ceil(low / step - CLOSE), floor(high / step + CLOSE)
        if last - first < most:
            break
    return [k * step for k in range(first, last + 1)]


def round_logarithms(low: float, high: float, most: int = 5) -> list[float]:
    """Logarithms, between two ends, of powers of ten, where too few lie there of 1, 2 and 5 times them, and where the
    ends are nearer still of any round values; at most ``most``."""
    powers = round_values(low, high, most, 1.0)
    if len(powers) > 1:
        return powers
    inside = [place + log10(digit) for place in range(floor(low), ceil(high) + 1) for digit in (1, 2, 5)]
    inside = [value for value in inside if low - CLOSE <= value <= high + CLOSE]
    if len(inside) > 1:
        return inside[:: ceil(len(inside) / most)]
    return [log10(value) for value in round_values(10.0**low, 10.0**high, most) if value > 0]
