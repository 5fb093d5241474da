"""Where one wants to be stopped, and what one watches: breakpoints and watches, and where they were hit."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np

from bptui.data.clean import clean
from bptui.session.moment import INPUT, REDUCE, UPDATE, Kind, Moment, Phase
from bptui.training.history import Curve
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.watching.condition import Condition
from bptui.training.watching.trail import Trail
from bptui.training.watching.watchable import OF_BATCH, OF_SAMPLE, Watchable
from bptui.training.watching.words import parse_condition, parse_number

MOST = 16
"""Breakpoints, and watches."""
KINDS = get_args(Kind)
"""Of phases, in their order."""
Pause = Callable[[], bool]
Enough = Callable[[int, Position], bool]


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A condition that stops whoever comes to a moment in which it becomes true, while it is ``on``."""

    condition: Condition
    on: bool = True


@dataclass(frozen=True, slots=True)
class Stopped:
    """What one was last stopped by, and where."""

    condition: Condition
    moment: Moment


class Stops:
    """``breakpoints`` and ``watches`` in the order in which they were made; ``last`` is where one was stopped."""

    def __init__(self) -> None:
        self.breakpoints: tuple[Breakpoint, ...] = ()
        self.watches: tuple[Watchable, ...] = ()
        self.last: Stopped | None = None
        self._trail: Trail | None = None

    # --- the lists ---

    def add(self, words: str, run: Run) -> str:
        """A breakpoint, or where the words name a number and no more, a watch; says what it is now. Raises ValueError
        saying what was not understood, or what the run does not have."""
        names = run.start.architecture.names
        try:
            condition = parse_condition(words, names)
        except ValueError as problem:
            try:
                number = parse_number(words, names)
            except ValueError:
                raise problem from None
            return self.watch(number, run)
        return self.stop_at(condition, run)

    def stop_at(self, condition: Condition, run: Run) -> str:
        """One more breakpoint. Raises ValueError where the run has no such number, or there are too many."""
        condition.number.require(run)
        if condition in self.conditions:
            raise ValueError(f"there is one already: {condition.shown(run.start.architecture.names)}")
        if len(self.breakpoints) == MOST:
            raise ValueError(f"there are {MOST} breakpoints, no more can be looked after")
        self.breakpoints = (*self.breakpoints, Breakpoint(condition))
        return f"stops where {condition.shown(run.start.architecture.names)}"

    def watch(self, number: Watchable, run: Run) -> str:
        """Watch a number, or no longer. Raises ValueError as :meth:`stop_at`."""
        number.require(run)
        words = number.shown(run.start.architecture.names)
        if number in self.watches:
            self.watches = tuple(each for each in self.watches if each != number)
            return f"{words} is no longer watched"
        if len(self.watches) == MOST:
            raise ValueError(f"{MOST} numbers are watched, no more have room")
        self.watches = (*self.watches, number)
        return f"{words} is watched"

    def switch(self, place: int) -> None:
        """A breakpoint on or off."""
        it = self.breakpoints[place]
        self._put(place % len(self.breakpoints), (replace(it, on=not it.on),))

    def remove(self, place: int) -> None:
        """A breakpoint away; behind them in the list come the watches."""
        if place < len(self.breakpoints):
            self._put(place, ())
        else:
            gone = self.watches[place - len(self.breakpoints)]
            self.watches = tuple(each for each in self.watches if each != gone)

    def _put(self, place: int, there: tuple[Breakpoint, ...]) -> None:
        self.breakpoints = (*self.breakpoints[:place], *there, *self.breakpoints[place + 1 :])

    def fit(self, run: Run) -> None:
        """Only what this run has stays: with another seed a row may be a test sample."""
        self.breakpoints = tuple(each for each in self.breakpoints if has(run, each.condition.number))
        self.watches = tuple(each for each in self.watches if has(run, each))

    def written(self) -> dict[str, list[Any]]:
        """Both lists in words that a file keeps."""
        return {
            "breakpoints": [{"when": each.condition.words(), "on": each.on} for each in self.breakpoints],
            "watches": [each.words() for each in self.watches],
        }

    def read(self, breakpoints: list[dict[str, Any]], watches: list[str], run: Run) -> None:
        """The lists of a file. Raises ValueError for what is not understood, or what the run does not have."""
        for each in breakpoints:
            if set(each) != {"when", "on"} or not isinstance(each["when"], str) or not isinstance(each["on"], bool):
                raise ValueError("a breakpoint says when, and whether it is on")
            self.stop_at(parse_condition(each["when"]), run)
            if not each["on"]:
                self.switch(-1)
        for words in watches:
            if words in (number.words() for number in self.watches):
                raise ValueError(f"watched twice: {clean(words, 40)}")
            self.watch(parse_number(words), run)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(each.condition for each in self.breakpoints)

    @property
    def armed(self) -> tuple[Condition, ...]:
        """Those that are on."""
        return tuple(each.condition for each in self.breakpoints if each.on)

    # --- what they saw ---

    def trail(self, run: Run) -> Trail:
        """What is known of this run: of one that shares its past with the run before, what is known of that."""
        trail = self._trail
        if trail is None:
            trail = Trail(run)
        elif trail.run is not run:
            trail = trail.of(run)
        self._trail = trail
        trail.follow((each for each in self.armed if each.number.kind != "finite"), self.watches)
        return trail

    def ready(self, run: Run, pause: Pause = lambda: False) -> bool:
        """Have all seen what is known of the run? Replays what they have not, until ``pause()`` says so."""
        if not (self.armed or self.watches):
            if self._trail is not None:
                self._trail.follow((), ())
            return True
        return self.trail(run).catch_up(pause)

    def caught_up(self, run: Run) -> bool:
        """Has everything that is followed seen all that is known?"""
        return not (self.armed or self.watches) or self.trail(run).seen >= run.frontier

    def share(self, run: Run) -> float:
        """How much of the run they have seen, 0 … 1."""
        return self._trail.seen / max(run.frontier, 1) if self._trail is not None and self._trail.run is run else 1.0

    def watched(self, run: Run) -> tuple[tuple[Watchable, Curve], ...]:
        """The watches with what is known of their values."""
        if not self.watches:
            return ()
        values = self.trail(run).values
        return tuple((number, values[number].curve) for number in self.watches)

    def updates(self, run: Run, condition: Condition) -> Sequence[int]:
        """The updates known in which it came to be true."""
        if condition.number.kind == "finite":
            return [run.stop.update - 1] if run.stop and run.stop.update > 1 else []
        hits = self.trail(run).hits.get(condition)
        return hits.updates if hits else []

    def hits(self, run: Run) -> tuple[Sequence[int], ...]:
        """Of every breakpoint that is on the updates known in which it came to be true."""
        return tuple(self.updates(run, condition) for condition in self.armed)

    # --- on the way ---

    def until_hit(self, run: Run, here: Moment, enough: Enough) -> Enough:
        """It is enough, or a breakpoint after here is known."""
        if not self.armed:
            return enough
        if self.after(run, here) is not None:
            return lambda frontier, following: True
        trail = self.trail(run)
        newest = trail.newest
        return lambda frontier, following: trail.newest > newest or enough(frontier, following)

    def end(self, run: Run, here: Moment, enough: Enough, end: Callable[[], Moment]) -> Moment:
        """Where one gets to on the way from here to ``end()``, for which it was ``enough`` to know the run so far."""
        self.last = None
        if not self.armed:
            return end()
        self.ready(run)
        following = self.after(run, here)
        if following is not None and not enough(run.frontier, run.next_position):
            return self._stand(following)
        there = end()
        if order(there) > order(here):
            following = following or self.after(run, here)
            return self._stand(following) if following and order(following.moment) <= order(there) else there
        before = self.before(run, here) if order(there) < order(here) else None
        return self._stand(before) if before and order(before.moment) >= order(there) else there

    def _stand(self, stopped: Stopped) -> Moment:
        self.last = stopped
        return stopped.moment

    def words(self, run: Run) -> str:
        """Why one was stopped; "" where one was not."""
        names = run.start.architecture.names
        return f"stopped: {self.last.condition.shown(names)} (update {self.last.moment.update})" if self.last else ""

    def here(self, moment: Moment) -> Watchable | None:
        """The number that stopped one at this moment."""
        return self.last.condition.number if self.last and order(self.last.moment) == order(moment) else None

    def after(self, run: Run, here: Moment) -> Stopped | None:
        """The first known hit after a moment."""
        found = []
        for condition in self.armed:
            updates = self.updates(run, condition)
            first = bisect_left(updates, here.update)
            found += [(update, condition) for update in updates[first : first + 2]]
        return min_by_order(run, here, found, 1)

    def before(self, run: Run, here: Moment) -> Stopped | None:
        """The last known hit before a moment."""
        found = []
        for condition in self.armed:
            updates = self.updates(run, condition)
            last = bisect_right(updates, here.update)
            found += [(update, condition) for update in updates[max(last - 2, 0) : last]]
        return min_by_order(run, here, found, -1)


def has(run: Run, number: Watchable) -> bool:
    try:
        number.require(run)
    except ValueError:
        return False
    return True


def min_by_order(run: Run, here: Moment, found: list[tuple[int, Condition]], way: int) -> Stopped | None:
    """The nearest that lies this way from here: of each the nearest two updates are given, as the first may lie in the
    update one stands in, but behind."""
    nearest: Stopped | None = None
    for update, condition in sorted(found, key=lambda each: way * each[0]):
        if nearest is not None and nearest.moment.update != update:
            break
        there = moment_of(run, here, condition, update)
        if way * compared(there, here) > 0 and (nearest is None or way * compared(there, nearest.moment) < 0):
            nearest = Stopped(condition, there)
    return nearest


def moment_of(run: Run, here: Moment, condition: Condition, update: int) -> Moment:
    """Where in an update a condition comes to be true: where its number is made. Its unit or weight is selected."""
    record, number = run.record(update), condition.number
    last, layers = record.n - 1, record.layers
    phase, sample = UPDATE, last
    if number.kind in OF_SAMPLE:
        sample = int(np.flatnonzero(record.indices == number.row)[0])
        phase = {
            "comes": INPUT,
            "z": Phase("forward", number.layer),
            "a": Phase("forward", number.layer),
            "delta": Phase("delta", number.layer),
        }.get(number.kind, Phase("loss"))
    elif number.kind in OF_BATCH:
        phase = REDUCE
    elif number.kind == "epoch":
        phase, sample = INPUT, 0
    there = replace(here, update=update, phase=phase, sample=sample)
    if number.weight is not None:
        weight = number.weight
        return replace(there, layer=weight.layer, unit=weight.unit, source=weight.source)
    if number.layer and number.layer <= layers:
        source = min(there.source, run.start.architecture.sizes[number.layer - 1] - 1)
        return replace(there, layer=number.layer, unit=number.unit, source=source)
    return there


def order(moment: Moment) -> tuple[int, bool, int, int, int]:
    """Earlier moments are less, whatever is selected: in a phase of the batch it does not matter which sample is looked
    at."""
    phase, shared = moment.phase, moment.phase.per_batch
    within = -phase.layer if phase.kind == "delta" else phase.layer
    return moment.update, shared, 0 if shared else moment.sample, KINDS.index(phase.kind), within


def compared(one: Moment, other: Moment) -> int:
    return (order(one) > order(other)) - (order(one) < order(other))
