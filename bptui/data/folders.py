"""Where bptui keeps what is its own on this machine."""

import os
import sys
from pathlib import Path

from platformdirs import user_state_path


def state_folder() -> Path | None:
    """Where the platform keeps such files; None where no home is known, or processes cannot be asked whether they
    live."""
    homeless = os.environ.get("HOME") == "" and not os.environ.get("XDG_STATE_HOME")
    if sys.platform == "win32" or homeless:
        return None
    folder = user_state_path("bptui", appauthor=False)
    return folder if folder.is_absolute() else None
