"""The gradient table and the matrix view are stepped and selected in like the explorer, which goes on from there."""

from dataclasses import replace

from bptui.explain.quantity import of_weight
from bptui.tui.explain import ExplainScreen
from bptui.tui.gradients import GradientScreen
from bptui.tui.matrices import MatrixScreen

from .pilots import WIDE, explore


async def test_stepping_in_the_table_is_stepping_in_the_explorer() -> None:
    async with explore() as at:
        await at.press("s", "p", "S", "G", "s", "s", "p")
        in_table = at.session.moment
        await at.press("P", "escape")
        stepped = at.session.moment
        await at.press("B", "s", "s", "s", "p")
        assert in_table == at.session.moment
        await at.press("P")
        assert stepped == at.session.moment


async def test_the_table_selects_the_parameter_and_the_sample_and_explains_the_cell() -> None:
    async with explore() as at:
        await at.press("G", "right", "left", "left", "less_than_sign")
        screen = at.app.screen
        assert isinstance(screen, GradientScreen)
        assert at.session.moment.layer == 1
        await at.press("down")
        assert "step through the samples" in at.foot()
        await at.press("b", "up")
        moment = at.session.moment
        assert moment.sample == 2
        await at.press("enter")
        opened = at.app.screen
        assert isinstance(opened, ExplainScreen)
        assert opened.walk_now.here == of_weight("contribution", moment.layer, moment.source, moment.unit, 2)
        await at.press("escape")
        assert at.app.screen is screen


async def test_pages_of_the_table_show_other_samples() -> None:
    async with explore("digits") as at:
        await at.press("G")
        assert "1–12 of 32" in at.text()
        await at.press("pagedown", "pagedown")
        assert "21–32 of 32" in at.text()
        await at.press("pageup", "s")
        assert "1–12 of 32" in at.text()


async def test_the_products_follow_each_other_and_the_arrows_choose_a_cell() -> None:
    async with explore() as at:
        await at.press("b", "M")
        assert isinstance(at.app.screen, MatrixScreen)
        assert "gradient aᵀδ, layer 2" in at.lines()[0]
        before = at.session.moment
        await at.press("down", "down")
        assert at.session.moment == replace(before, source=2)
        await at.press("tab", "up")
        assert "forward z = aW + b" in at.lines()[0]
        assert at.session.moment == replace(before, source=2, sample=2)
        await at.press("tab", "right")
        assert "back δWᵀ" in at.lines()[0]
        assert at.session.moment == replace(before, source=0, sample=2)
        await at.press("less_than_sign")
        assert "Layer 1 hands nothing back" in at.text()
        await at.press("shift+tab", "right", "escape")
        assert (at.session.moment.layer, at.session.moment.unit) == (1, 1)


async def test_a_long_title_is_whole_and_leaves_the_key_that_closes_to_the_foot() -> None:
    async with explore("letters") as at:
        await at.do("gradients")
        assert "of 10970 ━" in at.lines()[0]
        assert "Esc close" in at.foot()
        await at.resize(*WIDE)
        assert "of 10970 · Esc closes ━" in at.lines()[0]
