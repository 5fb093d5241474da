"""The lines that ask what a weight or a sample is to be, and what a fork is called."""

from bptui.data.clean import clean
from bptui.data.digits import shortest
from bptui.session import edits
from bptui.session.session import Session
from bptui.tui.dialogs import Line


class WeightLine(Line):
    """Asks for the number that the selected weight is set to; ``value`` is the answer."""

    NAME = "Set a weight"
    value: float | None = None

    def __init__(self, session: Session, palette_name: str, ascii_only: bool) -> None:
        super().__init__(palette_name, ascii_only)
        symbol = session.run.start.architecture.names.symbol(session.moment.weight)
        now = shortest(edits.weight_now(session))
        self.QUESTION = f"{symbol} is {now}: from update {session.next_update} on it is"
        self.EXAMPLE = now

    def accept(self, words: str) -> None:
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
        self.EXAMPLE = accepted.removeprefix("write ")

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
