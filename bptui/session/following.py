"""What a lecturer's explorer shows, as three short lines for those who follow.

The lowest line is the **base**: the scenario, and what its data are. The second are the **causes**: all that its forks
are functions of besides. The third, sent at every step, is the **place**: a usual one has less than a hundred bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from bptui.data.clean import clean
from bptui.data.wire import written as json_line
from bptui.scenario.accept import Check, list_of
from bptui.session.aim import words_of
from bptui.session.forks import MOST, Fork
from bptui.session.keeping import MOST_CHANGES, digest_of_data
from bptui.session.kept_forks import about
from bptui.session.session import MOST_COLLECTED, Session
from bptui.session.stops import MOST as MOST_STOPS
from bptui.session.written import UPDATE, a_section, short_text, written
from bptui.training.recording import Recording

BASE, CAUSES, PLACE = "012"
"""The keys of the lines: a new one makes those of higher keys void."""
ROOT = Path("/")  # files are named from there on: a follower begins in another folder
MOST_SCREENS = 6


Shown = tuple[Any, ...]
"""A screen over the explorer: its name, and values that say what is looked at in it."""


class View(NamedTuple):
    """How the lecturer looks at the session: words of the looks, the screens over the explorer from below, what a poll
    says of itself, and the sentence that answers a question."""

    look: str = ""
    screens: tuple[Shown, ...] = ()
    poll: dict[str, Any] | None = None
    said: str = ""


USUAL = View()


@dataclass(frozen=True, slots=True)
class Place:
    """``of`` is the digest of the causes it belongs to; ``updates`` of the live fork are known, ``at`` are the words of
    the moment."""

    of: str
    updates: int
    at: str
    view: View = USUAL

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Raises ValueError."""
        raw = a_section(raw)
        screens = tuple(list_of(shown_screen, 0, MOST_SCREENS)(raw.get("open", [])))
        poll = None if raw.get("poll") is None else a_section(raw["poll"])
        view = View(short_text(raw.get("look", "")), screens, poll, short_text(raw.get("said", "")))
        return cls(short_text(raw.get("of")), UPDATE(raw.get("updates")), short_text(raw.get("at")), view)

    def written(self) -> dict[str, Any]:
        """What is as usual is left out."""
        out: dict[str, Any] = {"of": self.of, "updates": self.updates, "at": self.at}
        out |= {"look": self.view.look} if self.view.look else {}
        out |= {"open": [list(each) for each in self.view.screens]} if self.view.screens else {}
        out |= {"said": self.view.said} if self.view.said else {}
        return out | ({"poll": self.view.poll} if self.view.poll is not None else {})


def shown_screen(raw: Any) -> Shown:
    """Raises ValueError where it has no name."""
    if not isinstance(raw, list) or not raw:
        raise ValueError("a screen has a name")
    return short_text(raw[0]), *raw[1:]


def digest(body: bytes) -> str:
    """Tells which line is meant."""
    return blake2b(body, digest_size=4).hexdigest()


CHECKS: dict[str, dict[str, Check]] = {
    BASE: {"origin": short_text, "scenario": a_section, "data": short_text, "recording": short_text},
    CAUSES: {
        "of": short_text,
        "changes": list_of(a_section, 0, MOST_CHANGES),
        "fork": a_section,
        "forks": list_of(a_section, 0, MOST),
        "collected": list_of(a_section, 0, MOST_COLLECTED),
        "breakpoints": list_of(a_section, 0, MOST_STOPS),
        "watches": list_of(short_text, 0, MOST_STOPS),
    },
}
"""What stands in the lines besides places."""


def checked(key: str, raw: Any) -> dict[str, Any]:
    """A line of the base or of the causes, value by value. Raises ValueError."""
    raw = a_section(raw)
    return {name: check(raw.get(name)) for name, check in CHECKS[key].items()}


class Presented:
    """The lines of a session; each is made anew where something of it has changed."""

    def __init__(self) -> None:
        self._of: dict[str, object] = {}
        self._bodies: dict[str, bytes] = {}
        self._stood: dict[int, tuple[object, str]] = {}  # of resting forks, by their numbers

    def news(self, session: Session, view: View = USUAL) -> list[tuple[str, bytes]]:
        """The lines that are not as they were, the lower first. Raises ScenarioError where the scenario cannot be
        written."""
        made: tuple[tuple[str, object, Callable[[], dict[str, Any]]], ...] = (
            (BASE, session.scenario, lambda: base_of(session)),
            (CAUSES, all_causes(session), lambda: self._causes(session)),
            (PLACE, None, lambda: self._place(session, view).written()),
        )
        out: list[tuple[str, bytes]] = []
        for key, of, make in made:
            if out or of is None or self._of.get(key) != of:
                body = json_line(make())
                if out or body != self._bodies.get(key):
                    out.append((key, body))
                self._of[key], self._bodies[key] = of, body
        return out

    def _causes(self, session: Session) -> dict[str, Any]:
        forks = session.forks
        live = {**about(forks.live), "last": forks.last, "beside": forks.beside}
        collected = [{"update": 1, **written(each)} for each in session.collected]
        ghosts = [fork for fork in forks.all if fork is not forks.live]
        return {
            "of": digest(self._bodies[BASE]),
            "changes": changes_written(forks.live),
            "fork": live,
            "forks": [{**about(fork), **self._resting(fork)} for fork in ghosts],
            "collected": collected,
            **session.stops.written(),
        }

    def _resting(self, fork: Fork) -> dict[str, Any]:
        of = fork.run, fork.moment
        known = self._stood.get(fork.number)
        if known is None or known[0] != of:  # the moment's own update is made again for its words
            known = self._stood[fork.number] = of, fork.words or words_of(fork.run, fork.moment)
        return {"changes": changes_written(fork), "updates": fork.known, "at": known[1]}

    def _place(self, session: Session, view: View) -> Place:
        run = session.run
        return Place(digest(self._bodies[CAUSES]), run.frontier, words_of(run, session.moment), view)


def base_of(session: Session) -> dict[str, Any]:
    """Raises ScenarioError where the scenario cannot be written."""
    scenario = session.scenario
    read = scenario.recording
    return {
        "origin": clean(str(Path(scenario.origin).absolute()) if read else scenario.origin, 500),
        "scenario": {} if read else scenario.document(folder=ROOT),
        "data": digest_of_data(session.run.problem),
        "recording": digest_of_recording(read) if read else "",
    }


def digest_of_recording(recording: Recording) -> str:
    """Of the weights it holds: whoever reads the file again has the same."""
    return digest(np.ascontiguousarray(recording.theta).tobytes())


def changes_written(fork: Fork) -> list[dict[str, Any]]:
    """() for a run that is read: nothing can be changed in it."""
    if fork.run.provider.why_no_change():
        return []
    return [{"update": update, **written(change)} for update, change in fork.run.causes.changes]


def all_causes(session: Session) -> object:
    """Another value where the line of the causes has to be made anew."""
    forks, stops = session.forks, session.stops
    live = forks.live.run.causes.changes
    each = [(tuple(about(fork).values()), fork.moment, None if fork is forks.live else fork.run) for fork in forks.all]
    return session.collected, live, forks.live.number, forks.last, forks.beside, each, stops.breakpoints, stops.watches
