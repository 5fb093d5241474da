"""Goals: how far a run must be known, and the line that asks for an update, an epoch or a batch."""

import re
from dataclasses import dataclass

from bptui.data.digits import grouped
from bptui.training.schedule import Position

PART = re.compile(r"([ebu]?)([0-9]{1,7})")
PARTS = re.compile(rf"{PART.pattern}(?:\s*[ebu][0-9]{{1,7}})?")
ACCEPTED = 'write an update like "120", an epoch like "e3", or its batch "e3 b5", up to 9999999'


@dataclass(frozen=True, slots=True)
class Goal:
    """An update (from 1), or where that is 0, a batch of an epoch; ``update=120`` or ``epoch=3, batch=5``."""

    update: int = 0
    epoch: int = 0
    batch: int = 0

    def __call__(self, frontier: int, following: Position) -> bool:
        """Is it among the updates of a run that has made ``frontier`` of them and goes on at ``following``?"""
        if self.epoch:
            return (following.epoch, following.batch) > (self.epoch, self.batch)
        return frontier >= self.update

    def share(self, frontier: int, following: Position, batches: int) -> float:
        """How much of the way from the start is made, 0 … 1, where an epoch has so many ``batches``."""
        if self.epoch:
            done = (following.epoch - 1) * batches + following.batch - 1
            return min(done / max((self.epoch - 1) * batches + self.batch, 1), 1.0)
        return min(frontier / max(self.update, 1), 1.0)

    def __str__(self) -> str:
        if self.epoch:
            return f"epoch {grouped(self.epoch)}"
        return f"update {grouped(self.update)}"


def until_epoch_ends(epoch: int) -> Goal:
    """The goal of all batches of an epoch."""
    return Goal(epoch=epoch + 1)


def parse_goal(words: str) -> Goal:
    """What a go-to line asks for: ``120`` (update), ``e3`` (epoch), ``e3 b5`` (its batch).

    Raises ValueError saying what is accepted.
    """
    parts = PARTS.fullmatch(words.lower().replace(",", " ").strip())
    numbers: dict[str, int] = {}
    for key, digits in PART.findall(words.lower()) if parts else ():
        if int(digits) < 1 or (key or "u") in numbers:
            raise ValueError(ACCEPTED)
        numbers[key or "u"] = int(digits)
    if set(numbers) == {"u"}:
        return Goal(numbers["u"])
    if "e" in numbers and "u" not in numbers:
        return Goal(epoch=numbers["e"], batch=numbers.get("b", 1))
    raise ValueError(ACCEPTED)
