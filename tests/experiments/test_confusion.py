"""Which class is taken for which: every sample counted once, by the class that its own outputs say."""

import numpy as np
import pytest

from bptui.engine.network import Network
from bptui.experiments.confusion import Confusion, Part, confusion
from bptui.scenario import Scenario
from bptui.training.problem import Problem


def trained(name: str, updates: int = 40) -> tuple[Problem, Network, str]:
    run = Scenario.built_in(name).begin()
    run.extend_to(updates)
    record = run.record(updates)
    return run.problem, record.after, record.settings.rules.loss


def found(name: str, part: Part = "test") -> Confusion:
    return confusion(*trained(name), part)


@pytest.mark.parametrize("name", ["digits", "iris", "moons", "letters"])
def test_every_sample_is_counted_once_as_a_plain_loop_counts_it(name: str) -> None:
    problem, network, loss = trained(name)
    it = confusion(problem, network, loss, "test")
    counts: dict[tuple[int, int], int] = {}
    for x, y in zip(problem.test_x[:], problem.test_y, strict=True):
        a = x
        for weights, biases, activation in zip(
            network.weights, network.biases, network.architecture.activations, strict=True
        ):
            z = a @ weights + biases
            a = np.tanh(z) if activation == "tanh" else 1 / (1 + np.exp(-z)) if activation == "sigmoid" else np.exp(z)
        said, wanted = (int(v.argmax()) if len(v) > 1 else int(v[0] > 0.5) for v in (a, y))
        counts[wanted, said] = counts.get((wanted, said), 0) + 1
    assert {(k, j): int(it.counts[k, j]) for k, j in np.argwhere(it.counts)} == counts


@pytest.mark.parametrize(("part", "name"), [("train", "digits"), ("test", "digits"), ("train", "xor")])
def test_its_right_answers_are_those_of_the_curve(part: Part, name: str) -> None:
    problem, network, loss = trained(name)
    it = confusion(problem, network, loss, part)
    accuracies = problem.metrics(network, loss)[2:]
    assert it.right / len(it.rows) == accuracies[part == "test"]


def test_a_cell_has_its_samples_the_largest_loss_first() -> None:
    it = found("digits")
    for wanted, said in it.confused():
        places = it.cell(wanted, said)
        assert len(places) == it.counts[wanted, said]
        assert (it.wanted[places] == wanted).all()
        assert (it.said[places] == said).all()
        assert (np.diff(it.losses[places]) <= 0).all()


def test_the_most_frequent_mistake_comes_first_and_none_is_missing() -> None:
    it = found("letters")
    pairs = it.confused()
    sizes = [int(it.counts[pair]) for pair in pairs]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == len(it.rows) - it.right
    assert all(k != j for k, j in pairs)


def test_rows_are_those_of_the_data() -> None:
    problem, network, loss = trained("digits")
    it = confusion(problem, network, loss, "train")
    assert np.array_equal(problem.data.x[it.rows], problem.train_x[:])
