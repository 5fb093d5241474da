"""The screen before there is a session: painted of what a scenario says of itself, while numpy and the data are loaded.

Its cells are those of the explorer's first moment, as far as they are known, so that only the others are written when
that takes its place. What is typed meanwhile is kept for it.
"""

import threading
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from bptui.session.beginning import Beginning
from bptui.tui.explorer_keys import KEYS, first_hints
from bptui.tui.keys import Table, pressed
from bptui.tui.panel import Panel, framed, place
from bptui.tui.workbench import Workbench
from bptui.views.arrange import BATCH, NETWORK, Arrangement, Box, arrange, small
from bptui.views.opening import first_header, first_ribbon, progress
from bptui.views.panels import BY_NUMBER
from bptui.views.text import Row, fit_rows

if TYPE_CHECKING:
    from bptui.session.keeping import Reopened
    from bptui.session.session import Session

BRIEF = 0.5  # seconds within which nothing is said of it
MOST_KEPT = 256  # keys
Focus = tuple[int, int, bool]
"""The focused panel, the one beside, and whether it is maximised, as in Looks."""


def focus_in(look: str) -> Focus:
    """The focus that words for parse_looks lead to, which would load what computes."""
    focus, beside = NETWORK, BATCH
    for word in look.split():
        if word in map(str, BY_NUMBER):
            focus = int(word)
            beside = beside if focus == NETWORK else focus
    return focus, beside, "maximised" in look.split()


class Begun(Message):
    """The session is there, or why there is none."""

    def __init__(self, outcome: "Session | Reopened | Exception") -> None:
        super().__init__()
        self.outcome = outcome


class GivenUp(Exception):
    """Nobody waits for the session any more."""


class Opening(Workbench):
    """``kept`` are the keys typed so far that are for the explorer; it is ``over`` once there is a session: keys
    only wait for those before them then."""

    NAME = "Opening"

    def __init__(self, beginning: Beginning, focus: Focus, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.kept: list[events.Key] = []
        self.over = False
        self._beginning = beginning
        self._focus = focus
        self._panel = Panel("opening", bordered=False)
        self._share: float | None = None
        self._since = monotonic()
        self._given_up = False
        self._thread = threading.Thread()

    # --- the work ---

    def start(self, post: Callable[[Begun], bool]) -> None:
        """In a thread of its own: keys are taken meanwhile."""
        self._thread = threading.Thread(target=self._begin, args=[post], name="bptui-opening", daemon=True)
        self._thread.start()

    def _begin(self, post: Callable[[Begun], bool]) -> None:
        try:
            outcome: Session | Reopened | Exception = self._beginning.begin(self._tell)
            import bptui.tui.explorer  # noqa: F401, PLC0415  here, where no key waits for it
        except GivenUp:
            return
        except Exception as problem:  # for the app to tell: nobody sees it here
            outcome = problem
        post(Begun(outcome))

    def _tell(self, share: float) -> None:
        if self._given_up:
            raise GivenUp
        self._share = share

    def give_up(self, patience: float) -> bool:
        """Stop the work, as soon as it asks; has it stopped within so many seconds?"""
        self._given_up = True
        if self._thread.is_alive():
            self._thread.join(patience)
        return not self._thread.is_alive()

    # --- what is seen ---

    def parts(self) -> list[Panel]:
        return [self._panel]

    def table(self) -> Table:
        return KEYS

    def hints(self) -> list[tuple[str, str, bool]]:
        return first_hints(self.keys_now())

    def working(self) -> bool:
        return self.app.opening is self

    @property
    def told(self) -> bool:
        """Does it take so long that something is said of it?"""
        return monotonic() - self._since > BRIEF

    def progress(self) -> list[str]:
        if not self.told:
            return []
        stops = "ctrl+c" if self.behind_others else self.shown("stop")
        return progress(self._beginning.outline, self._share, stops, len(self.kept) if self.behind_others else 0)

    def paint(self) -> None:
        width, height = self.size
        place(self._panel, Box(0, 0, width, height))
        self._panel.show(self._rows(width, height), width, height)

    def _rows(self, width: int, height: int) -> list[Row]:
        outline = self._beginning.outline
        plan = arrange(width, height, *self._focus, outline.batch or 1)
        if plan.too_small:
            return small(width, height)
        return [
            *first_header(outline, width, plan.header.height),
            *first_ribbon(outline, width, plan.ribbon.height),
            *self._frames(plan),
            *self.footer_rows(width, plan.footer.height),
        ]

    def _frames(self, plan: Arrangement) -> list[Row]:
        """The panels' rows with nothing in them."""
        rows: dict[int, Row] = {}
        for number, box in sorted(plan.panels.items(), key=lambda item: item[1].x):
            title, focused = f"{number} {BY_NUMBER[number].name}", number == self._focus[0]
            empty = fit_rows([], box.width - 2, box.height - 2)
            for y, row in enumerate(framed(empty, box.width, title, "", focused), start=box.y):
                rows[y] = (*rows.get(y, ()), *row)
        return [rows[y] for y in sorted(rows)]

    # --- what is typed ---

    @property
    def behind_others(self) -> bool:
        """Would a key act after others, which may open what it is meant for? Esc alone opens nothing."""
        return any(not self._is(event, "stop") for event in self.kept)

    def _is(self, event: events.Key, key_id: str) -> bool:
        key = pressed(self.keys_now(), event.key)
        return key is not None and key.id == key_id

    def typed(self, event: events.Key) -> None:
        """Ctrl+C and ctrl+Q act at once; so do the keys that quit, and Esc where one is told that it stops, unless what
        was typed before them may mean them otherwise."""
        alone = not self.behind_others
        if self.over:
            self._keep(event)
        elif event.key == "ctrl+c" or (alone and self.told and self._is(event, "stop")):
            self.app.stop_opening()
        elif event.key == "ctrl+q" or (alone and self._is(event, "quit")):
            self.quit()
        else:
            self._keep(event)

    def _keep(self, event: events.Key) -> None:
        if len(self.kept) < MOST_KEPT:
            self.kept.append(event)
