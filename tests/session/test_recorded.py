"""A session of a recording: one steps through it by reading, and what would need another future says why not."""

from dataclasses import replace
from typing import Any

import pytest

from bptui.session.edits import set_weight
from bptui.session.session import Session
from bptui.views.command import command
from bptui.views.looks import Looks
from tests.recordings import by_pytorch


def test_all_of_it_is_known_at_once_and_one_stands_at_its_start() -> None:
    session = Session(by_pytorch("iris"))
    assert session.run.frontier == 28
    assert (session.moment.update, session.moment.applied) == (1, 0)
    assert session.run.stop is None


def test_steps_lead_there_and_back_through_what_was_read() -> None:
    session = Session(by_pytorch("xor"))
    there = []
    for _ in range(3):
        session.move(("epoch", 1))
        there.append((session.moment, session.record.after.flat.copy()))
    for moment, theta in reversed(there):
        assert session.moment == moment
        assert (session.record.after.flat == theta).all()
        session.move(("epoch", -1))
    assert session.moment.applied == 0


def test_at_its_end_a_step_says_that_the_recording_ends() -> None:
    session = Session(by_pytorch("xor"))
    for _ in range(12):
        assert session.move(("epoch", 1)) == ""
    words = "the recording ends here: 24 updates stand in xor.bptui"
    assert session.move(("batch", 1)) == words
    assert session.why_not(("phase", 1)) == words
    assert session.why_not(("phase", -1)) is None


CHANGES: dict[str, Any] = {
    "sum": lambda session: session.toggle_reduction(),
    "batch": lambda session: session.scale_batch(False),
    "rate": lambda session: session.change_rate(True),
    "weight": lambda session: set_weight(session, 1.0),
    "fork": lambda session: session.branch(),
    "restart": lambda session: session.restart(),
    "seed": lambda session: session.reseed(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_refused_and_changes_nothing(name: str) -> None:
    session = Session(by_pytorch("xor"))
    session.move(("epoch", 1))
    before = session.run, session.moment, session.next_settings
    with pytest.raises(ValueError, match=r"read from xor.bptui: only PyTorch knows what would come"):
        CHANGES[name](session)
    assert (session.run, session.moment, session.next_settings) == before
    assert len(session.forks.all) == 1


def test_the_set_up_in_force_is_one_that_bptui_trains() -> None:
    session = Session(by_pytorch("xor"))
    run = session.setup.begin()
    assert run.provider.why_no_change() == ""
    assert (run.start.flat == session.run.start.flat).all()


def test_the_command_of_a_moment_opens_the_file_there() -> None:
    session = Session(replace(by_pytorch("xor"), origin="a b/xor.bptui"))
    session.move(("epoch", 1))
    assert command(session, Looks()) == "bptui 'a b/xor.bptui' --at 'e1 b2'"


def test_nothing_is_trained_by_a_rule_that_is_not_known() -> None:
    assert Session(by_pytorch("iris")).why_not_train() is None
    assert "does not know the rule of its optimizer" in str(Session(by_pytorch("pictures")).why_not_train())
