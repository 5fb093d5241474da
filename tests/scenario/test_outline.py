"""What is known of a scenario before anything is computed is what the run then has."""

import os
from pathlib import Path
from typing import Any

import pytest

from bptui.scenario import Scenario, built_in_names
from bptui.scenario.change import changed
from bptui.scenario.outline import Outline, outline_of
from bptui.session.session import Session
from bptui.views.numbers import rate
from tests.test_import_hygiene import modules_after

CHANGES: list[tuple[dict[str, dict[str, Any]], str | None]] = [
    ({}, None),
    ({"training": {"batch_size": 2, "reduction": "sum", "learning_rate": 0.25}}, None),
    ({"training": {"batch_size": None}}, None),
    ({"data": {"test_fraction": 0.25, "seed": 3}, "training": {"batch_size": 3, "last_batch": "drop"}}, None),
    ({"network": {"init": "he"}}, "relu"),
]


@pytest.mark.parametrize("name", built_in_names())
@pytest.mark.parametrize(("said", "hidden"), CHANGES)
def test_what_the_outline_says_is_so_and_all_of_a_built_in_set_is_said(
    name: str, said: dict[str, dict[str, Any]], hidden: str | None
) -> None:
    try:
        session = Session(changed(Scenario.built_in(name), said, hidden))
    except ValueError:
        return  # refused: one sample cannot be split
    outline, record = outline_of(name, said, hidden), session.record
    network, settings = record.before.architecture, record.settings
    assert (outline.title, outline.layers, outline.loss) == (name, network.sizes, settings.rules.loss)
    assert outline.activations in ((), network.activations)
    assert outline.batch_size == str(settings.batch_size or "all")
    assert outline.reduction in ("", settings.rules.reduction)
    assert outline.learning_rate is not None
    assert rate(outline.learning_rate) == rate(record.learning_rate)
    assert outline.batch in (None, record.n)
    assert outline.batches in (None, record.batches)
    if said is CHANGES[0][0] and name not in ("letters", "drill"):
        assert None not in outline
        assert () not in outline
        assert "" not in outline


def test_of_a_file_it_is_known_what_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(Scenario.built_in("xor").toml(whole=True), encoding="utf-8")
    assert outline_of(str(path), {}) == outline_of("xor", {})._replace(title="mine")


@pytest.mark.parametrize("text", ["[network", "network = 3", "[network]\nlayers = [0]", "\xff", "[" * 5000])
def test_what_is_not_right_in_a_file_is_left_out(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="latin-1")
    assert outline_of(str(path), {}) == Outline("mine")


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path: Path) -> None:
    pipe, endless = tmp_path / "pipe.toml", tmp_path / "endless.toml"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    assert outline_of(str(pipe), {}) == Outline("pipe")
    assert outline_of(str(endless), {}) == Outline("endless")


def test_of_data_the_name_is_known_and_what_was_said() -> None:
    said = {"training": {"batch_size": 5}, "data": {"samples": 20}}
    assert outline_of("there/mine.csv", said) == Outline("mine", batch_size="5")


def test_the_name_of_a_file_is_shown_without_what_a_terminal_would_obey() -> None:
    assert outline_of("\x1b]52;c;QQ==\x07.csv", {}).title == "␛]52;c;QQ==␇"


def test_it_needs_no_numpy() -> None:
    assert "numpy" not in modules_after("bptui.scenario.outline")
