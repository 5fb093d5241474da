"""The lecturer's explorer: what it shows is told at every step to whoever follows."""

import socket
from dataclasses import replace
from functools import partial

from bptui.data.clean import clean
from bptui.data.wire import LARGEST, OWN, Board, Wire, read_line
from bptui.scenario import ScenarioError
from bptui.session.following import Presented, View
from bptui.session.session import Session
from bptui.tui.dialogs import Address
from bptui.tui.explorer import Explorer
from bptui.tui.mirrored import told
from bptui.tui.polling import Lectern
from bptui.views.looks import Looks
from bptui.views.scene import Scene

NOTED_EVERY = 0.1  # seconds between two looks for what no key has changed


class PresentingExplorer(Explorer):
    """``line`` leads to the hub, of which ``came`` has been read but not heard; ``about`` says how others come in."""

    def __init__(
        self,
        session: Session,
        palette_name: str,
        ascii_only: bool,
        looks: Looks,
        line: socket.socket,
        came: bytes = b"",
    ) -> None:
        super().__init__(session, palette_name, ascii_only, looks)
        self.here: int | None = None  # how many follow; None where nobody can any more
        self.about: list[str] = []
        self._line, self._came = line, came
        self._wire: Wire | None = None
        self._presented = Presented()
        self.lectern: Lectern

    def on_mount(self) -> None:
        super().on_mount()
        self.here = 0
        self.lectern = self.app.polling = Lectern(self.app, self.note)
        heard = partial(self.call_later, self._heard)  # in the screen's own turn, where a fault ends with its line
        self._wire = Wire(self._line, Board(), heard, self._gone, LARGEST, came=self._came)
        self.app.shown = self.note
        self.set_interval(NOTED_EVERY, self.note)

    # --- told ---

    def note(self) -> None:
        """Tell what has changed: the newest, as fast as it is taken; what is being worked on when that is over."""
        if self.slices.busy:
            return
        view = self.view()  # before anything else: a number that was told is shown before one can go on
        if self._wire is None or self.here is None or self._wire.waits:
            return
        try:
            news = self._presented.news(self.session, view)
        except (ScenarioError, ValueError) as problem:
            self._refuse(clean(str(problem)))
            return
        for key, body in news:
            self._wire.board.put(key, body)
        if news:
            self._wire.send()

    def view(self) -> View:
        """How it is looked at."""
        said = self.notice if self.way_back else ""  # until one goes on from what a question has shown
        return View(self.looks.words, told(self), self.lectern.message(), said)

    def _refuse(self, why: str) -> None:
        """What is looked at now cannot be told."""
        if self.notice != why:
            self.notice = why
            self.paint()

    # --- heard ---

    def _heard(self, line: bytes) -> None:
        try:
            key, said = read_line(line)
        except ValueError:  # a follower's process is not to be trusted
            return
        if key == OWN:
            if isinstance(said, dict) and isinstance(said.get("here"), int):
                self.here = said["here"]
                if not self.about and isinstance(about := said.get("about"), list) and about:
                    self.about = [clean(str(each)) for each in about]
                    self.say_later(f"{self.shown('follow')} shows how to follow: {self.about[0]}")
                self.lectern.seated(said.get("seats", []))
                self._show()
        elif key.startswith("s") and key[1:].isdecimal():
            self.lectern.heard(int(key[1:]), said)

    def _gone(self) -> None:
        self.here = None
        self.lectern.seated(())
        self.notice = "the server has ended: nobody follows any more; you can go on alone"
        self._show()

    def _show(self) -> None:
        if self.is_attached and self.app.screen is self:
            self.app.begin_frame()
            self.paint()
            self.app.show_now(self)

    # --- seen ---

    def follow(self) -> None:
        """Show everybody how others come in."""
        self.pause()
        self.app.push_screen(Address("\n".join(self.about), self.app.palette_name, self.app.ascii))

    def why_not_follow(self) -> str | None:
        return None if self.here is not None else "the server has ended: nobody follows any more"

    @property
    def company(self) -> tuple[str, ...]:
        """How many follow, for the header."""
        return ("nobody can follow" if self.here is None else f"{self.here} follow{'s' * (self.here == 1)}",)

    def scene(self) -> Scene:
        return replace(super().scene(), company=self.company)
