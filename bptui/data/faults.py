"""What is wrong with a table: who corrects a file wants to know of more than the first place."""

from collections import Counter
from pathlib import Path

from bptui.data.error import DataError

FURTHER = 5
"""Lines named beside the first fault."""


class Faults:
    """Those found so far, by line and column. Of a column no more are kept than can be told: its first ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: list[tuple[int, int, str]] = []
        self._of_column: Counter[int] = Counter()

    def add(self, line: int, what: str, column: int = 0) -> None:
        """``column`` counts from 1; 0 is the row as a whole."""
        self._of_column[column] += 1
        if self._of_column[column] <= FURTHER + 2:
            self._found.append((line, column, what))

    @property
    def enough(self) -> bool:
        """Is there nothing to be gained by looking further?"""
        return len({line for line, _, _ in self._found}) > FURTHER + 1

    def refuse(self) -> None:
        """Raises DataError, one line, where there are any: the first in the file, and on which lines others are."""
        if not self._found:
            return
        (line, column, what), *more = sorted(self._found)
        place = f"{line}:{column}" if column else f"{line}"
        raise DataError(f"{self.path}:{place}: {what}{further([line for line, _, _ in more])}")


def further(lines: list[int]) -> str:
    """Of other faults on these lines, one number a fault, as the end of a sentence."""
    if not lines:
        return ""
    different = sorted({*lines})
    named = ", ".join(map(str, different[:FURTHER]))
    if len(different) > FURTHER:
        return f"; more on lines {named} and below"
    return f"; {len(lines)} more on line{'s' if len(different) > 1 else ''} {named}"
