"""The digits of the ``w`` screen keep their promise: the screen, the place and the numbers that answer the question."""

from typing import Any

import pytest
from textual.screen import Screen

from bptui.engine.weight import Weight
from bptui.experiments.mistakes.table import ROWS
from bptui.experiments.races import PRESETS
from bptui.explain.quantity import of_unit
from bptui.session.intents import Focus, GoTo, Intent, Open, Say, Stand, Step
from bptui.session.moment import REDUCE
from bptui.session.moment import UPDATE as UPDATED
from bptui.session.questions import QUESTIONS
from bptui.tui.drill import DrillScreen
from bptui.tui.explain import ExplainScreen
from bptui.tui.gradients import GradientScreen
from bptui.tui.lab import LabScreen
from bptui.tui.race import RaceScreen
from bptui.tui.scatter import ScatterScreen
from bptui.tui.screens import carry_out
from bptui.views.arrange import DELTAS, UPDATE
from bptui.views.numbers import brief, factor, num
from tests.tui.pilots import Pilots, explore


async def asked(at: Pilots, digit: str) -> Screen[Any]:
    """The screen on top after ``w`` and a digit."""
    await at.press("w", digit)
    await at.pilot.pause()
    return at.app.screen


async def test_all_questions_and_their_answers_stand_on_a_usual_screen() -> None:
    async with explore() as at:
        await at.press("w")
        assert all(question.words in at.text() for question in QUESTIONS)
        assert all(f"{question.short} → {question.shown}" in at.text() for question in QUESTIONS)
        assert "more" not in at.foot()
        await at.resize(80, 50)
        assert QUESTIONS[-1].answer in at.text()


async def test_1_stands_before_the_update_with_every_gradient_added_and_nothing_applied() -> None:
    async with explore() as at:
        assert await asked(at, "1") is at.explorer
        assert at.session.moment.sample == at.session.record.n - 1
        assert at.session.moment.phase.kind == "gradient"
        assert at.explorer.looks.focus == UPDATE
        assert "4 of 4 added" in at.text()
        assert "nothing applied yet" in at.text()
        assert "4 × forward, 4 × backward, 0 updates" in at.foot()


async def test_2_drills_until_right_and_shows_the_updates_it_made() -> None:
    async with explore("trask") as at:
        screen = await asked(at, "2")
        assert isinstance(screen, DrillScreen)
        await at.until(lambda: not screen.working())
        await at.pilot.pause()
        assert screen.drill.updates > 0
        assert screen.drill.is_right
        assert f"{screen.drill.updates} update" in at.text()


async def test_3_races_sum_and_mean() -> None:
    async with explore() as at:
        screen = await asked(at, "3")
        assert isinstance(screen, RaceScreen)
        assert screen.preset is not None
        assert screen.preset.name == "sum and mean"
        assert screen.race is not None
        assert [lane.settings.rules.reduction for lane in screen.race.lanes] == ["mean", "sum"] * 2


async def test_4_stands_on_the_ledger_with_every_samples_own_x_beside_its_delta() -> None:
    async with explore() as at:
        assert await asked(at, "4") is at.explorer
        moment, passed = at.session.moment, at.session.record.passed
        assert moment.layer == 1
        inputs, deltas = passed.a[0][:, moment.source], passed.delta[0][:, moment.unit]
        assert len(set(inputs)) > 1
        for m, (x, delta) in enumerate(zip(inputs, deltas, strict=True)):
            row = f"#{m + 1:<3} {num(x, 7):>7} · {num(delta, 8, plus=True):>8} = {num(x * delta, 8, plus=True):>8}"
            assert row in at.text()
        assert at.explorer.looks.focus == DELTAS
        await at.press("up", "enter")
        screen = at.app.screen
        assert isinstance(screen, ExplainScreen)
        assert screen.walk_now.here == of_unit("delta", 1, moment.unit, len(inputs) - 2)


async def test_4_shows_as_many_samples_as_have_room_with_their_own_x() -> None:
    async with explore("digits") as at:
        await asked(at, "4")
        moment, passed = at.session.moment, at.session.record.passed
        rows = [row for row in at.lines() if row[1:2] == "■"]
        assert len(rows) > 10
        for row in rows:
            m = int(row[2:5]) - 1
            assert brief(passed.a[0][m, moment.source], 5) in row
            assert num(passed.delta[0][m, moment.unit], 7, plus=True) in row


async def test_4_takes_the_input_that_differs_most_where_many_are_always_0() -> None:
    async with explore("digits") as at:
        x = at.session.record.passed.a[0]
        spreads = x.max(axis=0) - x.min(axis=0)
        assert spreads.min() == 0
        await asked(at, "4")
        assert spreads[at.session.moment.source] == spreads.max()


async def test_5_opens_the_mistake_of_the_error_averaged_first() -> None:
    async with explore() as at:
        screen = await asked(at, "5")
        assert isinstance(screen, LabScreen)
        assert screen.lab.mistake.id == "mean-error-mean-activations"


async def test_7_races_batch_sizes() -> None:
    async with explore() as at:
        screen = await asked(at, "7")
        assert isinstance(screen, RaceScreen)
        assert screen.preset is not None
        assert screen.preset.name == "batch sizes"


async def test_6_shows_each_samples_own_error_and_that_their_mean_is_not_used() -> None:
    async with explore() as at:
        await at.press("left")
        assert isinstance(await asked(at, "6"), GradientScreen)
        record = at.session.record
        assert at.session.moment.layer == 2
        for error in record.errors[:, 0]:
            assert num(error, 7, plus=True) in at.text()
        assert f"the errors' mean, {factor(record.errors.mean(), 8, plus=True)}, is not used" in at.text()


async def test_8_shows_each_samples_vector_and_the_one_step_they_make() -> None:
    async with explore() as at:
        assert isinstance(await asked(at, "8"), GradientScreen)
        record = at.session.record
        assert at.session.moment.phase == REDUCE
        weight = Weight(2, 0, 0)
        for number in (*record.contributions(weight), record.summed[weight], record.mean[weight], record.step[weight]):
            assert num(number, 7, plus=True) in at.text()
        await at.press("b")
        assert num(at.session.record.after[weight], 7) in at.text()
        await at.press("escape")
        assert at.app.screen is at.explorer
        assert at.session.moment.phase == UPDATED
        assert "Esc back" not in at.foot()


async def test_9_shows_how_the_samples_gradients_scatter() -> None:
    async with explore() as at:
        assert isinstance(await asked(at, "9"), ScatterScreen)


def test_every_screen_a_question_opens_is_there() -> None:
    rules = {row.id for row in ROWS}
    races = {preset.name for preset in PRESETS}
    for question in QUESTIONS:
        assert question.intents
        for intent in question.intents:
            if isinstance(intent, Open):
                known = {
                    "lab": rules,
                    "race": races,
                    "drill": {"until right"},
                    "noise": {""},
                    "gradients": {"", "errors"},
                }[intent.screen]
                assert intent.at in known, question.words


@pytest.mark.parametrize(
    ("intent", "shown"),
    [
        (Step(("batch", 1)), "updates 1"),
        (GoTo("3"), "updates 3"),
        (Stand("reduce"), "not applied yet"),
        (Focus("loss"), "5 Loss"),
        (Say("{n} samples"), "4 samples"),
    ],
)
async def test_an_intent_is_carried_out_and_seen(intent: Intent, shown: str) -> None:
    async with explore() as at:
        at.explorer.do(lambda explorer: carry_out(explorer, intent))
        await at.until_idle()
        await at.pilot.pause()
        assert shown in at.text()


def test_the_answers_are_the_true_ones() -> None:
    assert [question.answer.split(":")[0].split(";")[0] for question in QUESTIONS] == [
        "Backward runs for every sample, the update once per batch.",
        "No",
        "Either",
        "Each sample's own",
        "No",
        "No",
        "The work per sample is the same",
        "They are added entry by entry (and divided by n for the mean)",
        "Rarely",
    ]


async def test_the_footer_does_not_say_that_it_plays_once_the_questions_are_open() -> None:
    async with explore("digits") as at:
        await at.do("play", "questions")
        await at.press("escape")
        assert not at.session.player.playing
        assert "▶" not in at.foot()


@pytest.mark.parametrize("digit", ["1", "4"])
async def test_escape_goes_back_to_where_the_question_was_asked(digit: str) -> None:
    async with explore() as at:
        await at.press("b", "b", "left")
        moment, looks = at.session.moment, at.explorer.looks
        await asked(at, digit)
        assert at.session.moment != moment
        assert "Esc back" in at.foot()
        await at.press("escape")
        assert (at.session.moment, at.explorer.looks) == (moment, looks)
        await at.press("escape")
        assert "nothing is running" in at.foot()


async def test_who_goes_on_from_an_answer_is_not_taken_back() -> None:
    async with explore() as at:
        await asked(at, "1")
        await at.press("p")
        moment = at.session.moment
        await at.press("escape")
        assert at.session.moment == moment
