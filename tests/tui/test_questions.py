"""The digits of the ``w`` screen keep their promise: the screen, the place and the numbers that answer the question."""

from textual.screen import Screen

from bptui.explain import Quantity
from bptui.tui.drill import DrillScreen
from bptui.tui.explain import ExplainScreen
from bptui.tui.lab import LabScreen
from bptui.tui.race import CompareScreen
from bptui.tui.scatter import NoiseScreen
from bptui.views.arrange import UPDATE
from bptui.views.questions import QUESTIONS
from tests.tui.pilots import Pilots, explore


async def asked(at: Pilots, digit: str) -> Screen[None]:
    """The screen on top after ``w`` and a digit."""
    await at.press("w", digit)
    await at.pilot.pause()
    return at.app.screen


async def test_1_stands_before_the_update_with_every_gradient_added_and_nothing_applied() -> None:
    async with explore() as at:
        assert await asked(at, "1") is at.explorer
        assert at.session.moment.sample == at.session.record.n - 1
        assert at.session.moment.phase(at.session.layers).kind == "gradient"
        assert at.explorer.focused_panel == UPDATE
        assert "4 of 4 added" in at.text()
        assert "nothing applied yet" in at.text()
        assert "4 × forward, 4 × backward, 0 updates" in at.lines()[-1]


async def test_2_drills_until_right_and_shows_the_updates_it_made() -> None:
    async with explore("trask") as at:
        screen = await asked(at, "2")
        assert isinstance(screen, DrillScreen)
        for _ in range(200):
            if not screen.working():
                break
            await at.pilot.pause(0.02)
        await at.pilot.pause()
        assert screen.drill.updates > 0
        assert screen.drill.is_right
        assert f"{screen.drill.updates} update" in at.text()


async def test_3_races_sum_and_mean() -> None:
    async with explore() as at:
        screen = await asked(at, "3")
        assert isinstance(screen, CompareScreen)
        assert screen.preset is not None
        assert screen.preset.name == "sum and mean"
        assert screen.race is not None
        assert [lane.settings.rules.reduction for lane in screen.race.lanes] == ["mean", "sum"] * 2


async def test_4_explains_a_contribution_whose_own_input_is_not_0() -> None:
    async with explore() as at:  # the first sample of this seed may be (0, 0)
        screen = await asked(at, "4")
        assert isinstance(screen, ExplainScreen)
        here = screen.walk_now.here
        assert (here.kind, here.layer) == ("contribution", 1)
        record = at.session.record
        assert record.passed.a[0][here.sample, here.source] != 0
        assert here == Quantity("contribution", 1, here.unit, here.source, at.session.moment.sample)


async def test_4_looks_for_a_sample_with_an_input_where_the_current_one_has_none() -> None:
    async with explore() as at:
        rows = at.session.record.passed.a[0]
        empty = next(m for m in range(len(rows)) if not rows[m].any())
        for _ in range(empty + 1):
            await at.press("s")
        assert at.session.moment.sample == empty
        screen = await asked(at, "4")
        assert isinstance(screen, ExplainScreen)
        assert rows[screen.walk_now.here.sample].any()


async def test_5_opens_the_mistake_of_the_error_averaged_first() -> None:
    async with explore() as at:
        screen = await asked(at, "5")
        assert isinstance(screen, LabScreen)
        assert screen.lab.rule.id == "mean-error-mean-activations"


async def test_6_races_batch_sizes() -> None:
    async with explore() as at:
        screen = await asked(at, "6")
        assert isinstance(screen, CompareScreen)
        assert screen.preset is not None
        assert screen.preset.name == "batch sizes"


async def test_7_shows_how_the_samples_gradients_scatter() -> None:
    async with explore() as at:
        assert isinstance(await asked(at, "7"), NoiseScreen)


def test_the_answers_are_the_true_ones() -> None:
    assert [question.answer.split(":")[0].split(";")[0] for question in QUESTIONS] == [
        "Backward runs for every sample, the update once per batch.",
        "No",
        "Either",
        "Each sample's own",
        "No",
        "The work per sample is the same",
        "Rarely",
    ]


async def test_the_footer_does_not_say_that_it_plays_once_the_questions_are_open() -> None:
    async with explore("digits") as at:
        await at.do("play", "questions")
        await at.press("escape")
        assert not at.session.player.playing
        assert "▶" not in at.lines()[-1]
