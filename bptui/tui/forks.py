"""The screen of forks: the list, two of them laid over each other; go to one, name, keep and drop them."""

from collections.abc import Callable
from dataclasses import replace

from bptui.experiments.cost import multiply_adds
from bptui.session.forks import Fork
from bptui.session.session import Session
from bptui.tui.drawing import Drawing
from bptui.tui.edit_lines import NameLine
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import Sheet
from bptui.tui.workbench import COMMON
from bptui.views.forks import ForkLine, ForksLook, chart_height, fork_chart, fork_rows, legend
from bptui.views.text import Row


class ForksScreen(Sheet):
    """``wanted`` is the number of the fork that Enter goes to, 0 for none."""

    NAME = "Forks"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session
        self.colour = colour
        self.wanted = 0
        self.drawing = Drawing(self)
        classes = bool(session.run.problem.data.classes)
        self.look = ForksLook(session.forks.place - 1, session.moment.applied, classes=classes)

    def table(self) -> Table:
        return KEYS

    def title_words(self) -> str:
        forks = self.session.forks
        return f"Forks · {len(forks.all)}, live is {forks.live.number}"

    @property
    def fork(self) -> Fork:
        """The chosen one."""
        return self.session.forks.all[self.look.chosen]

    def lines(self) -> list[ForkLine]:
        """All of them, as they are listed."""
        forks, cost = self.session.forks, multiply_adds(self.session.run.start.architecture)
        return [
            ForkLine(
                number=fork.number,
                name=forks.name(fork),
                parent=fork.parent,
                parts=fork.parts,
                known=fork.known,
                made=fork.run.frontier,
                live=fork is forks.live,
                beside=fork.number == forks.beside,
                kept=fork.kept,
                history=fork.run.history,
                cost=cost,
            )
            for fork in forks.all
        ]

    def rows(self, width: int, height: int) -> list[Row]:
        lines = self.lines()
        tall = chart_height(len(lines), height)
        rows = fork_rows(lines, self.look, width, height - tall - (tall > 0))
        if not tall:
            return rows
        one, other = lines[self.look.chosen], next((line for line in lines if line.beside), None)
        if other is None or other is one:
            other = next((line for line in lines if line.live and line is not one), None)
        rows += [()] * (height - tall - 1 - len(rows)) + [legend(one, other, self.look, self.colour)]
        shows = one.number, other and other.number, self.look, one.made, other and other.made, self.session.run
        chart = self.drawing.rows(width, tall, shows, lambda: fork_chart(one, other, self.look, 2 * width), self.colour)
        return [*rows, *chart]

    # --- what keys ask for ---

    def choose(self, by: int) -> None:
        self.look = replace(self.look, chosen=min(max(self.look.chosen + by, 0), len(self.session.forks.all) - 1))

    def go(self) -> None:
        self.wanted = self.fork.number
        self.close()

    def lay_beside(self) -> None:
        """The chosen one's curve is drawn beside that of the live one, here and in panel 5; once more: no longer."""
        forks, number = self.session.forks, self.fork.number
        forks.beside = 0 if forks.beside == number else number
        self.notice = f"fork {number} is laid beside the others" if forks.beside else "none is laid beside"

    def ask_name(self) -> None:
        fork = self.fork
        line = NameLine(self.app.palette_name, self.app.ascii, f"Fork {fork.number} is called")

        def answer(_: None) -> None:
            if line.meant is not None:
                fork.title = line.meant
            self.do(lambda _: None)

        self.app.push_screen(line, answer)

    def keep(self) -> None:
        self.fork.kept = not self.fork.kept
        self.notice = (
            f"fork {self.fork.number} is {'kept: none takes its room' if self.fork.kept else 'no longer kept'}"
        )

    def why_not_drop(self) -> str | None:
        if self.fork is self.session.forks.live:
            return "the live one is not dropped: go to another one first"
        return "it is kept: first let go of it" if self.fork.kept else None

    def drop(self) -> None:
        number = self.fork.number
        self.session.forks.drop(number)
        self.choose(0)
        self.notice = f"fork {number} is dropped"

    def why_not_branch(self) -> str | None:
        why = self.session.why_not_change()
        return self.named(why) if why else None

    def branch(self) -> None:
        try:
            self.notice = f"all stays as it is in fork {self.session.forks.live.number}; {self.session.branch()}"
        except ValueError as problem:
            self.notice = self.named(str(problem))
        self.look = replace(self.look, chosen=self.session.forks.place - 1)

    def look_so(self, change: Callable[[ForksLook], ForksLook]) -> None:
        self.look = change(self.look)


KEYS: Table = (
    Key("up", ("up",), "↑", "Forks", "the fork above", lambda screen: screen.choose(-1)),
    Key("down", ("down",), "↓", "Forks", "the fork below", lambda screen: screen.choose(1)),
    Key("go-to-fork", ("enter",), "Enter", "Forks", "go to the chosen fork, as it was left", ForksScreen.go, "go to"),
    Key("beside", ("o",), "o", "Forks", "lay the chosen fork's curve beside the others, here and in panel 5",
        ForksScreen.lay_beside, "beside"),
    Key("axis", ("a",), "a", "Forks", "x axis: updates, epochs, samples seen, multiply-adds",
        lambda screen: screen.look_so(lambda look: replace(look, unit=look.next_unit())), "axis"),
    Key("log", ("y",), "y", "Forks", "y axis: linear or logarithmic",
        lambda screen: screen.look_so(lambda look: replace(look, log=not look.log)), "log"),
    Key("name", ("n",), "n", "Forks", "give the chosen fork a name", ForksScreen.ask_name, "name"),
    Key("keep", ("k",), "k", "Forks", "keep the chosen fork: it never makes room for others", ForksScreen.keep, "keep"),
    Key("drop", ("d", "delete"), "d", "Forks", "drop the chosen fork", ForksScreen.drop, "drop",
        ForksScreen.why_not_drop),
    Key("branch", ("b",), "b", "Forks", "leave all as it is in a fork, and go on in another one", ForksScreen.branch,
        "branch", ForksScreen.why_not_branch),
    *COMMON,
    Key("close", ("escape", "q", "F"), "Esc", "Forks", "close", ForksScreen.close, "close"),
)  # fmt: skip
