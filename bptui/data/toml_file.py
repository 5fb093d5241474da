"""TOML from outside: read within bounds, and where it cannot be read the line is said."""

import re
import tomllib
from pathlib import Path
from typing import Any

from bptui.data.bounded import text_of
from bptui.data.error import DataError

AT = re.compile(r" \(at line (\d+), column (\d+)\)$")


def read_toml(path: Path, most: int) -> dict[str, Any]:
    """The document in a file of at most ``most`` bytes. Raises DataError with file, and line and column where known."""
    text = text_of(path, most, blank=True)  # whose keys are missing, which is said with what to write
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise DataError(f"{path}:{deepest(text)}: nested too deeply") from None
    except tomllib.TOMLDecodeError as problem:
        words = str(problem)
        found = AT.search(words)
        place = f":{found[1]}:{found[2]}" if found else f":{text.count(chr(10)) + 1}"
        raise DataError(f"{path}{place}: {AT.sub('', words)}") from None
    except ValueError:  # of what tomllib hands on, an integer's digits
        raise DataError(f"{path}:{longest_number(text)}: a number of too many digits") from None


def deepest(text: str) -> int:
    """The line with the most brackets that open."""
    lines = text.splitlines()
    return 1 + max(range(len(lines)), key=lambda at: lines[at].count("[") + lines[at].count("{"))


def longest_number(text: str) -> int:
    """The line with the longest row of digits."""
    lengths = [max(map(len, re.findall(r"[\d_]+", line)), default=0) for line in text.splitlines()]
    return 1 + max(range(len(lengths)), key=lengths.__getitem__)
