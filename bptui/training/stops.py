"""Why a run makes no more updates: its numbers are not finite, or there are no more to be made."""

from dataclasses import dataclass

from bptui.engine.update import OVERFLOWS, Divergence
from bptui.training.schedule import Position


@dataclass(frozen=True, slots=True)
class Stop:
    """The update that was not made because its numbers are not finite."""

    update: int
    position: Position
    layer: int
    what: str
    how: str

    @classmethod
    def at(cls, update: int, position: Position, divergence: Divergence) -> "Stop":
        """That of an update which came to nothing finite."""
        return cls(update, position, divergence.layer, divergence.what, divergence.how)

    def __str__(self) -> str:
        return self.spellings[0]

    @property
    def diverged(self) -> bool:
        """Was it made, and came to nothing finite?"""
        return True

    @property
    def spellings(self) -> tuple[str, ...]:
        """What happened, longest first: where, and what overflowed."""
        at = f"(epoch {self.position.epoch}, batch {self.position.batch})"
        where, what = f"stopped before update {self.update}", f"{self.what} of layer {self.layer} {self.how}"
        return (
            f"{where} {at}: {what}",
            f"{where}: {what}",
            f"{where}: {'overflow' if self.how == OVERFLOWS else self.how}",
            where,
        )


class End(Stop):
    """Those that were read are all, or all that may be made; ``what`` says so."""

    __slots__ = ()

    @property
    def diverged(self) -> bool:
        """No: it was not made."""
        return False

    @property
    def spellings(self) -> tuple[str, ...]:
        """That, and shorter."""
        return self.what, f"ends with update {self.update - 1}"
