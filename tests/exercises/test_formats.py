"""What exercises are written as is read back by what reads such files: Moodle, LaTeX, text2qti, JSON."""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bptui.exercises import latex, moodle
from bptui.exercises.exercise import Blank, Choice, Exercise, Wanted
from bptui.exercises.families import FAMILIES
from bptui.exercises.formats import FORMATS
from bptui.exercises.making import exercises
from bptui.exercises.names import MIXED
from bptui.exercises.written import fixed, plain, writer
from bptui.scenario import Scenario
from tests.exercises.cloze import Gap, gaps

WANTED = Wanted(MIXED, count=len(FAMILIES), seed=3)


@cache
def every() -> tuple[Exercise, ...]:
    return tuple(exercises(WANTED))


@cache
def written(name: str) -> tuple[str, ...]:
    return tuple(text for _, text in FORMATS[name].files("quiz", every()))


# --- numbers ---


@pytest.mark.parametrize(
    ("value", "said"), [(0.03, "0.0300"), (-1.23456, "−1.2346"), (-0.00001, "0.0000"), (2.0, "2.0000")]
)
def test_answers_have_as_many_decimals_as_are_asked_for(value: float, said: str) -> None:
    assert fixed(value, 4) == said


@pytest.mark.parametrize(("value", "said"), [(0.5, "0.5"), (0.123456, "0.1235"), (-2.0, "−2"), (1e-7, "0.0000")])
def test_round_numbers_are_short_in_a_formula(value: float, said: str) -> None:
    assert writer(4)(value) == said


# --- Moodle ---

SCHEMA: dict[str, dict[str, str]] = {
    "quiz": {"question": "+"},
    "question category": {"category": "1"},
    "category": {"text": "1"},
    "question cloze": {
        "name": "1", "questiontext": "1", "generalfeedback": "?", "penalty": "?", "hidden": "?", "idnumber": "?",
    },
    "name": {"text": "1"},
    "questiontext": {"text": "1"},
    "generalfeedback": {"text": "1"},
    **{name: {} for name in ("text", "penalty", "hidden", "idnumber")},
}  # fmt: skip
"""Moodle XML as its documentation has it: which elements stand in which, once (1), at most once (?), or often (+)."""
FORMATS_OF_TEXT = ("html", "moodle_auto_format", "plain_text", "markdown")


def check(element: ElementTree.Element) -> None:
    """An element has the children of the schema, and its format is one that Moodle has."""
    name = f"{element.tag} {element.get('type')}" if element.tag == "question" else element.tag
    allowed = SCHEMA[name]
    tags = [child.tag for child in element]
    assert set(tags) <= set(allowed), name
    for tag, often in allowed.items():
        assert often == "+" or tags.count(tag) == 1 or (often == "?" and not tags.count(tag)), (name, tag)
    if element.tag in ("questiontext", "generalfeedback"):
        assert element.get("format") in FORMATS_OF_TEXT
    if allowed:
        assert not (element.text or "").strip()
    for child in element:
        check(child)


class Balanced(HTMLParser):
    """Raises AssertionError where a tag of HTML is not closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def cloze_texts() -> list[str]:
    (file,) = written("moodle")
    root = ElementTree.fromstring(file.encode())
    check(root)
    found = [question.findtext("questiontext/text") or "" for question in root if question.get("type") == "cloze"]
    assert len(found) == len(every())
    return found


def test_the_moodle_file_is_of_moodle_s_format() -> None:
    for text in cloze_texts():
        Balanced(text)
    with pytest.raises(KeyError):
        check(ElementTree.fromstring("<quiz><question type='essay'/></quiz>"))


def blanks_with_gaps() -> list[tuple[Exercise, Blank, Gap]]:
    out = []
    for it, text in zip(every(), cloze_texts(), strict=True):
        found = gaps(text)
        assert len(found) == len(it.items)
        out += [(it, item, gap) for item, gap in zip(it.items, found, strict=True) if isinstance(item, Blank)]
    return out


def test_moodle_takes_the_printed_answer_and_what_is_within_the_tolerance() -> None:
    for it, blank, gap in blanks_with_gaps():
        printed = plain(blank.printed(4))
        assert gap.kind == "NUMERICAL"
        assert gap.grade(printed) == (1.0, moodle.SAID_RIGHT)
        assert gap.grade(str(blank.value)) == (1.0, moodle.SAID_RIGHT)
        assert gap.grade(str(float(printed) + it.wanted.tolerance))[0] == 1.0
        assert gap.grade(str(float(printed) + 1.1 * it.wanted.tolerance))[0] == 0.0


def test_moodle_names_the_mistake_behind_every_wrong_number() -> None:
    count = 0
    for it, blank, gap in blanks_with_gaps():
        for wrong in blank.wrong:
            for change in wrong.changes:
                fraction, said = gap.grade(plain(fixed(wrong.value, 4)))
                assert fraction == 0.0
                assert change.named(it.reduction) in said, (blank.name, change.id)
                count += 1
            if wrong.said:
                assert wrong.said in gap.grade(plain(fixed(wrong.value, 4)))[1]
    assert count > 300


def test_what_is_no_known_mistake_gets_no_feedback() -> None:
    for _, _, gap in blanks_with_gaps():
        assert gap.grade("77.5") == (0.0, "")


def test_of_a_choice_moodle_takes_the_right_one_alone() -> None:
    for it, text in zip(every(), cloze_texts(), strict=True):
        for item, gap in zip(it.items, gaps(text), strict=True):
            if isinstance(item, Choice):
                assert gap.kind == "MULTICHOICE"
                for option in item.options:
                    assert gap.grade(option.words) == (float(option.right), option.said)


@pytest.mark.parametrize("words", ["a } b", "a ~ b # c", "a < b & c"])
def test_nothing_in_a_feedback_ends_it(words: str) -> None:
    (gap,) = gaps(f"{{1:NUMERICAL:=1:0.1#{moodle.feedback(words)}~%0%2:0.1#other}}")
    assert gap.grade("1") == (1.0, words)
    assert gap.grade("2") == (0.0, "other")


@pytest.mark.parametrize("text", ["{1:NUMERICAL:=one#a}", "{1:NUMERICAL:%0%1:0.1#a}"])
def test_the_reader_of_these_tests_refuses_what_moodle_would(text: str) -> None:
    with pytest.raises(ValueError, match="no"):
        gaps(text)


# --- sheets on paper ---


@pytest.mark.parametrize("name", ["markdown", "latex"])
def test_a_sheet_has_no_answer_and_the_key_has_all(name: str) -> None:
    sheet, key = written(name)
    for it in every():
        for blank in it.blanks:
            printed = blank.printed(4)
            shown = f"**{printed}**" if name == "markdown" else f"\\mathbf{{{plain(printed)}}}"
            assert shown in key
            assert shown not in sheet
            assert blank.name in sheet or latex.math(blank.name) in sheet


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_file_bears_the_command_that_makes_it_again(name: str) -> None:
    for text in written(name):
        assert WANTED.command in text.replace("-{}-", "--")


@pytest.mark.parametrize("name", ["markdown", "moodle", "qti", "json"])
def test_every_exercise_says_how_it_is_opened(name: str) -> None:
    answers = written(name)[-1]
    for it in every():
        assert f"--open {it.number}" in answers


def test_a_markdown_table_has_as_many_cells_in_every_row() -> None:
    for text in written("markdown"):
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({line.count("|") for line in block.splitlines()}) == 1


# --- LaTeX ---


def test_latex_is_ascii_with_balanced_braces_and_environments() -> None:
    for text in written("latex"):
        assert text.isascii()
        bare = re.sub(r"\\[\\{}#%&$_]", "", text)
        depth = 0
        for sign in bare:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            assert depth >= 0
        assert depth == 0
        assert bare.count("$") % 2 == 0
        stack: list[str] = []
        for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
            assert kind == "begin" or stack.pop() == name
            stack += [name] if kind == "begin" else []
        assert not stack


def test_latex_has_nothing_special_outside_of_a_formula() -> None:
    for text in written("latex"):
        body = text[text.index(r"\begin{document}") :]
        outside = re.sub(r"\\[#%&$_{}\\]|\$[^$]*\$|\\ensuremath\{[^{}]*(\{[^{}]*\})?\}", "", body)
        assert not re.search(r"[#%_^]", outside)


def test_a_latex_row_has_as_many_cells_as_the_table_has_columns() -> None:
    count = 0
    for text in written("latex"):
        tables = re.findall(r"\\begin\{(tabular|longtable)\}(?:\[t\])?\{(?:l|p\{\d+mm\})(r*)\}\n(.*?)\\end", text, re.S)
        for _, columns, body in tables:
            for line in body.splitlines():
                if "multicolumn" not in line and line.strip():
                    assert line.count("&") == len(columns), line
                    count += 1
    assert count > 200


def latex_is_here() -> bool:
    """With the packages that are used: some installations have none."""
    if not (shutil.which("pdflatex") and shutil.which("kpsewhich")):
        return False
    styles = ["geometry.sty", "amsmath.sty", "longtable.sty"]
    found = subprocess.run(["kpsewhich", *styles], capture_output=True, text=True, check=False, timeout=60)
    return len(found.stdout.split()) == len(styles)


@pytest.mark.skipif(not latex_is_here(), reason="no LaTeX here")
def test_latex_takes_it(tmp_path: Path) -> None:
    for name, text in FORMATS["latex"].files("quiz", every()):
        (tmp_path / name).write_text(text, encoding="ascii")
        command = ["pdflatex", "-draftmode", "-interaction=nonstopmode", "-halt-on-error", name]
        done = subprocess.run(
            command, check=False, cwd=tmp_path, capture_output=True, text=True, errors="replace", timeout=120
        )
        assert done.returncode == 0, done.stdout[-2000:]
        assert "Overfull" not in done.stdout


# --- text2qti ---

CHOICE = re.compile(r"(\*?)([a-z])\) +(\S.*)")


def test_every_question_of_text2qti_has_one_right_answer_and_says_why_the_others_are_wrong() -> None:
    (text,) = written("qti")
    head, *questions = text.split("\nTitle: ")
    assert head.startswith("Quiz title: ")
    items = [(it, item) for it in every() for item in it.items]
    assert len(questions) == len(items)
    for number, (body, (it, item)) in enumerate(zip(questions, items, strict=True), start=1):
        lines = body.splitlines()
        assert lines[1] == "Points: 1"
        assert lines[2].startswith(f"{number}. ")
        content = len(lines[2]) - len(lines[2].removeprefix(f"{number}.").lstrip())
        end = next(k for k, line in enumerate(lines) if line.startswith("... "))
        assert all(line[:content].strip() == "" for line in lines[3:end])
        answers(it, item, lines[end + 1 :])


def answers(it: Exercise, item: Blank | Choice, lines: list[str]) -> None:
    if lines[0].startswith("="):
        assert isinstance(item, Blank)
        assert not item.wrong
        assert lines[0] == f"=   {plain(item.printed(4))} +- 0.0002"
        return
    found = [CHOICE.fullmatch(line) for line in lines[::2] if line]
    assert all(found)
    right = [each[3] for each in found if each and each[1]]
    assert right == [item.printed(4) if isinstance(item, Blank) else item.right.words]
    assert len({each[3] for each in found if each}) == len(found) >= 2
    assert all(line.startswith("... ") for line in lines[1::2])
    if isinstance(item, Blank):
        said = {fixed(wrong.value, 4): wrong.words(it.reduction) for wrong in item.wrong}
        for each, why in zip(found, lines[1::2], strict=True):
            assert each is not None
            assert each[1] or said[each[3]] in why


# --- JSON ---


def test_json_has_every_number_and_a_scenario_that_gives_them_again() -> None:
    (text,) = written("json")
    document = json.loads(text)
    assert document["command"] == WANTED.command
    for it, one in zip(every(), document["exercises"], strict=True):
        record = Scenario.from_document(one["scenario"], "a test", ".").begin().record(it.record.number)
        assert record.after.flat.tolist() == it.record.after.flat.tolist()
        values = [asked["answer"] for asked in one["asked"] if "answer" in asked]
        assert values == [blank.value for blank in it.blanks]
        assert "`" not in one["task"]
