"""The README and the pages of assets/docs say only what is so: commands, tables, links and constants are tried here."""

import contextlib
import io
import json
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bptui import cli
from bptui.cli import exploring, presenting
from bptui.data.files import read_data
from bptui.engine import (
    ACTIVATIONS,
    OPTIMIZERS,
    Architecture,
    Network,
    OptimizerSettings,
    UpdateRules,
    Workspace,
    compute_update,
)
from bptui.engine.network import Parameters
from bptui.headless.arguments import COMMANDS as HEADLESS
from bptui.headless.check import TEMPLATE
from bptui.scenario import Scenario, ScenarioError
from bptui.scenario.keys import KEYS as SCENARIO_KEYS
from bptui.serve.command import Opening, told
from bptui.session.beginning import Beginning
from bptui.session.keeping import text_of_session
from bptui.session.session import Session
from bptui.tui.config import Config, config_path, read_config
from bptui.tui.pictures import picture
from tests import make_screenshots, scenes
from tests.make_docs import FOLDER, GIVEN, MADE, PARTS, renewed
from tests.recordings import FOLDER as RECORDINGS
from tests.tui.pilots import explore

ROOT = FOLDER.parent.parent
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
EVERY_PAGE = PAGES | {"README.md": (ROOT / "README.md").read_text(encoding="utf-8")}
NUMBERS, SCENARIO, FILES = (PAGES[f"assets/docs/{name}.md"] for name in ("numbers", "scenario", "files"))


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


COMMANDS = {
    re.split("  #| > ", line)[0].strip(): None
    for page in EVERY_PAGE.values()
    for block in blocks(page, "sh")
    for line in block.splitlines()
    if line.startswith("bptui")
}


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_on_a_page_are_the_programs_own(name: str) -> None:
    assert renewed(PAGES[name]) == PAGES[name], "python -m tests.make_docs writes them anew"


def test_every_table_that_can_be_made_is_on_a_page_once() -> None:
    assert sorted(part for page in PAGES.values() for _, part, _ in MADE.findall(page)) == sorted(PARTS)


def test_a_changed_table_is_noticed() -> None:
    page = "<!-- made: activations -->\n`sigmoid`\n<!-- end -->"
    assert renewed(page) != page
    assert renewed(renewed(page)) == renewed(page)


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_link_leads_to_something(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", EVERY_PAGE[name])
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).is_file()] == []
    assert links or name != "README.md"


def test_every_picture_is_made_by_the_app() -> None:
    pictures = {
        (ROOT / name).parent.joinpath(link)
        for name, page in EVERY_PAGE.items()
        for link in re.findall(r"!\[.*?\]\((.*?)\)", page)
    }
    assert len(pictures) > 5
    for path in pictures:
        svg = path.read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "bptui" in svg


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[str] = []

    def open_nothing(start: Beginning | Session, options: object, draw: str = "", **how: object) -> int:
        assert scenes.begun(start)
        opened.append("explorer")
        return 0

    async def serve_nobody(opening: Opening, folder: Path, tell: Callable[[str], None]) -> None:
        for line in told(opening, []):
            tell(line)

    words = shlex.split(command)
    monkeypatch.setattr(exploring, "open_explorer", open_nothing)
    monkeypatch.setattr("bptui.serve.command.serve", serve_nobody)
    monkeypatch.setattr(presenting, "open_explorer", open_nothing)
    monkeypatch.setattr(presenting, "why_no_terminal", lambda: "")
    monkeypatch.setattr(presenting, "server", lambda folder, options: contextlib.nullcontext((None, b"")))
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text(blocks(FILES, "csv")[0], encoding="utf-8")
    Path("mine.toml").write_text(blocks(SCENARIO, "toml")[0], encoding="utf-8")
    kept = text_of_session(Session(Scenario.built_in("xor")), "", tmp_path)
    Path("xor.session.json").write_text(kept, encoding="utf-8")
    shutil.copy(RECORDINGS / "xor.bptui", "run.bptui")
    state = tmp_path / "state" / "bptui"
    monkeypatch.setenv("XDG_STATE_HOME", str(state.parent))
    state.mkdir(parents=True)
    (state / "recovery-999999999-1.json").write_text(kept, encoding="utf-8")
    Path("mine.py").write_text(TEMPLATE, encoding="utf-8")
    update = Scenario.read("mine.toml").begin().record(1)
    Path("mine.json").write_text(json.dumps(update.to_dict()), encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert cli.main(words[1:]) == 0
    headless = set(words) & (set(HEADLESS) - {"draw", "open", "resume", "present"}) and "--open" not in words
    assert bool(printed.getvalue()) if headless else opened == ["explorer"]


def test_the_table_of_the_page_on_files_is_read(tmp_path: Path) -> None:
    (block,) = blocks(FILES, "csv")
    path = tmp_path / "mine.csv"
    path.write_text(block, encoding="utf-8")
    data = read_data(path)
    assert data.features == ("length", "width")
    assert data.classes == ("setosa", "versicolor", "virginica")
    assert len(data) == 4


def test_data_alone_open_with_the_network_the_page_names(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(f"{k}.5,{k % 2}" for k in range(20)), encoding="utf-8")
    twenty = Scenario.of_file(path)
    assert twenty.network.layers[1:-1] == (8,)
    assert twenty.network.activations[0] == "tanh"
    assert (twenty.settings.batch_size, twenty.data.test_fraction) == (10, 0.2)
    path.write_text("\n".join(f"{k}.5,{k % 2}" for k in range(19)), encoding="utf-8")
    assert Scenario.of_file(path).data.test_fraction == 0
    for words in ("eight tanh units", "batches of ten", "from 20 samples on\na fifth"):
        assert words in FILES


@pytest.mark.parametrize(
    ("body", "classes"),
    [("1,0\n2,999", 2), ("1,a\n2,b", 2), ("1,0.5\n2,1", 0), ("1,1000\n2,3", 0), ("1,-1\n2,3", 0), ("1;2\n3;4", 2)],
)
def test_classes_are_told_from_numbers_as_the_page_says(body: str, classes: int, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(body, encoding="utf-8")
    assert len(read_data(path).classes) == classes


@pytest.mark.parametrize(
    "body", ["1,\n2,1", "1\t2\n3,5\t1", "1,2\n1,2,3", "1,a\n2,3", "2,3\nnan,1", "2,3\n1e999,1", "2,1\n0x1,1"]
)
def test_what_the_page_says_is_refused_is_refused_with_its_place(body: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.csv:\d+"):
        read_data(path)


def test_the_config_of_the_page_is_accepted_and_says_what_it_seems_to(tmp_path: Path) -> None:
    (block,) = blocks(PAGES["assets/docs/config.md"], "toml")
    path = tmp_path / "config.toml"
    path.write_text(block, encoding="utf-8")
    config = read_config(path)
    assert (config.theme, config.focus, config.maximised) == ("light", "update", False)
    assert config.remap.keys == {"next-phase": ("N",), "previous-phase": ("Z", "backspace")}


@pytest.mark.parametrize(
    ("platform", "variables", "file"),
    [
        ("linux", {"XDG_CONFIG_HOME": "/xdg"}, "/xdg/bptui/config.toml"),
        ("linux", {"HOME": "/me"}, "/me/.config/bptui/config.toml"),
        ("darwin", {"HOME": "/me"}, "/me/Library/Application Support/bptui/config.toml"),
        ("win32", {"APPDATA": "/data"}, "/data/bptui/config.toml"),
    ],
)
def test_the_config_file_is_where_the_page_says(
    platform: str, variables: dict[str, str], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert config_path() == Path(file)
    said = file.replace("/xdg", "$XDG_CONFIG_HOME").replace("/me", "~").replace("/data", "%APPDATA%")
    page = PAGES["assets/docs/config.md"]
    assert f"`{said}`" in page.replace("\\", "/")


def test_the_exit_statuses_are_those_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(error: BaseException) -> int:
        def end(options: object) -> int:
            raise error

        monkeypatch.setattr(cli, "runner", lambda _: end)
        monkeypatch.setattr(cli, "give_up_output", lambda: None)
        return cli.main(["datasets"])

    page = PAGES["assets/docs/commands.md"]
    statuses = [int(status) for status in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]
    errors = (OSError("full"), ScenarioError("wrong"), KeyboardInterrupt(), BrokenPipeError())
    with contextlib.redirect_stderr(io.StringIO()):
        assert statuses == [0, *map(ended, errors)]


def test_the_scenario_of_the_page_names_every_key_and_is_accepted(tmp_path: Path) -> None:
    (block,) = blocks(SCENARIO, "toml")
    path = tmp_path / "mine.toml"
    path.write_text(block, encoding="utf-8")
    Scenario.read(path).begin()
    document = tomllib.loads(block)
    for section, keys in SCENARIO_KEYS.items():
        assert set(document[section]) <= set(keys)
        for key in keys:
            assert key in block, f"{section}.{key} is not on the page"


def told_only(loss: str, **network: object) -> Scenario:
    document = {
        "format_version": 1,
        "data": {"x": [[0, 1], [1, 0]], "labels": [0, 1]},
        "network": {"layers": [2, 2, 2], **network},
        "training": {"loss": loss},
    }
    return Scenario.from_document(document, "test", Path())


@pytest.mark.parametrize(
    ("loss", "last"),
    [("half-squared-error", "identity"), ("binary-cross-entropy", "sigmoid"), ("cross-entropy", "softmax")],
)
def test_activations_that_are_not_said_are_those_the_page_says(loss: str, last: str) -> None:
    assert told_only(loss).network.activations == ("tanh", last)
    assert GIVEN["activations"] == "tanh; at the output what the loss needs, else identity"


def test_biases_that_are_not_said_are_those_the_page_says() -> None:
    weights = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    start = told_only("half-squared-error", weights=weights).begin().start
    assert not any(bias.any() for bias in start.biases)
    drawn = told_only("half-squared-error", init="pytorch").begin().start
    assert all(bias.any() for bias in drawn.biases)
    assert GIVEN["biases"] == "0 beside weights, else drawn by init"


def test_the_optimizers_constants_are_the_ones_the_page_names() -> None:
    plain = OptimizerSettings()
    for name in ("momentum", "decay", "beta1", "beta2", "weight_decay"):
        assert re.search(rf"{name} (is )?{getattr(plain, name):g}\b", NUMBERS), name
    assert plain.epsilon == 1e-8
    assert "epsilon 1e−8" in NUMBERS


def test_a_penalty_and_its_decay_treat_biases_as_the_page_says() -> None:
    start = Network(Architecture((1, 1), ("identity",)), np.ones(2))
    x, y = np.ones((1, 1)), np.full((1, 1), 2.0)  # the answer is right: no gradient but the penalty's
    penalised, decayed = (
        update_of(start, x, y, rules)
        for rules in (UpdateRules(l2=0.5), UpdateRules(optimizer=OptimizerSettings("adamw", weight_decay=0.5)))
    )
    assert penalised.weights[0] != 0
    assert penalised.biases[0] == 0
    assert decayed.weights[0] != 0
    assert decayed.biases[0] != 0


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("n", [1, 4])
def test_a_penalty_is_added_once_after_the_reduction_with_its_half(reduction: str, n: int) -> None:
    start = Network(Architecture((1, 1), ("identity",), "none"), np.full(1, 3.0))
    x, y = np.ones((n, 1)), np.full((n, 1), 3.0)  # the answers are right: no gradient but the penalty's
    rules = UpdateRules(reduction=reduction, l1=0.25, l2=0.5, learning_rate=1.0)  # type: ignore[arg-type]
    assert -update_of(start, x, y, rules).weights[0][0, 0] == 0.25 + 0.5 * 3.0


def update_of(start: Network, x: np.ndarray, y: np.ndarray, rules: UpdateRules) -> Parameters:
    work = Workspace(start.architecture, len(x))
    work.load(x, y, list(range(len(x))))
    compute_update(start, rules, OPTIMIZERS[rules.optimizer.name].fresh_memory(len(start.flat)), 1, work)
    return work.step


def test_slopes_at_a_corner_are_the_conventions_the_page_names() -> None:
    named = dict(re.findall(r"([a-z-]*relu) (?:is )?(0(?:\.\d+)?)(?= and|, as in PyTorch)", NUMBERS))
    cornered = {name: it.at_corner for name, it in ACTIVATIONS.items() if it.at_corner is not None}
    assert {name: float(slope) for name, slope in named.items()} == cornered


def test_clipping_scales_the_penalty_too_as_the_page_says() -> None:
    start = Network(Architecture((1, 1), ("identity",), "none"), np.ones(1))
    x, y = np.ones((1, 1)), np.ones((1, 1))  # the answer is right: no gradient but the penalty's
    clipped = update_of(start, x, y, UpdateRules(l2=0.5, clip_norm=0.1, learning_rate=1.0))
    assert abs(clipped.weights[0][0, 0]) == pytest.approx(0.1)


# --- pictures ---

NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
DRAWINGS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "assets").rglob("*.svg"))


def addresses(svg: str) -> set[str]:
    return set(re.findall(r"(?:\w+:)?//[^\s\"'<>)]+", svg))


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_asks_no_server_for_anything(name: str) -> None:
    svg = (ROOT / name).read_text(encoding="utf-8")
    assert addresses(svg) <= NAMESPACES
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"


async def test_a_picture_of_the_app_asks_no_server_and_shows_every_cell() -> None:
    async with explore() as at:
        svg, raw = picture(at.app, "title"), at.app.export_screenshot(title="title", simplify=True)
    assert addresses(svg) <= NAMESPACES < addresses(raw) | NAMESPACES
    assert len(svg) < len(raw)
    kept, whole = (text_of(it) for it in (svg, raw))
    assert kept == whole
    assert "title" in kept


def text_of(svg: str) -> str:
    """What can be read in it, without the breaks at line ends."""
    words = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return "".join(word.text.strip("\n") for word in words if word.text)


@pytest.mark.parametrize(("theme", "ground"), [("ansi-dark", "#0c0c0c"), ("ansi-light", "#f2f2f2")])
async def test_a_picture_in_the_terminals_own_colours_has_the_ground_of_one(theme: str, ground: str) -> None:
    async with explore(size=(40, 10), config=Config(theme=theme)) as at:
        svg = picture(at.app, "title")
    assert svg.count(f'<rect fill="{ground}"') > 10
    assert not re.findall("#4b4e55|#fdfdc5", svg)


async def test_a_changed_cell_changes_few_lines_of_a_picture() -> None:
    async with explore() as at:
        before = picture(at.app, "xor")
        assert picture(at.app, "xor") == before
        await at.do("reduction")
        after = picture(at.app, "xor")
    changed = [line for line in unified_diff(before.split("\n"), after.split("\n"), n=0) if line[0] in "+-"]
    assert 0 < len(changed) < len(before.split("\n")) / 4


def test_every_colour_of_a_picture_has_its_rule() -> None:
    svg = (ROOT / DRAWINGS[-1]).read_text(encoding="utf-8")
    used, ruled = set(re.findall(r'class="(s-[\w-]+)"', svg)), set(re.findall(r"\.(s-[\w-]+) \{", svg))
    assert set() < used <= ruled


async def test_the_script_makes_the_picture_that_is_committed_as_svg(tmp_path: Path) -> None:
    assert {f"assets/screenshots/{name}.svg" for name in make_screenshots.PICTURES} <= set(DRAWINGS)
    svg = await make_screenshots.drawn("ledger")
    assert "nothing applied yet" in svg.replace("&#160;", " ")
    assert addresses(svg) <= NAMESPACES
