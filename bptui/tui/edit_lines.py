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


class WeightLine(Line[float | Settings]):
    """Asks for the number that the selected weight is set to, or for other settings."""

    NAME = "Set a weight"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool) -> None:
        symbol = session.run.start.architecture.names.symbol(session.moment.weight)
        now = shortest(edits.weight_now(session))
        when = f"before update {session.next_update}"
        super().__init__(
            palette_name,
            ascii_only,
            f"{symbol} is {now} {when}. From there on: a number for it, or a setting",
            f"{now}   or   optimizer adam   l2 0.01",
        )
        self.session = session

    def understood(self, words: str) -> float | Settings:
        return parse_settings(self.session, words) if SETTING.match(words) else edits.parse_number(words)


class SampleLine(Line[str]):
    """Asks what is different about the current sample; the answer is the line itself."""

    NAME = "Change a sample"
    EXAMPLE = "x0=0.5   or   out"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool) -> None:
        out = edits.left_out(session)
        rows = ", ".join(map(str, out[:6])) + (" …" if len(out) > 6 else "")
        gone = f"; left out: {rows}" if out else ""
        accepted = edits.accepted(session.run.problem.data)
        question = f"{edits.sample_words(session)}{gone}. From update {session.next_update} on: {accepted}"
        super().__init__(palette_name, ascii_only, question)
        self.session = session

    def understood(self, words: str) -> str:
        edits.parse_sample(self.session, words)
        return words


class NameLine(Line[str]):
    """Asks for a fork's name, "" for the one made from what differs."""

    NAME = "Name a fork"
    EXAMPLE = "a name, or nothing for the one made from what differs"

    def understood(self, words: str) -> str:
        return clean(words.strip(), 40)
