"""What every screen of bptui is: panels, a table of keys, and a notice."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from textual import events
from textual.app import ComposeResult

from bptui.data.clean import clean
from bptui.data.output import write_new
from bptui.tui.clocked import Clocked
from bptui.tui.keys import Key, Table, footer_hints, key_lines, pressed
from bptui.tui.palette import PALETTES
from bptui.tui.panel import Panel
from bptui.tui.screens import tables
from bptui.views.arrange import SMALLEST
from bptui.views.help import footer_rows
from bptui.views.text import Row, Span, cells, first_fitting, fit, keeping_cure

AT_ONCE = "quit", "stop"  # keys that act while something is computed beside the screen
KEY_ID = re.compile(r"\{([a-z][a-z0-9-]+)\}")


class Workbench(Clocked):
    """A screen says its panels and its table of keys, and paints."""

    shows_keys = True
    """What a key has changed is shown at once: see :meth:`on_key`."""
    NAME = ""
    """What the screen is called in the help and in the names of its pictures."""
    DEFAULT_CSS = "Workbench { layers: base; }"

    def __init__(self, palette_name: str, ascii_only: bool) -> None:
        super().__init__()
        self.notice = ""
        self._look = palette_name, ascii_only
        self._hints: list[tuple[str, str, bool]] = []
        self._painted_for: tuple[int, int] | None = None
        self._took_over = False  # did the press of the mouse end a tour? Then its click does nothing more

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

    # --- the mouse ---

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._took_over = self.is_active and self.takes_over()
        if not self._took_over:
            self.pointed(event)

    def pointed(self, event: events.MouseDown) -> None:
        """A button of the mouse goes down; for most screens what counts is the click that it may become."""

    def on_click(self, event: events.Click) -> None:
        """A click says which panel is meant, of what is seen: none of what a screen has covered since."""
        if not self.is_active or self._took_over:
            return
        if self.slices.busy:
            self.put_off(partial(self.on_click, event))
        elif isinstance(event.widget, Panel):
            corner = event.widget.region.offset
            self.clicked(event.widget, event.screen_x - corner.x, event.screen_y - corner.y)

    def clicked(self, panel: Panel, x: int, y: int) -> None:
        """A panel was clicked in this column and row; most screens have nothing to choose."""

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        if not self.takes_over() and not self.slices.busy:
            self.wheel("up")

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        if not self.takes_over() and not self.slices.busy:
            self.wheel("down")

    def wheel(self, way: str) -> None:
        """As the arrow does, where it moves in a list; where it cannot nobody has asked why not."""
        if any(key.id == way and self.why_not(key) is None for key in self.table()):
            self.press(way)

    # --- keys ---

    async def on_event(self, event: events.Event) -> None:
        await super().on_event(event)
        if isinstance(event, events.Key):
            self.app.key_acted(event)

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
        if self.slices.busy:  # it leaves, or asks first
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
            self.put_off(partial(self._stop_kept, self.working()))
        else:
            self.put_off(partial(self._press_and_show, key_id))
        return True

    def _stop_kept(self, worked: bool) -> None:
        """What was to be stopped, where something ``worked``, may have come to its end: then it means nothing more."""
        key = next(key for key in self.table() if key.id == "stop")
        if (self.working() or not worked) and self.why_not(key) is None:
            self._press_and_show("stop")

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
        if not self.app.ascii:
            return None
        return f"the palette needs a terminal with Unicode: {self.shown('help').split()[0]} lists the keys"

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
        self.slices.stop()
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
