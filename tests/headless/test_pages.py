"""The worked update on paper."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bptui.engine.weight import Weight
from bptui.explain.worked import worked
from bptui.headless.pages import escaped, latex, markdown
from bptui.scenario import Scenario
from tests.cli.commands import complaint, run


def pages(name: str) -> tuple[list[str], str]:
    begun = Scenario.built_in(name).begin()
    assert begun.extend_to(1)
    record, weight = begun.record(1), Weight(1, 0, 0)
    return list(markdown(worked(record, weight), "bptui x_y")), "\n".join(latex(worked(record, weight), "bptui x_y"))


@pytest.mark.parametrize("name", ["xor", "mazur", "iris", "digits"])
def test_the_tables_of_markdown_are_whole(name: str) -> None:
    lines, _ = pages(name)
    tables = [line for line in lines if line.startswith("|")]
    assert tables
    columns = 0
    for line in lines:
        cells = len(re.findall(r"(?<!\\)\|", line))
        if line.startswith("|"):
            assert columns in (0, cells), line
            columns = cells
        else:
            columns = 0
    assert lines[-1] == "Made by `bptui x_y`."


@pytest.mark.parametrize("name", ["xor", "mazur", "iris", "digits"])
def test_the_document_closes_what_it_opens_and_is_ascii(name: str) -> None:
    _, text = pages(name)
    open_now: list[str] = []
    for kind, environment in re.findall(r"\\(begin|end)\{(\w+\*?)\}", text):
        if kind == "begin":
            open_now.append(environment)
        else:
            assert open_now.pop() == environment
    assert open_now == []
    assert text.isascii()
    assert r"bptui x\_y" in text
    assert all(line.count("&") - line.count(r"\&") <= 11 for line in text.splitlines())


def test_markup_in_names_is_text() -> None:
    assert escaped("a|b*<c>") == r"a\|b\*\<c\>"


def test_the_command_writes_the_page_and_names_itself() -> None:
    done = run("export", "xor", "--at", "e2 b1", "--markdown", "-")
    assert done.returncode == 0
    assert done.stdout.startswith("# Update 2: epoch 2, batch 1 of 1")
    assert done.stdout.endswith("Made by `bptui export xor --at 'e2 b1' --markdown -`.\n")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("keep", encoding="utf-8")
    for expected in ("mine-2.md", "mine-3.md"):
        done = run("export", "xor", "--markdown", str(tmp_path / "mine.md"))
        assert done.stdout == f"written: {tmp_path / expected}\n"
    assert (tmp_path / "mine.md").read_text(encoding="utf-8") == "keep"
    done = run("export", "xor", "--markdown", "/nonexistent/a.md")
    assert done.returncode == 1
    assert "/nonexistent/a.md: No such file" in done.stderr


def test_a_zero_has_no_sign() -> None:
    assert not any("−0 " in line or line.endswith("−0 |") for line in pages("xor")[0])


def test_what_cannot_be_written_is_refused() -> None:
    assert "say what to write" in complaint("export", "xor")
    assert "--phases goes with --svg or --cast" in complaint("export", "xor", "--phases", "--latex", "-")
    assert "expected columns and rows like 100x30" in complaint("export", "xor", "--svg", "a.svg", "--size", "big")
    assert "argument --press: expected a character" in complaint("export", "xor", "--svg", "a.svg", "--press", "entre")
    assert "update 1 has 4 samples, no 9" in complaint("export", "xor", "--at", "e1 b1 s9", "--markdown", "-")


@pytest.mark.skipif(not (shutil.which("pdflatex") and shutil.which("kpsewhich")), reason="there is no LaTeX here")
@pytest.mark.parametrize("name", ["mazur", "digits"])
def test_latex_sets_it_within_its_lines(name: str, tmp_path: Path) -> None:
    _, text = pages(name)
    (tmp_path / "page.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="latin-1", timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
