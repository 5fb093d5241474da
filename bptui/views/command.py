"""The one command that recreates a screen of the explorer."""

import shlex

from bptui.scenario.command import command_words
from bptui.session.aim import words_of
from bptui.session.naming import words_of as words_of_change
from bptui.session.session import Session
from bptui.training.settings import Settings
from bptui.views.looks import Looks


def command(session: Session, looks: Looks) -> str:
    """``bptui xor --lr 0.5 --at 'e3 b2 s4 d1'``. Raises ValueError where no command can: its line says why."""
    if session.scenario.recording is not None:
        return shlex.join(["bptui", session.scenario.origin, *where(session, looks)])
    (_, first), *later = session.run.causes.changes
    if later:
        update, change = later[0]
        what = words_of_change(session.run, update, change)
        raise ValueError(f"no command says {what} from update {update} on: {{save-session}} keeps it")
    assert isinstance(first, Settings)
    return shlex.join(["bptui", *command_words(session.scenario.under(first)), *where(session, looks)])


def where(session: Session, looks: Looks) -> list[str]:
    """The moment, and how it is looked at, as options."""
    at = words_of(session.run, session.moment)
    return [*(["--at", at] if at != "start" else []), *(["--look", looks.words] if looks.words else [])]
