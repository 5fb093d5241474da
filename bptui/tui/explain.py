"""The Explain screen: a walk through one record, from a number down to inputs and weights, or up to what uses it."""

from dataclasses import replace
from functools import partial

from bptui.explain import Comparison, Explanation, Quantity, Walk, compare, explain
from bptui.explain.differences import of_batch
from bptui.training import stepper
from bptui.training.stepper import effort
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import Sheet
from bptui.tui.workbench import COMMON
from bptui.views.explain import explanation_rows
from bptui.views.scene import Scene
from bptui.views.text import Row


class ExplainScreen(Sheet):
    """``scene`` is the moment that is explained, ``start`` the first number looked at."""

    NAME = "Explain"
    TITLE_WORDS = "Explain"

    def __init__(self, scene: Scene, start: Quantity, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.scene = scene
        self.walk_now = Walk((start,))

    def table(self) -> Table:
        return KEYS

    def rows(self, width: int, height: int) -> list[Row]:
        return explanation_rows(self.scene, self.walk_now, width, height)

    # --- what keys ask for ---

    @property
    def here(self) -> Explanation:
        return explain(self.scene.record, self.walk_now.here)

    def go(self, walk: Walk) -> None:
        self.walk_now = walk

    def move(self, by: int) -> None:
        self.go(self.walk_now.moved(self.here, by))

    def page(self, ways: int) -> None:
        self.move(ways * max(self.size.height // 2, 1))

    def enter(self) -> None:
        self.go(self.walk_now.entered(self.here))

    def back(self) -> None:
        self.go(self.walk_now.back())

    def up(self) -> None:
        self.go(self.walk_now.upward(self.here))

    def check(self) -> None:
        """Finite differences for this number, and in a thread for the whole batch, which may take seconds; for both
        there where a pass takes long."""
        walk, record = self.walk_now, self.scene.record
        long = effort(record.before.architecture, record.n) > stepper.COSTLY
        first = "this number is being checked" if long else compare(record, walk.here)
        self.go(replace(walk, checks=(first, "the whole batch is being checked")))

        def work() -> None:
            number = compare(record, walk.here) if long else first
            self.app.call_from_thread(partial(self.checked, walk.here, number, of_batch(record)))

        self.run_worker(work, thread=True, exclusive=True)

    def checked(self, of: Quantity, first: Comparison | str, batch: Comparison | str) -> None:
        """Show the outcome, unless one has walked on meanwhile."""
        if self.walk_now.here == of and self.is_attached:
            self.go(replace(self.walk_now, checks=(first, batch)))
            self.paint()


FAR = 10**6
KEYS: Table = (
    Key("down", ("down",), "↓", "Explain", "the term below", lambda screen: screen.move(1), "term"),
    Key("up", ("up",), "↑", "Explain", "the term above", lambda screen: screen.move(-1)),
    Key("enter", ("enter", "right"), "Enter →", "Explain", "into the term: what it is made of",
        ExplainScreen.enter, "in"),
    Key("back", ("backspace", "left"), "←", "Explain", "back along the way", ExplainScreen.back, "back"),
    Key("users", ("u",), "u", "Explain", "up: what uses this number", ExplainScreen.up, "used by"),
    Key("check", ("v",), "v", "Explain", "check it by finite differences, and the whole batch",
        ExplainScreen.check, "check"),
    Key("page-down", ("pagedown",), "PgDn", "Explain", "half a screen down", lambda screen: screen.page(1)),
    Key("page-up", ("pageup",), "PgUp", "Explain", "half a screen up", lambda screen: screen.page(-1)),
    Key("first", ("home",), "Home", "Explain", "the first term", lambda screen: screen.move(-FAR)),
    Key("last", ("end",), "End", "Explain", "the last term", lambda screen: screen.move(FAR)),
    *COMMON,
    Key("close", ("escape", "q"), "Esc", "Explain", "close", ExplainScreen.close, "close"),
)  # fmt: skip
