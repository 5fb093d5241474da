"""The doctor's screen: the symptoms of the last update that was applied."""

from bptui.experiments.symptoms import Symptom, examine, symptoms
from bptui.session.session import Session
from bptui.tui.keys import Key, Table
from bptui.tui.sheet import UpdateSheet
from bptui.tui.workbench import COMMON
from bptui.views.doctor import counted, doctor_rows
from bptui.views.text import Row

PAGE = 10


class DoctorScreen(UpdateSheet):
    """Looks at the run as far as the session's moment; ``opened`` is the symptom to be shown where it is seen."""

    NAME = "Doctor"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, colour: bool) -> None:
        super().__init__(session, palette_name, ascii_only, colour)
        self.update = session.moment.applied
        self.findings = examine(session.run, self.update)
        self.symptoms = symptoms(self.findings)
        self.chosen = 0
        self.scroll_by = 0
        self.opened: Symptom | None = None

    def table(self) -> Table:
        return KEYS

    def title_words(self) -> str:
        return f"Doctor: {counted(self.symptoms)} at update {self.update}"

    def rows(self, width: int, height: int) -> list[Row]:
        return doctor_rows(self.findings, self.chosen, width, height, self.scroll_by)

    # --- what keys ask for ---

    def choose(self, by: int) -> None:
        self.chosen = min(max(self.chosen + by, 0), len(self.symptoms) - 1)

    def scroll_measures(self, by: int) -> None:
        self.scroll_by = min(max(self.scroll_by + by, 0), len(self.findings) - 1)

    def open_seen(self) -> None:
        """Back to the explorer, where the chosen symptom is seen."""
        self.opened = self.symptoms[self.chosen]
        self.close()

    def healthy(self) -> str | None:
        return None if self.symptoms else "there is no symptom"


def choosing(key_id: str, name: str, shown: str, words: str, by: int) -> Key[DoctorScreen]:
    return Key(key_id, (name,), shown, "Doctor", words, lambda screen: screen.choose(by), "", DoctorScreen.healthy)


KEYS: Table = (
    Key("open", ("enter",), "Enter", "Doctor", "the panel or screen where the chosen symptom is seen",
        DoctorScreen.open_seen, "where it is seen", DoctorScreen.healthy),
    choosing("up", "up", "↑", "the symptom above", -1),
    choosing("down", "down", "↓", "the symptom below", 1),
    Key("page-up", ("pageup",), "PgUp", "Doctor", "scroll the measures up",
        lambda screen: screen.scroll_measures(-PAGE)),
    Key("page-down", ("pagedown",), "PgDn", "Doctor", "scroll the measures down",
        lambda screen: screen.scroll_measures(PAGE)),
    *COMMON,
    Key("close", ("escape", "q", "h"), "Esc", "Doctor", "close", DoctorScreen.close, "close"),
)  # fmt: skip
