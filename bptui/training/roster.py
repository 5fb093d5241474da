"""The roster: which samples an update may be made with, and what numbers they have, once samples were edited."""

from dataclasses import dataclass
from typing import Literal

Part = Literal["x", "y"]
"""Of a sample: its inputs or its targets."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A training sample, a ``row`` of the data, has other inputs (``x``, as the file has them) or targets (``y``) from
    its update on: ``values`` are (place from 0, number), each place once."""

    row: int
    part: Part
    values: tuple[tuple[int, float], ...]

    def covers(self, other: "SampleChange") -> bool:
        """Is nothing left of the other one after this?"""
        if not isinstance(other, Rewrite) or (other.row, other.part) != (self.row, self.part):
            return False
        return dict(other.values).keys() <= dict(self.values).keys()


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """No epoch visits this row of the data from its update on."""

    row: int

    def covers(self, other: "SampleChange") -> bool:
        """Is nothing left of the other one after this?"""
        return not isinstance(other, Rewrite) and other.row == self.row


@dataclass(frozen=True, slots=True)
class PutIn:
    """A row that was left out is visited again."""

    row: int

    def covers(self, other: "SampleChange") -> bool:
        """Is nothing left of the other one after this?"""
        return not isinstance(other, Rewrite) and other.row == self.row


SampleChange = Rewrite | LeaveOut | PutIn
Cell = tuple[int, Part, int]
"""Row of the data, part, place from 0: one number of one sample."""


@dataclass(frozen=True, slots=True)
class Roster:
    """``out``: the rows left out, ascending; ``rewritten``: the numbers that are not the data's, by their cells."""

    out: tuple[int, ...] = ()
    rewritten: tuple[tuple[Cell, float], ...] = ()

    def changed(self, change: SampleChange) -> "Roster":
        """This roster after one more change."""
        if isinstance(change, Rewrite):
            cells = dict(self.rewritten) | {(change.row, change.part, place): value for place, value in change.values}
            return Roster(self.out, tuple(sorted(cells.items())))
        others = {row for row in self.out if row != change.row}
        return Roster(tuple(sorted(others | {change.row} if isinstance(change, LeaveOut) else others)), self.rewritten)

    def of(self, row: int, part: Part) -> dict[int, float]:
        """The numbers of a row that are not the data's, by their places."""
        return {place: value for (at, kind, place), value in self.rewritten if (at, kind) == (row, part)}

    def rows(self, part: Part) -> tuple[int, ...]:
        """The rows that have such numbers, ascending."""
        return tuple(dict.fromkeys(row for (row, kind, _), _ in self.rewritten if kind == part))


UNEDITED = Roster()
