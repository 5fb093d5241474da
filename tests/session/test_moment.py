"""A moment knows its phase, and what has happened before it."""

import pytest

from bptui.session import Moment, Phase, phases
from bptui.session.moment import Kind

LAYERS = 2
PHASES = phases(LAYERS)


def spelled(layers: int) -> str:
    return " ".join(phase.kind + (str(phase.layer) if phase.layer else "") for phase in phases(layers))


def test_an_update_goes_forward_then_back_then_reduces_and_updates() -> None:
    assert spelled(2) == "input forward1 forward2 loss delta2 delta1 gradient reduce update"
    assert spelled(1) == "input forward1 loss delta1 gradient reduce update"


def test_only_reduce_and_update_happen_once_a_batch() -> None:
    assert [phase.kind for phase in phases(3) if phase.per_batch] == ["reduce", "update"]


def test_a_moment_begins_at_the_input_of_the_first_sample_of_the_first_update() -> None:
    assert Moment().phase == Phase("input")
    assert (Moment().update, Moment().sample) == (1, 0)


@pytest.mark.parametrize(("place", "done"), [(0, 3), (5, 3), (6, 4), (7, 4), (8, 4)])
def test_the_ledger_counts_a_sample_once_its_gradient_is_added(place: int, done: int) -> None:
    assert Moment(phase=PHASES[place], sample=3).done == done


@pytest.mark.parametrize(
    ("sample", "kind", "layer", "reached"),
    [
        (1, "gradient", 0, True),
        (2, "forward", 1, True),
        (2, "forward", 2, True),
        (2, "loss", 0, False),
        (2, "delta", 1, False),
        (3, "input", 0, False),
    ],
)
def test_what_is_reached_halfway_through_sample_2(sample: int, kind: Kind, layer: int, reached: bool) -> None:
    halfway = Moment(phase=PHASES[2], sample=2)
    assert halfway.phase == Phase("forward", 2)
    assert halfway.reached(sample, kind, layer, LAYERS) is reached


@pytest.mark.parametrize("place", [7, 8])
def test_at_the_end_of_a_batch_all_is_reached_whatever_sample_is_looked_at(place: int) -> None:
    assert Moment(phase=PHASES[place], sample=0).reached(4, "gradient", 0, LAYERS)
