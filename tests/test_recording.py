"""The recording is the program's own: it can be played, asks a player's terminal for nothing, and shows a batch."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pyte
import pytest

from tests import make_recording
from tests.make_recording import ASKED, FOLDER, HEIGHT, SCRIPT, WIDTH, Step, cast, drawn, record, svg

CAST = (FOLDER / "recording.cast").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"


def events(text: str) -> list[tuple[float, str, str]]:
    return [tuple(json.loads(line)) for line in text.splitlines()[1:]]


def screen_after(text: str, seconds: float) -> str:
    """What stands on the screen so long after the beginning."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    for time, _, written in events(text):
        if time <= seconds:
            stream.feed(written)
    return "\n".join(screen.display)


def test_it_is_an_asciicast_of_about_30_seconds() -> None:
    head = json.loads(CAST.splitlines()[0])
    assert (head["version"], head["width"], head["height"]) == (2, WIDTH, HEIGHT)
    times = [time for time, _, _ in events(CAST)]
    assert times == sorted(times)
    assert times[0] == 0
    assert 25 <= times[-1] <= 35
    assert {kind for _, kind, _ in events(CAST)} == {"o"}


@pytest.mark.parametrize("name", ["recording.cast", "recording.svg"])
def test_it_is_small(name: str) -> None:
    assert (FOLDER / name).stat().st_size < 300_000


def test_it_asks_a_players_terminal_for_nothing_and_names_no_folder() -> None:
    written = "".join(text for _, _, text in events(CAST))
    assert ASKED.search(written.encode()) is None
    assert re.search(r"/(home|root|tmp|Users|work)\b", written) is None


@pytest.mark.parametrize(
    ("sequence", "kept"),
    [
        (b"\x1b[?2026$p", b""),  # does it know synchronised output?
        (b"\x1b[?1003h\x1b[?1049h", b""),  # mouse, the other screen
        (b"\x1b[>1u\x1b[?u\x1b[c", b""),  # keyboard, and what are you?
        (b"\x1b]11;?\x1b\\", b""),  # which background?
        (b"\x1b[?25l\x1b[1;31ma\x1b[2;3H", b"\x1b[?25l\x1b[1;31ma\x1b[2;3H"),
    ],
)
def test_only_what_paints_is_kept(sequence: bytes, kept: bytes) -> None:
    assert ASKED.sub(b"", sequence) == kept


def test_it_shows_a_batch_being_added_up_applied_and_taken_back() -> None:
    times = [sum(seconds for _, seconds in SCRIPT[:place]) for place in range(len(SCRIPT) + 1)]
    assert "1 Network" in screen_after(CAST, 0)
    backs = [place for place, (key, _) in enumerate(SCRIPT) if key == "P"]
    before, applied, back = (screen_after(CAST, times[backs[0] + shift] + 0.01) for shift in (-2, -1, 0))
    assert "updates 0" in before
    assert "updates 1" in applied
    assert "update 1 applied" in applied
    assert before == back
    lab = screen_after(CAST, times[-1])
    assert "Mistakes lab" in lab


def test_the_drawing_holds_a_frame_for_every_key_and_one_stands_without_animation() -> None:
    root = ElementTree.fromstring((FOLDER / "recording.svg").read_text(encoding="utf-8"))
    frames = [group for group in root.iter(f"{SVG}g") if group.get("visibility")]
    assert len(frames) == len(SCRIPT)
    assert [frame.get("visibility") for frame in frames] == ["hidden"] * (len(frames) - 1) + ["visible"]
    rows = {group.get("id") for group in root.iter(f"{SVG}g") if group.get("id")}
    used = {(use.get("href") or "").removeprefix("#") for use in root.iter(f"{SVG}use")}
    assert used == rows
    for frame in frames:
        (animation,) = frame.iter(f"{SVG}animate")
        times = [float(time) for time in (animation.get("keyTimes") or "").split(";")]
        assert times == sorted(times)
        assert times[0] == 0
        assert len(times) == len((animation.get("values") or "").split(";"))


def test_a_row_is_drawn_cell_by_cell() -> None:
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.Stream(screen).feed("\x1b[1ma<b\x1b[0m  \x1b[7mc\x1b[0m")
    row = drawn(screen, 0)
    assert '<text x="0" font-weight="bold" textLength="27">a&lt;b</text>' in row
    assert '<rect x="45" width="9" y="-14" height="18" fill="#e4e4e4"/><text x="45" fill="#121212">c</text>' in row
    assert drawn(screen, 1) == ""


def test_a_drawing_of_two_screens_turns_them_over() -> None:
    steps = [Step(b"one", 1.0), Step(b"\rtwo", 3.0)]
    root = ElementTree.fromstring(svg(steps))
    assert "".join(root.itertext()).split() == ["one", "two"]
    animations = [(it.get("dur"), it.get("values"), it.get("keyTimes")) for it in root.iter(f"{SVG}animate")]
    assert animations == [
        ("4.00s", "visible;hidden", "0.0000;0.2500"),
        ("4.00s", "hidden;visible", "0.0000;0.2500"),
    ]


def test_the_script_drives_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = record((("", 0.5), ("b", 0.5)))
    assert "updates 1" in screen_after(cast(steps), 1)
    monkeypatch.setattr(make_recording, "record", lambda script: steps)
    make_recording.main(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recording.cast", "recording.svg"]
