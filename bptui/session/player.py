"""Playing: which move is made by itself, and how often."""

from dataclasses import dataclass, replace
from math import inf

from bptui.data.digits import shortest
from bptui.session.moves import Scale

SPEEDS: tuple[tuple[Scale, float], ...] = (
    ("phase", 1),
    ("phase", 3),
    ("phase", 10),
    ("sample", 5),
    ("sample", 15),
    ("batch", 2),
    ("batch", 5),
    ("batch", 15),
    ("batch", 60),
    ("batch", inf),
)
UPDATES: tuple[tuple[Scale, float], ...] = (("batch", 2), ("batch", 15), ("batch", 100), ("batch", inf))
"""Speeds of what makes nothing but updates."""


@dataclass(frozen=True, slots=True)
class Player:
    """``speed`` is a place in ``speeds`` (moves a second; inf: as many as there is time for).
    ``owed`` is the fraction of a move that the clock has earned so far."""

    playing: bool = False
    speed: int = 1
    owed: float = 0.0
    speeds: tuple[tuple[Scale, float], ...] = SPEEDS

    @property
    def scale(self) -> Scale:
        return self.speeds[self.speed][0]

    @property
    def rate(self) -> float:
        return self.speeds[self.speed][1]

    @property
    def is_fastest(self) -> bool:
        return self.speed == len(self.speeds) - 1

    @property
    def is_slowest(self) -> bool:
        return self.speed == 0

    @property
    def pace(self) -> str:
        """The speed in words."""
        if self.rate == inf:
            return "full speed"
        if self.speeds == UPDATES:
            return f"{shortest(self.rate)} updates/s"
        plural = "" if self.rate == 1 else "es" if self.scale == "batch" else "s"
        return f"{shortest(self.rate)} {self.scale}{plural}/s"

    def toggled(self) -> "Player":
        return replace(self, playing=not self.playing, owed=0.0)

    def paused(self) -> "Player":
        return replace(self, playing=False, owed=0.0) if self.playing or self.owed else self

    def faster(self, steps: int) -> "Player":
        """Faster by n places in its speeds, slower if negative, as far as it goes."""
        return replace(self, speed=min(max(self.speed + steps, 0), len(self.speeds) - 1), owed=0.0)

    def tick(self, seconds: float) -> tuple["Player", float]:
        """The player after so much time, and the whole number of moves it owes (inf at full speed).

        A stall is not made up for: no tick earns more than a quarter of a second would, or one move if that is more.
        """
        if not self.playing:
            return self, 0
        if self.rate == inf:
            return self, inf
        owed = self.owed + min(seconds * self.rate, max(self.rate * 0.25, 1.0))
        moves = int(owed)
        return replace(self, owed=owed - moves), moves
