"""From words of a command line to values, checked."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bptui.exercises.names import MOST_LAYERS
from bptui.exercises.names import MOST_UNITS as FEW_UNITS
from bptui.scenario.accept import Check, shown
from bptui.scenario.keys import MOST_UNITS
from bptui.scenario.spelt import plain, whole_numbers

MOST_NARROW = (40, 10)


def checked(check: Check, parse: Callable[[str], Any] = str, also: Mapping[str, str] | None = None) -> Any:
    """An argparse type: parse the text, check the value; argparse names the option."""

    def convert(words: str) -> Any:
        try:
            return check((also or {}).get(words, parse(words)))
        except ValueError as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None

    return convert


def ending(suffix: str) -> Check:
    """A file's name that ends so."""

    def check(path: Path) -> Path:
        if path.suffix.lower() != suffix:
            raise ValueError(f"a file whose name ends in {suffix}, not {shown(str(path))}")
        return path

    return check


def layer_sizes(words: str) -> list[int]:
    """``64-32-10`` as sizes."""
    sizes = [plain(part) for part in words.split("-")]
    if not 2 <= len(sizes) <= 20 or any(not isinstance(size, int) or not 1 <= size <= MOST_UNITS for size in sizes):
        raise ValueError(f"expected 2 to 20 sizes of 1 to {MOST_UNITS} units, like 64-32-10; got {shown(words)}")
    return sizes


def listed(words: str) -> list[str]:
    """``tanh,softmax`` as names."""
    return words.split(",")


def columns(words: str) -> Any:
    """``Id,3`` as a name and a place; one alone as itself."""
    items = [plain(word) if word.strip("-").isdigit() else word for word in words.split(",")]
    return items if len(items) > 1 else items[0]


def shape(words: str) -> Any:
    """``28,28`` or ``28x28`` as numbers; another word as itself."""
    parts = words.replace("x", ",").split(",")
    return [plain(part) for part in parts] if len(parts) > 1 else words


IN_WORDS: dict[str, Callable[[str], Any]] = {
    "layers": layer_sizes,
    "activations": listed,
    "target": columns,
    "drop": columns,
    "test": str,
    "image": shape,
    "ranks": whole_numbers,
}
"""Settings that are lists in a file, or texts that may look like numbers."""


def few_units(sizes: Any) -> Any:
    """Sizes that can be computed by hand."""
    if len(sizes) > MOST_LAYERS or max(sizes) > FEW_UNITS:
        raise ValueError(
            f"expected at most {MOST_LAYERS} sizes of 1 to {FEW_UNITS} units: nobody computes more by hand"
        )
    return sizes


def unit_of(words: str) -> tuple[int, int]:
    """``1.3`` as layer and unit."""
    layer, dot, unit = words.partition(".")
    if not (dot and layer.isdecimal() and unit.isdecimal() and len(words) < 12):
        raise ValueError(f"expected layer and unit like 1.3, got {shown(words)}")
    return int(layer), int(unit)


def size_of(words: str) -> tuple[int, int]:
    """``100x30`` as columns and rows."""
    width, cross, height = words.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and len(words) < 9):
        raise ValueError(f"expected columns and rows like 100x30, got {shown(words)}")
    if not (MOST_NARROW[0] <= int(width) <= 400 and MOST_NARROW[1] <= int(height) <= 150):
        raise ValueError(f"expected 40x10 to 400x150, got {shown(words)}")
    return int(width), int(height)


def pressed(words: str) -> tuple[str, ...]:
    """``w 5 e*30`` as keys one after the other."""
    keys: list[str] = []
    for word in words.split():
        key, star, times = word.rpartition("*")
        if star and key and times.isdecimal() and len(times) < 5:
            keys += [key] * int(times)
        else:
            keys.append(word)
    return tuple(keys)
