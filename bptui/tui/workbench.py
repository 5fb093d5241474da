"""What every screen of bptui is: panels, a table of keys, a clock while something is under way, and a notice."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from bptui.data.clean import clean
from bptui.data.output import write_new
from bptui.tui.aside import Over, Slices, left_over
from bptui.tui.keys import Key, Table, footer_hints, key_lines, pressed
from bptui.tui.palette import PALETTES
from bptui.tui.panel import Panel
from bptui.tui.screens import tables
from bptui.views.arrange import SMALLEST
from bptui.views.help import footer_rows
from bptui.views.text import Row, Span, cells, first_fitting, fit, keeping_cure

if TYPE_CHECKING:
    from bptui.session.session import Session
    from bptui.tui.app import BptuiApp

FRAMES = 15  # a second, while something is under way
AT_ONCE = "quit", "stop"  # keys that act while something is computed beside the screen
KEY_ID = re.compile(r"\{([a-z][a-z0-9-]+)\}")


class Workbench(Screen[None]):
    """A screen says its panels and its table of keys, paints, and does a slice of its work when the clock asks."""

    app: "BptuiApp"
    shows_keys = True
    """What a key has changed is shown at once: see :meth:`on_key`."""
    NAME = ""
    """What the screen is called in the help and in the names of its pictures."""
    DEFAULT_CSS = "Workbench { layers: base; }"

    def __init__(self, palette_name: str, ascii_only: bool) -> None:
        super().__init__()
        self.notice = ""
        self._look = palette_name, ascii_only
        self._clock: Timer
        self._hints: list[tuple[str, str, bool]] = []
        self._last_tick = 0.0
        self._again: Timer | None = None
        self._painted_for: tuple[int, int] | None = None
        self.slices = Slices(self)

    # --- what a screen says ---

    def parts(self) -> list[Panel]:
        """Its panels."""
        raise NotImplementedError

    def table(self) -> Table:
        """What its keys do."""
        raise NotImplementedError

    def keys_now(self) -> Table:
        """The table, with the keys that the config file gives its ids."""
        return self.app.remap(self.table())

    def paint(self) -> None:
        """Show what there is to show, at the screen's size."""
        raise NotImplementedError

    def paint_work(self) -> None:
        """Show what a slice of work has changed."""
        self.paint()

    def paint_chart(self) -> None:
        """Show the chart, which has been drawn."""
        self.paint()

    def working(self) -> bool:
        """Is something under way?"""
        return False

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        """A slice of it, until ``pause()`` says so; ``elapsed`` seconds after the slice before."""

    def costly(self) -> bool:
        """Does the least of its work take longer than a frame? Then it is done beside the screen, and so is what a key
        needs: nothing of it may touch the terminal."""
        return False

    def weighs(self, session: "Session") -> bool:
        """Is what it needs of a session costly? Who follows, or presents, sees it change at any time: not there."""
        return session.costly and self.app.polling is None

    def prepare(self) -> None:
        """Compute what will be shown; beside the screen."""

    def came_of_it(self, stopped: bool) -> None:
        """A slice beside the screen is over, ``stopped`` by a person or not."""
        if self.app.recovery:
            self.app.recovery.note_between(self.app.explorer)

    def paint_foot(self) -> None:
        """Show what the foot says, and look at nothing that is being worked on."""

    def paint_notice(self) -> None:
        """Show a notice, and as much else as can be looked at now."""
        self.paint_foot() if self.is_worked_on else self.paint()

    @property
    def is_worked_on(self) -> bool:
        """Is something computed beside this screen, or one that lies over it? What it shows may be part of that."""
        if not self.is_attached:  # the app has ended, and knows of no screen any more
            return left_over(0.0)
        return any(isinstance(screen, Workbench) and screen.slices.busy for screen in self.app.screen_stack)

    def slice(self) -> float:
        """Seconds of computing inside one frame: a key is answered within a frame."""
        return 0.045

    def hurries(self) -> bool:
        """Is it waited for? Then a slice follows the one before, whatever the clock says."""
        return False

    def state(self) -> Span:
        """A word before the keys of the footer."""
        return "", "notice"

    def progress(self) -> list[str]:
        """What is said of work under way in place of the keys, the longest wording first; [] for nothing."""
        return []

    def shown(self, key_id: str) -> str:
        """The key that has this id here, else in the screen that has it, as people read it."""
        return next(self._all_shown(key_id))

    def named(self, words: str) -> str:
        """The words with the keys in force in place of their ids: "{restart} restarts"."""
        return KEY_ID.sub(lambda found: next(self._all_shown(found[1]), found[0]), words)

    def _all_shown(self, key_id: str) -> Iterator[str]:
        yield from (key.shown.split()[0] for key in self.keys_now() if key.id == key_id and key.shown)
        for table in tables().values():
            yield from (key.shown.split()[0] for key in self.app.remap(table) if key.id == key_id and key.shown)

    def picture_name(self) -> str:
        """The name of a picture of this screen, without its ending."""
        return f"bptui-{self.NAME.lower().replace(' ', '-')}"

    # --- life ---

    def compose(self) -> ComposeResult:
        for panel in self.parts():
            panel.palette, panel.ascii = self._look
            panel.blocks = self.app.blocks
            yield panel

    def on_mount(self) -> None:
        self._clock = self.set_interval(1 / FRAMES, self._tick, pause=True)
        self.wake()

    def on_resize(self, event: events.Resize) -> None:
        if self.size.width and self.size.height:
            self.lay_out()
            self.paint_notice()
            self._painted_for = self.size

    @property
    def is_painted(self) -> bool:
        """Has what it shows been painted at its size? Textual composes a screen before it tells it its size."""
        return self._painted_for == self.size

    def lay_out(self) -> None:
        """Give every panel its box."""

    @property
    def too_small(self) -> bool:
        return self.size.width < SMALLEST[0] or self.size.height < SMALLEST[1]

    def footer(self, width: int) -> Row:
        """The notice, or what the keys do, in one row."""
        return self.footer_rows(width, 1)[0]

    def footer_rows(self, width: int, height: int) -> list[Row]:
        """What the keys do, in one row or in two; a notice or the progress of work takes the first."""
        state = self.state()
        self._hints = self._hints if self.is_worked_on else self.hints()
        first, *more = footer_rows(self._hints, width, height, cells(state[0]))
        said = [keeping_cure(self.notice, width - 1)] if self.notice else self.slices.words(self.progress())
        top = first_fitting([((f" {words}", "notice"),) for words in said], width) if said else (state, *first)
        return [fit(top, width, "notice" if said else "bar"), *(fit(row, width, "bar") for row in more)]

    def hints(self) -> list[tuple[str, str, bool]]:
        """Which keys the footer names, the more important ones first."""
        return footer_hints(self.keys_now(), self)

    # --- the clock ---

    def wake(self) -> None:
        """Run the clock while something is under way, and not otherwise: an idle screen writes nothing."""
        if self.slices.busy or self.working():
            self._last_tick = perf_counter()
            self._clock.resume()
        else:
            self._clock.pause()

    def _tick(self) -> None:
        if self._again is not None:
            self._again.stop()
            self._again = None
        if self.slices.busy:
            self._show_foot()
            return
        if not self.working():  # a key has ended it since this was due
            self.wake()
            return
        now = perf_counter()
        elapsed, self._last_tick = now - self._last_tick, now
        until = now + self.slice()
        if not self.costly():
            self.work(elapsed, lambda: perf_counter() > until or self.app.key_waits)
        elif not self.slices.begin(elapsed):
            return
        self._show_work()

    def _show_foot(self) -> None:
        """That it goes on. Who has left is told nothing: the shell would read the terminal's answer to that."""
        if self.is_attached and not self.app.behind:
            self.app.begin_frame()
            self.paint_foot()
            self.app.show_now(self)

    def _show_work(self) -> None:
        """What a slice has made; the next one follows."""
        if not (self.app.behind and self.working()):  # what nobody can see yet is not painted
            self.app.begin_frame()
            self.paint_work()
            self.app.show_now(self)
        self.wake()
        if self.working() and self.hurries():
            self._again = self.set_timer(0.001, self._tick)

    def on_over(self, message: Over) -> None:
        """A slice beside the screen is over: show it, then do what was asked for meanwhile."""
        message.stop()
        if self.slices.take():
            self._show_work()
            self.slices.go_on()

    # --- the mouse ---

    def on_click(self, event: events.Click) -> None:
        """A click says which panel is meant."""
        if self.takes_over():
            return
        if self.slices.busy:
            self.put_off(partial(self.on_click, event))
        elif isinstance(event.widget, Panel):
            corner = event.widget.region.offset
            self.clicked(event.widget, event.screen_x - corner.x, event.screen_y - corner.y)

    def clicked(self, panel: Panel, x: int, y: int) -> None:
        """A panel was clicked in this column and row; most screens have nothing to choose."""

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        if not self.slices.busy:
            self.wheel("up")

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        if not self.slices.busy:
            self.wheel("down")

    def wheel(self, way: str) -> None:
        """As the arrow does, where it moves in a list; where it cannot nobody has asked why not."""
        if any(key.id == way and self.why_not(key) is None for key in self.table()):
            self.press(way)

    # --- keys ---

    def on_key(self, event: events.Key) -> None:
        if not self.is_active:  # since it was typed another screen has opened or this one has closed: it is for that
            event.stop()
            event.prevent_default()
            self.app.post_message(events.Key(event.key, event.character))
            return
        key = pressed(self.keys_now(), event.key)
        quits = key is not None and key.id == "quit"
        if self.takes_over() and not quits:
            event.stop()
            event.prevent_default()
        elif self.slices.busy and (key is None or key.id not in AT_ONCE):
            event.prevent_default()
            self.put_off(partial(self.on_key, event))  # it may be for a screen that opens until then
            if key is not None:
                event.stop()
        elif key is not None:
            event.stop()
            event.prevent_default()
            self._press_and_show(key.id)

    def put_off(self, act: Callable[[], object]) -> None:
        """Until what is computed beside the screen is over."""
        self.slices.keep(act)
        self._show_foot()

    def _press_and_show(self, key_id: str) -> None:
        self.app.begin_frame()
        self.press(key_id)
        self.app.show_now(self, key=True)

    def takes_over(self) -> bool:
        """Where a tour plays, what is pressed first ends it, and does nothing else but to quit."""
        if self.app.demo is None or not self.app.demo.stop():
            return False
        self.notice = self.named("the tour has ended here: from now on keys act; {help} lists them")
        self.app.begin_frame()
        self.paint_notice()
        self.app.show_now(self, key=True)
        return True

    def press(self, key_id: str) -> None:
        """Do what a key of the table does, or say why it cannot be done now."""
        if self.waits(key_id):
            return
        self.app.pressed(self, key_id)
        key = next(key for key in self.table() if key.id == key_id)
        self.notice = self.why_not(key) or ""
        self.slices.asked = key.tooltip.partition(":")[0]
        if self.slices.busy:  # it leaves
            self.slices.stop()
            key.act(self)
            self._show_foot()
        elif self.notice:
            self.paint()
        else:
            self.do(key.act)

    def waits(self, key_id: str) -> bool:
        """Must a key wait for what is computed beside the screen? Then it is kept. One can leave at any time."""
        if not self.slices.busy or key_id == "quit":
            return False
        if key_id == "stop":
            self.slices.stop()
        self.put_off(partial(self._press_kept, key_id))
        return True

    def _press_kept(self, key_id: str) -> None:
        """What was to be stopped may have come to its end."""
        key = next(key for key in self.table() if key.id == key_id)
        if key_id != "stop" or self.why_not(key) is None:
            self._press_and_show(key_id)

    def why_not(self, key: Key[Any]) -> str | None:
        """Why a key cannot act now, or None."""
        return key.why_not(self)

    def do(self, act: Callable[[Any], None]) -> None:
        """Act, and show what came of it; work it began goes on by the clock."""
        if self.slices.busy:
            self.put_off(partial(self.do, act))
            return
        act(self)
        if not self.is_attached or self.slices.busy:
            return
        if not self.costly() or not self.is_active or self.slices.begin():
            self.paint()
            self.wake()

    def pause(self) -> None:
        """Stop what plays, before another screen lies over this one."""

    def show_help(self) -> None:
        from bptui.tui.lists import Help  # noqa: PLC0415  a workbench too

        self.pause()
        panel = self.parts()[0]
        self.app.push_screen(Help(key_lines(self.keys_now(), self), self.help_too(), panel.palette, panel.ascii))

    def help_too(self) -> Sequence[str]:
        """Lines of the help that are about this screen."""
        return ()

    def next_theme(self) -> None:
        names = [palette.name for palette in PALETTES]
        if not self.app.colour:
            self.notice = "no colours here: NO_COLOR, --no-color or theme mono"
            return
        here = names.index(self.app.palette_name) if self.app.palette_name in names else 0
        self.app.use_palette(names[(here + 1) % len(names)])
        self.notice = f"theme {self.app.palette_name}"

    def why_not_save(self) -> str | None:
        return "nothing is saved here: --read-only" if self.app.read_only else None

    def why_not_save_session(self) -> str | None:
        return "sessions are kept where a terminal is, not in a browser" if self.app.is_web else self.why_not_save()

    def save_picture(self) -> None:
        from bptui.tui.pictures import picture  # noqa: PLC0415  when one is taken

        self.save(f"{self.picture_name()}.svg", picture(self.app, self.picture_title()))

    def picture_title(self) -> str:
        """What stands over a picture of this screen."""
        return "bptui"

    def save(self, name: str, text: str, more: str = "") -> None:
        """Keep a text as a new file in the current folder, and say so and ``more``. Where the screen is in a browser
        that folder is somebody else's, and the text goes to the browser."""
        if self.app.is_web:
            self.app.deliver_text(StringIO(text), save_filename=name)
            self.notice = f"{clean(name)} goes to the browser{more}"
            return
        try:
            self.notice = f"saved {clean(str(write_new(Path(name), text)))}{more}"
        except OSError as problem:
            self.notice = f"{clean(name)}: {problem.strerror}; nothing was saved"

    def why_no_palette(self) -> str | None:
        return "the palette needs a terminal with Unicode" if self.app.ascii else None

    def open_palette(self) -> None:
        self.app.action_command_palette()

    def repaint_all(self) -> None:
        self.app.forget_screen()
        self.refresh(layout=True)
        for panel in self.parts():
            panel.refresh()

    def why_not_suspend(self) -> str | None:
        here = self.app.is_web or sys.platform == "win32" or self.app.read_only
        return "there is no shell here to suspend to" if here else None

    def suspend(self) -> None:
        self.pause()
        self.app.action_suspend_process()

    def quit(self) -> None:
        self.app.exit(0)

    def close(self) -> None:
        if self.is_active:  # twice would close the screen below
            self.dismiss()


PICTURE: Key[Workbench] = Key(
    "picture",
    ("x",),
    "x",
    "Other",
    "save a picture of the screen (SVG) in the current folder",
    Workbench.save_picture,
    "",
    Workbench.why_not_save,
)
THEME: Key[Workbench] = Key("theme", ("t",), "t", "Other", "next theme", Workbench.next_theme)
COMMON: Table = (
    PICTURE,
    THEME,
    Key("palette", ("ctrl+p",), "ctrl+p", "Other", "command palette", Workbench.open_palette, "",
        Workbench.why_no_palette),
    Key("repaint", ("ctrl+l",), "ctrl+l", "Other", "paint the whole screen anew", Workbench.repaint_all),
    Key("suspend", ("ctrl+z",), "ctrl+z", "Other", "suspend to the shell; fg comes back", Workbench.suspend, "",
        Workbench.why_not_suspend),
    Key("quit", ("ctrl+q",), "ctrl+q", "Other", "quit bptui", Workbench.quit),
    Key("help", ("question_mark", "f1"), "? F1", "Other", "help: keys and words", Workbench.show_help, "help"),
)  # fmt: skip
"""Keys that every screen has, unless it uses the key for something of its own."""
