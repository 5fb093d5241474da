"""A bounded number of states of a run, from which any other state is replayed.

What is kept follows from the length of the run alone: of its last RECENT updates the multiples of one power of two, of
those before them the multiples of another. Both powers double where a share of the budget would not hold the states,
so replay to a recent update stays short however long the run has become.
"""

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from dataclasses import dataclass

from bptui.engine.types import Floats
from bptui.training.schedule import Position

BUDGET = 64 * 2**20  # bytes
RECENT = 100_000  # updates that are to be back at once
MOST = 4096  # states: more would shorten nothing that is felt
LEAST = 8
CLOSEST, SMALL = 8, 2**16  # of states of so few bytes one for so many updates: to copy more takes longer than to replay
OBJECTS = 600  # bytes of a state besides the numbers of its arrays
NEAR, BEFORE = 8, 3  # one part in so many of the budget: states just visited; of the others, those before RECENT


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that the future depends on after ``update`` updates: θ (p,), optimizer memory (k × p), position."""

    update: int
    theta: Floats
    memory: Floats
    position: Position

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        return int(self.theta.nbytes + self.memory.nbytes) + OBJECTS


@dataclass(frozen=True, slots=True)
class Reach:
    """What going back takes: ``bytes`` of states of ``budget`` allowed; one of the last ``recent`` updates is replayed
    from a state at most ``spacing`` updates before it."""

    bytes: int
    budget: int
    recent: int
    spacing: int


class Checkpoints:
    """States of the run at regular updates, and the last few visited."""

    def __init__(self, first: State, budget: int = BUDGET) -> None:
        self.budget = budget
        self.spacing = CLOSEST if first.bytes <= SMALL else 1  # updates between two states, among the last RECENT
        self.spacing_before = self.spacing  # and among those before them
        self._newest = first.update
        self._thinned = 0  # below this all are multiples of ``spacing_before``
        self._kept: dict[int, State] = {first.update: first}
        self._order = [first.update]  # its keys, sorted
        self._near: OrderedDict[int, State] = OrderedDict()
        self._largest = first.bytes
        self._share()

    def _share(self) -> None:
        """How many states the budget holds, all of them counted as large as the largest."""
        fit = min(self.budget // self._largest, MOST)
        self.most_near = max(fit // NEAR, LEAST // 2)
        most = max(fit - self.most_near, LEAST)
        self._most_before = most // BEFORE
        self._most_recent = most - self._most_before

    @property
    def reach(self) -> Reach:
        """What is taken, where a state that two stores share counts in each."""
        states = {id(state): state for state in (*self._kept.values(), *self._near.values())}
        return Reach(sum(state.bytes for state in states.values()), self.budget, RECENT, self.spacing)

    def limit(self, budget: int) -> None:
        """Take no more than so many bytes from now on, but for the least that a store needs."""
        self.budget = budget
        self._share()
        self._drop_near()
        self._thin()

    def wanted(self, update: int) -> bool:
        """Should the state after this update be kept?"""
        if update <= self._newest:
            return update % self._spacing_at(update) == 0 and update not in self._kept
        self._newest = update
        return update % self.spacing == 0

    def _spacing_at(self, update: int) -> int:
        return self.spacing if update >= self._first_recent() else self.spacing_before

    def _first_recent(self) -> int:
        """The last RECENT updates are replayed from states at this update or later."""
        return max(self._newest - RECENT - self.spacing, 0)

    def add(self, state: State) -> None:
        """Keep a state that is wanted, in place of some others where there are too many."""
        insort(self._order, state.update)
        self._kept[state.update] = state
        if state.bytes > self._largest:  # another optimizer may remember more
            self._largest = state.bytes
            self.limit(self.budget)
        else:
            self._thin()

    def _thin(self) -> None:
        """Drop what is no multiple of its spacing, once these are so wide that the shares hold the rest."""
        spacings = self.spacing, self.spacing_before
        while min(self._newest, RECENT) // self.spacing + 2 > self._most_recent:
            self.spacing *= 2
        self.spacing_before = max(self.spacing_before, self.spacing)
        while self._first_recent() // self.spacing_before >= self._most_before:
            self.spacing_before *= 2
        order, recent = self._order, self._first_recent()
        if (self.spacing, self.spacing_before) == spacings and recent == self._thinned:
            return
        first = 0 if self.spacing_before > spacings[1] else bisect_left(order, self._thinned)
        last = len(order) if self.spacing > spacings[0] else bisect_left(order, recent)
        self._thinned = recent
        kept = [update for update in order[first:last] if update % self._spacing_at(update) == 0]
        if len(kept) < last - first:
            for update in set(order[first:last]).difference(kept):
                del self._kept[update]
            order[first:last] = kept

    def remember(self, state: State) -> None:
        """Keep a state for a short while: going back step by step visits the same stretch again."""
        self._near[state.update] = state
        self._near.move_to_end(state.update)
        self._drop_near()

    def _drop_near(self) -> None:
        while len(self._near) > self.most_near:
            self._near.popitem(last=False)

    def before(self, update: int) -> State:
        """The latest state at or before this update."""
        near = self._near.get(update)
        if near is not None:
            return near
        best = self._order[bisect_right(self._order, update) - 1]
        nearer = max((k for k in self._near if best < k <= update), default=None)
        return self._kept[best] if nearer is None else self._near[nearer]

    def before_epoch(self, epoch: int) -> State:
        """The latest state kept that lies before the first update of this epoch, or at it."""
        after = bisect_right(self._order, (epoch, 1, 1), key=lambda update: _place(self._kept[update].position))
        return self._kept[self._order[after - 1]]

    def until(self, update: int) -> "Checkpoints":
        """A new store of the states at or before an update; the states themselves are shared, not copied."""
        copy = Checkpoints(self._kept[0], self.budget)
        copy._order = self._order[: bisect_right(self._order, update)]
        copy._kept = {k: self._kept[k] for k in copy._order}
        copy._near = OrderedDict((k, s) for k, s in self._near.items() if k <= update)
        copy._newest = copy._order[-1]
        copy._largest = self._largest
        copy.spacing, copy.spacing_before = self.spacing, self.spacing_before
        copy.limit(self.budget)
        return copy


def _place(position: Position) -> tuple[int, int, int]:
    return position.epoch, position.batch, position.repeat
