"""The address of one weight or bias, and how it is written, alike on every screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptui.engine.network import Architecture

BIAS = -1
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def sub(number: int) -> str:
    """A layer number as a subscript."""
    return str(number).translate(SUBSCRIPTS)


@dataclass(frozen=True, slots=True)
class Weight:
    """From input ``source`` (from 0; −1 for the bias, whose input is 1) to ``unit`` (from 0) of ``layer`` (1 … L)."""

    layer: int
    source: int
    unit: int

    @property
    def is_bias(self) -> bool:
        """Is it a bias, whose source is −1?"""
        return self.source < 0

    @property
    def symbol(self) -> str:
        """``w₂[0→1]`` from unit 0 to unit 1 of layer 2, ``w₁[x0→1]`` from an input, ``b₂[1]`` for a bias."""
        return NUMBERED.symbol(self)

    def require(self, sizes: Sequence[int], biases: bool = True) -> None:
        """Raises IndexError where a network of these sizes, the input first, has no such weight: nothing is counted
        from the end, as −1 is the bias."""
        there = 1 <= self.layer < len(sizes) and (BIAS if biases else 0) <= self.source < sizes[self.layer - 1]
        if not there or not 0 <= self.unit < sizes[self.layer]:
            raise IndexError(f"no weight of layer {self.layer} from {self.source} to {self.unit}")

    def within(self, architecture: "Architecture") -> "Weight":
        """This weight, or the nearest that the architecture has."""
        layer = min(max(self.layer, 1), architecture.layers)
        source = min(self.source, architecture.sizes[layer - 1] - 1)
        unit = min(max(self.unit, 0), architecture.sizes[layer] - 1)
        return Weight(layer, max(source, lowest_source(architecture)), unit)

    def moved(self, architecture: "Architecture", layer: int = 0, unit: int = 0, source: int = 0) -> "Weight":
        """This many layers, units and sources further (back where negative). Layers end at the first and the last;
        units and sources wrap round, the bias (where there are some) being one of the sources."""
        there = Weight(self.layer + layer, self.source, self.unit).within(architecture)
        first, inputs = lowest_source(architecture), architecture.sizes[there.layer - 1]
        to_source = first + (there.source - first + source) % (inputs - first)
        return Weight(there.layer, to_source, (there.unit + unit) % architecture.sizes[there.layer])


@dataclass(frozen=True, slots=True)
class Names:
    """How units are called inside symbols: by their own names, the input's first, or by their numbers where ``units``
    is (). ``columns`` are what the data call the inputs, ``answers`` what the outputs stand for, () where that is
    unknown: they stand beside symbols, never inside."""

    units: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    def unit(self, layer: int, unit: int) -> str:
        """A unit of layer 1 … L (from 0): ``h1``, or its number."""
        return self.units[layer][unit] if self.units else str(unit)

    def input(self, number: int) -> str:
        """An input (from 0): ``i1``, or ``x0``."""
        return self.units[0][number] if self.units else f"x{number}"

    def source(self, layer: int, source: int) -> str:
        """An input of layer 1 … L that is no bias."""
        return self.input(source) if layer == 1 else self.unit(layer - 1, source)

    def column(self, number: int) -> str:
        """What the data call an input (from 0); "" where they do not, or as its symbol does."""
        called = self.columns[number] if self.columns else ""
        return "" if called == self.input(number) else called

    def input_told(self, number: int) -> str:
        """An input with its name in the data: ``x0 (petal length)``."""
        called = self.column(number)
        return f"{self.input(number)} ({called})" if called else self.input(number)

    def output_told(self, number: int) -> str:
        """An output with what it stands for: ``0 (setosa)``."""
        symbol, called = self.unit(-1, number), self.answers[number] if self.answers else ""
        return f"{symbol} ({called})" if called not in ("", symbol) else symbol

    def told(self, weight: Weight) -> str:
        """A weight's symbol, and what the data call the input that it comes from: ``w₁[x0→1] (x0: petal length)``."""
        called = "" if weight.is_bias or weight.layer != 1 else self.column(weight.source)
        return self.symbol(weight) + (f" ({self.input(weight.source)}: {called})" if called else "")

    def symbol(self, weight: Weight) -> str:
        """``w₂[h1→o1]`` and ``b₂[o1]``, or with numbers ``w₂[0→1]``, ``w₁[x0→1]`` and ``b₂[1]``."""
        place = self.unit(weight.layer, weight.unit)
        if weight.is_bias:
            return f"b{sub(weight.layer)}[{place}]"
        return f"w{sub(weight.layer)}[{self.source(weight.layer, weight.source)}→{place}]"


NUMBERED = Names()


def lowest_source(architecture: "Architecture") -> int:
    """The first source of a unit's weights: the bias where there are some, else input 0."""
    return 0 if architecture.bias == "none" else BIAS
