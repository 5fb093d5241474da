"""A follower's own session on its way to where the lecturer is: replayed in slices, and what is newer wins."""

from collections.abc import Callable
from typing import Any, TypeVar

from bptui.data.wire import read_line
from bptui.scenario import Scenario, ScenarioError
from bptui.session.aim import parse_aim
from bptui.session.following import BASE, CAUSES, PLACE, ROOT, Place, checked, digest, digest_of_recording
from bptui.session.forks import Fork, rest
from bptui.session.goal import Goal
from bptui.session.keeping import digest_of_data
from bptui.session.kept_forks import ABOUT, NUMBER, owing, settle, share_past
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.session.stops import Stops
from bptui.session.written import UPDATE, a_section, changes_of, short_text
from bptui.training.causes import Causes, Change, parting
from bptui.training.checkpoints import BUDGET
from bptui.training.run import Run
from bptui.training.settings import Settings

Pause = Callable[[], bool]
T = TypeVar("T")


class LostWay(ValueError):
    """What the lecturer shows cannot be shown here; one line says why."""


class Follower:
    """Hears lines and brings a session to the place that is the newest when it gets there.

    ``place`` is the newest one; ``reached`` the one the session stands at, None where it stands elsewhere."""

    def __init__(self) -> None:
        self.place: Place | None = None
        self.reached: Place | None = None
        self._base: tuple[str, dict[str, Any]] | None = None  # with its digest
        self._causes: tuple[str, dict[str, Any]] | None = None
        self._taken: tuple[str, str] | None = None  # the digests of what the session is made of
        self._scenario: Scenario | None = None  # the session's, as it was taken: with another seed it is another one
        self._going: Place | None = None

    # --- what is heard ---

    def hear(self, line: bytes) -> None:
        """What is presented; a line of another key is none of it. Raises ValueError where it cannot be followed."""
        key, raw = read_line(line)
        body = line.rstrip(b"\n").partition(b" ")[2]
        if key == PLACE:
            place = Place.read(raw)
            if self._causes is None or place.of != self._causes[0]:
                raise ValueError("a place of another run")
            self.place = place
        elif key == CAUSES and not (self._causes and digest(body) == self._causes[0]):
            said = checked(key, raw)
            if self._base is None or said["of"] != self._base[0]:
                raise ValueError("causes of another scenario")
            self._causes, self.place = (digest(body), said), None
        elif key == BASE and not (self._base and digest(body) == self._base[0]):
            self._base, self._causes, self.place = (digest(body), checked(key, raw)), None, None

    @property
    def behind(self) -> bool:
        """Is there a place that the session does not stand at?"""
        return self.place is not None and self.reached is not self.place

    def begin(self) -> Session:
        """A session of the scenario presented, nothing of it replayed. Raises LostWay."""
        assert self._base is not None, "a base was heard"
        digest_of_base, said = self._base
        session = begun(Session, scenario_of(said))
        self._require_data(session, said)
        self._taken, self._scenario = (digest_of_base, ""), session.scenario
        return session

    def forget(self) -> None:
        """The session goes its own way: what it is made of is to be looked at anew before it follows."""
        self.reached = self._going = None
        if self._taken is not None:
            self._taken = self._taken[0], ""

    # --- on the way ---

    def bring(self, session: Session, pause: Pause) -> bool:
        """Make updates until ``pause()`` says so; True when the session stands at the newest place. Raises LostWay."""
        if self.place is None:
            return True
        self._take(session)
        run = session.run
        if self._going is None or not self._on_the_way(self._going, run):
            self._going = self.place
        going = self._going
        run.extend(Goal(going.updates), pause)
        known = run.frontier >= going.updates or run.stop is not None
        if not (known and not run.evaluating and session.stops.ready(run, pause)):
            return False
        stand(session, going)
        self._going, self.reached = None, going
        return going is self.place

    def bring_ghosts(self, session: Session, pause: Pause) -> bool:
        """Then what rests, which only the curves show: True when all of it is known."""
        for fork in owing(session.forks):
            if fork.run.frontier <= 1:
                share_past(session.forks, fork)
            if not fork.run.extend(Goal(fork.owed), pause):
                return False
            settle(fork)
        return True

    def _on_the_way(self, going: Place, run: Run) -> bool:
        """Does the way to the newest place lead by that one? Then it is shown as one passes, else nothing would be
        shown while a lecturer plays."""
        newest = self.place
        assert newest is not None, "one is on the way"
        return going.of == newest.of and run.frontier <= going.updates <= newest.updates

    # --- what the session is made of ---

    def _take(self, session: Session) -> None:
        """The scenario and the causes of the newest place, where the session has others."""
        assert self._base is not None, "a place was heard"
        assert self._causes is not None, "a place was heard"
        wanted = self._base[0], self._causes[0]
        if self._taken is None or self._taken[0] != wanted[0] or session.scenario is not self._scenario:
            begun(session.begin_with, scenario_of(self._base[1]))
            self._require_data(session, self._base[1])
            self._taken, self._scenario = None, session.scenario
        if self._taken != wanted:
            try:
                take_causes(session, self._causes[1])
            except (ValueError, IndexError, KeyError, TypeError) as problem:
                raise LostWay(f"what is presented does not fit its scenario: {problem}") from None
            self._taken, self._going = wanted, None
            if session.moment.update > session.run.frontier:  # until it is replayed one stands where that begins
                session.predict(None)
                session.halt()
        assert self.place is not None, "one is on the way"
        if session.run.frontier > self.place.updates and not session.scenario.recording:  # one has gone further alone
            session.run = session.run.parted(session.run.causes, self.place.updates)

    def _require_data(self, session: Session, said: dict[str, Any]) -> None:
        if digest_of_data(session.run.problem) != said["data"]:
            raise LostWay(f"the data of {session.scenario.title} have changed since they were presented")


def begun(begin: Callable[[Scenario], T], scenario: Scenario) -> T:
    """Raises LostWay."""
    try:
        return begin(scenario)
    except (ScenarioError, ArithmeticError) as problem:
        raise LostWay(" ".join(str(problem).split())) from None


def scenario_of(said: dict[str, Any]) -> Scenario:
    """Raises LostWay."""
    try:
        if said["recording"]:
            return recorded(said)
        return Scenario.from_document(said["scenario"], said["origin"], ROOT, anywhere=True)
    except (ScenarioError, ArithmeticError) as problem:
        raise LostWay(" ".join(str(problem).split())) from None


def recorded(said: dict[str, Any]) -> Scenario:
    """A run that is read, out of its own file. Raises ScenarioError, LostWay where it is another one."""
    scenario = Scenario.of_file(said["origin"], anywhere=True)
    if scenario.recording is None or digest_of_recording(scenario.recording) != said["recording"]:
        raise LostWay(f"{scenario.title} has changed since it was presented")
    return scenario


def take_causes(session: Session, said: dict[str, Any]) -> None:
    """The forks, breakpoints and watches as they are presented; of the runs there are as much stays as can. Raises
    ValueError, IndexError, KeyError, TypeError where they do not fit the scenario."""
    forks, live = session.forks, a_section(said["fork"])
    known = Known([fork.run for fork in forks.all])
    if said["changes"]:
        forks.live = made(live, known.under(changes_of(said["changes"])), session.moment)
    forks.live.run.limit_memory(BUDGET)
    ghosts = [resting(each, known, session.moment) for each in said["forks"]]
    forks.all = sorted([forks.live, *ghosts], key=lambda fork: fork.number)
    forks.last, forks.beside = UPDATE(live.get("last")), NUMBER(live.get("beside"))
    session.collected = tuple(each for _, each in changes_of(said["collected"]) if isinstance(each, Settings))
    forks.done.clear()
    forks.undone.clear()
    if session.stops.written() != {"breakpoints": said["breakpoints"], "watches": said["watches"]}:
        session.stops = Stops()
        session.stops.read(said["breakpoints"], said["watches"], session.run)


def made(about: dict[str, Any], run: Run, moment: Moment) -> Fork:
    return Fork(run=run, moment=moment, **{key: check(about.get(key)) for key, check in ABOUT.items()})


def resting(raw: Any, known: "Known", moment: Moment) -> Fork:
    """A fork that is not live, with what is known of it; the rest is owed."""
    raw, updates = a_section(raw), UPDATE(raw.get("updates"))
    fork = made(raw, known.under(changes_of([a_section(each) for each in raw["changes"]]), updates), moment)
    rest(fork.run)
    fork.owed, fork.words = updates, short_text(raw.get("at"))
    parse_aim(fork.words)
    settle(fork)
    return fork


class Known:
    """The runs there are, of which new ones take what they share with them."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs, self._taken = runs, list[Run]()

    def under(self, changes: tuple[tuple[int, Change], ...], most: int | None = None) -> Run:
        """A run under these changes, of which ``most`` updates are known: one that is there, if nobody has taken it,
        else a new one with the longest past that one of them gives it. Raises ValueError, IndexError."""
        causes = Causes(changes)
        for run in self._runs:
            if run.causes.changes == changes and run not in self._taken and (most is None or run.frontier <= most):
                self._taken.append(run)
                return run

        def common(run: Run) -> int:
            parts = parting(run.causes, causes)
            return min(run.frontier, parts - 1 if parts else run.frontier)

        run = max(self._runs, key=common).parted(causes, most)
        if not run.extend_to(1):
            raise ValueError(str(run.stop))
        return run


def stand(session: Session, place: Place) -> None:
    """Where the lecturer stands, once it is known. Raises LostWay."""
    plain = Moment(layer=session.layers, source=0)  # what is selected is said where it is not the first
    try:
        session.moment = parse_aim(place.at).arrive(session.run, plain)
    except (ValueError, IndexError) as problem:
        raise LostWay(f"no such place here: {problem}") from None
