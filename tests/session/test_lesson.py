"""Lessons: what a file may say, where it is wrong, and that bptui's own can be given."""

import textwrap
from pathlib import Path

import pytest

from bptui.cli.choosing import choose
from bptui.headless.arguments import parser_of
from bptui.headless.lessons import begin_at, found, listing, scenario_words, shipped
from bptui.scenario import Scenario
from bptui.session.learned import Learned, learned, remember
from bptui.session.lesson import LONGEST, Lesson, LessonError, read_lesson, rehearsed
from bptui.session.questions import QUESTIONS
from bptui.session.session import Session
from bptui.views.lesson import ASIDE, FOOT, Lecture, aside_rows, foot_rows
from bptui.views.looks import parse_looks
from tests.cli.commands import complaint, run

GOOD = """title = "One"
scenario = "xor --lr 0.5"

[[part]]
at = "e1 b1 s1 input"
say = "First."

[[part]]
at = "e1 b1 s2 gradient"
ask = "contribution"
look = "4"
say = "Second."

[[part]]
at = "e1 b1"
ask = ["mean", "step"]
to = "e2 b1"
say = "Third."
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def session_of(lesson: Lesson) -> Session:
    return Session(choose(parser_of("").parse_args(scenario_words(lesson))))


def test_a_lesson_is_what_its_file_says(tmp_path: Path) -> None:
    lesson = read_lesson(written(tmp_path, GOOD))
    assert (lesson.name, lesson.title, lesson.scenario) == ("mine", "One", ("xor", "--lr", "0.5"))
    assert [part.say for part in lesson.parts] == ["First.", "Second.", "Third."]
    assert [part.ask for part in lesson.parts] == [set(), {"contribution"}, {"mean", "step"}]
    rehearsed(lesson, session_of(lesson))


def test_a_number_is_asked_where_one_stands_or_on_the_way_on(tmp_path: Path) -> None:
    lesson = read_lesson(written(tmp_path, GOOD))
    session = session_of(lesson)
    session.arrive_at(lesson.parts[1].at)
    asked = lesson.parts[1].prediction(session)
    assert asked is not None
    assert asked.now is not None
    assert asked.now.kind == "contribution"
    free = lesson.parts[2].prediction(session)
    assert free is not None
    assert free.now is None
    assert lesson.parts[0].prediction(session) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('say = "Second."', "say = 3", ":12: part 2, say: expected a text, got 3"),
        ('say = "First."\n', "", ":4: part 1, say: is missing"),
        ('ask = "contribution"', 'ask = "contributoin"', ":10: part 2, ask: expected one or several of answer"),
        ('look = "4"', 'lok = "4"', ":11: part 2, lok: unknown key; did you mean 'look'?"),
        ('at = "e1 b1 s2 gradient"', 'at = "e1 b1 q"', ':9: part 2, at: not understood: "q"'),
        ('at = "e1 b1 s2 gradient"', 'at = "50%"', ":9: part 2, at: '50%' names no update or epoch"),
        ('ask = ["mean", "step"]\n', "", ":16: part 3, to: goes with ask"),
        ('title = "One"', "titel = 1", ":1: titel: unknown key; did you mean 'title'?"),
        ('scenario = "xor --lr 0.5"', "scenario = 'xor \"'", ":2: scenario: No closing quotation"),
        ("[[part]]", "[[prat]]", ":4: prat: unknown key; did you mean 'part'?"),
        ('say = "Third."', f'say = "{"x" * (LONGEST + 1)}"', f":18: part 3, say: {LONGEST + 1} characters"),
        ("[[part]]", "[[part", ":4:7: "),
        ('"xor --lr 0.5"', '"--version"', ":2: scenario: expected a set or a file before any option, got '--version'"),
        ('"xor --lr 0.5"', '"xor --help"', ":2: scenario: '--help' prints something and opens nothing"),
        ('title = "One"', "# a\u2028b\ntitle = 1", ":2: title: expected a text, got 1"),
    ],
)
def test_a_wrong_file_is_told_with_file_line_and_key(old: str, new: str, words: str, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(LessonError) as caught:
        read_lesson(path)
    assert f"{path}{words}" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("s2 gradient", "s9 gradient", "update 1 has 4 samples, no 9"),
        ("s2 gradient", "s2 loss", "contribution is not made at that moment"),
        ("b1 s2", "b2 s9", "epoch 1 has 1 batch, no 2"),
    ],
)
def test_a_moment_that_is_not_there_is_told_before_the_lesson_begins(
    old: str, new: str, words: str, tmp_path: Path
) -> None:
    path = written(tmp_path, GOOD.replace(old, new))
    message = complaint("lesson", str(path))
    assert f"{path}:9: part 2: " in message
    assert words in message


def test_parts_that_are_no_sections_are_refused_in_their_line(tmp_path: Path) -> None:
    path = written(tmp_path, 'title = "One"\nscenario = "xor"\npart = [1]\n')
    with pytest.raises(LessonError, match=r"mine\.toml:3: part 1, part: expected a section \[\[part\]\], got 1"):
        read_lesson(path)


def test_a_look_that_cannot_be_is_told_before_the_lesson_begins(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace('look = "4"', 'look = "nonsense 99"'))
    assert f'{path}:11: part 2, look: not understood: "nonsense"' in complaint("lesson", str(path))


@pytest.mark.parametrize("scenario", ["xro", "xor --lr -3", "xor --what"])
def test_a_scenario_that_cannot_be_is_told_with_its_line(scenario: str, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("xor --lr 0.5", scenario))
    assert f"{path}:2: scenario: " in complaint("lesson", str(path))


def test_text_from_outside_is_cleaned(tmp_path: Path) -> None:
    lesson = read_lesson(written(tmp_path, GOOD.replace("First.", "a\\u001b[31mb\\u202Ec")))
    assert "\x1b" not in lesson.parts[0].say
    assert "\u202e" not in lesson.parts[0].say


# --- bptui's own ---


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_shipped_lesson_can_be_given_and_ends_with_an_exercise(path: Path) -> None:
    lesson = read_lesson(path)
    rehearsed(lesson, session_of(lesson))
    assert lesson.parts[-1].to is not None
    assert lesson.parts[-1].say.startswith("Exercise: ")
    assert sum(bool(part.ask) for part in lesson.parts) >= 2
    for part in lesson.parts:
        parse_looks(part.look)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_its_sentences_fit_at_the_foot_of_a_small_screen(path: Path) -> None:
    lesson = read_lesson(path)
    for place, part in enumerate(lesson.parts):
        rows = foot_rows(Lecture(lesson, place), 80, False, {})
        assert len(rows) == FOOT
        shown = " ".join(" ".join(text for text, _ in row) for row in rows)
        assert part.say.split()[-1] in shown
        assert len(textwrap.wrap(part.say, 74)) <= FOOT + 1


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
@pytest.mark.parametrize("height", [38, 20])
def test_the_column_of_a_wide_screen_begins_with_the_whole_title_and_ends_with_how_it_goes_on(
    path: Path, height: int
) -> None:
    lesson = read_lesson(path)
    for place, part in enumerate(lesson.parts):
        rows = aside_rows(Lecture(lesson, place), ASIDE - 2, height, False, {})
        lines = ["".join(text for text, _ in row) for row in rows]
        assert len(lines) <= height
        assert max(map(len, lines)) <= ASIDE - 2
        assert " ".join(" ".join(lines).split()).startswith(lesson.title)
        assert part.say in " ".join(" ".join(lines).split())
        assert "N " in lines[-1]


def test_there_is_one_for_each_question_and_one_for_ones_own_code() -> None:
    titles = [read_lesson(path).title for path in shipped()]
    assert titles[:-1] == [question.words for question in QUESTIONS]
    assert titles[-1].startswith("Your own code")


def test_what_the_last_part_of_whose_x_asks_is_not_on_the_screen_yet() -> None:
    lesson = found("4")
    last, session = lesson.parts[-1], session_of(lesson)
    moving = []
    for aim in (last.at, last.to):
        assert aim is not None
        session.run.extend(aim.goal(session.run, session.moment))
        session.arrive_at(aim)
        moving.append([x[1] != 0 for x in session.record.passed.a[0]])
    assert moving[0] != moving[1]


# --- which one, and how far ---


def test_a_lesson_is_found_by_number_name_or_file(tmp_path: Path) -> None:
    assert found("1") == found(shipped()[0].stem)
    assert found(str(written(tmp_path, GOOD))).title == "One"
    with pytest.raises(LessonError, match="there are 1 to 10"):
        found("99")
    with pytest.raises(LessonError, match="did you mean 'own-code'"):
        found("own-cod")


def test_a_scenario_beside_the_lesson_is_found_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "set.toml").write_text(Scenario.built_in("xor").toml(), encoding="utf-8")
    lesson = read_lesson(written(tmp_path, GOOD.replace("xor --lr 0.5", "set.toml --lr 0.5")))
    assert scenario_words(lesson) == [str(tmp_path / "set.toml"), "--lr", "0.5"]


def test_how_far_one_is_is_remembered_and_one_goes_on_from_there(tmp_path: Path) -> None:
    lesson = found("1")
    assert learned(tmp_path) == {}
    remember(tmp_path, lesson.name, Learned(3, right=1, answered=2))
    assert learned(tmp_path) == {lesson.name: Learned(3, right=1, answered=2)}
    assert begin_at(lesson, learned(tmp_path), again=False) == 2
    assert begin_at(lesson, learned(tmp_path), again=True) == 0
    assert next(listing(learned(tmp_path))).startswith(" 1 3/6  ")
    remember(tmp_path, lesson.name, Learned(6, done=True))
    assert begin_at(lesson, learned(tmp_path), again=False) == 0
    assert next(listing(learned(tmp_path))).startswith(" 1 done ")


def test_who_goes_back_loses_nothing_and_of_two_scores_the_one_with_more_answers_stays(tmp_path: Path) -> None:
    for how in (Learned(5, right=2, answered=3), Learned(2), Learned(6, done=True, right=1, answered=2), Learned(1)):
        remember(tmp_path, "a", how)
    assert learned(tmp_path) == {"a": Learned(6, done=True, right=2, answered=3)}
    remember(tmp_path, "a", Learned(3, right=1, answered=4))
    assert learned(tmp_path) == {"a": Learned(6, done=True, right=1, answered=4)}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"1": {"part": 1, "what": 2}}',
        "\xff",
        '{"1": 3}',
        '{"1": {"part": "x"}}',
        '{"1": {"part": true}}',
        '{"1": {"done": 1}}',
        '{"1": {"right": 0.5}}',
        "[" * 100_000,
    ],
    ids=range(10),
)
def test_a_spoilt_memory_is_none(body: str, tmp_path: Path) -> None:
    (tmp_path / "lessons.json").write_text(body, encoding="latin-1")
    assert learned(tmp_path) == {}


def test_the_command_lists_them_and_names_what_is_wrong() -> None:
    done = run("lesson")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(shipped()) + 1
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "no lesson and no file named 'x'" in complaint("lesson", "x")
