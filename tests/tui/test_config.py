"""The config file: what it says holds, what it cannot say is refused in one line, what is in force can be saved."""

import locale
import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.cli import exploring, main
from bptui.session.player import Player
from bptui.tui.config import Config, ConfigError, config_path, in_force, read_config
from bptui.tui.explorer import Explorer
from bptui.tui.key_names import NAMED, key_name, key_written
from bptui.tui.keys import Remap, doubled
from bptui.tui.lists import Help
from bptui.tui.palette import MONO, PALETTES
from bptui.tui.program import draws_unicode
from bptui.tui.screens import tables
from bptui.views.choices import GLYPHS, MOST_SPEED, THEMES, USUAL_SPEED
from bptui.views.panels import NUMBERS, PANELS

from .pilots import WIDE, explore


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(tmp_path: Path, text: str) -> Config:
    return read_config(written(tmp_path, text))


# --- where it is ---


def test_it_is_where_the_platform_keeps_such_files(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path.home()
    for platform, variable, value, folder in (
        ("linux", "XDG_CONFIG_HOME", "/there", Path("/there")),
        ("linux", "XDG_CONFIG_HOME", "", home / ".config"),
        ("linux", "XDG_CONFIG_HOME", "relative", home / ".config"),
        ("darwin", "XDG_CONFIG_HOME", "/there", home / "Library" / "Application Support"),
        ("win32", "APPDATA", "/roaming", Path("/roaming")),
        ("win32", "APPDATA", "", home / "AppData" / "Roaming"),
    ):
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setenv(variable, value)
        assert config_path() == folder / "bptui" / "config.toml"


@pytest.mark.parametrize("text", ["", "\n  \n", "# nothing\n", "\ufeff", "[keys]\n[panels]\n"])
def test_a_file_that_says_nothing_leaves_the_defaults(text: str, tmp_path: Path) -> None:
    assert read(tmp_path, text) == Config() == read_config(tmp_path / "none.toml") == read_config(None)


def test_a_link_to_a_file_is_followed_and_one_to_nothing_is_told(tmp_path: Path) -> None:
    kept = written(tmp_path, 'theme = "light"')
    link, broken = tmp_path / "link.toml", tmp_path / "broken.toml"
    link.symlink_to(kept)
    broken.symlink_to(tmp_path / "gone.toml")
    assert read_config(link).theme == "light"
    with pytest.raises(ConfigError, match=r"broken\.toml: no such file"):
        read_config(broken)


def test_what_is_no_plain_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe, endless = tmp_path / "pipe.toml", tmp_path / "endless.toml"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    for path, words in (
        (pipe, "not a plain file"),
        (endless, "not a plain file"),
        (tmp_path, "a folder, not a plain file"),
    ):
        with pytest.raises(ConfigError, match=words):
            read_config(path)


def test_a_file_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        read(tmp_path, "#" * (2**20 + 1))


# --- what is refused ---

REFUSED = [
    (
        'them = "dark"',
        "unknown key 'them'; did you mean 'theme'; accepted are theme, glyphs, mouse, ask, speed, panels, keys",
    ),
    (
        'theme = "drak"',
        f"theme: expected one of {', '.join(THEMES)}; got 'drak'; did you mean 'dark'",
    ),
    ("theme = 1", "theme: expected one of"),
    ('glyphs = "unicode"', "glyphs: expected one of auto, braille, block, ascii"),
    ('mouse = "no"', "mouse: expected true or false, got 'no'"),
    ("panels = 3", "panels: expected a section, got 3"),
    ('[panels]\nfocus = "losses"', "panels.focus: expected one of network"),
    ("[panels]\nfocus = 2", "panels.focus: expected one of network"),
    ('[panels]\nmaximised = "yes"', "panels.maximised: expected true or false, got 'yes'"),
    ("[panels]\nmaximized = true", "unknown key 'panels.maximized'; did you mean 'maximised'"),
    ('[keys]\nnext-fase = "j"', "unknown key 'keys.next-fase'; did you mean 'next-phase'"),
    ('[keys]\nqwertz = "j"', "bptui config lists the ids"),
    ("[keys]\nnext-phase = 4", "keys.next-phase: expected a key, or a list"),
    ("[keys]\nnext-phase = []", "keys.next-phase: expected a key, or a list"),
    ('[keys]\nnext-phase = ["j", 1]', "keys.next-phase: expected a key, or a list"),
    ('[keys]\nnext-phase = "jj"', 'keys.next-phase: expected a character like "j"'),
    ('[keys]\nnext-phase = ""', 'keys.next-phase: expected a character like "j"'),
    ('[keys]\nnext-phase = "pgup"', "did you mean 'pageup'"),
    ('[keys]\nnext-phase = "ctrl+i"', "keys.next-phase: 'ctrl+i' cannot be used: for a terminal it is tab"),
    ('[keys]\nnext-phase = "ctrl+q"', "keys.next-phase: ctrl+q is always quit"),
    ('[keys]\nnext-phase = "ctrl+p"', "keys.next-phase: ctrl+p is always palette"),
    ('[keys]\nnext-phase = "s"', "keys: 's' would be both next-phase and next-sample in the screen 'Explorer'"),
    ('[keys]\nnext-phase = "N"\nplay = "N"', "keys: 'N' would be both next-phase and play"),
    ('[keys]\nhelp = "h"', "keys: 'h' would be both doctor and help in the screen 'Explorer'"),
    ("theme dark", "config.toml:1:7: Expected '=' after a key"),
    ("x = " + "[" * 5000, "nested too deeply"),
    ("\0", "NUL"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=lambda value: value[:24])
def test_what_cannot_be_followed_is_refused_naming_file_and_key(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        read(tmp_path, text)
    line = str(refusal.value)
    assert line.startswith(f"{tmp_path / 'config.toml'}:")
    assert words in line.replace("?", "")
    assert "\n" not in line


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_a_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    line = ""
    try:
        read_config(path)
    except ConfigError as refusal:
        line = str(refusal)
    assert "\n" not in line


# --- what holds ---


@pytest.mark.parametrize("theme", [palette.name for palette in PALETTES])
async def test_the_explorer_begins_in_the_theme(theme: str, tmp_path: Path) -> None:
    async with explore(config=read(tmp_path, f'theme = "{theme}"')) as at:
        assert at.app.palette_name == theme
        assert {panel.palette for panel in at.explorer.parts()} == {theme}


async def test_no_colour_on_the_command_line_comes_before_the_theme(tmp_path: Path) -> None:
    async with explore(config=read(tmp_path, 'theme = "light"'), colour=False) as at:
        assert at.app.palette_name == "mono"


async def test_the_theme_mono_paints_pictures_without_colours_too(tmp_path: Path) -> None:
    async with explore("digits", config=read(tmp_path, 'theme = "mono"')) as at:
        assert at.app.palette_name == "mono"
        await at.press("s", "7")
        assert "█" in at.text()
        assert not any(role.startswith("px") for panel in at.explorer.parts() for row in panel._rows for _, role in row)


@pytest.mark.parametrize("panel", NUMBERS)
@pytest.mark.parametrize("maximised", ["true", "false"])
async def test_the_panel_named_has_the_focus_at_the_start(panel: str, maximised: str, tmp_path: Path) -> None:
    config = read(tmp_path, f'[panels]\nfocus = "{panel}"\nmaximised = {maximised}')
    async with explore(config=config) as at:
        boxes = at.explorer.stage.plan.panels if at.explorer.stage.plan else {}
        assert at.explorer.looks.focus == NUMBERS[panel]
        assert NUMBERS[panel] in boxes
        assert (len(boxes) == 1) == (maximised == "true")


@pytest.mark.parametrize("locales", ["UTF-8", "ANSI_X3.4-1968"])
def test_glyphs_say_what_is_drawn_with(locales: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getencoding", lambda: locales)
    utf8 = "utf" in (sys.stderr.encoding or "").lower() and locales == "UTF-8"
    assert [draws_unicode(glyphs) for glyphs in ("ascii", "auto")] == [False, utf8]


def test_the_themes_that_can_be_chosen_are_the_palettes() -> None:
    assert tuple(palette.name for palette in (*PALETTES, MONO)) == THEMES


async def test_in_blocks_nothing_is_drawn_in_braille() -> None:
    braille = re.compile("[\u2801-\u28ff]")
    async with explore("digits", WIDE, config=Config(glyphs="braille")) as at:
        await at.press("p", "5")
        await at.until_drawn()
        assert braille.search(at.text())
    async with explore("digits", WIDE, config=Config(glyphs="block")) as at:
        seen = ""
        for key_id in ("next-phase", "focus-5", "next-batch", "noise"):
            await at.do(key_id)
            await at.until_drawn()
            seen += at.text()
        assert not braille.search(seen)
        assert re.search("[▖-▟]", seen)


# --- options before the file ---


def looks_of(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> tuple[str, str]:
    """Theme and glyphs that the explorer is given."""
    config = config_of(monkeypatch, folder, *words)
    return config.theme, config.glyphs


def config_of(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> Config:
    opened: list[Config] = []

    def run_explorer(session: object, config: Config, colour: bool, **how: object) -> int:
        opened.append(config)
        return 0

    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(exploring, "why_no_terminal", lambda: None)
    monkeypatch.setattr("bptui.tui.program.run_explorer", run_explorer)
    assert main(["xor", *words]) == 0
    return opened[0]


def test_the_mouse_is_the_terminals_where_the_option_or_the_file_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config_of(monkeypatch, tmp_path).mouse
    assert not config_of(monkeypatch, tmp_path, "--no-mouse").mouse
    (tmp_path / "bptui").mkdir()
    written(tmp_path / "bptui", "mouse = false")
    assert not config_of(monkeypatch, tmp_path).mouse


def test_an_option_wins_over_the_file_and_the_file_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert looks_of(monkeypatch, tmp_path) == ("dark", "auto")
    (tmp_path / "bptui").mkdir()
    written(tmp_path / "bptui", 'theme = "light"\nglyphs = "ascii"')
    assert looks_of(monkeypatch, tmp_path) == ("light", "ascii")
    assert looks_of(monkeypatch, tmp_path, "--theme", "okabe-ito") == ("okabe-ito", "ascii")
    assert looks_of(monkeypatch, tmp_path, "--glyphs=block") == ("light", "block")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("glyphs", GLYPHS)
def test_every_theme_and_glyphs_can_be_asked_for(
    theme: str, glyphs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert looks_of(monkeypatch, tmp_path, "--theme", theme, "--glyphs", glyphs) == (theme, glyphs)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("xor --theme okabe-itto", "argument --theme: expected one of dark,"),
        ("xor --theme okabe-itto", "did you mean 'okabe-ito'?"),
        ("xor --glyphs blocks", "did you mean 'block'?"),
        ("xor --them dark", "unknown option '--them'; did you mean '--theme'?"),
        ("export xor --npz w.json", "argument --npz: a file whose name ends in .npz, not 'w.json'"),
        ("train xor --epochs 1 --theme dark", "and the explorer; usage: bptui train"),
    ],
)
def test_a_wrong_option_is_refused_with_the_nearest(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


# --- keys ---


async def test_a_remapped_key_acts_and_the_old_one_does_not(tmp_path: Path) -> None:
    async with explore(config=read(tmp_path, '[keys]\nnext-batch = ["N", "f2"]')) as at:
        await at.press("b")
        assert at.session.moment.update == 1
        assert not at.session.moment.phase.per_batch
        await at.press("N", "f2")
        assert at.session.moment.update == 2


async def test_keys_can_change_places(tmp_path: Path) -> None:
    async with explore(config=read(tmp_path, '[keys]\nnext-sample = "b"\nnext-batch = "s"')) as at:
        await at.press("s")
        assert at.session.moment.phase.per_batch


async def test_footer_help_and_palette_show_the_keys_in_force(tmp_path: Path) -> None:
    config = read(tmp_path, '[keys]\nnext-phase = "N"\nhelp = "f3"\nfocus-1 = "&"\nmaximise = "ctrl+f"')
    async with explore(config=config) as at:
        assert at.foot().lstrip().startswith("N phase")
        assert "F3 help" in at.foot()
        assert f"&-{PANELS[-1].number} Tab panels" in at.foot()
        titles = {command.title: command.help for command in at.app.get_system_commands(at.app.screen)}
        assert titles["next phase"] == "next phase of the current sample (N)"
        assert titles["maximise"].endswith("(ctrl+f)")
        await at.press("question_mark")
        assert at.app.screen is at.explorer
        await at.press("f3", "end")
        assert isinstance(at.app.screen, Help)
        assert "  F3 " in at.text()


async def test_reasons_and_titles_name_the_keys_in_force(tmp_path: Path) -> None:
    config = read(tmp_path, '[keys]\nnext-batch = "N"\nclose = ["f8", "q"]')
    async with explore("digits", config=config) as at:
        await at.do("sort")
        assert "not before all samples are in: press N" in at.foot()
        await at.do("focus-2", "down")
        assert "when all are in (N)" in at.foot()
        await at.do("questions")
        assert "F8 closes" in at.lines()[0]


async def test_a_common_key_is_remapped_in_every_screen(tmp_path: Path) -> None:
    async with explore(config=read(tmp_path, '[keys]\nhelp = "f3"\nclose = "Q"')) as at:
        for door in ("lab", "compare", "drill", "noise", "explain", "questions"):
            await at.do(door)
            assert at.app.screen is not at.explorer
            await at.press("f3")
            assert isinstance(at.app.screen, Help)
            await at.press("Q", "Q")
            assert isinstance(at.app.screen, Explorer)


async def test_a_screen_that_has_the_id_on_a_key_of_its_own_keeps_it(tmp_path: Path) -> None:
    """In the lab t is a batch, and q closes what it cannot quit."""
    async with explore(config=read(tmp_path, '[keys]\ntheme = "Z"\nquit = "Q"')) as at:
        await at.press("Z")
        assert at.app.palette_name == "light"
        await at.do("lab")
        await at.press("ctrl+t")
        assert at.app.palette_name == "ansi-dark"
        await at.press("q")
        assert at.app.screen is at.explorer


async def test_the_line_that_is_typed_into_keeps_its_own_keys(tmp_path: Path) -> None:
    async with explore(config=read(tmp_path, '[keys]\nclose = "Z"\ngo-to = "2"\nfocus-2 = "g"')) as at:
        await at.press("2", "Z")
        assert at.app.screen is not at.explorer
        await at.press("escape")
        assert at.app.screen is at.explorer


def test_no_table_has_two_ids_on_a_key() -> None:
    assert {screen: doubled(table) for screen, table in tables().items()} == dict.fromkeys(tables())


@pytest.mark.parametrize("name", sorted({name for table in tables().values() for key in table for name in key.keys}))
def test_every_key_in_use_can_be_written_in_the_file(name: str) -> None:
    assert key_name(key_written(name)) == name


@given(st.one_of(st.characters(), st.sampled_from(sorted(NAMED))))
def test_a_key_that_is_accepted_is_written_as_it_was_read(words: str) -> None:
    try:
        name = key_name(words)
    except ValueError:
        return
    assert key_name(key_written(name)) == name


# --- bptui config ---

SET = """theme = "ansi-light"
glyphs = "ascii"
mouse = false
[panels]
focus = "deltas"
maximised = true
[keys]
next-phase = ["N", "+", "\\\\", "\\""]
faster = "f5"
"""


@pytest.mark.parametrize("text", ["", SET])
def test_what_is_in_force_can_be_saved_and_is_the_same(text: str, tmp_path: Path) -> None:
    config = read(tmp_path, text)
    saved = "\n".join(in_force(None, config))
    assert read(tmp_path, saved) == config


def test_uncommenting_all_keys_changes_nothing(tmp_path: Path) -> None:
    first, *lines = in_force(None, Config())
    assert read(tmp_path, "\n".join([first, *(line.removeprefix("# ") for line in lines)])) == Config()


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["config", *arguments])
    out = capsys.readouterr()
    return status, out.out, out.err


def test_bptui_config_says_where_the_file_is_and_whether_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "bptui" / "config.toml"
    status, out, _ = printed(capsys)
    assert status == 0
    assert out.splitlines()[0] == f"# {path} (there is none: these are the defaults)"
    path.parent.mkdir()
    path.write_text('theme = "light"\n[keys]\nlab = "L"\n', encoding="utf-8")
    _, out, _ = printed(capsys)
    assert out.splitlines()[:2] == [f"# {path} (read)", f'theme = "light"  # {", ".join(THEMES)}']
    assert '\nlab = "L"  #' in out
    path.write_text('theme = "lihgt"\n', encoding="utf-8")
    status, out, err = printed(capsys)
    assert (status, out) == (2, "")
    assert err.startswith(f"bptui: error: {path}: theme: expected one of")


def test_remapping_nothing_is_the_table_itself() -> None:
    for table in tables().values():
        assert Remap()(table) is table


async def test_playing_begins_at_the_speed_of_the_file() -> None:
    async with explore("xor", config=Config(speed=9)) as at:
        assert at.session.player.pace == "60 batches/s"
    assert (Player().speed + 1, len(Player().speeds)) == (USUAL_SPEED, MOST_SPEED)
