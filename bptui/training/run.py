"""A training run: a pure function of its causes, remembered as far as it was computed.

Causes are kept (data, seed, start, settings), effects are replayed: any update's record comes back bit for bit
from the checkpoint before it (:mod:`bptui.training.replay`), the ends of its epochs too (:mod:`bptui.training.ends`).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from bptui.data import Dataset, Split
from bptui.data.digits import grouped
from bptui.engine.network import Network
from bptui.engine.types import Floats, Integers, quiet, read_only
from bptui.engine.update import Divergence, Workspace
from bptui.training.causes import Causes, Change, parting
from bptui.training.checkpoints import Checkpoints, Reach, State
from bptui.training.ends import Ends, EpochEnd, epoch_values
from bptui.training.fits import require_fit
from bptui.training.history import History
from bptui.training.problem import Problem
from bptui.training.provider import ENGINE, Provider
from bptui.training.record import GUEST, UpdateRecord, freeze
from bptui.training.recording import Recording
from bptui.training.replay import Replay
from bptui.training.schedule import Position
from bptui.training.settings import Settings
from bptui.training.stepper import Ended, Stepper, fresh_state
from bptui.training.stops import End, Stop

RECORDS_KEPT = 4
MOST_KEPT = 2**28  # bytes of them all, but for the last one


def rows_of(problem: Problem, places: Integers, guests: int) -> Integers:
    """Rows in the data of a batch, with the mark of a guest for each sample that is none."""
    rows = problem.rows(places)
    return read_only(np.concatenate([rows, np.full(guests, GUEST)]) if guests else rows)


class Run:
    """``frontier`` updates are known; :meth:`extend` makes more, :meth:`record` shows any of them."""

    most: ClassVar[int | None] = None
    """Updates that any run in this process may have, where it is somebody else's machine."""

    def __init__(
        self,
        problem: Problem,
        start: Network,
        causes: Causes,
        checkpoints: Checkpoints,
        history: History,
        front: State,
        provider: Provider = ENGINE,
    ) -> None:
        self.provider = provider
        self.problem = problem
        self.start = start
        self.causes = causes
        self.history = history
        self.stop: Stop | None = None
        self._checkpoints = checkpoints
        self._replay = Replay(problem, start.architecture, causes, checkpoints, provider)
        self._ends = Ends(history.epochs, self._replay)
        self._records: OrderedDict[int, UpdateRecord] = OrderedDict()
        self.look: Callable[[Stepper, Position, float], None] | None = None  # sees every update made, where it began
        self._front = self._replay.stepper(front)

    @classmethod
    def begin(cls, data: Dataset, split: Split, network: Network, settings: Settings, seed: int) -> "Run":
        """A run before its first update."""
        return cls._begin(Problem.of(data, split, seed), network, Causes(((1, settings),)))

    @classmethod
    def read(cls, data: Dataset, split: Split, network: Network, recording: Recording) -> "Run":
        """A run that was recorded, before its first update; no update of it can be made otherwise."""
        problem = replace(Problem.of(data, split, 0), visits=recording)
        return cls._begin(problem, network, recording.causes(), recording)

    @classmethod
    def _begin(cls, problem: Problem, network: Network, causes: Causes, provider: Provider = ENGINE) -> "Run":
        settings = causes.settings_at(1)
        state = provider.state(0) or fresh_state(network, settings)
        history = History.empty()
        history.epochs.append((0, 0, 0), epoch_values(problem, network, settings.rules))
        return cls(problem, network, causes, Checkpoints(state), history, state, provider)

    @property
    def frontier(self) -> int:
        """Number of updates made so far."""
        return self._front.update

    @property
    def reached(self) -> Network:
        """The weights that the last update made has left; the start weights before the first."""
        return Network(self.start.architecture, self._front.left_theta())

    @property
    def reach(self) -> Reach:
        """The memory that going back takes, and how far a replay goes."""
        return self._checkpoints.reach

    def limit_memory(self, budget: int) -> None:
        """Take about so many bytes for states from now on; records that were looked at are made again."""
        self._checkpoints.limit(budget)
        self._records.clear()
        self._front.rest()

    @property
    def evaluating(self) -> bool:
        """Is the end of an epoch that the last update made not known yet? The next :meth:`extend` goes on with it."""
        return self._ends.evaluating

    @property
    def next_position(self) -> Position:
        """Where the first update not yet made stands."""
        return self._front.position

    def settings_at(self, update: int) -> Settings:
        """The settings in force in this update (from 1)."""
        return self._replay.settings_at(update)

    def problem_at(self, update: int) -> Problem:
        """The problem with its samples as this update (from 1) meets them."""
        return self._replay.problem_at(update)

    def extend(self, enough: Callable[[int, Position], bool], pause: Callable[[], bool] = lambda: False) -> bool:
        """Make updates until ``enough(frontier, next position)``; True when it is, or when the run had to stop.

        Between two updates, and between the parts in which many samples are evaluated, ``pause()`` is asked; when it
        says so this returns False, and can be called again.
        """
        with quiet():
            try:
                while self._ends.evaluated(pause):
                    if enough(self._front.update, self._front.position) or self.stop is not None:
                        return True
                    if pause():
                        return False
                    self._advance()
                return False
            finally:
                self._ends.show_last(self.frontier)

    def extend_to(self, update: int) -> bool:
        """Make updates until ``update`` of them are known. False when the run had to stop before."""
        self.extend(lambda frontier, _: frontier >= update)
        return self.frontier >= update

    def _advance(self) -> None:
        front, before = self._front, self._front.position
        try:
            if self.most is not None and front.update >= self.most:
                raise Ended(f"a run has {grouped(self.most)} updates at most here")
            if front.costly and self._checkpoints.before(front.update).update < front.update:
                self._checkpoints.remember(front.state())  # its record begins with this
            loss = front.step()
        except Divergence as divergence:
            self.stop = Stop.at(front.update + 1, before, divergence)
            self._front = self._replay.stepper(self._replay.state(front.update))
            return
        except Ended as end:
            self.stop = End(front.update + 1, before, 0, str(end), "")
            return
        self._note(front, before, loss)
        if self.look is not None:
            self.look(front, before, loss)
        self._replay.keep(front)

    def _note(self, stepper: Stepper, before: Position, loss: float) -> None:
        """Write an update just made into the curves, unless it stands there already."""
        update, after, updates = stepper.update, stepper.reached, self.history.updates
        if update > updates.last_update:
            settings, count = self.settings_at(update), self.problem_at(update).count
            done = before.epoch - 1 + (before.start + before.size(settings, count)) / before.visited(count)
            done = max(done, updates.last_epoch)  # with fewer samples in, those met count for more
            updates.append((update, done, after.seen), (loss,))
        if after.epoch > before.epoch:
            self._ends.note(stepper, before)

    def after(self, update: int) -> Stepper:
        """A stepper that stands where an update has been made (0: at the start) and can make the next ones again.
        Raises IndexError for an update that was not made."""
        if not 0 <= update <= self.frontier:
            raise IndexError(f"no update {update} was made; there are {self.frontier}")
        return self._replay.stepper(self._state(update))

    def record(self, update: int) -> UpdateRecord:
        """Everything about one update (from 1), making updates up to it if need be.

        Raises IndexError when there is no such update: below 1, or the run stopped before it.
        """
        if update in self._records:
            self._records.move_to_end(update)
            return self._records[update]
        if update < 1 or (update > self.frontier and not self.extend_to(update)):
            raise IndexError(f"no update {update}" + (f": {self.stop}" if self.stop else ""))
        record = self._compute_record(update)
        self._records[update] = record
        while len(self._records) > RECORDS_KEPT or (len(self._records) > 1 and self._bytes_kept > MOST_KEPT):
            self._records.popitem(last=False)
        return record

    @property
    def _bytes_kept(self) -> int:
        return sum(record.bytes for record in self._records.values())

    def _compute_record(self, update: int) -> UpdateRecord:
        state = self._state(update - 1)
        settings = self.settings_at(update)
        stepper = self._replay.stepper(state)
        position, memory = stepper.position, read_only(stepper.memory.copy())
        problem = stepper.problem
        count = problem.count
        size, guests = position.size(settings, count), len(self.causes.guests_at(update))
        indices = rows_of(problem, stepper.places(settings, size), guests)
        made = self._front.taken() if update == self.frontier else None
        with quiet():
            work = made or stepper.compute(Workspace(self.start.architecture, size + guests))
            after = read_only(stepper.after(work))
            following = self._following(update, position, settings)
        freeze(work)
        before = Network(self.start.architecture, read_only(stepper.network.flat))
        edits = self.causes.edits_at(update)
        return UpdateRecord(
            number=update,
            position=position,
            following=following,
            batches=position.batches(settings, count),
            settings=settings,
            edits=edits,
            left=Network(self.start.architecture, stepper.left_theta()) if edits else before,
            roster=problem.roster,
            learning_rate=work.rate,
            originals=problem.originals(indices),
            indices=indices,
            targets=work.targets,
            before=before,
            after=Network(self.start.architecture, after),
            memory=memory,
            passed=replace(work.passed, scratch=()),
            summed=work.summed,
            reduced=work.reduced,
            step=work.step,
            told=self.provider.told(update, work),
        )

    def _following(self, update: int, position: Position, settings: Settings) -> Position:
        here, there = self.problem_at(update), self.problem_at(update + 1)
        guests = len(self.causes.guests_at(update))
        known = settings.repeat_until == 0
        after = position.after(settings, here.count, guests=guests) if known else self._state(update).position
        return here.moved(after, there, settings.order).under(self.settings_at(update + 1), there.count)

    def first_update_of(self, epoch: int) -> int:
        """The number of the first update of an epoch (from 1) that was reached. Raises IndexError below 1."""
        if epoch < 1:
            raise IndexError(f"no epoch {epoch}; they count from 1")
        return self._replay.before_epoch(epoch, self.frontier).update + 1

    def path(self, first: int, last: int) -> Iterator[tuple[Floats, Floats]]:
        """θ in force in each of some updates that were made (from 1), and θ that it left; (p,) each. Raises IndexError
        for an update that was not made."""
        if not 1 <= first <= last <= self.frontier:
            raise IndexError(f"no updates {first} to {last} were made; there are {self.frontier}")
        stepper = self._replay.stepper(self._state(first - 1))
        for _ in range(first, last + 1):
            before = read_only(stepper.network.flat.copy())
            with quiet():
                stepper.step()
            yield before, stepper.left_theta()

    def epoch_end(self, update: int, wait: bool = True) -> EpochEnd:
        """The last end of an epoch at or before an update that was made (0: the start): from the curves, or computed
        again where these are thinned. One that is still being evaluated is waited for, or else the one before it is
        meant. Raises IndexError for an update that was not made."""
        if not 0 <= update <= self.frontier:
            raise IndexError(f"no update {update} was made; there are {self.frontier}")
        return self._ends.at(update, self.frontier, wait)

    def again(self, settings: Settings) -> "Run":
        """The same problem from the same start weights under these settings, nothing made and nothing edited yet."""
        return self._begin(self.problem, self.start, Causes(((1, settings),)))

    def under(self, causes: Causes) -> "Run":
        """The same problem from the same start weights under all these causes, nothing made yet. Raises IndexError,
        ValueError as :meth:`fork` does."""
        for update, change in causes.changes:
            require_fit(change, causes.roster_at(update), self.problem, self.start.architecture)
        return self._begin(self.problem, self.start, causes)

    def fork(self, update: int, change: Change) -> "Run":
        """A run with the same past that has other settings, an edited weight or sample or a guest in its batch from an
        update on, at most frontier + 1. Raises IndexError for an edit of a weight or a sample that is not there,
        ValueError for numbers that do not fit the network, and where no sample would be left."""
        self._require_change()
        causes = self.causes.changed(update, change)
        require_fit(change, causes.roster_at(update), self.problem, self.start.architecture)
        if update == 1:
            return self._begin(self.problem, self.start, causes)
        past = update - 1
        return self._parted(past, causes)

    def parted(self, causes: Causes, most: int | None = None) -> "Run":
        """The same problem from the same start weights under these causes, with as much of this run's past as they have
        in common, ``most`` updates at most. Raises IndexError, ValueError as :meth:`fork` does."""
        self._require_change()
        update = parting(self.causes, causes)
        past = min(self.frontier, update - 1 if update else self.frontier, self.frontier if most is None else most)
        if past < 1:
            return self.under(causes)
        for at, change in causes.changes:
            require_fit(change, causes.roster_at(at), self.problem, self.start.architecture)
        return self._parted(past, causes)

    def _require_change(self) -> None:
        why = self.provider.why_no_change()
        if why:
            raise ValueError(why)

    def _parted(self, past: int, causes: Causes) -> "Run":
        self._ends.evaluated()
        state = self._state(past)
        fork = Run(self.problem, self.start, causes, self._checkpoints.until(past), self.history.until(past), state)
        if past < self.frontier or self.history.epochs.passed > 0:
            self._refill(fork)
        return fork

    def _refill(self, fork: "Run") -> None:
        """What the fork's curves lack of its past, since it lay in a bucket with later points, is computed again."""
        kept = fork.history.updates.last_update
        if self.history.epochs.width > 1:
            kept = min(kept, fork.history.epochs.last_update)
        stepper = self._replay.stepper(self._checkpoints.before(max(kept, 0)))
        with quiet():
            while stepper.update < fork.frontier:
                before = stepper.position
                loss = stepper.step()
                fork._note(stepper, before, loss)
                fork._ends.evaluated()

    def _state(self, update: int) -> State:
        """The state after n updates."""
        return self._front.state() if update == self.frontier else self._replay.state(update)
