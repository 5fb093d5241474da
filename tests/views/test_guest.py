"""A sample of one's own stands in every list in the place of a row of the data, and nothing calls it one."""

import numpy as np
import pytest

from bptui.experiments.mistakes.case import run_case
from bptui.explain import Quantity, explain
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.views.scene import scene_of
from tests.scenes import painted, scene


@pytest.fixture
def there() -> Session:
    session = Session(Scenario.built_in("digits"))
    session.put_in(np.ones(64), 3)
    session.stand_at_guest()
    return session


def test_its_row_is_told_as_ones_own(there: Session) -> None:
    assert "Sample 33 of 33 (your own) comes in" in " ".join(painted("explain", scene(there), 120, 14))
    assert any(row.startswith("▣ 33  own ") for row in painted("batch", scene(there), 60, 14))
    there.move(("batch", 1))
    assert any(row.startswith("■ 33  own ") for row in painted("batch", scene(there), 60, 14))


def test_its_inputs_are_given_by_hand_and_those_of_the_others_by_the_data(there: Session) -> None:
    record = there.record
    notes = [explain(record, Quantity("input", 0, 0, sample=m)).note for m in (0, 32)]
    assert notes == [f"given: row {record.indices[0]} of the data", "given: a sample of your own, no row of the data"]


def test_the_loss_marks_where_it_came_in(there: Session) -> None:
    there.move(("batch", 1))
    there.put_in(np.ones(64), 3)
    assert scene_of(there, True).changes[-1] == (2, "a sample put in")


def test_the_lab_says_that_it_leaves_it_out(there: Session) -> None:
    assert run_case(there.run.problem, there.record).left_out == ("your own sample",)
