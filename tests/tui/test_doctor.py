"""The doctor: a line when a symptom begins, a screen that tells why, and where it is seen."""

from pathlib import Path

import pytest

from bptui.scenario import Scenario
from bptui.scenario.change import changed
from bptui.session.session import Session
from bptui.tui.confusion import ConfusionScreen
from bptui.tui.doctor import DoctorScreen

from .pilots import USUAL, WIDE, explore


def ill(**training: object) -> Session:
    return Session(changed(Scenario.built_in("moons"), {"training": training}, None))


async def test_a_symptom_is_told_when_it_begins_and_the_key_tells_more() -> None:
    async with explore(ill(l2=10.0, learning_rate=0.3)) as at:
        assert "γ · λ₂" not in at.foot()
        await at.press("b")
        assert "h: γ · λ₂ = 3 is above 2" in at.foot()
        await at.press("h")
        assert isinstance(at.app.screen, DoctorScreen)
        assert "Doctor: " in at.lines()[0]
        assert "--l2 below 6.67" in at.text()


DEAD = {
    "format_version": 1,
    "data": {"x": [[1.0], [2.0]], "targets": [[1.0], [0.0]]},
    "network": {
        "layers": [1, 2, 1],
        "activations": ["relu", "identity"],
        "weights": [[[-1.0, -1.0]], [[1.0], [1.0]]],
        "biases": [[0.0, 0.0], [0.0]],
    },
}


async def test_a_layer_that_is_dead_from_the_start_is_told_on_the_first_screen() -> None:
    async with explore(Session(Scenario.from_document(DEAD, "dead", Path()))) as at:
        await at.until(lambda: "h: layer 1: every unit is dead" in at.foot())
        await at.press("b")
        assert "2 of 2 units are equal" in at.foot()
        await at.press("s")
        assert "h: " not in at.foot()  # told once


async def test_symptoms_that_begin_together_are_told_one_after_another() -> None:
    async with explore(ill(l2=10.0, learning_rate=20.0)) as at:
        told = []
        for key in "bssss":
            await at.press(key)
            told.append(at.foot().partition("h: ")[2].partition("\n")[0])
        said = [words for words in told if words]
        assert len(said) == len(set(said)) > 1
        assert told[len(said) :] == [""] * (5 - len(said))


@pytest.mark.parametrize("size", [USUAL, WIDE])
async def test_a_healthy_run_says_that_nothing_is_wrong_and_what_was_measured(size: tuple[int, int]) -> None:
    async with explore("moons", size) as at:
        await at.press("e", "h")
        assert "Doctor: no symptoms at update 16" in at.lines()[0]
        assert "Nothing is wrong" in at.text()
        screen = at.app.screen
        assert isinstance(screen, DoctorScreen)
        for finding in screen.findings:
            assert finding.name in at.text()


async def test_enter_goes_where_the_chosen_symptom_is_seen_with_its_weight() -> None:
    async with explore(ill(learning_rate=20.0)) as at:
        await at.press("e", "e", "h")
        screen = at.app.screen
        assert isinstance(screen, DoctorScreen)
        ids = [symptom.id for symptom in screen.symptoms]
        await at.press(*["down"] * ids.index("long-2"), "enter")
        assert at.app.screen is at.explorer
        assert at.explorer.looks.panel.id == "update"
        assert at.session.moment.layer == 2


async def test_an_imbalance_is_seen_in_the_confusion() -> None:
    y = [0] * 96 + [1] * 4
    x = [[k % 7, k % 5] for k in range(100)]
    async with explore(Session(Scenario.from_arrays(x, y, layers=[2, 3, 1]))) as at:
        await at.press("b", "h")
        screen = at.app.screen
        assert isinstance(screen, DoctorScreen)
        place = [symptom.id for symptom in screen.symptoms].index("imbalance")
        await at.press(*["down"] * place, "enter")
        assert isinstance(at.app.screen, ConfusionScreen)


async def test_before_the_first_update_nothing_is_said_of_its_outcome() -> None:
    async with explore(ill(l2=10.0, learning_rate=0.3)) as at:
        await at.press("s", "s")
        assert "γ · λ₂" not in at.foot()


async def test_before_the_first_update_there_is_nothing_to_examine() -> None:
    async with explore("moons") as at:
        await at.press("s", "h")
        assert at.app.screen is at.explorer
        assert "no update is applied yet: b makes one" in at.foot()
