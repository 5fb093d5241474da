"""Architectures, the vector θ seen layer by layer, and where a network starts."""

import math

import numpy as np
import pytest

from bptui.engine import ACTIVATIONS, Architecture, Network, initialise
from bptui.engine.network import INITIALISATIONS, Bias, explicit


class TestArchitecture:
    @pytest.mark.parametrize(("bias", "count"), [("trained", 26), ("frozen", 26), ("none", 20)])
    def test_parameters_are_weights_and_one_bias_per_unit_if_there_are_any(self, bias: Bias, count: int) -> None:
        assert Architecture((3, 4, 2), ("tanh", "tanh"), bias).parameters == count

    @pytest.mark.parametrize("sizes", [(3,), (3, 0), (0, 3)])
    def test_fewer_than_two_layers_or_empty_ones_are_refused(self, sizes: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match="at least two sizes of 1 or more"):
            Architecture(sizes, ("tanh",) * (len(sizes) - 1))

    def test_every_layer_needs_an_activation(self) -> None:
        with pytest.raises(ValueError, match="2 layers need as many activations, got 1"):
            Architecture((3, 4, 2), ("tanh",))

    def test_an_unknown_activation_is_refused(self) -> None:
        with pytest.raises(ValueError, match="unknown activation 'swish'"):
            Architecture((1, 1), ("swish",))

    def test_softmax_is_refused_in_a_hidden_layer(self) -> None:
        with pytest.raises(ValueError, match="softmax stands at the output layer only"):
            Architecture((1, 2, 1), ("softmax", "identity"))

    def test_an_unknown_activation_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(ValueError, match=f"one of {', '.join(ACTIVATIONS)}$"):
            Architecture((1, 1), ("swish",))

    def test_a_hidden_softmax_is_refused_in_one_sentence(self) -> None:
        with pytest.raises(ValueError, match=r"^softmax stands at the output layer only$"):
            Architecture((1, 2, 1), ("softmax", "identity"))


class TestTheta:
    def test_each_layer_s_weights_come_row_by_row_and_then_its_biases(self) -> None:
        network = Network(Architecture((2, 2, 1), ("tanh", "tanh")), np.arange(9.0))
        assert network.weights[0].tolist() == [[0, 1], [2, 3]]
        assert network.biases[0].tolist() == [4, 5]
        assert network.weights[1].tolist() == [[6], [7]]
        assert network.biases[1].tolist() == [8]

    def test_a_vector_of_another_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"has 2 parameters, got shape \(3,\)"):
            Network(Architecture((1, 1), ("tanh",)), np.zeros(3))

    def test_layers_are_views_not_copies(self) -> None:
        network = Network(Architecture((1, 1), ("tanh",)), np.zeros(2))
        network.flat[:] = 7.0
        assert (network.weights[0].tolist(), network.biases[0].tolist()) == ([[7.0]], [7.0])


WIDE = Architecture((50, 40, 30), ("tanh", "tanh"))


def start(method: str, architecture: Architecture = WIDE, seed: int = 5) -> Network:
    return initialise(architecture, method, np.random.default_rng(seed))


class TestInitialisation:
    @pytest.mark.parametrize(
        ("method", "bound"), [("glorot", math.sqrt(6 / 90)), ("pytorch", 1 / math.sqrt(50)), ("uniform", 1.0)]
    )
    def test_uniform_ones_fill_their_range_and_stay_in_it(self, method: str, bound: float) -> None:
        weights = start(method).weights[0]
        assert 0.99 * bound < np.abs(weights).max() <= bound
        assert abs(weights.mean()) < 0.05 * bound

    @pytest.mark.parametrize(("method", "variance"), [("he", 2 / 50), ("lecun", 1 / 50)])
    def test_normal_ones_have_the_variance_of_their_paper(self, method: str, variance: float) -> None:
        assert start(method).weights[0].var() == pytest.approx(variance, rel=0.1)

    @pytest.mark.parametrize("method", ["glorot", "he", "lecun", "zeros"])
    def test_biases_start_at_0(self, method: str) -> None:
        assert np.count_nonzero(start(method).biases[0]) == 0

    @pytest.mark.parametrize("method", ["pytorch", "uniform"])
    def test_or_are_drawn_too(self, method: str) -> None:
        assert np.count_nonzero(start(method).biases[0]) == 40

    def test_zeros_are_zeros(self) -> None:
        assert np.count_nonzero(start("zeros").flat) == 0

    @pytest.mark.parametrize("method", INITIALISATIONS)
    def test_the_same_seed_gives_the_same_network(self, method: str) -> None:
        assert start(method).flat.tobytes() == start(method).flat.tobytes()

    def test_another_seed_gives_another_network(self) -> None:
        assert start("glorot", seed=5).flat.tobytes() != start("glorot", seed=6).flat.tobytes()

    def test_a_network_without_biases_can_start_everywhere(self) -> None:
        none = Architecture((50, 40, 30), ("tanh", "tanh"), "none")
        assert [start(method, none).biases for method in INITIALISATIONS] == [()] * len(INITIALISATIONS)

    def test_an_unknown_method_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(ValueError, match=", ".join(INITIALISATIONS)):
            start("orthogonal")

    def test_nobody_writes_to_a_start(self) -> None:
        with pytest.raises(ValueError, match="read-only"):
            start("glorot").flat[0] = 1.0

    @pytest.mark.parametrize("method", ["he", "lecun"])
    def test_normal_weights_have_a_mean_of_0(self, method: str) -> None:
        weights = initialise(Architecture((50, 40), ("tanh",)), method, np.random.default_rng(5)).weights[0]
        assert abs(weights.mean()) < 4 * weights.std() / math.sqrt(weights.size)

    @pytest.mark.parametrize(("method", "bound"), [("pytorch", 0.1), ("uniform", 1.0)])
    def test_drawn_biases_fill_the_range_of_their_weights_one_by_one(self, method: str, bound: float) -> None:
        biases = initialise(Architecture((100, 200), ("tanh",)), method, np.random.default_rng(5)).biases[0]
        assert len(set(biases.tolist())) == 200
        assert -bound <= biases.min() < -0.95 * bound
        assert 0.95 * bound < biases.max() <= bound

    def test_nothing_is_drawn_for_biases_that_are_not_there(self) -> None:
        rng = np.random.default_rng(5)
        expected = [*rng.uniform(-1.0, 1.0, 6), *rng.uniform(-1.0, 1.0, 8)]
        none = Architecture((3, 2, 4), ("tanh", "tanh"), "none")
        assert initialise(none, "uniform", np.random.default_rng(5)).flat.tolist() == expected


class TestExplicit:
    architecture = Architecture((2, 1), ("tanh",))

    def test_no_biases_means_zeros(self) -> None:
        assert explicit(self.architecture, [np.array([[1.0], [2.0]])], []).flat.tolist() == [1.0, 2.0, 0.0]

    def test_a_wrong_shape_is_refused_by_the_layer_s_name(self) -> None:
        with pytest.raises(ValueError, match=r"weights\[0\]: shape \(2, 1\) expected, got \(1, 2\)"):
            explicit(self.architecture, [np.array([[1.0, 2.0]])], [])

    def test_a_wrong_number_of_layers_is_refused(self) -> None:
        with pytest.raises(ValueError, match="biases: 1 layers expected, got 2"):
            explicit(self.architecture, [np.array([[1.0], [2.0]])], [np.zeros(1), np.zeros(1)])

    def test_biases_for_a_network_without_them_are_refused(self) -> None:
        none = Architecture((2, 1), ("tanh",), "none")
        with pytest.raises(ValueError, match="biases: 0 layers expected, got 1"):
            explicit(none, [np.array([[1.0], [2.0]])], [np.zeros(1)])
