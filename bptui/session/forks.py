"""Forks: the futures of a session. One is live; the others are kept as they were, each with a name, as ghosts.

A change that leaves nothing behind goes on in the same fork. One that is made before updates one has seen begins a fork
of its own: these stay what they were. The past is shared, and what rests takes little memory.
"""

from dataclasses import dataclass, field, replace

from bptui.session.moment import Moment
from bptui.session.naming import begun, changed_after, named
from bptui.training.causes import Causes, parting
from bptui.training.checkpoints import BUDGET, Reach
from bptui.training.history import History
from bptui.training.run import Run

MOST = 12
"""Forks there are at once: one more, and the oldest one that is not kept is dropped."""
MOST_UNDONE = 16
RESTING = 2**20  # bytes of the states of a run that is not live


class TooManyForksError(ValueError):
    """A fork more than there may be, and all are to be kept."""


@dataclass(slots=True, eq=False)
class Fork:
    """``number`` counts from 1 and is never used again. It parts from fork ``parent`` (0: from none) with update
    ``parts``; ``moment`` is where one stood when it was left, ``seen`` the last update that one saw applied. ``owed``
    updates were known when a session was saved: fewer may be as long as these are not replayed. ``digest`` of its last
    update, and the ``words`` of its moment, are known once it was saved, as long as it rests."""

    number: int
    run: Run
    moment: Moment
    parent: int = 0
    parts: int = 1
    title: str = ""
    kept: bool = False
    seen: int = 0
    owed: int = 0
    digest: str = ""
    words: str = ""

    @property
    def known(self) -> int:
        """Updates that belong to it, replayed or not."""
        return max(self.run.frontier, self.owed)


@dataclass(frozen=True, slots=True)
class InFork:
    """What is told of the live one: its number, of how many, and from which it parts, and where (0: from none)."""

    number: int
    of: int
    parent: int
    parts: int


@dataclass(frozen=True, slots=True, eq=False)
class Ghost:
    """What is drawn of the one beside: ``parts`` is the first update that it does not share with the live one."""

    number: int
    name: str
    history: History
    known: int
    parts: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A fork, its run as it was then, and where one stood."""

    fork: Fork
    run: Run
    moment: Moment


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A change that can be undone: the run is another one from this update on."""

    update: int
    before: Place
    after: Place

    def where(self, old: Fork, new: Fork) -> "Step":
        """The same where the run of a new fork was one of an old fork's."""
        places = (
            replace(at, fork=new) if at.fork is old and at.run is new.run else at for at in (self.before, self.after)
        )
        return Step(self.update, *places)


@dataclass(slots=True)
class Forks:
    """``all`` are in the order in which they began; ``beside`` is the number of the one drawn beside the live one, 0
    for none."""

    live: Fork
    all: list[Fork]
    beside: int = 0
    last: int = 1
    undone: list[Step] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)
    _begun: tuple[Causes | None, tuple[tuple[int, str], ...]] = (None, ())

    @classmethod
    def of(cls, run: Run, moment: Moment) -> "Forks":
        """The first one."""
        fork = Fork(1, run, moment)
        return cls(fork, [fork])

    def __getitem__(self, number: int) -> Fork:
        """Raises KeyError where it was dropped, or never was."""
        fork = self.find(number)
        if fork is None:
            raise KeyError(number)
        return fork

    def find(self, number: int) -> Fork | None:
        """The fork of this number, if there is one."""
        return next((fork for fork in self.all if fork.number == number), None)

    def __contains__(self, number: int) -> bool:
        return self.find(number) is not None

    @property
    def place(self) -> int:
        """Of the live one among all, from 1."""
        return self.all.index(self.live) + 1

    def name(self, fork: Fork) -> str:
        """Given by hand, or made from what differs: where it parts, else first, and how often later."""
        if fork.title:
            return fork.title
        parent = self.find(fork.parent)
        later = changed_after(fork.run, fork.parts if parent else 0)
        if not (parent or later):
            return "as it began"
        first = named(fork.run, fork.parts, parent.run.causes) if parent else named(fork.run, later.pop(0))
        return f"{first}, {len(later)} later" if later else first

    @property
    def told(self) -> InFork | None:
        """Of the live one; None where it is the only one."""
        live = self.live
        return InFork(live.number, len(self.all), live.parent, live.parts) if len(self.all) > 1 else None

    @property
    def ghost(self) -> Ghost | None:
        """The one drawn beside the live one."""
        fork = self.find(self.beside)
        if fork is None or fork is self.live:
            return None
        parts = parting(fork.run.causes, self.live.run.causes) or min(fork.run.frontier, self.live.run.frontier) + 1
        return Ghost(fork.number, self.name(fork), fork.run.history, fork.run.frontier, parts)

    @property
    def begun(self) -> tuple[tuple[int, str], ...]:
        """Where in the live one something was changed, and what."""
        causes, found = self._begun
        if causes is not self.live.run.causes:
            causes, found = self._begun = self.live.run.causes, begun(self.live.run)
        return found

    @property
    def reach(self) -> Reach:
        """What going back takes in the live one; its memory with that of all that rests."""
        live = self.live.run.reach
        runs = {
            id(run): run for run in (*(each.run for each in self.all), *self._undoable()) if run is not self.live.run
        }
        taken, allowed = (sum(getattr(run.reach, name) for run in runs.values()) for name in ("bytes", "budget"))
        return replace(live, bytes=live.bytes + taken, budget=live.budget + allowed)

    def _undoable(self) -> list[Run]:
        return [place.run for step in (*self.done, *self.undone) for place in (step.before, step.after)]

    # --- changes ---

    def changed(self, run: Run, update: int, moment: Moment, apart: bool) -> str:
        """The live fork goes on as ``run``, which is another one from this update on; one stands at ``moment`` of it so
        far. Where one has seen that update, or wants the fork ``apart``, what was stays as a ghost. Says so.

        Raises TooManyForksError, and changes nothing.
        """
        old, was = self.live, Place(self.live, self.live.run, moment)
        said = ""
        if apart or old.seen >= update or old.run.frontier > moment.update:
            said = self._begin(run, update, moment)
        else:
            old.run = run
        rest(was.run)
        self.done.append(Step(update, was, Place(self.live, run, moment)))
        del self.done[:-MOST_UNDONE]
        self.undone.clear()
        return said

    def _begin(self, run: Run, update: int, moment: Moment) -> str:
        dropped = self._make_room()
        old, self.last = self.live, self.last + 1
        old.digest = ""
        old.moment, later = moment, old.run.frontier - update + 1
        self.live = Fork(self.last, run, moment, old.number, update, seen=min(old.seen, update - 1))
        self.all.append(self.live)
        self.beside = old.number
        stay = f", {later} update{'s stay' if later > 1 else ' stays'} in fork {old.number}" if later > 0 else ""
        return f"; now fork {self.last}{stay}{dropped}"

    def _make_room(self) -> str:
        if len(self.all) < MOST:
            return ""
        for fork in self.all:
            if not fork.kept and fork is not self.live:
                self.drop(fork.number)
                return f"; fork {fork.number} is dropped: there are {MOST} at most"
        raise TooManyForksError(f"{MOST} forks are kept, there is no room for another: drop one ({{forks}})")

    # --- going to one ---

    def go(self, number: int, moment: Moment) -> None:
        """Another one lives on, from where it was left; one stands at ``moment`` of the one that is left.

        Raises KeyError.
        """
        there, old = self[number], self.live
        old.moment = moment
        if there is not old:
            self._live(there, there.run)
            self.beside = old.number

    def _live(self, fork: Fork, run: Run) -> None:
        rest(self.live.run)
        if fork.number not in self:  # undone before anything came of it
            self.all.append(fork)
            self.all.sort(key=lambda each: each.number)
        self.live, fork.run = fork, run
        fork.digest = fork.words = ""
        run.limit_memory(BUDGET)

    def undo(self, moment: Moment) -> Moment:
        """Back to before the last change; the moment where one stood. Raises IndexError where there is none."""
        self.live.moment = moment
        step = self.done[-1]
        led_to = self._aside(step)
        after = Place(led_to, led_to.run, led_to.moment)
        self.done.pop()
        self.undone.append(Step(step.update, step.before, after))
        self._return(step.before)
        new = after.fork
        parent_of_one = any(fork.parent == new.number for fork in self.all)
        if new is not self.live and new.seen < new.parts and not parent_of_one:
            self._forget(new)  # nothing has come of it: it would only lengthen the list
        return step.before.moment

    def _aside(self, step: Step) -> Fork:
        """The fork of what a change has led to. Where it went on in the fork it was made in, and one has seen what came
        of it, that gets a fork of its own, so that nothing is lost. Raises TooManyForksError."""
        fork = step.after.fork
        if fork is not step.before.fork or fork.seen < step.update:
            return fork
        self._make_room()
        self.last += 1
        new = Fork(self.last, fork.run, fork.moment, fork.number, step.update, seen=fork.seen)
        self.all.append(new)
        fork.seen = step.update - 1
        for stack in (self.done, self.undone):
            stack[:] = [each.where(fork, new) for each in stack]
        return new

    def redo(self, moment: Moment) -> Moment:
        """To the change undone last again; the moment where one stood there. Raises IndexError where there is none."""
        self.live.moment = moment
        step = self.undone.pop()
        self.done.append(step)
        self._return(step.after)
        return step.after.moment

    def _return(self, there: Place) -> None:
        left = self.live
        self._live(there.fork, there.run)
        if left is not there.fork:
            self.beside = left.number

    def _forget(self, fork: Fork) -> None:
        self.all.remove(fork)
        if self.beside == fork.number:
            self.beside = 0

    def drop(self, number: int) -> None:
        """One that is not live is gone; what parted from it parts from what it parted from. Raises KeyError."""
        fork = self[number]
        assert fork is not self.live, "the live one is not dropped"
        steps = [place.fork for step in (*self.done, *self.undone) for place in (step.before, step.after)]
        for child in {id(each): each for each in (*self.all, *steps)}.values():
            if child.parent == number:
                child.title = child.title or self.name(child)
                child.parent, child.parts = fork.parent, min(child.parts, fork.parts) if fork.parent else 1
        self._forget(fork)
        for stack in (self.done, self.undone):
            stack[:] = [step for step in stack if fork not in (step.before.fork, step.after.fork)]

    def parting(self, one: int, other: int) -> int:
        """The first update that two of them do not share; 0 where they have the same causes. Raises KeyError."""
        return parting(self[one].run.causes, self[other].run.causes)


def rest(run: Run) -> None:
    """It will not be looked at for a while: it keeps its curves, and few of its states."""
    run.limit_memory(RESTING)
