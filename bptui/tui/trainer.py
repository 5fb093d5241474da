"""A screen that makes updates of its own: as many as a key asked for, or as its player owes."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from time import perf_counter

from bptui.data.digits import grouped
from bptui.session.player import UPDATES, Player
from bptui.tui.keys import Key, Table
from bptui.tui.long_work import AT_ONCE, Pace
from bptui.tui.workbench import Workbench
from bptui.views.progress import Progress, spellings
from bptui.views.text import Span

UNTIL_DONE = 10**9  # updates that are asked for where the work itself says when it is done


class Trainer(Workbench):
    """A screen says how updates are made, and why none can be."""

    player = Player(speed=1, speeds=UPDATES)
    asked = 0
    """Updates asked for and not made yet."""
    _wanted = 0
    _pace: Pace

    def make(self, updates: int, pause: Callable[[], bool]) -> int:
        """Make at most n updates, fewer where ``pause()`` says so; how many were made."""
        raise NotImplementedError

    def why_no_update(self) -> str | None:
        """Why none can be made now ("" where that needs no words), or None."""
        raise NotImplementedError

    def working(self) -> bool:
        return self.asked > 0 or self.player.playing

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        if self.asked:
            self.asked -= self.make(self.asked, pause)
            self.notice = ""
        else:
            self.player, owed = self.player.tick(elapsed)
            if owed:
                self.make(UNTIL_DONE if owed == inf else int(owed), pause)
        reason = self.why_no_update()
        if reason is not None:
            self.halt()
            self.notice = reason

    def progress(self) -> list[str]:
        if not self.asked:
            return []
        wanted, pace = self._wanted, self._pace
        made = wanted - self.asked
        it = Progress(made, "update", rate=pace.rate(made))
        if wanted < UNTIL_DONE:
            goal = f"{grouped(wanted)} updates"
            it = replace(it, share=made / wanted, goal=goal, left=pace.left(made, wanted))
        return spellings(it, self.shown("stop"))

    def state(self) -> Span:
        return (f" ▶ {self.player.pace} " if self.player.playing else ""), "notice"

    # --- what keys ask for ---

    def ask(self, updates: int) -> None:
        """Make n updates more; what is short is done before the next frame."""
        self.halt()
        self.asked = self._wanted = updates
        self._pace = Pace(0)
        if self.costly():
            return
        until = perf_counter() + AT_ONCE
        self.work(0.0, lambda: perf_counter() > until)

    def toggle_play(self) -> None:
        """Play, or pause whatever is under way."""
        busy = self.working()
        self.halt()
        if not busy:
            self.player = self.player.toggled()

    def change_speed(self, by: int) -> None:
        self.player = self.player.faster(by)
        self.notice = "" if self.player.playing else f"speed: {self.player.pace}"

    def halt(self) -> None:
        """Stop whatever plays or works."""
        self.player, self.asked = self.player.paused(), 0

    def pause(self) -> None:
        self.player = self.player.paused()

    def close(self) -> None:
        self.halt()
        super().close()

    def close_or_stop(self) -> None:
        """Stop long work first; close where there is none."""
        if self.asked:
            self.halt()
            self.notice = "stopped"
        else:
            self.close()


def playing(group: str) -> Table:
    """The keys of the player."""
    return (
        Key("play", ("space",), "space", group, "play or pause", Trainer.toggle_play, "play", why_not_play),
        Key("faster", ("plus", "equals_sign"), "+", group, "play faster", lambda screen: screen.change_speed(1), "",
            lambda screen: "this is the fastest" if screen.player.is_fastest else None),
        Key("slower", ("minus",), "-", group, "play slower", lambda screen: screen.change_speed(-1), "",
            lambda screen: "this is the slowest" if screen.player.is_slowest else None),
    )  # fmt: skip


def why_not_play(screen: Trainer) -> str | None:
    return None if screen.working() else screen.why_no_update()
