"""The counters of the header: every pass that was made is among them."""

from dataclasses import replace

import pytest

from bptui.engine.rates import RateSchedule
from bptui.scenario import Scenario
from bptui.session.moment import Moment
from bptui.session.session import Session
from tests.scenes import painted, phase_of, scene
from tests.tui.pilots import session_with


def until_learnt(updates: int) -> Session:
    """xor, one sample a batch, each repeated up to five times until its loss is small."""
    it = session_with("xor", batch_size=1)
    settings = replace(it.next_settings, batch_size=1, repeats=5, repeat_until=0.05)
    it.change(settings)
    it.run.extend_to(updates)
    return it


def test_a_look_whether_a_batch_is_learnt_is_a_forward_pass_too() -> None:
    it = until_learnt(6)
    after = scene(it, Moment(6, phase_of("update"), 0, it.layers))
    assert after.passes == (12, 6)
    assert "forward 12 · backward 6 · updates 6" in "\n".join(painted("header", after, 120, 2))
    assert "1 × forward to see whether it is learnt" in "\n".join(painted("ribbon", after, 120, 3))
    assert "1 × change; 1 × forward to look" in "\n".join(painted("ribbon", after, 80, 3))


def test_the_look_comes_after_the_update() -> None:
    it = until_learnt(6)
    before = scene(it, Moment(6, phase_of("reduce"), 0, it.layers))
    assert before.passes == (11, 6)


def test_whatever_shapes_a_step_beside_the_rate_is_named() -> None:
    it = session_with("iris", micro_batches=3, l2=0.01, clip_norm=2.0, schedule=RateSchedule("step", 3))
    shown = painted("header", scene(it, Moment(1, phase_of("update"), 0, it.layers)), 120, 2)[0]
    assert "γ 0.1  step schedule  L2 0.01  clip 2  micro-batches 3" in shown
    plain = painted("header", scene(Session(Scenario.built_in("iris")), Moment()), 120, 2)[0]
    assert plain.rstrip().endswith("γ 0.1")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_who_follows_whom_is_said_where_there_is_room_and_what_keys_change_in_any_width(width: int) -> None:
    it = replace(scene(session_with("moons"), Moment()), company=("looking around: @ returns", "@ returns"))
    first = painted("header", it, width, 2)[0]
    assert "batch 10  mean  γ 0.2" in first
    assert ("looking around: @ returns" in first) == (width > 40)
