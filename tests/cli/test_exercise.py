"""``bptui exercise``: sheets and keys on the output or in files, and one exercise opened in the explorer."""

import io
import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from bptui import cli
from bptui.cli import exploring
from bptui.headless import progress
from bptui.session.session import Session
from bptui.views.arrange import DELTAS, EXPLAIN, NETWORK, UPDATE, arrange
from bptui.views.looks import Looks

HIDDEN = ("exercise", "--kind", "hidden-delta", "--count", "2", "--seed", "3")


def out_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert cli.main([*words]) == 0
    return capsys.readouterr().out


def test_the_same_command_prints_the_same_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    sheet = out_of(capsys, *HIDDEN)
    assert sheet.startswith("# Exercises: δ of hidden units")
    assert sheet.count("\n## ") == 2
    assert out_of(capsys, *HIDDEN) == sheet
    assert out_of(capsys, *HIDDEN[:-1], "4") != sheet


class Screen(io.StringIO):
    """Standard error on a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_is_in_one_line_that_is_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "BRIEF", 0)
    monkeypatch.setattr(progress, "EVERY", 0)
    assert cli.main([*HIDDEN]) == 0
    sheet, said = capsys.readouterr()
    assert said == "", "no terminal"
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    assert out_of(capsys, *HIDDEN) == sheet
    said = screen.getvalue()
    assert said.index("\rexercise 1 of 2") < said.index("\rexercise 2 of 2")
    assert "\n" not in said
    assert said.endswith("\r\x1b[K")


def test_the_key_stands_apart(capsys: pytest.CaptureFixture[str]) -> None:
    key = out_of(capsys, *HIDDEN, "--key")
    assert key.startswith("# Key")
    assert "bptui exercise --kind hidden-delta --count 2 --seed 3 --open 2" in key


def test_what_is_wished_is_in_the_command_and_on_the_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--layers", "3-2-1", "--samples", "3", "--decimals", "5", "--format", "json")
    document = json.loads(out_of(capsys, *HIDDEN, *words))
    assert document["command"] == f"bptui {' '.join(HIDDEN)} --layers 3-2-1 --samples 3 --decimals 5"
    for one in document["exercises"]:
        assert one["scenario"]["network"]["layers"] == [3, 2, 1]
        assert len(one["scenario"]["data"]["x"]) == 3
        assert all(len(asked["printed"].partition(".")[2]) == 5 for asked in one["asked"])


def test_files_are_written_beside_each_other_and_over_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = out_of(capsys, *HIDDEN, "--format", "latex", "--out", "sheet.tex")
    assert said == "written: sheet.tex\nwritten: sheet-key.tex\n"
    sheet = Path("sheet.tex").read_text(encoding="utf-8")
    assert out_of(capsys, *HIDDEN, "--format", "latex", "--key") == Path("sheet-key.tex").read_text(encoding="utf-8")
    assert out_of(capsys, *HIDDEN, "--format", "latex", "--out", "sheet.tex").startswith("written: sheet-2.tex\n")
    assert Path("sheet-2.tex").read_text(encoding="utf-8") == sheet
    assert out_of(capsys, *HIDDEN, "--format", "moodle", "--out", ".") == "written: exercise-hidden-delta-3.xml\n"


@pytest.mark.parametrize(("words", "at"), [((), "e1 b1 s1 input"), (("--key",), "e1 b1 s1 d2")])
def test_an_exercise_is_opened_at_its_start_and_with_its_key_at_its_solution(
    words: tuple[str, ...], at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[Session, str]] = []

    def keep(session: Session, options: Namespace, **_: Any) -> int:
        opened.append((session, options.at))
        return 0

    monkeypatch.setattr(exploring, "open_explorer", keep)
    assert cli.main([*HIDDEN, "--open", "7", *words]) == 0
    ((session, there),) = opened
    assert session.scenario.title == "hidden-delta-3-7"
    assert there == at


@pytest.mark.parametrize(
    ("kind", "panels"),
    [
        ("forward", {NETWORK, EXPLAIN}),
        ("hidden-delta", {NETWORK, EXPLAIN}),
        ("sample-gradients", {DELTAS, UPDATE}),
        ("batch-update", {UPDATE, EXPLAIN}),
        ("momentum", {UPDATE, EXPLAIN}),
        ("find-mistake", {UPDATE, EXPLAIN}),
    ],
)
def test_a_small_screen_opens_on_the_panels_in_which_the_answer_stands(
    kind: str, panels: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Looks] = []

    def keep(*_: Any, looks: Looks) -> int:
        opened.append(looks)
        return 0

    monkeypatch.setattr(exploring, "open_explorer", keep)
    assert cli.main(["exercise", "--kind", kind, "--open", "1"]) == 0
    (looks,) = opened
    assert set(arrange(80, 24, looks.focus, looks.beside, False, 3).panels) == panels


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "hiden-delta"), "did you mean 'hidden-delta'"),
        (("--layers", "2-9-1"), "at most 4 sizes of 1 to 6 units"),
        (("--count", "0"), "--count"),
        (("--format", "moodle", "--key"), "--key goes with markdown and latex"),
        (("--open", "1", "--out", "x.md"), "give one of them"),
        (("--key", "--out", "x.md"), "--out writes it beside the sheet"),
        (("--kind", "softmax", "--layers", "2-1"), "needs two outputs or more"),
        (("--lr", "1"), "unknown option '--lr'"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["exercise", "--count", "1", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*HIDDEN, "--out", str(tmp_path / "none" / "sheet.md")]) == 1
    assert "No such file" in capsys.readouterr().err
