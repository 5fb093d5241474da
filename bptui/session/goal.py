"""Goals: how far a run must be known."""

from dataclasses import dataclass

from bptui.data.digits import grouped
from bptui.training.schedule import Position


@dataclass(frozen=True, slots=True)
class Goal:
    """An update (from 1), or where that is 0, the first of a batch; ``update=120`` or ``epoch=3, batch=5``."""

    update: int = 0
    epoch: int = 0
    batch: int = 0

    def __call__(self, frontier: int, following: Position) -> bool:
        """Is it among the updates of a run that has made ``frontier`` of them and goes on at ``following``?"""
        if self.epoch:
            return (following.epoch, following.batch, following.repeat) > (self.epoch, self.batch, 1)
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
