"""The README says only what is so: its commands, its library lines and its key table are tried here."""

import contextlib
import io
import re
import shlex
import tomllib
from pathlib import Path

import numpy as np
import pytest

from bptui import cli
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
from bptui.scenario import Scenario
from bptui.scenario.keys import KEYS as SCENARIO_KEYS
from bptui.tui import drill, explain, explorer_keys, lab, race, scatter
from bptui.tui.keys import Table, markdown
from bptui.tui.workbench import COMMON

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


COMMANDS = [
    shlex.split(line, comments=True)
    for block in blocks("sh")
    for line in block.splitlines()
    if line.startswith("bptui")
]


def own(table: Table) -> Table:
    """The keys that not every screen has."""
    return tuple(key for key in table if key not in COMMON)


TABLES = [explorer_keys.KEYS, *map(own, (lab.KEYS, race.KEYS, drill.KEYS, scatter.KEYS, explain.KEYS))]


@pytest.mark.parametrize("table", TABLES, ids=["explorer", "lab", "race", "drill", "noise", "explain"])
def test_the_key_tables_are_those_of_the_app(table: Table) -> None:
    assert markdown(table) in README


def test_every_picture_is_there_and_made_by_the_app() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures
    for picture in pictures:
        svg = (ROOT / picture).read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "bptui" in svg


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_runs(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_nothing(session: object, options: object) -> int:
        opened.append("explorer")
        return 0

    monkeypatch.setattr(cli, "open_explorer", open_nothing)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert cli.main(words[1:]) == 0
    headless = words[1:2] and words[1] in ("trace", "train", "datasets")
    assert bool(printed.getvalue()) if headless else opened == ["explorer"]


def test_the_library_lines_print_what_their_comments_say() -> None:
    (block,) = blocks("python")
    wanted = [line.split("  # ", 1)[1] for line in block.splitlines() if line.startswith("print")]
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(block, "README.md", "exec"), {})
    lines = printed.getvalue().splitlines()
    assert len(lines) == len(wanted) > 0
    for line, comment in zip(lines, wanted, strict=True):
        assert comment == line or comment.endswith(": " + line)


def test_the_scenario_of_the_readme_names_every_key_and_is_accepted(tmp_path: Path) -> None:
    (block,) = blocks("toml")
    path = tmp_path / "readme.toml"
    path.write_text(block, encoding="utf-8")
    Scenario.read(path).begin()
    document = tomllib.loads(block)
    for section, keys in SCENARIO_KEYS.items():
        assert set(document[section]) <= set(keys)
        for key in keys:
            assert key in block, f"{section}.{key} is not in the README"


def test_make_knows_the_commands_of_the_readme() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert targets[:2] == ["run", "test"]
    for target in targets:
        assert f"\n{target}:" in makefile


def test_the_optimizers_constants_are_the_ones_the_readme_names() -> None:
    plain = OptimizerSettings()
    for name in ("momentum", "decay", "beta1", "beta2", "weight_decay"):
        assert re.search(rf"{name} (is )?{getattr(plain, name):g}\b", README), name
    assert plain.epsilon == 1e-8
    assert "epsilon 1e−8" in README


def test_a_penalty_and_its_decay_treat_biases_as_the_readme_says() -> None:
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


def update_of(start: Network, x: np.ndarray, y: np.ndarray, rules: UpdateRules) -> Parameters:
    work = Workspace(start.architecture, len(x))
    work.load(x, y, [0])
    compute_update(start, rules, OPTIMIZERS[rules.optimizer.name].fresh_memory(2), 1, work)
    return work.step


def test_slopes_at_a_corner_are_the_conventions_the_readme_names() -> None:
    named = dict(re.findall(r"([a-z-]*relu) (?:is )?(0(?:\.\d+)?)(?= and|, as in PyTorch)", README))
    cornered = {name: it.at_corner for name, it in ACTIVATIONS.items() if it.at_corner is not None}
    assert {name: float(slope) for name, slope in named.items()} == cornered


def test_clipping_scales_the_penalty_too_as_the_readme_says() -> None:
    start = Network(Architecture((1, 1), ("identity",), "none"), np.ones(1))
    x, y = np.ones((1, 1)), np.ones((1, 1))  # the answer is right: no gradient but the penalty's
    clipped = update_of(start, x, y, UpdateRules(l2=0.5, clip_norm=0.1, learning_rate=1.0))
    assert abs(clipped.weights[0][0, 0]) == pytest.approx(0.1)
