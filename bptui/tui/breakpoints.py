"""The screen of breakpoints: the list, a line to type one more, and what could be one."""

from collections.abc import Callable

from textual import events

from bptui.session.session import Session
from bptui.training.watching.condition import Condition
from bptui.training.watching.watchable import Watchable
from bptui.tui.dialogs import Line
from bptui.tui.keys import Key, Table, pressed
from bptui.tui.sheet import UpdateSheet
from bptui.tui.workbench import COMMON
from bptui.views.breakpoints import Listed, breakpoint_rows, offers
from bptui.views.progress import Progress, spellings
from bptui.views.text import Row

MOST_OFFERED = 9


class WaitFor(Line[str]):
    """Asks what to wait for, and adds it; the answer says so."""

    NAME = "Breakpoint"
    QUESTION = "Stop when: train_loss < 0.1, w2[0>1] changes sign, row 17 flips, epoch 5 … a number alone is watched"
    EXAMPLE = "test_loss rises 3"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session

    def understood(self, words: str) -> str:
        return self.session.stops.add(words, self.session.run)


class BreakpointScreen(UpdateSheet):
    """``offered`` are conditions that a digit adds."""

    NAME = "Breakpoints"
    TITLE_WORDS = "Breakpoints and watches"

    def __init__(
        self, session: Session, number: Watchable | None, palette_name: str, ascii_only: bool, colour: bool
    ) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        self.chosen = 0
        weight = Watchable("weight", session.moment.weight)
        self.offered: list[Condition] = offers(self.scene(), number or weight)

    def table(self) -> Table:
        return KEYS

    def rows(self, width: int, height: int) -> list[Row]:
        stops, run = self.session.stops, self.session.run
        known = not self.working()
        listed = [
            Listed(each, (stops.updates(run, each.condition) if known else None) if each.on else ())
            for each in stops.breakpoints
        ]
        names = run.start.architecture.names
        return breakpoint_rows(listed, stops.watches, names, stops.last, self.chosen, self.offered, width, height)

    # --- work: what is added looks back over what is known ---

    def costly(self) -> bool:
        return self.weighs(self.session)

    def working(self) -> bool:
        return not self.session.stops.caught_up(self.session.run)

    def hurries(self) -> bool:
        return True

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        self.session.stops.ready(self.session.run, pause)

    def progress(self) -> list[str]:
        if not (self.slices.busy or self.working()):
            return []
        share, last = self.session.stops.share(self.session.run), self.session.run.frontier
        return spellings(Progress(share * last, "update", share, f"update {last}"), self.shown("close"))

    @property
    def count(self) -> int:
        return len(self.session.stops.breakpoints) + len(self.session.stops.watches)

    # --- what keys ask for ---

    def hints(self) -> list[tuple[str, str, bool]]:
        """Which digits add an offer stands behind the first: in the table each is a key of its own."""
        first, *more = super().hints()
        last = len(self.offered)
        return [first, (f"{self.shown('offer-1')}-{self.shown(f'offer-{last}')}", "add offer", last > 0), *more]

    def on_key(self, event: events.Key) -> None:
        """A letter that is no key here begins the line, so that no digit behind it is taken for an offer."""
        letter = (event.character or "").isalpha() and pressed(self.keys_now(), event.key) is None
        if not (letter and self.is_active) or self.slices.busy:
            super().on_key(event)
            return
        event.stop()
        event.prevent_default()  # else Textual asks the screens' common handler too
        self.press("add")
        self.app.post_message(events.Key(event.key, event.character))

    def choose(self, by: int) -> None:
        self.chosen = min(max(self.chosen + by, 0), max(self.count - 1, 0))

    def ask(self) -> None:
        line = WaitFor(self.session, self.app.palette_name, self.app.ascii)
        self.app.push_screen(line, lambda _: self.do(lambda _: self.tell(line.meant or "")))

    def tell(self, words: str) -> None:
        self.notice = words
        self.choose(0)

    def offer(self, place: int) -> None:
        try:
            self.notice = self.session.stops.stop_at(self.offered[place], self.session.run)
        except ValueError as problem:
            self.notice = str(problem)

    def switch(self) -> None:
        self.session.stops.switch(self.chosen)

    def take_out(self) -> None:
        self.session.stops.remove(self.chosen)
        self.choose(0)

    def nothing_listed(self) -> str | None:
        return None if self.count else f"the list is empty: {self.shown('add')} adds one"

    def no_breakpoint(self) -> str | None:
        if self.chosen < len(self.session.stops.breakpoints):
            return None
        return self.nothing_listed() or "a watch is not switched off, only taken out"

    def not_offered(self, place: int) -> str | None:
        return None if place < len(self.offered) else f"there are {len(self.offered)} offers"


def adding(place: int) -> Key[BreakpointScreen]:
    digit = str(place + 1)
    return Key(f"offer-{digit}", (digit,), digit, "Breakpoints", f"add offer {digit}",
               lambda screen: screen.offer(place), "", lambda screen: screen.not_offered(place))  # fmt: skip


KEYS: Table = (
    Key("add", ("enter",), "Enter", "Breakpoints", "type what to wait for, or a number to watch; a letter begins it",
        BreakpointScreen.ask, "type one"),
    *map(adding, range(MOST_OFFERED)),
    Key("switch", ("space",), "space", "Breakpoints", "the chosen one on or off", BreakpointScreen.switch, "on/off",
        BreakpointScreen.no_breakpoint),
    Key("remove", ("delete", "backspace"), "Del", "Breakpoints", "take the chosen one out", BreakpointScreen.take_out,
        "take out", BreakpointScreen.nothing_listed),
    Key("up", ("up",), "↑", "Breakpoints", "the one above", lambda screen: screen.choose(-1)),
    Key("down", ("down",), "↓", "Breakpoints", "the one below", lambda screen: screen.choose(1)),
    Key("theme", ("ctrl+t",), "ctrl+t", "Other", "next theme", BreakpointScreen.next_theme),
    *(key for key in COMMON if key.id != "theme"),
    Key("close", ("escape", "q", "K"), "Esc", "Breakpoints", "close", BreakpointScreen.close, "close"),
)  # fmt: skip
