"""Predict, then reveal: what is typed goes to the question at the foot, what would tell its answer waits."""

from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events

from bptui.data.digits import shortest
from bptui.session.session import Session
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import Sheet
from bptui.tui.workbench import COMMON, Workbench
from bptui.views.text import Row

if TYPE_CHECKING:
    from bptui.session.prediction import Prediction
    from bptui.views.predict import Ways

TYPED = frozenset("0123456789.,-−+eE")
LOOKS = ("Panels", "Select", "Table", "Matrices")
"""Groups of keys that only look: they act while a number is asked too."""
ALLOWED = (
    "hint",
    "predict",
    "gradients",
    "matrices",
    "close",
    "help",
    "quit",
    "repaint",
    "theme",
    "picture",
    "suspend",
)
SEAT_LOOKS = "Panels"
SEAT_MAY = (
    *(key_id for key_id in ALLOWED if key_id != "predict"),
    *("page-up", "page-down", "next-product", "previous-product"),
)
"""Who follows a lecturer may look too, but selects nothing: another weight would be another number."""
MOST_CHOICES = 4


class Predicting(Workbench):
    """A screen that steps a session; while a number is asked it takes what is typed, and keys that would tell it
    refuse."""

    session: Session
    esc_skips = True
    """Does Esc skip the number that is asked?"""
    _choices: tuple[object, list[float]] = (None, [])
    _question: tuple[Row, ...] = ()

    @property
    def asking(self) -> bool:
        """Is a number asked, and hidden?"""
        return self.session.prediction is not None and self.session.prediction.now is not None

    @property
    def question_rows(self) -> int:
        """Rows at the foot for the question."""
        if self.session.prediction is None:
            return 0
        from bptui.views.predict import foot_height  # noqa: PLC0415  only where numbers are asked

        return foot_height(self.session.prediction)

    def footer_rows(self, width: int, height: int) -> list[Row]:
        asking = self.session.prediction
        if asking is None or height <= self.question_rows:
            return super().footer_rows(width, height)
        if not self.is_worked_on:
            self._question = tuple(self._asked(asking, width))
        return [*self._question, *super().footer_rows(width, height - len(self._question))]

    def _asked(self, asking: "Prediction", width: int) -> list[Row]:
        from bptui.session.prediction import Question  # noqa: PLC0415  only where numbers are asked
        from bptui.views.predict import foot_rows  # noqa: PLC0415

        question = Question(asking, self.session.record)
        return foot_rows(question, width, self.app.remap.shown, self.choices(), self.ways())

    def ways(self) -> "Ways":
        """What Enter and Esc do with a number, here and where a class is asked."""
        from bptui.views.predict import Ways  # noqa: PLC0415  only where numbers are asked

        usual = Ways() if self.esc_skips else Ways(esc="")
        return usual if self.app.polling is None else self.app.polling.ways(usual)

    def hints(self) -> list[tuple[str, str, bool]]:
        return self.acting(super().hints())

    def acting(self, hints: list[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
        """Those of the footer whose keys are not part of an answer now."""
        taken = ("Enter", "Tab", *"0123456789")
        return [hint for hint in hints if not hint[0].startswith(taken)] if self.asking else hints

    def choices(self) -> list[float]:
        """The true number among wrong ones, once they are asked for."""
        from bptui.diagnosis.miss import choices  # noqa: PLC0415  the whole diagnosis

        asking = self.session.prediction
        if asking is None or asking.now is None or not asking.offered:
            return []
        if self._choices[0] != asking.now:
            self._choices = asking.now, choices(self.session.record, asking.now, MOST_CHOICES)
        return self._choices[1]

    @property
    def is_seat(self) -> bool:
        """Is a lecturer followed, who tells the number?"""
        return self.app.polling is not None and self.app.polling.is_seat

    # --- keys ---

    def on_key(self, event: events.Key) -> None:
        if not (self.is_active and self.asking and self.takes(event)):
            super().on_key(event)
            return
        event.stop()
        event.prevent_default()
        if self.slices.busy:
            self.put_off(partial(self.on_key, event))
            return
        self.notice = ""
        self.type(event.key, event.character or "")
        self.paint()
        self.app.show_now(self, key=True)

    def takes(self, event: events.Key) -> bool:
        """Is it part of an answer, or what is done with one?"""
        asking = self.session.prediction
        letter = asking is not None and asking.takes_letter(event.character or "")
        if event.key == "escape":
            return self.esc_skips and not self.is_seat
        if event.character == "B" and self.ways().bars:
            return True
        return event.key in ("enter", "backspace", "tab") or letter or event.character in TYPED

    def type(self, key: str, character: str) -> None:
        """One more character, or the answer is given up, asked help for, or complete."""
        from dataclasses import replace  # noqa: PLC0415

        from bptui.session.prediction import LETTERS  # noqa: PLC0415  only where numbers are asked

        asking = self.session.prediction
        assert asking is not None
        match key:
            case "enter" if asking.chosen is not None:
                number = self.choices()[asking.chosen]
                self.answer(shortest(number, 6), number)
            case "enter":
                self.answer(asking.typed)
            case "escape":
                self.session.prediction = asking.told_to_all() if self.ways().poll else asking.skipped()
            case "B":
                self.show_bars()
            case "backspace":
                self.session.prediction = replace(asking, typed=asking.typed[:-1])
            case "tab":
                self.session.prediction = asking.with_offers(not asking.offered)
            case _ if character in LETTERS[len(self.choices()) :]:
                self.notice = f"{len(self.choices())} numbers are offered: there is no {character}"
            case _:
                self.session.prediction = asking.with_typed(character)

    def show_bars(self) -> None:
        """What a class has answered so far."""
        from bptui.tui.polling import Lectern  # noqa: PLC0415  only where a class is asked

        if isinstance(self.app.polling, Lectern):
            self.app.polling.look()

    def answer(self, given: str, chosen: float | None = None) -> None:
        """Tell the number, and what a wrong one is; say what a number looks like where it is none, and begin anew."""
        from dataclasses import replace  # noqa: PLC0415

        from bptui.diagnosis.miss import named_miss  # noqa: PLC0415  the whole diagnosis
        from bptui.explain import value  # noqa: PLC0415

        asking, record = self.session.prediction, self.session.record
        assert asking is not None
        q = asking.now
        assert q is not None
        try:
            if self.app.polling is not None and self.app.polling.takes(self.session, given, chosen):
                return
            self.session.prediction = asking.answered(
                given, value(record, q), lambda number, reach: named_miss(record, q, number, reach), chosen
            )
        except ValueError as problem:
            self.notice = str(problem) if given else "type the number, then Enter"
            self.session.prediction = replace(asking, typed="")

    def why_not(self, key: Key[Any]) -> str | None:
        if self.session.prediction and key.id == "play":
            return "a number is asked before each step: step with p, s or b"
        if self.asking and self.is_seat and not (key.id in SEAT_MAY or key.group == SEAT_LOOKS):
            return f"a number is asked: type it; {self.shown('hint')} gives a hint, the lecturer tells it"
        if self.asking and key.group not in LOOKS and key.id not in ALLOWED:
            esc = self.ways().esc
            return f"a number is asked: type it; {self.shown('hint')} gives a hint{f', Esc {esc} it' if esc else ''}"
        return super().why_not(key)

    def hint(self) -> None:
        asking = self.session.prediction
        assert asking is not None
        self.session.prediction = asking.hinted()

    def no_hint(self) -> str | None:
        return None if self.asking else f"no number is asked: {self.shown('predict')} begins"


class DepthScreen(Sheet):
    """Chooses what is asked; ``chosen`` is that once it begins, None where it does not."""

    NAME = "Predict"
    TITLE_WORDS = "Predict, then reveal"

    def __init__(self, palette_name: str, ascii_only: bool) -> None:
        from bptui.session.prediction import DEPTHS, Asked  # noqa: PLC0415

        super().__init__(palette_name, ascii_only)
        self.kinds: frozenset[Asked] = frozenset(DEPTHS)
        self.chosen: frozenset[Asked] | None = None

    def table(self) -> Table:
        return KEYS

    def rows(self, width: int, height: int) -> list[Row]:
        from bptui.views.predict import depth_rows  # noqa: PLC0415

        return depth_rows(self.kinds, width)[:height]

    def toggle(self, place: int) -> None:
        from bptui.session.prediction import DEPTHS  # noqa: PLC0415

        self.kinds ^= {list(DEPTHS)[place]}

    def begin(self) -> None:
        self.chosen = self.kinds
        self.close()

    def nothing(self) -> str | None:
        return None if self.kinds else "nothing is asked then: choose one with its digit"


def toggling(number: int, words: str) -> Key[DepthScreen]:
    return Key(f"ask-{number}", (str(number),), str(number), "Predict", f"ask, or no longer: {words}",
               lambda screen: screen.toggle(number - 1))  # fmt: skip


KEYS: Table = (
    toggling(1, "the answers"),
    toggling(2, "δ of every layer"),
    toggling(3, "what one sample adds"),
    toggling(4, "Σ"),
    toggling(5, "the mean"),
    toggling(6, "Δw"),
    toggling(7, "the new weight"),
    Key("begin", ("enter", "j"), "Enter", "Predict", "begin: the next step stops before a number", DepthScreen.begin,
        "begin", DepthScreen.nothing),
    *COMMON,
    Key("close", ("escape", "q"), "Esc", "Predict", "close: nothing is asked", DepthScreen.close, "close"),
)  # fmt: skip
