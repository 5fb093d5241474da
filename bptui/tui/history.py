"""The history's screen: one replay of the run answers when, which and how often; each answer is a moment to go to."""

from collections.abc import Callable
from typing import Any

from bptui.data.digits import grouped
from bptui.session.answers import ORDERS, Answer, Order, of_samples, of_weight
from bptui.session.edits import parse_number
from bptui.session.session import Session
from bptui.training.passing import Passing, Search
from bptui.training.past import Past
from bptui.tui.dialogs import Line
from bptui.tui.keys import Key, Table
from bptui.tui.long_work import Pace
from bptui.tui.sheet import UpdateSheet
from bptui.tui.workbench import COMMON
from bptui.views.history import ALONE, ORDER_WORDS, Beside, history_rows
from bptui.views.progress import Progress, spellings
from bptui.views.text import Row

PAGE = 10
FAR = 10**6


class Crossing(Line[float]):
    """Asks for the value that the weight crossed."""

    NAME = "Crossing"
    QUESTION = "When did it last cross this value?"
    EXAMPLE = "0.5"

    def understood(self, words: str) -> float:
        return parse_number(words)


class HistoryScreen(UpdateSheet):
    """Looks back from where one stands; ``opened`` is the answer to go to, ``taken`` the rate to go on with."""

    NAME = "History"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        moment = session.moment
        self.past = Past(session.run, moment.weight, moment.applied)
        self.current = int(session.record.indices[moment.sample])
        self.beside = ALONE
        self._other = other_past(session, self.past)
        self.search = Search(session.run) if session.run.stop and session.run.stop.diverged else None
        self.passing: Passing | str | None = (
            "looking for the largest γ that gets past the stop …" if self.search else None
        )
        self.order: Order = "hardest"
        self.crossing = float(self.past.values[0])
        self.answers: list[Answer] = []
        self.chosen = 0
        self.opened: Answer | None = None
        self.taken: Passing | None = None
        self._done = False
        self._pace = Pace(0)

    def table(self) -> Table:
        return KEYS

    def title_words(self) -> str:
        return f"History up to update {grouped(self.past.last)}"

    def on_mount(self) -> None:
        super().on_mount()
        self.wake()

    def rows(self, width: int, height: int) -> list[Row]:
        if not self.answers:
            said = "Every update is replayed …" if self.past.last else "No update is applied yet: there is no history."
            return [((f" {said}", "dim"),)]
        return history_rows(
            self.past, self.answers, self.chosen, self.order, self.current, self.passing, height, self.beside, width
        )

    # --- work ---

    def costly(self) -> bool:
        return self.weighs(self.session)

    def working(self) -> bool:
        return not self._done and self.past.last > 0

    def hurries(self) -> bool:
        return True

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        if not self.answers:
            if self.past.go_on(pause):
                self._answer()
            return
        if self._other is not None:
            fork, past = self._other
            if past.go_on(pause):
                self._other, self.beside = None, Beside(fork, {life.row: life for life in past.lives()})
                self._answer()
            return
        if self.search is None or self.search.go_on(pause):
            self._done = True
            if self.search is not None:
                self.passing = self.search.found or "no lower γ gets past the stop: the numbers are too large already"

    def progress(self) -> list[str]:
        if not self.working() or self.answers:
            return []
        made, last = self.past.made, self.past.last
        way = Progress(made, "update", made / last, f"update {grouped(last)}", self._pace.rate(made),
                       self._pace.left(made, last))  # fmt: skip
        return spellings(way, self.shown("close"))

    def _answer(self) -> None:
        self.answers = [*of_weight(self.past, self.crossing), *self._samples()]
        self._done = self.search is None and self._other is None

    def _samples(self) -> list[Answer]:
        return of_samples(self.past, self.order, self.current, self.beside.lives)

    # --- what keys ask for ---

    def choose(self, by: int) -> None:
        self.chosen = min(max(self.chosen + by, 0), max(len(self.answers) - 1, 0))

    def next_order(self) -> None:
        orders = [order for order in ORDERS if order != "beside" or self.beside.fork]
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self._answer_again()
        there = f" (in fork {self.beside.fork})" if self.order == "beside" else ""
        self.notice = f"samples: {ORDER_WORDS[self.order]}{there}"

    def _answer_again(self) -> None:
        done = self._done
        self._answer()
        self._done = done

    def answer_so(self, order: Order, crossing: float) -> None:
        """Samples in this order, and the moments at which the weight crossed this value."""
        self.order, self.crossing = order, crossing
        self._answer_again()

    def ask_value(self) -> None:
        line = Crossing(self.app.palette_name, self.app.ascii)

        def take(_: Any) -> None:
            if line.meant is not None:
                self.crossing, self.chosen = line.meant, 1
                self.do(lambda _: self._answer_again())

        self.app.push_screen(line, take)

    def go_there(self) -> None:
        """Back to the explorer, where the chosen answer is seen."""
        self.opened = self.answers[self.chosen]
        self.close()

    def take_rate(self) -> None:
        """Back to the explorer, with the rate that gets past the stop."""
        assert isinstance(self.passing, Passing)
        self.taken = self.passing
        self.close()

    def nothing_known(self) -> str | None:
        return None if self.answers else "not before all is replayed"

    def nowhere(self) -> str | None:
        if self.answers and not self.answers[self.chosen].somewhere:
            return "that never came, or was so at the start"
        return self.nothing_known()

    def no_rate(self) -> str | None:
        if self.search is None:
            return "the run did not have to stop"
        return None if isinstance(self.passing, Passing) else "none is known"

    def no_samples(self) -> str | None:
        return self.nothing_known() or (None if self.past.classes else "a regression has no right answers")


def other_past(session: Session, past: Past) -> tuple[int, Past] | None:
    """The fork that is laid beside and its past up to the same update, as far as it is known there; None without."""
    fork = session.forks.find(session.forks.beside)
    if fork is None or fork is session.forks.live or fork.run.frontier < past.last or not past.classes:
        return None
    return fork.number, Past(fork.run, past.weight, past.last)


KEYS: Table = (
    Key("go-there", ("enter",), "Enter", "History", "go to the moment of the chosen answer", HistoryScreen.go_there,
        "go there", HistoryScreen.nowhere),
    Key("value", ("c",), "c", "History", "type the value it crossed", HistoryScreen.ask_value, "crossed a value",
        HistoryScreen.nothing_known),
    Key("sort", ("k",), "k", "History",
        "samples: hardest, most forgotten, forgotten last, learned last, by row; beside a fork those wrong here alone",
        HistoryScreen.next_order, "sort", HistoryScreen.no_samples),
    Key("take-rate", ("g",), "g", "History", "go on with the γ that gets past the stop, from its update",
        HistoryScreen.take_rate, "", HistoryScreen.no_rate),
    Key("up", ("up",), "↑", "History", "the answer above", lambda screen: screen.choose(-1)),
    Key("down", ("down",), "↓", "History", "the answer below", lambda screen: screen.choose(1)),
    Key("page-up", ("pageup",), "PgUp", "History", "ten answers up", lambda screen: screen.choose(-PAGE)),
    Key("page-down", ("pagedown",), "PgDn", "History", "ten answers down", lambda screen: screen.choose(PAGE)),
    Key("first", ("home",), "Home", "History", "the first answer", lambda screen: screen.choose(-FAR)),
    Key("last", ("end",), "End", "History", "the last answer", lambda screen: screen.choose(FAR)),
    *COMMON,
    Key("close", ("escape", "q", "H"), "Esc", "History", "close, whatever is still looked for", HistoryScreen.close,
        "close"),
)  # fmt: skip
