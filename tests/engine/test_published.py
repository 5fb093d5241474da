"""Worked examples that others published, to every digit they print.

Mazur: Matt Mazur, "A Step by Step Backpropagation Example", 2015.
Han & Kamber: Jiawei Han, Micheline Kamber, "Data Mining: Concepts and Techniques", the back-propagation example.
Trask: Andrew Trask, "A Neural Network in 11 lines of Python", 2015, parts 1 and 2 (gradient descent).
Oberman: Adam Oberman, the closed form of stochastic and full gradient descent on one parameter.
"""

import math
from itertools import pairwise

import numpy as np
import pytest

from bptui.engine import Architecture, Network, UpdateRules, Workspace
from bptui.engine.network import explicit
from bptui.engine.reduce import Reduction
from bptui.engine.types import Floats

from .helpers import one_update, run_pass, train


def as_printed(values: Floats | list[float], texts: str) -> str:
    """The values, each with as many decimals as its counterpart in ``texts`` has."""
    numbers = np.ravel(np.asarray(values)).tolist()
    return " ".join(f"{v:.{len(t.partition('.')[2])}f}" for v, t in zip(numbers, texts.split(), strict=True))


def column(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)[:, None]


def after(network: Network, rules: UpdateRules, x: Floats, y: Floats) -> Network:
    return train(network, rules, x, y, updates=1)


class TestMazur:
    """2-2-2, sigmoid, half squared error, biases frozen, γ = 0.5, one sample."""

    x, y = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    hidden = np.array([[0.15, 0.20], [0.25, 0.30]])  # a row per unit, as printed
    outputs = np.array([[0.40, 0.45], [0.50, 0.55]])
    network = explicit(
        Architecture((2, 2, 2), ("sigmoid", "sigmoid"), "frozen"),
        [hidden.T, outputs.T],
        [np.array([0.35, 0.35]), np.array([0.60, 0.60])],
    )
    rules = UpdateRules(learning_rate=0.5)

    def test_forward_pass(self) -> None:
        passed = run_pass(self.network, "half-squared-error", self.x, self.y)
        assert as_printed(passed.z[0], "0.3775 0.3925") == "0.3775 0.3925"
        assert as_printed(passed.a[1], "0.593269992 0.596884378") == "0.593269992 0.596884378"
        assert as_printed(passed.z[1], "1.105905967 1.224921404") == "1.105905967 1.224921404"
        assert as_printed(passed.a[2], "0.75136507 0.772928465") == "0.75136507 0.772928465"

    def test_error_is_half_the_squares_summed_over_outputs(self) -> None:
        passed = run_pass(self.network, "half-squared-error", self.x, self.y)
        parts = 0.5 * (passed.a[2] - self.y) ** 2
        assert as_printed(parts, "0.274811083 0.023560026") == "0.274811083 0.023560026"
        assert as_printed(passed.loss, "0.298371109") == "0.298371109"

    def test_deltas_and_gradients(self) -> None:
        work = one_update(self.network, self.rules, self.x, self.y)
        assert as_printed(work.passed.delta[1], "0.138498562 -0.038098237") == "0.138498562 -0.038098237"
        assert as_printed(work.passed.delta[0], "0.008771355 0.009954255") == "0.008771355 0.009954255"
        assert as_printed(work.summed.weights[1][0, :1], "0.082167041") == "0.082167041"
        assert as_printed(work.summed.weights[0][0, :1], "0.000438568") == "0.000438568"

    def test_weights_after_one_update(self) -> None:
        made = after(self.network, self.rules, self.x, self.y)
        outputs = "0.35891648 0.408666186 0.511301270 0.561370121"
        hidden = "0.149780716 0.19956143 0.24975114 0.29950229"
        assert as_printed(made.weights[1].T, outputs) == outputs
        assert as_printed(made.weights[0].T, hidden) == hidden

    def test_frozen_biases_stay_as_they_were(self) -> None:
        made = after(self.network, self.rules, self.x, self.y)
        assert [bias.tolist() for bias in made.biases] == [[0.35, 0.35], [0.60, 0.60]]

    def test_error_after_one_update_by_the_true_rule(self) -> None:
        made = after(self.network, self.rules, self.x, self.y)
        assert as_printed(run_pass(made, "half-squared-error", self.x, self.y).loss, "0.291027774") == "0.291027774"

    def test_the_article_s_error_comes_from_hidden_deltas_with_new_output_weights(self) -> None:
        a, w, v, y = self.x[0].tolist(), self.hidden.tolist(), self.outputs.tolist(), self.y[0].tolist()

        def squash(weights: list[list[float]], inputs: list[float], bias: float) -> list[float]:
            return [1 / (1 + math.exp(-row[0] * inputs[0] - row[1] * inputs[1] - bias)) for row in weights]

        h = squash(w, a, 0.35)
        p = squash(v, h, 0.60)
        d = [(p[k] - y[k]) * p[k] * (1 - p[k]) for k in range(2)]
        v = [[v[k][j] - 0.5 * d[k] * h[j] for j in range(2)] for k in range(2)]  # too early
        e = [(d[0] * v[0][j] + d[1] * v[1][j]) * h[j] * (1 - h[j]) for j in range(2)]
        w = [[w[j][i] - 0.5 * e[j] * a[i] for i in range(2)] for j in range(2)]
        p = squash(v, squash(w, a, 0.35), 0.60)
        error = 0.5 * (p[0] - y[0]) ** 2 + 0.5 * (p[1] - y[1]) ** 2
        assert as_printed([w[0][0], error], "0.1498176386 0.291027924") == "0.1498176386 0.291027924"

    def test_after_10_000_updates(self) -> None:
        made = train(self.network, self.rules, self.x, self.y, updates=10_000)
        passed = run_pass(made, "half-squared-error", self.x, self.y)
        assert as_printed(passed.loss, "0.0000351019") == "0.0000351019"
        assert as_printed(passed.a[2], "0.01591362 0.98406427") == "0.01591362 0.98406427"


class TestHanAndKamber:
    """3-2-1, sigmoid, half squared error, biases trained, γ = 0.9, one sample. The book's Err is −δ."""

    x, y = np.array([[1.0, 0.0, 1.0]]), np.array([[1.0]])
    network = explicit(
        Architecture((3, 2, 1), ("sigmoid", "sigmoid")),
        [np.array([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]]), column(-0.3, -0.2)],
        [np.array([-0.4, 0.2]), np.array([0.1])],
    )
    rules = UpdateRules(learning_rate=0.9)

    def test_net_inputs_and_outputs(self) -> None:
        passed = run_pass(self.network, "half-squared-error", self.x, self.y)
        assert as_printed(passed.z[0], "-0.7 0.1") == "-0.7 0.1"
        assert as_printed(passed.a[1], "0.332 0.525") == "0.332 0.525"
        assert as_printed(passed.z[1], "-0.105") == "-0.105"
        assert as_printed(passed.a[2], "0.474") == "0.474"

    def test_errors_of_the_units(self) -> None:
        delta = run_pass(self.network, "half-squared-error", self.x, self.y).delta
        assert as_printed(-delta[1], "0.1311690782") == "0.1311690782"
        assert as_printed(-delta[0], "-0.008724562 -0.0065420851") == "-0.008724562 -0.0065420851"

    def test_weights_and_biases_after_one_update(self) -> None:
        made = after(self.network, self.rules, self.x, self.y)
        hidden = "0.1921478942 -0.306 0.4 0.1 -0.508 0.194"
        assert as_printed(made.weights[0], hidden) == hidden
        assert as_printed(made.weights[1], "-0.2608288463 -0.138") == "-0.2608288463 -0.138"
        assert as_printed(made.biases[0], "-0.408 0.194") == "-0.408 0.194"
        assert as_printed(made.biases[1], "0.218") == "0.218"


ERRORS = {
    0.1: "0.496410031903 0.0428880170001 0.0240989942285 0.0181106521468 0.0149876162722 0.0130144905381",
    1.0: "0.496410031903 0.00858452565325 0.00578945986251 0.00462917677677 0.00395876528027 0.00351012256786",
    10.0: "0.496410031903 0.00312938876301 0.00214459557985 0.00172397549956 0.00147821451229 0.00131274062834",
}
"""Trask's table: mean |error| before the update at iterations 0, 10 000 … 50 000, for each γ."""


class TestTrask:
    """3-4-1, sigmoid, half squared error, no biases, the four rows as one batch, summed."""

    x = np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = column(0, 1, 1, 0)
    network = explicit(
        Architecture((3, 4, 1), ("sigmoid", "sigmoid"), "none"),
        [
            np.array(
                [
                    [-0.165955990594852, 0.4406489868843162, -0.9997712503653102, -0.39533485473632046],
                    [-0.7064882183657739, -0.8153228104624044, -0.6274795772446582, -0.3088785459139045],
                    [-0.20646505153866013, 0.07763346800671389, -0.1616109711934104, 0.370439000793519],
                ]
            ),
            column(-0.5910955005369651, 0.7562348727818908, -0.9452248136041477, 0.34093502035680445),
        ],
        [],
    )

    def mean_errors(self, rules: UpdateRules) -> list[float]:
        noted: list[float] = []

        def watch(made: int, work: Workspace) -> None:
            if made % 10_000 == 0:
                noted.append(float(np.abs(work.targets - work.passed.a[-1]).mean()))

        train(self.network, rules, self.x, self.y, updates=50_001, watch=watch)
        return noted

    @pytest.mark.parametrize("gamma", ERRORS)
    def test_the_whole_table_by_summing_over_the_batch(self, gamma: float) -> None:
        errors = self.mean_errors(UpdateRules(reduction="sum", learning_rate=gamma))
        assert as_printed(errors, ERRORS[gamma]) == ERRORS[gamma]

    def test_a_row_of_the_table_by_the_mean_with_four_times_the_rate(self) -> None:
        errors = self.mean_errors(UpdateRules(reduction="mean", learning_rate=40.0))
        assert as_printed(errors, ERRORS[10.0]) == ERRORS[10.0]

    def test_mean_with_the_same_rate_is_another_run(self) -> None:
        summed, mean = (
            train(self.network, UpdateRules(reduction=reduction, learning_rate=1.0), self.x, self.y, updates=100)
            for reduction in ("sum", "mean")
        )
        assert np.abs(summed.flat - mean.flat).max() > 0.1

    def test_first_gradient_of_the_output_weights_sum(self) -> None:
        reduced = one_update(self.network, UpdateRules(reduction="sum"), self.x, self.y).reduced
        published = "0.00451385 0.00669325 0.00676932 0.00455133"
        assert as_printed(reduced.weights[1], published) == published

    def test_first_gradient_by_the_mean_is_a_quarter_of_the_sum(self) -> None:
        work = one_update(self.network, UpdateRules(reduction="mean"), self.x, self.y)
        published = "0.00451385 0.00669325 0.00676932 0.00455133"
        assert as_printed(4 * work.reduced.weights[1], published) == published

    def test_averaging_the_inputs_first_gives_another_gradient(self) -> None:
        x, y = self.x.mean(axis=0, keepdims=True), self.y.mean(axis=0, keepdims=True)
        work = one_update(self.network, UpdateRules(reduction="mean"), x, y)
        wrong = "0.00143833 0.00197237 0.00114285 0.00210584"
        assert as_printed(work.reduced.weights[1], wrong) == wrong


class TestOberman:
    """One linear unit that sees nothing but its bias w, targets 1 2 6, w₀ = 10: the gradient is w − ȳ."""

    y = column(1, 2, 6)
    start = explicit(Architecture((1, 1), ("identity",)), [column(0)], [np.array([10.0])])

    def path(self, reduction: Reduction, gamma: float, updates: int) -> list[float]:
        rules = UpdateRules(reduction=reduction, learning_rate=gamma)
        nets = [train(self.start, rules, column(0, 0, 0), self.y, updates=made) for made in range(1, updates + 1)]
        return [float(net.biases[0][0]) for net in nets]

    def test_mean_with_rate_1_is_there_in_one_step(self) -> None:
        assert self.path("mean", 1.0, 3) == [3, 3, 3]

    def test_mean_with_rate_one_half_halves_the_distance(self) -> None:
        assert self.path("mean", 0.5, 4) == [6.5, 4.75, 3.875, 3.4375]

    def test_sum_with_rate_1_diverges(self) -> None:
        assert self.path("sum", 1.0, 4) == [-11, 31, -53, 115]

    def test_sum_with_rate_one_third_is_there_in_one_step(self) -> None:
        assert self.path("sum", 1 / 3, 1) == [pytest.approx(3, abs=1e-14)]

    def test_one_update_per_sample_is_another_path(self) -> None:
        net, path = self.start, []
        for target in self.y:
            net = train(net, UpdateRules(learning_rate=0.5), column(0), target[:, None], updates=1)
            path.append(float(net.biases[0][0]))
        assert path == [5.5, 3.75, 4.875]

    def test_the_weight_of_an_input_that_is_always_0_never_moves(self) -> None:
        net = train(self.start, UpdateRules(learning_rate=0.5), column(0, 0, 0), self.y, updates=5)
        assert net.weights[0].tolist() == [[0.0]]

    def test_distance_shrinks_by_the_factor_1_minus_gamma(self) -> None:
        distances = [w - 3 for w in self.path("mean", 0.25, 6)]
        assert [later / earlier for earlier, later in pairwise(distances)] == pytest.approx([0.75] * 5)
