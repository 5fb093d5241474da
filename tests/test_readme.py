"""The README is a first page: short, and its commands and library lines do what it says."""

import contextlib
import io
import re
from pathlib import Path

from bptui.tui import explorer_keys
from tests.make_docs import FOLDER
from tests.test_docs import ROOT, blocks

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_one_page() -> None:
    assert len(README.splitlines()) <= 150


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
