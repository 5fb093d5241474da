"""The Textual app: themes, the command palette, and the frame around the explorer."""

import gc
import io
import locale
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.constants import DRIVER
from textual.driver import Driver
from textual.screen import Screen
from textual.widgets import Input

from bptui.session.aim import Aim
from bptui.session.session import Session
from bptui.tui.config import Config
from bptui.tui.demo import Demo
from bptui.tui.explorer import Explorer
from bptui.tui.palette import MONO, PALETTES
from bptui.tui.panel import Panel
from bptui.tui.private import CellDiff, Faults
from bptui.tui.screens import open_draw
from bptui.tui.workbench import Workbench
from bptui.views.looks import Looks

if TYPE_CHECKING:
    from bptui.session.keeping import Kept
    from bptui.tui.recovery import Recovery

PLAIN = Config()
SWEPT_AFTER = 0.2  # seconds after a screen has closed: the one below it has been painted
SWEEPS = 5_000, 5, 5  # objects more than before until the youngest are looked through, and how often until the older
SAVED_EVERY = 5.0  # seconds of which a crash leaves nothing at worst


class Commands(CommandPalette):
    """The command palette; while it waits it writes nothing."""

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False


class BptuiApp(CellDiff, Faults):
    """``session`` is what is explored; ``colour`` False paints without colours, ``ascii`` True without Unicode;
    ``config`` is what the config file and the options say; ``draw`` opens the drawing pad at once (see open_draw),
    ``aim`` is where in the run one begins, ``looks`` how one looks at it; ``kept`` is what a session file says besides,
    to be replayed; ``recovery`` is kept up to date, where there is one."""

    TITLE = "bptui"
    CSS = "Screen { background: $background; }"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ALLOW_SELECT = False  # what is selected here nobody could copy over SSH; --no-mouse lets the terminal do it

    def __init__(
        self,
        session: Session,
        config: Config = PLAIN,
        colour: bool = True,
        ascii_only: bool = False,
        draw: str = "",
        aim: Aim | None = None,
        looks: Looks | None = None,
        kept: "Kept | None" = None,
        recovery: "Recovery | None" = None,
    ) -> None:
        super().__init__()
        self._draw = draw
        self._aim = aim
        self._kept = kept
        self.recovery = recovery
        self.session = session
        self.colour = colour
        self.ascii = ascii_only
        linux = os.environ.get("TERM") == "linux"  # the console's fonts have no braille
        self.blocks = config.glyphs == "block" or (linux and config.glyphs == "auto")
        self.palette_name = self.fitting(config.theme) if colour else MONO.name
        self.remap = config.remap
        self.read_only = config.read_only
        self.demo: Demo | None = None
        self._plays_demo = config.demo
        self.explorer = Explorer(session, self.palette_name, ascii_only, looks or config.looks)
        self.animation_level = "none"

    def fitting(self, theme: str) -> str:
        """The theme, or where the terminal has 16 colours the one made of these that is nearest to it."""
        if self.console.color_system != "standard" or theme.startswith("ansi"):
            return theme
        return "ansi-light" if theme == "light" else "ansi-dark"

    def get_driver_class(self) -> type[Driver]:
        """On Unix bptui's own, unless it was made for another Textual than this."""
        if DRIVER is None and sys.platform != "win32":
            with suppress(ImportError):
                from bptui.tui.driver import Terminal  # noqa: PLC0415  there is no such terminal on Windows

                return Terminal
        return super().get_driver_class()

    def on_mount(self) -> None:
        self.use_palette(self.palette_name)
        self.app_resume_signal.subscribe(self, self._resumed)
        self.push_screen(self.explorer)
        if self._draw:
            self.explorer.call_after_refresh(open_draw, self.explorer, self._draw)
        if self._plays_demo:
            self.demo = Demo(self)
        self.explorer.call_after_refresh(self.explorer.go_to, self._aim)
        if self._kept:
            self.explorer.call_after_refresh(self.explorer.reopen, self._kept)
        if self.recovery:
            self._offer(self.recovery)
            self.set_interval(SAVED_EVERY, partial(self.recovery.note, self.explorer))

    def _offer(self, recovery: "Recovery") -> None:
        """Say what was lost, or that nothing can be kept."""
        from bptui.tui.recovery import lost  # noqa: PLC0415  not before the first paint

        if recovery.trouble:
            self.explorer.say_later(recovery.trouble)
        elif self._kept is None and lost(recovery.path.parent if recovery.path else None):
            self.explorer.say_later("a session was not ended: bptui resume recovers it")

    def keep(self) -> None:
        """Leave the last moment to be recovered, whatever the thread that shows it hangs on."""
        if self.recovery:
            with suppress(Exception):  # it may be in the middle of a change: then there is the file written before
                self.recovery.end(self.explorer, clean_end=False)

    def _resumed(self, _: object) -> None:
        """After ctrl+Z and fg the terminal shows something else: paint everything (Textual issue 6298)."""
        self.line.forget()
        self.forget_screen()
        self.refresh(layout=True)

    def pop_screen(self) -> AwaitComplete:
        """What a screen had in hand, whole runs perhaps, goes with it: it holds itself, so the garbage must be looked
        through, which is quick where what stays for ever has been set aside."""
        closing = super().pop_screen()
        if gc.get_freeze_count():
            self.set_timer(SWEPT_AFTER, partial(self.call_later, gc.collect))  # the timer's message holds it too
        return closing

    def action_command_palette(self) -> None:
        """Textual binds ctrl+p itself, ahead of the screen: what the key table says holds here too."""
        screen = self.screen
        if self.demo is not None:
            self.demo.stop()
        if isinstance(screen, Workbench) and screen.why_no_palette() is None:
            screen.pause()
            self.push_screen(Commands())

    def action_help_quit(self) -> None:
        """Textual binds ctrl+c too, and would lay a box over the numbers."""
        screen = self.screen
        if isinstance(screen, Workbench):
            screen.notice = f"ctrl+c is no key here: {screen.shown('quit')} quits"
            screen.paint()

    def use_palette(self, name: str) -> None:
        self.palette_name = name
        self.theme = next(palette.textual for palette in (*PALETTES, MONO) if palette.name == name)
        for screen in self.screen_stack:
            for panel in screen.query(Panel):
                panel.repaint(name)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers the key table, with the reason where a key cannot act now."""
        if not isinstance(screen, Workbench):
            return
        for key in screen.keys_now():
            if key.id != "palette":
                reason = screen.why_not(key)
                pressed = f" ({key.shown})" if key.keys else ""
                words = f"{key.tooltip}{pressed}" if reason is None else f"not now: {reason}"
                yield SystemCommand(key.id.replace("-", " "), words, partial(screen.press, key.id))


def run_explorer(
    session: Session,
    config: Config,
    colour: bool,
    draw: str = "",
    aim: Aim | None = None,
    looks: Looks | None = None,
    kept: "Kept | None" = None,
    recovery: "Recovery | None" = None,
) -> int:
    """Run the explorer in this terminal; returns the exit status."""
    os.environ.pop("NO_COLOR", None)  # it has been followed; Textual would take away what tells one line from another
    if not in_browser():  # there they are the size
        for name in ("COLUMNS", "LINES"):  # in a terminal they would override the real one
            os.environ.pop(name, None)
    app = BptuiApp(session, config, colour, not draws_unicode(config.glyphs), draw, aim, looks, kept, recovery)
    gc.freeze()  # what is there now stays: whoever looks for garbage need not look at it,
    gc.set_threshold(*SWEEPS)  # and can look often
    app.run(mouse=config.mouse)
    if recovery:
        recovery.end(app.explorer, clean_end=not app.return_code and not app.fault)
    if app.fault:
        with suppress(OSError):  # the line may be lost
            sys.stderr.write(f"{app.fault}\n")
    return app.return_code or 0


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
