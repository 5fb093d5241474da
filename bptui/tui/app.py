"""The Textual app: themes, the command palette, and the frame around the explorer."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.constants import DRIVER
from textual.driver import Driver
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from bptui.scenario.accept import ScenarioError
from bptui.session.beginning import Beginning
from bptui.tui.config import Config
from bptui.tui.opening import Begun, Focus, Opening, focus_in
from bptui.tui.palette import MONO, PALETTES
from bptui.tui.panel import Panel
from bptui.tui.private import CellDiff, Faults
from bptui.tui.screens import open_draw
from bptui.tui.workbench import Workbench
from bptui.views.arrange import BATCH, NETWORK
from bptui.views.panels import NUMBERS

if TYPE_CHECKING:
    from bptui.session.aim import Aim
    from bptui.session.keeping import Kept, Reopened
    from bptui.session.session import Session
    from bptui.tui.demo import Demo
    from bptui.tui.explorer import Explorer
    from bptui.tui.polling import Desk, Lectern
    from bptui.tui.recovery import Recovery
    from bptui.views.looks import Looks

PLAIN = Config()
SWEPT_AFTER = 0.2  # seconds after a screen has closed: the one below it has been painted
SHOWN = 0.005  # seconds in which the first frame is written, before what computes is loaded
HOPS = 8  # queues on the way of a key: Enter goes down to a line and up to the app, and so does what the line says
ACTS = 0.5  # seconds within which a key has acted, or its screen is gone
AFTER_NUMBERS = 0.05  # seconds in which they are written, before what they need not is loaded
SAVED_EVERY = 5.0  # seconds of which a crash leaves nothing at worst


class Commands(CommandPalette):
    """The command palette; while it waits it writes nothing. Of what comes for it at once, two Enters or clicks, one
    acts: Textual would run a command twice, and close the screen below."""

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a list that has no room yet, or none at all, Textual fails to move."""
        if action == "command_list" and not self.query_one(CommandList).scrollable_content_region:
            return False
        return super().check_action(action, parameters)

    @on(Input.Submitted)
    @on(CommandList.OptionSelected)
    def only_once(self, event: Message) -> None:
        if not self.is_active:
            event.stop().prevent_default()

    def dismiss(self, result: object = None) -> AwaitComplete:
        return super().dismiss(None) if self.is_active else AwaitComplete.nothing()  # type: ignore[no-untyped-call]


def nobody_looks() -> None:
    """What is done when something was shown, where nobody presents."""


def nobody_asks(screen: Workbench, key_id: str) -> None:
    """What is done before a key acts, where nobody presents or follows."""


Maker = Callable[["Session", str, bool, "Looks"], "Explorer"]
"""Makes an explorer of a session, the name of a palette, whether to keep to ASCII, and how it is looked at."""


class BptuiApp(CellDiff, Faults):
    """``session`` is what is explored, or what it begins with: then the screen opens before it.

    ``colour`` False paints without colours, ``ascii`` True without Unicode; ``config`` is what
    the config file and the options say; ``draw`` opens the drawing pad at once (see open_draw),
    ``aim`` is where in the run one begins, ``looks`` how one looks at it; ``recovery`` is kept up to date, where there
    is one."""

    TITLE = "bptui"
    CSS = """
    Screen { background: $background; }
    CommandPalette:ansi {
        Vertical > Horizontal { border: hkey ansi_bright_black; border-bottom: none; }
        CommandInput { border: blank ansi_default; &:focus { border: blank ansi_default; } }
        CommandList { border-top: blank ansi_default; border-bottom: hkey ansi_bright_black; }
        SearchIcon { color: ansi_default; }
    }
    """  # a theme of the terminal's own 16 colours has no other; Textual's palette has black and lime in any
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ALLOW_SELECT = False  # what is selected here nobody could copy over SSH; --no-mouse lets the terminal do it

    def __init__(
        self,
        session: "Session | Beginning | Reopened",
        config: Config = PLAIN,
        colour: bool = True,
        ascii_only: bool = False,
        draw: str = "",
        aim: "Aim | None" = None,
        looks: "Looks | None" = None,
        recovery: "Callable[[], Recovery] | None" = None,
        made: "Maker | None" = None,
    ) -> None:
        super().__init__()
        self._made = made
        self._draw = draw
        self._aim = aim
        self._kept: Kept | None = None
        self.recovery: Recovery | None = None
        self._begin_recovery = recovery
        self.colour = colour and config.theme != MONO.name
        self.ascii = ascii_only
        linux = os.environ.get("TERM") == "linux"  # the console's fonts have no braille
        self.blocks = config.glyphs == "block" or (linux and config.glyphs == "auto")
        self.palette_name = self.fitting(config.theme) if self.colour else MONO.name
        self.remap = config.remap
        self.read_only = config.read_only
        self.asks = config.ask
        self.demo: Demo | None = None
        self.polling: Desk | Lectern | None = None
        self.pressed: Callable[[Workbench, str], None] = nobody_asks
        self.shown: Callable[[], None] = nobody_looks
        self._config, self._looks = config, looks
        self.explorer: Explorer
        self.opening: Opening | None = None
        self.refusal: Exception | None = None
        self.stopped = False
        self.sweeps: tuple[int, int, int] | None = None  # how often garbage is looked for, once there is a session
        self.animation_level = "none"
        if isinstance(session, Beginning):
            focus = self._first_focus() if session.look is None else focus_in(session.look)
            self.opening = Opening(session, focus, self.palette_name, ascii_only)
        else:
            self._take(session)

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
        if self.opening is None:
            self.push_screen(self.explorer)
            self._explore()
        else:
            self.opening.call_after_refresh(self.set_timer, SHOWN, partial(self.opening.start, self.post_message))

    # --- before there is a session ---

    def get_default_screen(self) -> Screen[Any]:
        """The lowest one: one screen less to be made before the first frame."""
        return self.opening or super().get_default_screen()

    def _first_focus(self) -> Focus:
        """How the explorer will be looked at in the beginning."""
        if self._looks is not None:
            return self._looks.focus, self._looks.beside, self._looks.maximised
        focus = NUMBERS[self._config.focus]
        return focus, BATCH if focus == NETWORK else focus, self._config.maximised

    def _take(self, session: "Session | Reopened") -> None:
        from bptui.tui.explorer import Explorer  # noqa: PLC0415  with all that computes
        from bptui.views.looks import parse_looks  # noqa: PLC0415

        if isinstance(session, tuple):
            session, self._kept = session
            self._looks = parse_looks(self._kept.look)
        self.session = session
        session.player = replace(session.player, speed=self._config.speed - 1)
        looks = self._looks or self._config.looks
        self.explorer = (self._made or Explorer)(session, self.palette_name, self.ascii, looks)

    async def on_begun(self, message: Begun) -> None:
        """The explorer takes the opening's place, and what was typed meanwhile is typed into it. Where there is no
        session, whoever ran the app says why."""
        outcome = message.outcome
        if isinstance(outcome, ScenarioError | OSError):
            self.refusal = outcome
            self.exit(0)
        elif isinstance(outcome, Exception):
            raise outcome
        else:
            assert self.opening is not None, "it has sent this"
            self.opening.over = True
            self._take(outcome)
            with self.batch_update():
                await self.push_screen(self.explorer)
            self._explore()
            self.explorer.call_after_refresh(self._begin_to_type, self.opening)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not any(
            isinstance(screen, Workbench) for screen in self.screen_stack[-1:]
        ):
            self.key_acted(event)  # a workbench says itself when it has
        if self.opening is None or not isinstance(event, events.InputEvent) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, events.Key):
            self.opening.typed(event)

    def _begin_to_type(self, opening: Opening) -> None:
        self.run_worker(self._type_what_was_kept(opening))

    async def _type_what_was_kept(self, opening: Opening) -> None:
        """In order, each when the one before has acted; what comes while this goes on comes behind it."""
        while opening.kept:
            await super().on_event(opening.kept.pop(0))
            for _ in range(HOPS):
                await self._until_idle(self.screen)
        self.opening = None

    async def _until_idle(self, screen: Screen[object]) -> None:
        """Until the app, a screen and its widgets have done what was in their queues."""
        everybody, done = (self, screen, *screen.query("*")), list[object]()
        for widget in everybody:
            widget.call_later(done.append, widget)
        until = monotonic() + ACTS
        while len(done) < len(everybody) and monotonic() < until:  # what has closed meanwhile calls nobody
            await asyncio.sleep(0.001)

    def stop_opening(self) -> None:
        self.stopped = True
        self.exit(0)

    # --- with one ---

    def _explore(self) -> None:
        if self.sweeps:
            gc.enable()
            gc.freeze()  # what is there now stays: whoever looks for garbage need not look at it,
            gc.set_threshold(*self.sweeps)  # and can look often
        explorer = self.explorer
        if self._draw:
            explorer.call_after_refresh(open_draw, explorer, self._draw)
        if self._config.demo:
            from bptui.tui.demo import Demo  # noqa: PLC0415  seldom asked for

            self.demo = Demo(self)
        explorer.call_after_refresh(explorer.go_to, self._aim)
        if self._kept:
            self._begin_to_keep()
            explorer.call_after_refresh(explorer.reopen, self._kept)
        else:
            explorer.call_after_refresh(self.set_timer, AFTER_NUMBERS, self._begin_to_keep)

    def _begin_to_keep(self) -> None:
        if self._kept is None:
            self.explorer.tell_of_start()  # what it needs is loaded before a key waits for it
        if self._begin_recovery and self.session.why_not_save() is None:
            self.recovery = self._begin_recovery()
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

    def show_now(self, screen: Any, key: bool = False) -> None:
        super().show_now(screen, key)
        self.shown()

    def pop_screen(self) -> AwaitComplete:
        """What a screen had in hand, whole runs perhaps, goes with it: it holds itself, so the garbage must be looked
        through, which is quick where what stays for ever has been set aside."""
        closing = super().pop_screen()
        if self.sweeps:
            self.set_timer(SWEPT_AFTER, partial(self.call_later, gc.collect))  # the timer's message holds it too
        return closing

    def action_command_palette(self) -> None:
        """Textual binds ctrl+p itself, ahead of the screen: what the key table says holds here too."""
        screen = self.screen
        if not isinstance(screen, Workbench) or screen.takes_over() or screen.waits("palette"):
            return
        reason = screen.why_no_palette()
        if reason is not None:
            screen.notice = reason
            screen.paint_notice()
            return
        screen.pause()
        self.push_screen(Commands())

    def action_help_quit(self) -> None:
        """Textual binds ctrl+c too, and would lay a box over the numbers."""
        screen = self.screen
        if isinstance(screen, Workbench):
            screen.notice = f"ctrl+c is no key here: {screen.shown('quit')} quits"
            screen.paint_notice()

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
