"""What the list of breakpoints offers fits the run, and is offered while numbers are asked for too."""

from dataclasses import replace

import pytest

from bptui.engine.weight import Weight
from bptui.explain.quantity import of_weight
from bptui.scenario import Scenario
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.session.stops import Stops
from bptui.session.veil import veiled
from bptui.training.watching.watchable import Watchable
from bptui.training.watching.words import parse_condition
from bptui.views.breakpoints import offers
from bptui.views.scene import scene_of
from tests.scenes import phase_of

WEIGHT = Watchable("weight", Weight(2, 0, 0))


@pytest.mark.parametrize("name", ["xor", "digits", "moons", "sine", "mazur", "trask"])
def test_all_that_is_offered_can_be_waited_for_and_typed(name: str) -> None:
    session, stops = Session(Scenario.built_in(name)), Stops()
    for condition in offers(scene_of(session, True), WEIGHT if session.layers > 1 else Watchable("train loss")):
        assert "stops where" in stops.stop_at(condition, session.run)
        assert parse_condition(condition.words()) == condition


def test_a_number_that_is_asked_for_is_not_told_by_an_offer() -> None:
    session = Session(Scenario.built_in("xor"))
    session.moment = Moment(1, phase_of("update"), 3, layer=2)
    scene = scene_of(session, True)
    hidden = replace(scene, record=veiled(scene.record, of_weight("after", 2, 0, 0)))
    tells = [condition for condition in offers(scene, WEIGHT) if condition.test in "<>" and condition.number == WEIGHT]
    assert len(tells) == 1
    assert [condition for condition in offers(hidden, WEIGHT) if condition in tells] == []
    assert len(offers(hidden, WEIGHT)) == len(offers(scene, WEIGHT)) - 1
