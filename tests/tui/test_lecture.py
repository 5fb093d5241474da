"""What a lecture needs: a remote that steps, a tour that plays by itself, a host that lets nobody write."""

from pathlib import Path

import pytest

from bptui.session.moment import UPDATE
from bptui.tui.config import Config, of_document, read_config, with_remote
from bptui.tui.demo import TOUR, Demo
from bptui.tui.screens import tables
from bptui.tui.workbench import Workbench
from tests.cli.commands import complaint

from .pilots import Pilots, explore

# --- a presenter's remote ---


@pytest.mark.parametrize(
    ("scale", "there"), [("phase", (1, 0)), ("sample", (1, 0)), ("batch", (1, 31)), ("epoch", (25, 31))]
)
async def test_the_remote_steps_on_and_back(scale: str, there: tuple[int, int]) -> None:
    async with explore("digits", config=with_remote(Config(), scale)) as at:
        start = at.session.moment
        await at.press("pagedown")
        await at.until_idle()
        assert at.session.moment != start
        assert (at.session.moment.update, at.session.moment.sample) == there
        await at.press("pageup")
        await at.until_idle()
        assert at.session.moment == start
        await at.do(f"next-{scale}")  # its usual key does it still
        await at.until_idle()
        assert (at.session.moment.update, at.session.moment.sample) == there


async def test_lists_that_open_over_the_explorer_scroll_as_ever() -> None:
    async with explore("xor", config=with_remote(Config(), "sample")) as at:
        await at.press("question_mark")
        before = at.text()
        await at.press("pagedown")
        assert at.text() != before
        assert "Help" in at.text()


@pytest.mark.parametrize("scale", ["phase", "sample", "batch", "epoch"])
async def test_every_screen_opens_under_a_remote(scale: str) -> None:
    async with explore("digits", config=with_remote(Config(), scale)) as at:
        await at.do("next-batch")
        for door in ("questions", "lab", "compare", "drill", "noise", "explain", "doctor", "help", "draw", "confusion"):
            await at.do(door)
            assert at.app.screen is not at.explorer
            while at.app.screen is not at.explorer:
                await at.press("escape")


def test_a_remote_whose_key_has_another_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bptui").mkdir()
    (tmp_path / "bptui" / "config.toml").write_text('[keys]\nlab = "pagedown"\npage-down = "f2"\n', encoding="utf-8")
    config = read_config(tmp_path / "bptui" / "config.toml")
    with pytest.raises(ValueError, match=r"'pagedown' would be both (next-batch|lab) and"):
        with_remote(config, "batch")
    assert "--remote" in complaint("xor", "--remote", "far")


# --- a tour ---


def play(at: Pilots) -> Demo:
    """A tour that goes on when it is told to."""
    at.app.demo = Demo(at.app, every=1000)
    return at.app.demo


UNCHANGED = "its own backward pass: its gradient is added, the weights still stand"
CHANGED = "it is alone in its batch: its gradient by itself changes the weights"


@pytest.mark.parametrize("name", ["xor", "mazur"])
async def test_the_tour_comes_by_what_it_says_and_begins_anew(name: str) -> None:
    async with explore(name) as at:
        tour, seen = play(at), []
        for stop in (*TOUR, TOUR[0]):
            screen = at.app.screen
            assert isinstance(screen, Workbench)
            key_id, words = stop.key_id, stop.alone or stop.words if name == "mazur" else stop.words
            assert screen.why_not(next(key for key in screen.table() if key.id == key_id)) is None, key_id
            tour.go_on()
            await at.until_idle()
            await at.until_seen(words)
            if words in (UNCHANGED, CHANGED):
                assert (at.session.moment.update, at.session.moment.phase == UPDATE) == (1, words == CHANGED)
            seen.append((at.session.moment.update, at.session.moment.phase == UPDATE, type(at.app.screen).__name__))
    assert seen[0] == seen[-1] == (1, False, "Explorer")
    assert (1, True, "Explorer") in seen
    assert {"ExplainScreen", "LabScreen"} <= {name for _, _, name in seen}


@pytest.mark.parametrize("key", ["s", "tab", "x", "ctrl+p"])
async def test_any_key_takes_over_and_does_nothing_else(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore("xor", config=Config(demo=True)) as at:
        assert at.app.demo is not None
        before = at.session.moment, at.explorer.looks
        await at.press(key)
        assert at.app.demo._timer is None
        assert at.app.screen is at.explorer
        assert (at.session.moment, at.explorer.looks) == before
        assert "from now on keys act; ? lists them" in at.foot()
        await at.press("s")
        assert at.session.moment != before[0]


async def test_a_click_takes_over_too_and_q_leaves() -> None:
    async with explore("xor", config=Config(demo=True)) as at:
        focus = at.explorer.looks.focus
        await at.pilot.mouse_down("#batch")
        assert "the tour has ended here" in at.foot()
        await at.pilot.mouse_up("#batch")
        await at.pilot.pause()
        assert at.explorer.looks.focus == focus
        await at.pilot.click("#batch")
        assert at.explorer.looks.focus != focus
    async with explore("xor", config=Config(demo=True)) as at:
        await at.press("q")
        assert not at.app.is_running


async def test_what_leaves_is_the_key_that_quits_and_no_other() -> None:
    config = of_document({"keys": {"quit": "f9", "focus-4": "q"}})._replace(demo=True)
    for quits in False, True:
        async with explore("xor", config=config) as at:
            before = at.explorer.looks
            await at.press("f9" if quits else "q")
            assert at.app.is_running == (not quits)
            assert at.app.demo is not None
            assert at.app.demo._timer is None
            assert at.explorer.looks == before
    async with explore("xor", config=Config(demo=True)) as at:
        at.explorer.press("explain")  # as the tour does
        await at.pilot.pause()
        await at.press("q")
        assert at.app.screen is not at.explorer, "q closes this screen, and the tour would have played on"
        assert "the tour has ended here" in at.foot()


async def test_a_sentence_waits_until_what_it_tells_of_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    async with explore("xor") as at:
        tour = play(at)
        monkeypatch.setattr(at.explorer, "working", lambda: True)
        at.explorer.notice, tour._to_say = "on the way", TOUR[0].words
        tour.say()
        assert at.explorer.notice == "on the way"
        monkeypatch.undo()
        tour.go_on()
        assert tour._next == 0, "the next stop waits for it too"
        await at.until(lambda: TOUR[0].words in at.foot())


def test_what_the_tour_says_fits_the_usual_screen() -> None:
    assert max(len(words) for stop in TOUR for words in (stop.words, stop.alone)) < 80


# --- a host ---


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("x", "nothing is saved here"),
        ("X", "nothing is saved here"),
        ("Y", "nothing is saved here"),
        ("ctrl+z", "there is no shell here"),
    ],
)
async def test_read_only_writes_nothing_and_opens_no_shell(
    key: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with explore("xor", config=Config(read_only=True)) as at:
        await at.press(key)
        assert words in at.foot()
        await at.press("?", "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("screen", ["Explorer", "Draw"])
async def test_no_key_of_any_screen_writes_a_file_under_read_only(
    screen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    doors = {"Mistakes lab": "lab", "Compare": "compare"}
    async with explore("digits", config=Config(read_only=True)) as at:
        await at.do("next-batch")
        for key in tables()[screen]:
            if key.id in ("quit", "suspend") or not key.keys:
                continue
            while at.app.screen is not at.explorer:
                await at.press("escape")
            if screen != "Explorer":
                await at.do(doors.get(screen, screen.lower()))
            await at.press(*(["space", "tab"] if screen == "Draw" else []), key.keys[0], "escape")
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("option", ["--read-only", "--demo", "--remote=sample"])
def test_the_options_reach_the_explorer(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Config] = []
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("bptui.cli.exploring.why_no_terminal", lambda: None)

    def run_explorer(session: object, config: Config, **_: object) -> int:
        given.append(config)
        return 0

    monkeypatch.setattr("bptui.tui.program.run_explorer", run_explorer)
    from bptui.cli import main

    assert main(["xor", option]) == 0
    (config,) = given
    assert (config.read_only, config.demo, bool(config.remap.keys)) == tuple(
        option == wanted for wanted in ("--read-only", "--demo", "--remote=sample")
    )
