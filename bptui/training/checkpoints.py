"""A bounded number of states of a run, from which any other state is replayed."""

from collections import OrderedDict
from dataclasses import dataclass

from bptui.engine.types import Floats
from bptui.training.schedule import Position

BUDGET = 64 * 2**20  # bytes for each of the two stores
MOST = 512


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that the future depends on after ``update`` updates: θ (p,), optimizer memory (k × p), position."""

    update: int
    theta: Floats
    memory: Floats
    position: Position

    @property
    def bytes(self) -> int:
        """Memory that its arrays take, in bytes."""
        return int(self.theta.nbytes + self.memory.nbytes)


class Checkpoints:
    """States every ``spacing`` updates, which doubles when there are too many, and the last few visited."""

    def __init__(self, first: State) -> None:
        self.most = max(8, min(MOST, BUDGET // max(first.bytes, 1)))
        self.most_near = max(4, self.most // 4)
        self.spacing = 1
        self._spaced: dict[int, State] = {first.update: first}
        self._near: OrderedDict[int, State] = OrderedDict()

    def wanted(self, update: int) -> bool:
        """Should the state after this update be kept?"""
        return update % self.spacing == 0 and update not in self._spaced

    def add(self, state: State) -> None:
        """Keep a state for good, in place of some others where there are too many."""
        self._spaced[state.update] = state
        self.most = max(8, min(self.most, BUDGET // max(state.bytes, 1)))  # another optimizer may remember more
        while len(self._spaced) > self.most:
            self.spacing *= 2
            self._spaced = {k: s for k, s in self._spaced.items() if k % self.spacing == 0}

    def remember(self, state: State) -> None:
        """Keep a state for a short while: going back step by step visits the same stretch again."""
        self._near[state.update] = state
        self._near.move_to_end(state.update)
        while len(self._near) > self.most_near:
            self._near.popitem(last=False)

    def before(self, update: int) -> State:
        """The latest state at or before this update."""
        near = self._near.get(update)
        if near is not None:
            return near
        spaced = self._spaced.get(update - update % self.spacing)
        best = max(k for k in self._spaced if k <= update) if spaced is None else spaced.update
        nearer = max((k for k in self._near if best < k <= update), default=None)
        return self._spaced[best] if nearer is None else self._near[nearer]

    def before_epoch(self, epoch: int) -> State:
        """The latest spaced state that lies before the first update of this epoch, or at it."""
        return max(
            (s for s in self._spaced.values() if s.position.epoch < epoch or s.position == _first(s.position, epoch)),
            key=lambda s: s.update,
        )

    def until(self, update: int) -> "Checkpoints":
        """A new store of the states at or before an update; the states themselves are shared, not copied."""
        copy = Checkpoints(self._spaced[0])
        copy.spacing = self.spacing
        copy._spaced = {k: s for k, s in self._spaced.items() if k <= update}
        copy._near = OrderedDict((k, s) for k, s in self._near.items() if k <= update)
        return copy


def _first(position: Position, epoch: int) -> Position:
    return Position(epoch, 1, 0, 1, position.seen)
