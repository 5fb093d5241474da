"""The lines that ask what a weight or a sample is to be, and what a fork is called."""

import re

from bptui.data.clean import clean
from bptui.data.digits import shortest
from bptui.session import edits
from bptui.session.session import Session
from bptui.session.settings_line import parse_settings
from bptui.training.settings import Settings
from bptui.tui.dialogs import Line

SETTING = re.compile(r"\s*[a-z]+[a-z0-9_-]*(\s|=)", re.ASCII | re.IGNORECASE)
"""How a line begins that names a setting."""


class WeightLine(Line):
    """Asks for the number that the selected weight is set to, which is ``value`` once it is understood, or for other
    ``settings``."""

    NAME = "Set a weight"
    value: float | None = None
    settings: Settings | None = None

    def __init__(self, session: Session, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session
        symbol = session.run.start.architecture.names.symbol(session.moment.weight)
        now = shortest(edits.weight_now(session))
        when = f"before update {session.next_update}"
        self.QUESTION = f"{symbol} is {now} {when}. From there on: a number for it, or a setting"
        self.EXAMPLE = f"{now}   or   optimizer adam   l2 0.01"

    def accept(self, words: str) -> None:
        if SETTING.match(words):
            self.settings = parse_settings(self.session, words)
        else:
            self.value = edits.parse_number(words)


class SampleLine(Line):
    """Asks what is different about the current sample; ``answer`` is the line once it is understood."""

    NAME = "Change a sample"
    answer: str | None = None

    def __init__(self, session: Session, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.session = session
        out = edits.left_out(session)
        rows = ", ".join(map(str, out[:6])) + (" …" if len(out) > 6 else "")
        gone = f"; left out: {rows}" if out else ""
        accepted = edits.accepted(session.run.problem.data)
        self.QUESTION = f"{edits.sample_words(session)}{gone}. From update {session.next_update} on: {accepted}"
        self.EXAMPLE = "x0=0.5   or   out"

    def accept(self, words: str) -> None:
        edits.parse_sample(self.session, words)
        self.answer = words


class NameLine(Line):
    """Asks for a fork's name; ``name_given`` is the answer, "" for the one made from what differs."""

    NAME = "Name a fork"
    EXAMPLE = "a name, or nothing for the one made from what differs"
    name_given: str | None = None

    def __init__(self, number: int, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        self.QUESTION = f"Fork {number} is called"

    def accept(self, words: str) -> None:
        self.name_given = clean(words.strip(), 40)
