"""Every number on the page for teachers is on the screen, after the keys the page names."""

import contextlib
import io
import re
import shlex
from itertools import pairwise

import numpy as np
import pytest

from bptui import cli
from bptui.cli import exploring
from bptui.engine.weight import Weight
from bptui.experiments.drill import Drill
from bptui.scenario import Scenario
from bptui.session.beginning import Beginning
from bptui.session.questions import QUESTIONS
from bptui.session.session import Session
from bptui.tui.drill import DrillScreen
from tests import scenes
from tests.make_docs import FOLDER
from tests.tui.pilots import Pilots, explore

PAGE = (FOLDER / "teaching.md").read_text(encoding="utf-8")
PLAN = re.findall(r"^\| (\d+)–(\d+) \| .*? \| `(bptui[^`]*)` \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
LOOKS = re.findall(r"^- `(bptui[^`]*)`, keys (.*?): the screen shows (.*?)\.$", PAGE, re.MULTILINE)
ENDS = re.findall(r"^- `(bptui train[^`]*)` ends with (.*?)\.$", PAGE, re.MULTILINE)
SOLUTIONS = dict(re.findall(r"^### (\d+)\. .*?$(.*?)(?=^###|\Z)", PAGE, re.MULTILINE | re.DOTALL))
SIZE = (120, 40)
NAMES = {"Enter": "enter", "Esc": "escape"}
"""Keys that the page calls otherwise than Textual does."""
NUMBER = re.compile(r"[+−]?\d+\.\d+")


def codes(words: str) -> list[str]:
    return re.findall(r"`(.+?)`", words)


def is_shown(words: str, screen: str) -> bool:
    """Do the words stand side by side on a line? A number there may have more digits, if it rounds to the page's."""
    wanted = words.split()
    for line in screen.splitlines():
        there = re.split(r"[\s│┃─╌:;,]+", line)
        if any(all(map(agrees, wanted, there[k:])) for k in range(len(there) - len(wanted) + 1)):
            return True
    return False


def agrees(wanted: str, there: str) -> bool:
    if wanted == there:
        return True
    if not NUMBER.fullmatch(wanted) or not NUMBER.fullmatch(there) or (wanted[0] == "+") != (there[0] == "+"):
        return False
    decimals = len(wanted.partition(".")[2])
    here, value = (float(number.replace("−", "-")) for number in (wanted, there))
    return len(there) > len(wanted) and abs(here - value) <= 0.5001 * 10.0**-decimals


@pytest.mark.parametrize(
    ("words", "line", "shown"),
    [
        ("SUM +0.0834", "│ SUM     +0.0834 │", True),
        ("SUM +0.0834", "│ SUM     +0.08341 │", True),
        ("SUM +0.0834", "│ SUM     +0.08346 │", False),
        ("SUM +0.0834", "│ SUM     −0.0834 │", False),
        ("SUM +0.0834", "│ SUM │ so far", False),
        ("SUM +0.0834", "│ SUM     +0.08 │", False),
        ("right after 50 updates", "sample 1 right after 500 updates", False),
    ],
)
def test_words_are_found_only_where_they_stand(words: str, line: str, shown: bool) -> None:
    assert is_shown(words, line) is shown


def session_of(command: str, monkeypatch: pytest.MonkeyPatch) -> Session:
    opened: list[Session] = []

    def keep(start: Beginning, options: object) -> int:
        opened.append(scenes.begun(start))
        return 0

    monkeypatch.setattr(exploring, "open_explorer", keep)
    assert cli.main(shlex.split(command)[1:]) == 0
    return opened[0]


async def until_quiet(at: Pilots) -> None:
    """Wait until neither the explorer nor a drill over it is at work; a race goes on by itself."""
    await at.until(
        lambda: not (at.explorer.busy or (isinstance(at.app.screen, DrillScreen) and at.app.screen.working()))
    )


@pytest.mark.parametrize(
    ("command", "keys", "seen"),
    [*(row[2:] for row in PLAN), *LOOKS],
    ids=lambda words: words.replace("`", ""),
)
async def test_the_screen_shows_the_numbers_of_the_page(
    command: str, keys: str, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codes(seen)
    async with explore(session_of(command, monkeypatch), SIZE) as at:
        for key in codes(keys):
            await at.press(NAMES.get(key, key))
            await until_quiet(at)
        await at.until(lambda: all(is_shown(text, at.text()) for text in codes(seen)))


@pytest.mark.parametrize(("command", "seen"), ENDS, ids=lambda words: words.replace("`", ""))
def test_training_ends_with_the_numbers_of_the_page(command: str, seen: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert cli.main(shlex.split(command)[1:]) == 0
    last = printed.getvalue().splitlines()[-1]
    assert [text for text in codes(seen) if text not in last] == []


def test_the_lecture_takes_45_minutes_without_a_gap_or_an_overlap() -> None:
    times = [(int(begin), int(end)) for begin, end, *_ in PLAN]
    assert times[0][0] == 0
    assert times[-1][1] == 45
    assert all(before[1] == after[0] for before, after in pairwise(times))


def test_every_exercise_has_something_to_look_at() -> None:
    assert list(SOLUTIONS) == [str(number) for number in range(1, len(SOLUTIONS) + 1)]
    assert all("- `bptui" in body for body in SOLUTIONS.values())
    assert len(LOOKS) + len(ENDS) == len(re.findall(r"^- `bptui", PAGE, re.MULTILINE))


def test_every_question_of_w_is_told_what_to_look_at() -> None:
    looked_at = PAGE[PAGE.index("## What to look at") : PAGE.index("## A lecture")]
    for number, question in enumerate(QUESTIONS, 1):
        assert f"{number}. **{question.words}**" in looked_at


# --- the numbers in the solutions that no screen shows ---


def test_1_the_step_by_hand() -> None:
    record = Scenario.built_in("mazur").begin().record(1)
    a, y, h = record.passed.a[2][0, 0], record.targets[0, 0], record.passed.a[1][0, 0]
    delta = (a - y) * a * (1 - a)
    for number in (a, y, h, delta, h * delta, 0.4 - 0.5 * h * delta):
        assert f"{number:.4f}" in SOLUTIONS["1"]


def test_4_the_product_of_means_is_not_the_mean_of_products() -> None:
    record = Scenario.built_in("xor").begin().record(1)
    x, delta = record.passed.a[0][:, 0], record.passed.delta[0][:, 0]
    assert "1, 0, 1, 0" in SOLUTIONS["4"]
    assert x.tolist() == [1, 0, 1, 0]
    for number in (x.mean(), delta.mean(), x.mean() * delta.mean(), record.mean[Weight(1, 0, 0)]):
        assert f"{number:.4f}" in SOLUTIONS["4"]
    assert np.isclose((x * delta).mean(), record.mean[Weight(1, 0, 0)])


def test_5_what_the_drill_does_to_the_mean_loss() -> None:
    run = Scenario.built_in("trask").begin()
    drill = Drill(run.problem, run.record(1))
    while not drill.is_right:
        drill.advance(1)
    now = drill.now()
    assert now.updates == 50
    for loss in (now.begin.batch_loss, now.drill.batch_loss, now.passes.batch_loss):
        assert f"{loss:.4f}" in SOLUTIONS["5"]
    assert (now.rose, "Two got worse" in SOLUTIONS["5"]) == (2, True)


def test_6_errors_of_both_signs_nearly_cancel() -> None:
    record = Scenario.built_in("xor").begin().record(1)
    for error in record.errors.ravel():
        assert f"{error:+.4f}".replace("-", "−") in SOLUTIONS["6"]
    assert f"The mean error is {record.errors.mean():.4f}" in SOLUTIONS["6"]
    assert not record.passed.a[0][-1].any()
    assert not record.passed.a[1][-1].any()
    assert f"from {record.loss_mean:.4f} to" in SOLUTIONS["6"]


def test_8_one_step_leads_to_the_mean_of_the_targets() -> None:
    oberman = Scenario.built_in("oberman").begin().record(1)
    assert oberman.before[Weight(1, 0, 0)] == 10
    assert oberman.targets.ravel().tolist() == [1, 2, 6]
    assert oberman.after[Weight(1, 0, 0)] == oberman.targets.mean() == 3


def test_3_all_batches_of_the_digits_are_full() -> None:
    scenario = Scenario.built_in("digits")
    assert (scenario.settings.rules.learning_rate, scenario.settings.batch_size) == (0.1, 32)
    assert scenario.begin().problem.count % 32 == 0
    assert 0.1 / 32 == 0.003125
