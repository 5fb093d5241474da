"""A follower's explorer: it shows what is presented, replayed here at this size, until its own keys look elsewhere."""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from textual.timer import Timer

from bptui.data.clean import clean
from bptui.data.wire import LARGEST, OWN, Board, Wire, read_line
from bptui.session.ballot import Asks, heard_of
from bptui.session.catching_up import Follower, LostWay
from bptui.session.following import Place
from bptui.session.session import Session
from bptui.tui.explorer import Explorer
from bptui.tui.explorer_keys import BY_ID
from bptui.tui.live import STEPS as LIVE_STEPS
from bptui.tui.live import LiveSheet
from bptui.tui.long_work import Pace
from bptui.tui.mirrored import Mirrored
from bptui.tui.poll_screen import PollScreen
from bptui.tui.polling import Desk
from bptui.tui.workbench import Workbench
from bptui.views.looks import Looks, parse_looks
from bptui.views.progress import Progress
from bptui.views.scene import Scene

STAYS = ("follow", "help", "theme", "palette", "repaint", "picture", "suspend", "quit", "command", "hint")
"""Keys that move nothing: who presses them goes on following."""
STEPS = tuple(step[0] for step in LIVE_STEPS)
LOOK_AGAIN = 0.3  # seconds until a screen of one's own has perhaps closed


class CatchingUp:
    """The way to the place that is presented."""

    looks_back = False

    def __init__(self, explorer: "FollowingExplorer") -> None:
        self._explorer = explorer
        self._pace = Pace(explorer.session.run.frontier)

    def go_on(self, pause: Callable[[], bool]) -> str | None:
        """Until ``pause()`` says so; what is passed on the way to something newer is shown."""
        it, follower = self._explorer, self._explorer.follower
        before = follower.reached
        try:
            there = not follower.behind or follower.bring(it.session, pause)
        except LostWay as problem:
            return it.lose(str(problem))
        if follower.reached is not None and follower.reached is not before:
            it.arrived(follower.reached)
        said = follower.reached.view.said if follower.reached else ""
        return said if there and follower.bring_ghosts(it.session, pause) else None

    def progress(self) -> Progress:
        made, place = self._explorer.session.run.frontier, self._explorer.follower.place
        goal = max(place.updates if place else made, 1)
        return Progress(made, "update", min(made / goal, 1.0), "the lecturer", self._pace.rate(made), None)


class FollowingExplorer(Explorer):
    """``line`` is the end of the line to what is presented, ``came`` what has been read of it already and was not
    heard."""

    def __init__(
        self,
        session: Session,
        palette_name: str,
        ascii_only: bool,
        looks: Looks,
        follower: Follower,
        line: socket.socket,
        came: bytes = b"",
    ) -> None:
        super().__init__(session, palette_name, ascii_only, looks)
        self.follower = follower
        self.follows = True
        self.presented = False
        self._line, self._came = line, came
        self._wire: Wire | None = None
        self._invited: Asks | None = None
        self._waiting: Timer | None = None  # for a screen of one's own to close
        self.desk: Desk
        self.mirrored = Mirrored(self)

    def costly(self) -> bool:
        return False  # what is presented comes at any time

    def on_mount(self) -> None:
        super().on_mount()
        self.app.pressed = self.noticing
        self.desk = Desk(self.app, self.say)
        heard = partial(self.call_later, self._heard)  # in the screen's own turn, where a fault ends with its line
        self._wire = Wire(self._line, Board(), heard, self._gone, LARGEST, came=self._came)
        if self.follower.reached is not None:
            self.arrived(self.follower.reached)
        self.call_after_refresh(self.catch_up)

    # --- what is heard, and said ---

    def _heard(self, line: bytes) -> None:
        try:
            if line.startswith(OWN.encode()):
                self._told(read_line(line)[1])
            else:
                self.follower.hear(line)
        except ValueError as problem:
            self.lose(f"what is presented is not understood: {clean(str(problem))}")
            return
        if not self.follows:
            self._invite()
        self.catch_up()

    def _invite(self) -> None:
        """Who looks around is told when the class is asked."""
        poll = self.follower.place.view.poll if self.follower.place else None
        with suppress(ValueError):
            asked = heard_of(poll).open
            if asked is not None and asked != self._invited:
                self._invited = asked
                self.notice = f"the class is asked a number: {self.shown('follow')} returns, to answer"
                self.show_at_once()

    def _told(self, said: Any) -> None:
        """Does somebody present?"""
        presented = isinstance(said, dict) and said.get("presented") is True
        if self.presented and not presented:
            self.poll_changed(None)  # nobody tells any more what is asked
            self.notice = "nobody presents any more: go on alone; you follow when somebody does again"
        if presented and not self.presented and not self.follows:
            self.notice = f"somebody presents now: {self.shown('follow')} follows"
        self.presented = presented
        self.show_at_once()

    def _gone(self) -> None:
        """The hub is: so will be the terminal."""
        self.presented = False

    def say(self, message: dict[str, Any]) -> None:
        """To who presents."""
        if self._wire is not None:
            self._wire.board.say("u", message)
            self._wire.send()

    # --- following ---

    def catch_up(self) -> None:
        """Go where the lecturer is, unless one looks around, or at a screen of one's own."""
        if not self.follows or not self.follower.behind or isinstance(self._work, CatchingUp):
            return
        if not self.is_attached or self._waiting is not None:
            return
        if self.held():
            self._waiting = self.set_timer(LOOK_AGAIN, self._look_again)
            return
        self.pause()
        self.app.begin_frame()
        self.do(lambda _: self.begin(CatchingUp(self)))
        self.app.show_now(self.app.screen)

    def _look_again(self) -> None:
        self._waiting = None
        self.catch_up()

    def held(self) -> bool:
        """Does a screen of one's own lie over it? One in which the lecturer's number is asked too follows."""
        top = self.app.screen
        followed = top is self or top in self.mirrored or isinstance(top, PollScreen)
        return not (followed or (self.asking and isinstance(top, LiveSheet)))

    def arrived(self, place: Place) -> None:
        """The session stands where the lecturer stood."""
        try:
            self.looks = parse_looks(place.view.look)
        except ValueError:  # of another bptui
            self.looks = Looks()
        self.way_back = None
        self.app.polling = self.desk
        self.poll_changed(place.view.poll)
        self.paint()
        self.mirrored.show(place.view.screens)
        self.desk.show()
        top = self.app.screen
        if top in self.mirrored and isinstance(top, Workbench) and top.is_mounted:
            top.paint()

    def poll_changed(self, poll: dict[str, Any] | None) -> None:
        """What a poll says of itself has come with a place."""
        with suppress(ValueError):  # of another bptui
            self.desk.follow(poll)

    def lose(self, why: str) -> str:
        """It cannot be followed there."""
        self.leave()
        self.notice = why
        self.show_at_once()
        return why

    def show_at_once(self) -> None:
        if self.is_attached and self.app.screen is self:
            self.app.begin_frame()
            self.paint()
            self.app.show_now(self)

    # --- looking around ---

    def noticing(self, screen: Workbench, key_id: str) -> None:
        """A key of one's own is pressed: where it moves something, one looks around from now on."""
        if not self.follows or self.asking or key_id in STAYS:  # who went now would see what is asked
            return
        key = BY_ID.get(key_id) if screen is self else None
        moves = key is not None and (isinstance(self._work, CatchingUp) or self.why_not(key) is None)
        if moves or screen in self.mirrored or (isinstance(screen, LiveSheet) and key_id in STEPS):
            self.leave()
            if screen is not self:
                screen.call_after_refresh(screen.do, self._say_so)

    def _say_so(self, screen: Workbench) -> None:
        """Where no header says that one looks around."""
        if self.app.screen is screen:
            screen.notice = f"looking around: close this, and {self.shown('follow')} follows again"

    def leave(self) -> None:
        """Nothing moves any more but by one's own keys."""
        if not self.follows:
            return
        self.follows = False
        if isinstance(self._work, CatchingUp):
            self._work = None
        self.follower.forget()
        self.mirrored.forget()
        self.app.polling = None
        self.session.predict(None)
        if self.session.moment.update > self.session.run.frontier:
            self.session.halt()

    def clicked(self, panel: Any, x: int, y: int) -> None:
        if self.follows and self.asking:
            self.notice = self.why_not(BY_ID["go-to"]) or ""
            self.paint()
            return
        self.leave()
        super().clicked(panel, x, y)

    def follow(self) -> None:
        self.follows = True
        self.call_later(self.catch_up)

    def why_not_follow(self) -> str | None:
        if self.follows:
            return "you follow already" if self.presented else "nobody presents now: you follow when somebody does"
        return None

    @property
    def company(self) -> tuple[str, ...]:
        """Who follows whom, for the header."""
        if not self.follows:
            returns = f"{self.shown('follow')} returns"
            return f"looking around: {returns}", returns
        return ("following" if self.presented else "nobody presents",)

    def scene(self) -> Scene:
        return replace(super().scene(), company=self.company)
