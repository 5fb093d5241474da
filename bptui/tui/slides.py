"""Pictures of the explorer without a terminal: of one moment, or of each phase of an update; and the same as a film."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

from rich.color import ColorSystem
from textual.pilot import Pilot
from textual.strip import Strip

from bptui.session.aim import words_of_time
from bptui.session.moment import GRADIENT, Moment, phases
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.config import Config
from bptui.tui.frames import Shadow, cells_of, encode
from bptui.tui.inks import Inks
from bptui.tui.pictures import picture
from bptui.tui.private import strips_on
from bptui.tui.trainer import Trainer
from bptui.tui.workbench import Workbench
from bptui.views.looks import Looks

REST = 0.01  # seconds after which it is asked again whether all is drawn
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Slide:
    """The words of its moment (``e1 b1 s1 f1``), and the screen as SVG and as lines."""

    words: str
    svg: str
    strips: tuple[Strip, ...]

    def file_name(self, place: int) -> str:
        """``03-e1-b1-s1-f1.svg``: in their order, and after what they show."""
        return f"{place:02}-{self.words.replace(' ', '-')}.svg"


def walk(session: Session) -> list[Moment]:
    """The moments of the update in hand: every phase of the sample in hand, the end of each other one's way, and what
    happens once for the batch."""
    here, every = session.moment, phases(session.layers)
    own, once = every[:-2], every[-2:]
    last = session.record.n - 1
    chosen = 0 if here.phase.per_batch else here.sample
    found = []
    for sample in range(last + 1):
        stops = own if sample == chosen else (GRADIENT,)
        found += [replace(here, sample=sample, phase=phase) for phase in stops]
    return [*found, *(replace(here, sample=last, phase=phase) for phase in once)]


def slides(
    session: Session, looks: Looks | None, size: Size, config: Config, phases: bool = False, keys: tuple[str, ...] = ()
) -> list[Slide]:
    """The slide of where the session stands, after ``keys`` were pressed there, or one a moment of :func:`walk`."""
    os.environ.pop("NO_COLOR", None)
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}  # whatever terminal asks for them

    async def collected() -> list[Slide]:
        return [slide async for slide in _drawn(session, looks, size, config, phases, keys)]

    return asyncio.run(collected())


async def _drawn(
    session: Session, looks: Looks | None, size: Size, config: Config, phases: bool, keys: tuple[str, ...]
) -> AsyncIterator[Slide]:
    app = BptuiApp(session, config, ascii_only=config.glyphs == "ascii", looks=looks)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await until_drawn(app, pilot)
        for moment in walk(session) if phases else [session.moment]:
            session.moment = moment
            app.explorer.notice = ""
            app.explorer.paint()
            await until_drawn(app, pilot)
            yield slide_of(app)


async def until_drawn(app: BptuiApp, pilot: Pilot[int]) -> None:
    """Wait until long work is done, and the chart is the one of now; what plays goes on."""
    await pilot.pause()
    while True:
        screen = app.screen
        plays = app.session.player.playing or (isinstance(screen, Trainer) and screen.player.playing)
        works = isinstance(screen, Workbench) and screen.working() and not plays
        if not works and not app.explorer.stage.drawing.due:
            return
        await pilot.pause(REST)


def slide_of(app: BptuiApp) -> Slide:
    """What the app shows now."""
    screen = app.screen
    title = screen.picture_title() if isinstance(screen, Workbench) else app.title
    words = " ".join(words_of_time(app.session.run, app.session.moment))
    return Slide(words, picture(app, title), tuple(strips_on(app)))


def film(shown: list[Slide], size: Size, title: str, seconds: float) -> str:
    """An asciicast (version 3, docs.asciinema.org/manual/asciicast/v3): of each slide what differs from the one
    before, with a marker that names its moment; times are since the line before."""
    width, height = size
    head = {"version": 3, "term": {"cols": width, "rows": height, "type": "xterm-256color"}, "title": title}
    lines = [json.dumps(head, ensure_ascii=False), *_events(shown, Shadow(*size), seconds)]
    return "\n".join(lines) + "\n"


def _events(shown: list[Slide], shadow: Shadow, seconds: float) -> Iterator[str]:
    def event(after: float, code: str, data: str) -> str:
        return json.dumps([after, code, data], ensure_ascii=False)

    inks = Inks(ColorSystem.TRUECOLOR)
    yield event(0.0, "o", "\x1b[?25l\x1b[2J")
    for place, slide in enumerate(shown):
        lines = (cells_of([strip], inks) for strip in slide.strips)
        runs = [run for y, cells in enumerate(lines) for run in shadow.differences(y, 0, cells)]
        shadow.take(runs)
        yield event(seconds if place else 0.0, "o", encode(runs))
        yield event(0.0, "m", slide.words)
    yield event(seconds, "o", "\x1b[0m\x1b[?25h")
