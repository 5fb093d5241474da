"""The README is a first page: short, and its commands and library lines do what it says."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

from bptui import cli
from bptui.headless.check import TEMPLATE
from bptui.tui import explorer_keys
from tests.make_docs import FOLDER
from tests.test_docs import ROOT, blocks

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_stays_short_and_leaves_the_tables_to_its_pages() -> None:
    assert len(README.splitlines()) <= 250


def test_a_picture_and_two_commands_come_first() -> None:
    first = README[: README.index("\n## ")]
    assert first.count("![") == first.count("```sh") == 1
    assert len(re.findall("^make ", first, re.MULTILINE)) == 2


def test_every_page_can_be_reached_from_it() -> None:
    pages = {path.name for path in FOLDER.glob("*.md")}
    assert pages == set(re.findall(r"\(assets/docs/([\w-]+\.md)\)", README))


def test_the_library_lines_print_what_their_comments_say() -> None:
    for block in blocks(README, "python"):
        wanted = [line.split("  # ", 1)[1] for line in block.splitlines() if line.startswith("print")]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(block, "README.md", "exec"), {})
        lines = printed.getvalue().splitlines()
        assert len(lines) == len(wanted) > 0
        for line, comment in zip(lines, wanted, strict=True):
            assert comment == line or comment.endswith(": " + line)


def test_the_check_of_ones_own_code_answers_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = "(1 - a[layer] ** 2)", "(1 - np.tanh(a[layer]) ** 2)"
    assert right in TEMPLATE
    assert f"`{wrong[1:-1]}`" in README
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(TEMPLATE.replace(right, wrong), encoding="utf-8")
    (block,) = blocks(README, "console")
    command, *shown = block.splitlines()
    words, _, lines = command.removeprefix("$ bptui ").partition(" | head -")
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert cli.main(words.split()) == 1
    assert printed.getvalue().splitlines()[: int(lines)] == shown


def test_the_lines_for_an_autograder_fail_with_the_same_answer() -> None:
    (lines,) = blocks(README, "py")
    (shown,) = blocks(README, "console")
    program = TEMPLATE.replace("(1 - a[layer] ** 2)", "(1 - np.tanh(a[layer]) ** 2)")
    names: dict[str, Any] = {}
    exec(program, names)
    exec(compile(lines, "README.md", "exec"), names)
    with pytest.raises(AssertionError) as caught:
        names["test_gradients"]()
    assert str(caught.value).startswith("gradients\n" + shown.partition("\n")[2])


def test_make_knows_the_commands_of_the_readme() -> None:
    makefile = Path(ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", "\n".join(blocks(README, "sh")), re.MULTILINE)
    assert targets[:2] == ["run", "test"]
    for target in targets:
        assert f"\n{target}:" in makefile


def test_the_keys_of_the_first_minute_are_the_explorers() -> None:
    table = README[README.index("## The first minute") : README.index("## Where to go on")]
    named = {key for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for key in re.findall("`(.+?)`", row)}
    known = {shown for key in explorer_keys.KEYS for shown in key.shown.split()}
    assert len(named) > 10
    assert named <= known
