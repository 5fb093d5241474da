"""A moment: one phase of one sample of one update, and what the reader has selected."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from bptui.engine.weight import Weight

if TYPE_CHECKING:
    from bptui.engine.network import Network
    from bptui.training.record import UpdateRecord

Kind = Literal["input", "forward", "loss", "delta", "gradient", "reduce", "update"]


@dataclass(frozen=True, slots=True)
class Phase:
    """A step of an update. ``layer`` (1 … L) is meant by forward and delta only, else 0."""

    kind: Kind
    layer: int = 0

    @property
    def per_batch(self) -> bool:
        """True for what happens once per batch; all else happens once per sample."""
        return self.kind in ("reduce", "update")


@lru_cache(maxsize=32)
def phases(layers: int) -> tuple[Phase, ...]:
    """The phases of an update in order: input, forward 1 … L, loss, delta L … 1, gradient, for every sample;
    then reduce and update, once."""
    forwards = tuple(Phase("forward", layer) for layer in range(1, layers + 1))
    deltas = tuple(Phase("delta", layer) for layer in range(layers, 0, -1))
    return (
        Phase("input"),
        *forwards,
        Phase("loss"),
        *deltas,
        Phase("gradient"),
        Phase("reduce"),
        Phase("update"),
    )


INPUT, GRADIENT, REDUCE, UPDATE = Phase("input"), Phase("gradient"), Phase("reduce"), Phase("update")


@dataclass(frozen=True, slots=True)
class Moment:
    """``update`` counts from 1, ``phase`` is what has just been done, ``sample`` a row of the batch from 0.

    The selection is shared by all panels: ``unit`` of ``layer`` (1 … L), and ``source``, the input of that
    unit whose weight is meant (−1: its bias).
    """

    update: int = 1
    phase: Phase = INPUT
    sample: int = 0
    layer: int = 1
    unit: int = 0
    source: int = 0

    @property
    def weight(self) -> Weight:
        """The selected one."""
        return selected(self.layer, self.source, self.unit)

    @property
    def time(self) -> tuple[int, Phase, int]:
        """When it is, whatever is selected: at the batch's end samples are no moments of time."""
        return self.update, self.phase, -1 if self.phase.per_batch else self.sample

    @property
    def applied(self) -> int:
        """Updates made up to here."""
        return self.update if self.phase == UPDATE else self.update - 1

    def made(self, frontier: int) -> int:
        """How many of the updates known, up to the frontier, are made: one that is stepped through is not yet."""
        return frontier - (frontier == self.update and self.phase != UPDATE)

    @property
    def done(self) -> int:
        """Samples of this batch whose gradient has been added: the ledger's count."""
        return self.sample + (self.phase == GRADIENT or self.phase.per_batch)

    def reached(self, sample: int, kind: Kind, layer: int, layers: int) -> bool:
        """Has this sample of the batch already been through that phase?"""
        if self.phase.per_batch:
            return True
        if sample != self.sample:
            return sample < self.sample
        return has_come_to(self.phase, kind, layer, layers)

    def way(self, sample: int) -> Phase | bool:
        """How far a sample of the batch is on its way: through, not begun, or in a phase."""
        if self.phase.per_batch or sample < self.sample:
            return True
        return self.phase if sample == self.sample else False


@lru_cache(maxsize=64)  # a frame asks for it some thirty times
def selected(layer: int, source: int, unit: int) -> Weight:
    return Weight(layer, source, unit)


def network_in_force(record: "UpdateRecord", phase: Phase) -> "Network":
    """The weights at a phase of an update: those after it once it is applied, those before it until then."""
    return record.after if phase == UPDATE else record.before


@lru_cache(maxsize=256)
def has_come_to(phase: Phase, kind: Kind, layer: int, layers: int) -> bool:
    """Does a phase lie at another one of the update, or behind it?"""
    return not is_before(phase, Phase(kind, layer), layers)


@lru_cache(maxsize=256)
def is_before(phase: Phase, other: Phase, layers: int) -> bool:
    """Does a phase come before another one of the update?"""
    return phases(layers).index(phase) < phases(layers).index(other)


def neighbour(phase: Phase, ways: int, layers: int) -> Phase:
    """The phase ``ways`` places after it in the update, before it where that is negative."""
    return phases(layers)[phases(layers).index(phase) + ways]
