"""Predict, then reveal, on the screen: a number is hidden until it is typed, picked or skipped."""

import pytest

from bptui.explain import value
from bptui.tui.gradients import GradientScreen
from bptui.tui.predicting import DepthScreen
from bptui.views.numbers import factor, num

from .pilots import WIDE, Pilots, explore

KEYS = {".": "full_stop", "-": "minus", ",": "comma", "+": "plus"}


async def typed(at: Pilots, words: str) -> None:
    await at.press(*(KEYS.get(letter, letter) for letter in words), "enter")


def true_number(at: Pilots) -> float:
    asking = at.session.prediction
    assert asking is not None
    assert asking.now is not None
    return value(at.session.record, asking.now)


async def test_the_answers_of_a_lesson() -> None:
    """Right, one digit, a known mistake, skipped; the score; off again."""
    async with explore() as at:
        await at.press("j", "1", "2", "3")
        assert isinstance(at.app.screen, DepthScreen)
        await at.press("enter", "b")
        record, weight = at.session.record, at.session.moment.weight
        total, mean = record.summed[weight], record.mean[weight]
        assert "? SUM w₂[0→0] = _" in at.text()
        assert num(total, 8, plus=True) not in at.text()
        await typed(at, "0.1")
        assert "two significant digits: 0.10" in at.foot()
        assert "? SUM w₂[0→0] = _" in at.text()
        await typed(at, "12e400")
        assert "'12e400' is no number" in at.foot()
        await typed(at, f"{mean:.5f}")
        assert "no: that is the mean; the sum is asked · SUM w₂[0→0] = 0.0834" in at.text()
        await typed(at, f"{total:.4f}")
        assert f"no: that is the sum; the mean is in force · MEAN w₂[0→0] = {factor(mean, 8)}" in at.text()
        await at.press("p", "escape")
        assert "skipped: Δw₂[0→0]" in at.text()
        await at.press("p")
        await typed(at, f"{record.after[weight]:.3f}")
        assert f"right: w₂[0→0] after = {factor(record.after[weight], 8)}" in at.text()
        assert " 1/3 " in at.text()
        await at.press("j")
        assert "no number is asked any more: 1 of 3 right, 1 skipped" in at.foot()
        assert at.session.prediction is None


@pytest.mark.parametrize("size", [(80, 24), WIDE])
async def test_hints_and_numbers_to_choose_among(size: tuple[int, int]) -> None:
    async with explore("mazur", size) as at:
        await at.press("j", "enter", "s")
        true = true_number(at)
        await at.press("J")
        assert "1 / (1 + e^(−z₂[o1][#1]))" in at.text()
        await at.press("J", "tab")
        letter = next(letter for letter in "abcd" if f"{letter} {factor(true, 8)}" in at.text())
        await at.press(letter)
        assert f"= {letter} {factor(true, 8)}_" in at.text()
        assert "right: " not in at.text()
        await at.press("enter")
        assert "right: a₂[o1][#1]" in at.text()
        assert "1 of 1 right, 2 hints" in at.text() or " 1/1 " in at.text()


async def test_what_would_tell_the_number_waits_and_looking_does_not() -> None:
    async with explore() as at:
        await at.press("j", "enter", "s")
        moment = at.session.moment
        for key in ("s", "B", "l", "c", "v", "m", "r", "space", "g", "w"):
            await at.press(key)
            assert at.app.screen is at.explorer
            assert at.session.moment == moment
            assert "is asked" in at.foot()
        await at.press("shift+tab", "f", "G")
        assert isinstance(at.app.screen, GradientScreen)
        assert "? a₂[0][#1] = _" in at.text()
        await at.press("J", "J", "J")
        rows = at.lines()
        assert rows[-4].startswith(" ? a₂[0][#1]")
        assert "z₂[0][#1] = " in rows[-3]
        assert rows[-5].startswith("┗")
        await typed(at, f"{true_number(at):.4f}")
        assert "right: a₂[0][#1]" in at.text()
        await at.press("s")
        assert "Esc skips" not in at.text()
        assert "explain" not in at.lines()[-1]
        assert "Esc close" in at.lines()[-1]
        await at.press("s")
        assert "Esc" not in at.lines()[-1]
        await at.press("escape")
        assert at.app.screen_stack[-1] is at.explorer
        assert "? δ₂" in at.text() or "? ∂L" in at.text()
        assert "Enter explain" not in at.text()
        await at.press("escape")
        assert "skipped: " in at.text()
        assert "Enter explain" in at.text()


async def test_the_letter_of_a_number_of_one_digit_answers() -> None:
    async with explore() as at:
        await at.press("j", "enter", "s")
        asking = at.session.prediction
        assert asking is not None
        at.explorer._choices = asking.now, [0.5, true_number(at)]
        await at.press("tab", "c")
        assert "2 numbers are offered: there is no c" in at.foot()
        await at.press("b", "a", "enter")
        assert at.session.prediction is not None
        assert at.session.prediction.told is not None
        assert (at.session.prediction.told.given, at.session.prediction.told.right) == ("0.5", False)
