"""Makes assets/recording.cast and its drawing from the program itself: ``python -m tests.make_recording [FOLDER]``.

bptui runs in a pseudo-terminal, keys are pressed as SCRIPT says, and what it writes becomes an asciicast (version 2).
The SVG shows the screen after each key, one after the other; a row that several of them share stands in it once.
"""

import html
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyte

from bptui.data.output import write_whole
from tests.cli.commands import BEGUN, terminal

FOLDER = Path(__file__).resolve().parent.parent / "assets"
WIDTH, HEIGHT = 100, 30
SCENARIO = "xor"
SCRIPT: tuple[tuple[str, float], ...] = (
    ("", 2.0),
    *[("p", 0.8)] * 6,  # the first sample's way: forward, loss, deltas, gradient
    *[("s", 0.8)] * 3,  # the other samples, at the same weights
    ("p", 1.6),  # reduced
    ("p", 1.6),  # applied, once for the batch
    ("P", 1.0),  # and back, exactly
    ("p", 1.0),
    *[("e", 0.4)] * 5,
    ("w", 2.2),  # the questions
    ("4", 2.2),  # whose x? each sample's own
    ("\r", 2.6),  # the number in hand, explained
    ("\x1b", 0.8),
    ("l", 2.0),  # the mistakes lab
    *[("b", 0.5)] * 6,
)
"""Keys as a terminal sends them, and the seconds until the next one."""
QUIET = 0.25  # seconds without output after which a key is taken to be answered
ASKED = re.compile(
    rb"\x1b\[(?!\?(?:25|2026)[hl])[?>=<][\d;]*\$?[a-zA-Z]|\x1b\[\d*[cn]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
"""Modes and questions meant for a terminal that answers: a player must neither switch to them nor reply."""


@dataclass(frozen=True)
class Step:
    """What was written after a key, and the seconds until the next key."""

    written: bytes
    seconds: float


def record(script: Iterable[tuple[str, float]], scenario: str = SCENARIO) -> list[Step]:
    """Press the keys and keep what is written after each."""
    steps = []
    with terminal(
        scenario, width=WIDTH, height=HEIGHT, COLORTERM="truecolor", LANG="C.UTF-8", LC_ALL="C.UTF-8", NO_COLOR=""
    ) as it:
        it.wait_for(BEGUN)
        for key, seconds in script:
            begin = len(it.sent) if key else 0
            it.type(key)
            it.settle(QUIET)
            steps.append(Step(ASKED.sub(b"", it.sent[begin:]), seconds))
        it.type("\x11")  # ctrl+q, which every screen has
        it.wait()
    return steps


def cast(steps: Iterable[Step], scenario: str = SCENARIO) -> str:
    """The steps as an asciicast: a line of JSON that says how, then a line for each piece of output."""
    head: dict[str, Any] = {"version": 2, "width": WIDTH, "height": HEIGHT, "title": f"bptui {scenario}"}
    lines, now = [json.dumps(head)], 0.0
    for step in steps:
        lines.append(json.dumps([round(now, 2), "o", step.written.decode("utf-8")], ensure_ascii=False))
        now += step.seconds
    lines.append(json.dumps([round(now, 2), "o", "\x1b[0m\x1b[?25h"]))
    return "\n".join(lines) + "\n"


def screens(steps: Iterable[Step]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The rows of the screen after each step, drawn, and for how long they stand."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.ByteStream(screen)
    for step in steps:
        stream.feed(step.written)
        yield tuple(drawn(screen, y) for y in range(HEIGHT)), step.seconds


CELL, LINE, RISE, FONT = 9, 18, 14, 15  # a monospaced font of 15 is 9 wide; it stands 14 below the top of its line
GROUND, INK = "#121212", "#e4e4e4"
WORDS = re.compile(r"\S+(?: \S+)*")  # wider gaps are left out: not every reader of SVG keeps them
Look = tuple[str, str, bool]


def look(cell: pyte.screens.Char) -> Look:
    """Ink, ground and boldness of a cell."""
    ink, ground = colour(cell.fg, INK), colour(cell.bg, GROUND)
    return (ground, ink, cell.bold) if cell.reverse else (ink, ground, cell.bold)


def colour(name: str, plain: str) -> str:
    return plain if name == "default" else f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else name


def runs(cells: list[pyte.screens.Char]) -> list[tuple[Look, str]]:
    """Neighbours that look alike, together; a blank has no ink and goes with what stands before it."""
    found: list[tuple[Look, str]] = []
    for cell in cells:
        its = look(cell)
        if found and (its == found[-1][0] or (cell.data == " " and its[1] == found[-1][0][1])):
            found[-1] = (found[-1][0], found[-1][1] + cell.data)
        else:
            found.append((its, cell.data))
    return found


def drawn(screen: pyte.Screen, y: int) -> str:
    """A row of the screen as SVG, its letters standing on 0; "" where it is blank."""
    parts, x = [], 0
    for (ink, ground, bold), text in runs([screen.buffer[y][x] for x in range(WIDTH)]):
        if ground != GROUND:
            parts.append(
                f'<rect x="{x * CELL}" width="{len(text) * CELL}" y="-{RISE}" height="{LINE}" fill="{ground}"/>'
            )
        heavy = ' font-weight="bold"' if bold else ""
        fill = f' fill="{ink}"' if ink != INK else ""
        for found in WORDS.finditer(text):
            length = f' textLength="{len(found[0]) * CELL}"' if len(found[0]) > 1 else ""
            begin = (x + found.start()) * CELL
            parts.append(f'<text x="{begin}"{fill}{heavy}{length}>{html.escape(found[0], quote=False)}</text>')
        x += len(text)
    return "".join(parts)


def svg(steps: list[Step]) -> str:
    """The screens one after the other, for ever; where nothing moves, the last one stands."""
    shown = list(screens(steps))
    whole = sum(seconds for _, seconds in shown)
    names: dict[str, str] = {}
    frames, begin = [], 0.0
    for place, (rows, seconds) in enumerate(shown):
        uses = "".join(
            f'<use href="#{names.setdefault(row, f"r{len(names)}")}" y="{y * LINE + RISE}"/>'
            for y, row in enumerate(rows)
            if row
        )
        end = begin + seconds
        last = place == len(shown) - 1
        times = [0.0, begin / whole, end / whole] if place else [0.0, end / whole]
        values = ["hidden", "visible", "hidden"] if place else ["visible", "hidden"]
        if last:
            times, values = times[:-1], values[:-1]
        frames.append(
            f'<g visibility="{"visible" if last else "hidden"}"><animate attributeName="visibility" dur="{whole:.2f}s" '
            f'repeatCount="indefinite" calcMode="discrete" values="{";".join(values)}" '
            f'keyTimes="{";".join(f"{time:.4f}" for time in times)}"/>{uses}</g>'
        )
        begin = end
    defined = "\n".join(f'<g id="{name}">{row}</g>' for row, name in names.items())
    width, height = WIDTH * CELL, HEIGHT * LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-size="{FONT}" fill="{INK}" '
        'font-family="Menlo, Consolas, DejaVu Sans Mono, monospace">\n'
        f'<rect width="100%" height="100%" fill="{GROUND}"/>\n<defs>\n{defined}\n</defs>\n'
        + "\n".join(frames)
        + "\n</svg>\n"
    )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    steps = record(SCRIPT)
    write_whole(folder / "recording.cast", cast(steps))
    write_whole(folder / "recording.svg", svg(steps))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
