"""CONTRIBUTING and the change log name what is there."""

import re
from pathlib import Path
from typing import get_args

import bptui
from bptui.session.intents import PanelName, ScreenName
from bptui.tui.screens import OPENERS
from bptui.version import RELEASED
from bptui.views.panels import NUMBERS

ROOT = Path(__file__).resolve().parent.parent
HOUSE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:bptui|tests|\.ci)/[\w./-]*|\w+\.(?:md|toml))`", HOUSE)))
NAMED = re.findall(r"`(\w+)` in\s`([\w./]+)`", HOUSE)


def test_every_path_the_house_names_is_there() -> None:
    assert len(PATHS) > 50
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_every_name_stands_where_the_house_says() -> None:
    assert len(NAMED) > 10
    for name, path in NAMED:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^(class )?{name}\b", text, re.MULTILINE), (name, path)


def test_the_house_names_every_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "bptui").glob("*/__init__.py")}
    assert rooms == set(re.findall(r"^\| \d \| `bptui/(\w+)/` ", HOUSE, re.MULTILINE))


def test_the_house_names_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"`make (\w+)`", HOUSE))
    assert {"test", "check"} <= targets
    for target in targets:
        assert f"\n{target}:" in makefile


def test_the_change_log_tells_of_this_version() -> None:
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {bptui.__version__} ({RELEASED})\n" in log


def test_intents_name_the_panels_and_the_doors_there_are() -> None:
    assert set(get_args(PanelName)) == set(NUMBERS)
    assert set(get_args(ScreenName)) == set(OPENERS)
