"""What is remarked though nothing is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.scenario import Scenario
from bptui.session.remarks import of_batch
from bptui.session.session import Session

X = [[1.0], [2.0]]


def scenario(down: float, activation: str = "relu") -> Scenario:
    """Two hidden units whose weights are the same number."""
    it = Scenario.from_arrays(X, [[1.0], [0.0]], layers=[1, 2, 1], activations=[activation, "identity"])
    weights = (np.full((1, 2), down), np.ones((2, 1)))
    return replace(it, network=replace(it.network, weights=weights, biases=(np.zeros(2), np.zeros(1))))


def test_a_layer_of_relus_that_answers_nothing_is_remarked_once_all_samples_are_in() -> None:
    session = Session(scenario(-1.0))
    assert session.move(("sample", 1)) == ""
    assert (
        session.move(("batch", 1))
        == "layer 1 is dead: every ReLU of it is 0 for every sample, and no gradient gets through"
    )


@pytest.mark.parametrize(("down", "activation"), [(1.0, "relu"), (-1.0, "leaky-relu"), (0.0, "tanh")])
def test_a_layer_that_passes_something_on_is_not(down: float, activation: str) -> None:
    assert of_batch(scenario(down, activation).begin().record(1)) == ""
