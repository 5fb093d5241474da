"""The session file of an explorer: written by ctrl+s, whole each time, and never over what somebody else wrote."""

import shlex
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.data.bounded import bytes_of
from bptui.data.clean import clean
from bptui.data.error import DataError
from bptui.data.folders import state_folder
from bptui.data.output import is_locked, write_new, write_whole
from bptui.scenario import ScenarioError
from bptui.session.keeping import LARGEST_FILE, Kept, Replay, reopened, text_of_session
from bptui.tui.long_work import ReplayWork
from bptui.tui.recovery import remember
from bptui.tui.watching import look_back

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer


class SessionFile:
    """``path`` is the file that was opened or written last; None before that."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._holds = print_of(path) if path else ""

    def save(self, explorer: "Explorer") -> str:
        """Write the session; says where, or why nothing was written."""
        session = explorer.session
        place = self.path or Path(f"{session.scenario.title}.session.json")
        try:
            text = text_of_session(session, explorer.looks.words, place.parent)
            if self.path and print_of(self.path) == self._holds and not is_locked(self.path):
                write_whole(self.path, text)
            else:  # a name of its own, where somebody else has written there meanwhile, or it is to stay as it is
                self.path = write_new(place, text)
        except OSError as problem:
            return f"{clean(str(place))}: {problem.strerror}; nothing was saved"
        except (ScenarioError, ValueError) as problem:
            return f"nothing was saved: {clean(str(problem))}"
        self._holds = sha256(text.encode()).hexdigest()
        explorer.is_saved()
        if explorer.app.recovery:
            remember(self.path, state_folder())
        return f"saved {clean(str(self.path))}; bptui open goes on from there"

    def opens(self, explorer: "Explorer") -> str | None:
        """The command that opens the file, where it holds what is on the screen now and nothing else."""
        if self.path is None:
            return None
        with suppress(OSError, ScenarioError, ValueError):
            text = text_of_session(explorer.session, explorer.looks.words, self.path.parent)
            if print_of(self.path) == sha256(text.encode()).hexdigest():
                return clean(shlex.join(["bptui", "open", str(self.path)]))
        return None


def print_of(path: Path) -> str:
    """Of what a file holds; "" where it cannot be read, or is no session file by its size."""
    with suppress(DataError):
        return sha256(bytes_of(path, LARGEST_FILE)).hexdigest()
    return ""


def reopen(explorer: "Explorer", kept: Kept) -> None:
    """Replay all updates of a session file, with progress, and stand where one stood."""
    recovery = explorer.app.recovery
    if recovery is None or kept.path != recovery.path:
        explorer.session_file = SessionFile(kept.path)
    session = explorer.session

    def finish() -> str:
        explorer.reopening = False
        said = reopened(session, kept)
        if explorer.session_file is not None:
            explorer.is_saved()
        if not session.stops.caught_up(session.run):  # breakpoints and watches see what was replayed
            explorer.call_after_refresh(explorer.do, lambda _: look_back(explorer, said))
        return said

    def begin(_: object) -> None:
        explorer.begin(ReplayWork(Replay(session, kept), finish))
        explorer.reopening = explorer.working()

    explorer.do(begin)
