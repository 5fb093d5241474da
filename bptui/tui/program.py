"""The explorer as a program: in this terminal, from what may be drawn in it to the exit status."""

import io
import locale
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from bptui.lazy import stopped
from bptui.tui.app import BptuiApp, Maker
from bptui.tui.aside import left_over
from bptui.tui.config import Config
from bptui.tui.opening import Opening

if TYPE_CHECKING:
    from bptui.session.aim import Aim
    from bptui.session.beginning import Beginning
    from bptui.session.keeping import Reopened
    from bptui.session.session import Session
    from bptui.tui.recovery import Recovery
    from bptui.views.looks import Looks

SWEEPS = 5_000, 5, 5  # objects more than before until the youngest are looked through, and how often until the older
PATIENCE = 0.5  # seconds for the work that a session needs to stop
AT_WORK = 0.1  # and for what was computed beside the screen: an update may take many


def run_explorer(
    session: "Session | Beginning | Reopened",
    config: Config,
    colour: bool,
    draw: str = "",
    aim: "Aim | None" = None,
    looks: "Looks | None" = None,
    recovery: "Callable[[], Recovery] | None" = None,
    made: "Maker | None" = None,
) -> int:
    """Run the explorer in this terminal; returns the exit status. Raises ScenarioError, OSError where there is no
    session to explore, KeyboardInterrupt where it was not waited for: the terminal is left by then."""
    os.environ.pop("NO_COLOR", None)  # it has been followed; Textual would take away what tells one line from another
    if not in_browser():  # there they are the size
        for name in ("COLUMNS", "LINES"):  # in a terminal they would override the real one
            os.environ.pop(name, None)
    app = BptuiApp(session, config, colour, not draws_unicode(config.glyphs), draw, aim, looks, recovery, made)
    app.sweeps = SWEEPS
    app.run(mouse=config.mouse)
    if app.recovery:
        app.recovery.end(app.explorer, clean_end=not app.return_code and not app.fault)
    if app.fault:
        with suppress(OSError):  # the line may be lost
            sys.stderr.write(f"{app.fault}\n")
    status = app.return_code or 0
    if app.opening is not None:
        leave_opening(app, app.opening, status)
    elif left_over(AT_WORK):
        os._exit(status)
    return status


def leave_opening(app: BptuiApp, opening: Opening, status: int) -> None:
    """The end of a screen that had no session. A reader that cannot be stopped is not waited for: with Python's end it
    would go on in the midst of what is no more."""
    if not opening.give_up(PATIENCE):
        if app.stopped:
            stopped()
        os._exit(status)
    if app.stopped:
        raise KeyboardInterrupt
    if app.refusal is not None:
        raise app.refusal


def in_browser() -> bool:
    """Has ``textual serve`` started this?"""
    return "web_driver" in os.environ.get("TEXTUAL_DRIVER", "")


def draws_unicode(glyphs: str) -> bool:
    """Whether to draw with Unicode on stderr, as Textual does; where it is demanded the stream is made to carry it. A
    browser always has it. Otherwise the terminal's locale is asked too: Python may write UTF-8 whatever that says."""
    if in_browser():
        return glyphs != "ascii"
    if glyphs in ("braille", "block") and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(encoding="utf-8")
        return True
    says = (sys.stderr.encoding,) if sys.platform == "win32" else (sys.stderr.encoding, locale.getencoding())
    return glyphs != "ascii" and all("utf" in (encoding or "").lower() for encoding in says)
