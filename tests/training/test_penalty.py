"""The penalty on the weights and the loss with it: a homework with printed numbers, and the gradient's own penalty."""

import numpy as np
import pytest

from bptui.data import Dataset, Split
from bptui.engine import Architecture, Network, UpdateRules
from bptui.engine.update import adjust, penalty
from bptui.training import Run, Settings
from bptui.training.record import UpdateRecord

SHEET = (
    ([[0.15, 0.10, 0.19, 0.35], [0.40, 0.54, 0.42, 0.68]], [0.42, 0.72, 0.01, 0.30]),
    ([[0.67, 0.42, 0.56], [0.14, 0.20, 0.80], [0.96, 0.32, 0.69], [0.87, 0.89, 0.09]], [0.21, 0.87, 0.03]),
    ([[0.87, 0.10], [0.42, 0.95], [0.53, 0.69]], [0.04, 0.17]),
)


def homework(**changed: float) -> UpdateRecord:
    """A sheet with λ/2n Σ w², λ = 0.25, n = 2: our ½ λ₂ Σ w² with λ₂ = 0.125."""
    data = Dataset(
        "sheet", np.array([[0.32, 0.68], [0.83, 0.02]]), np.array([[0.75, 0.98], [0.75, 0.28]]), (), ("u", "v")
    )
    theta = np.concatenate([np.ravel(part) for weights, biases in SHEET for part in (weights, biases)])
    network = Network(Architecture((2, 4, 3, 2), ("sigmoid",) * 3), theta)
    rules = UpdateRules(loss="binary-cross-entropy", **{"l2": 0.125, **changed})  # type: ignore[arg-type]
    run = Run.begin(data, Split(np.arange(2), np.arange(0)), network, Settings(rules, order="fixed"), 1)
    return run.record(1)


def test_a_homework_s_loss_with_the_penalty_and_without_it() -> None:
    record = homework()
    assert record.loss_mean == pytest.approx(1.3672595, abs=5e-8)
    assert record.penalty == pytest.approx(0.53625, abs=5e-6)
    assert record.penalised_loss == pytest.approx(1.90351, abs=5e-6)
    np.testing.assert_allclose(record.reduced.weights[0][:, 0], [0.02564, 0.04987], atol=5e-6)
    np.testing.assert_allclose(record.reduced.weights[2][:, 1], [0.19195, 0.30343, 0.25249], atol=5e-6)
    assert record.reduced.biases[2][1] == pytest.approx(0.20982, abs=5e-6)


def test_without_l1_and_l2_there_is_none() -> None:
    record = homework(l2=0.0)
    assert not record.penalised
    assert record.penalty == 0
    assert record.penalised_loss == record.loss_mean


def test_under_sum_it_is_added_to_the_sum() -> None:
    record = homework(reduction="sum")  # type: ignore[arg-type]
    assert record.penalised_loss == record.loss_sum + record.penalty


def test_its_slope_is_what_the_gradient_gets() -> None:
    network = homework().before
    rules = UpdateRules(l1=0.3, l2=0.7)
    gradient = type(homework().mean).zeros(network.architecture)
    adjust(network, rules, gradient)
    for place in range(len(network.flat)):
        moved = [network.flat.copy() for _ in range(2)]
        moved[0][place] += 1e-6
        moved[1][place] -= 1e-6
        above, below = (penalty(Network(network.architecture, theta), rules) for theta in moved)
        assert (above - below) / 2e-6 == pytest.approx(gradient.flat[place], abs=1e-8)
