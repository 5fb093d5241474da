"""Inputs at the edge of float64: cross-entropies stay finite, and what cannot be finite stops with a name."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import ACTIVATIONS, Architecture, Divergence, Network, OptimizerSettings, Pass, UpdateRules
from bptui.engine.network import explicit
from bptui.engine.optimizers import OPTIMIZERS
from bptui.engine.types import Floats

from .helpers import HIDDEN, one_update, run_pass

LOGITS = (0.0, -0.0, 1.0, -1.0, 40.0, -40.0, 800.0, -800.0, 1e4, -1e4, 1e308, -1e308, 5e-324, -5e-324)


def pass_of_logits(output: str, loss: str, z: list[float], y: list[float]) -> Pass:
    """A pass whose last z is exactly z, of one sample: the identity as weights."""
    network = explicit(Architecture((len(z), len(z)), (output,), "none"), [np.eye(len(z))], [])
    return run_pass(network, loss, np.array([z]), np.array([y]))


def cross_entropy(z: list[float], y: list[float]) -> Pass:
    return pass_of_logits("softmax", "cross-entropy", z, y)


def binary(z: float, y: float) -> Pass:
    return pass_of_logits("sigmoid", "binary-cross-entropy", [z], [y])


class TestCrossEntropy:
    @given(z=st.lists(st.sampled_from(LOGITS), min_size=1, max_size=5), data=st.data())
    @settings(deadline=None, max_examples=150)
    def test_loss_and_deltas_are_finite_whatever_the_logits(self, z: list[float], data: st.DataObject) -> None:
        chosen = data.draw(st.integers(0, len(z) - 1))
        passed = cross_entropy(z, [float(k == chosen) for k in range(len(z))])
        assert 0 <= passed.loss[0] < math.inf
        assert np.isfinite(passed.a[1]).all()
        assert np.isfinite(passed.delta[0]).all()

    def test_certain_and_wrong_by_1e4_costs_1e4(self) -> None:
        passed = cross_entropy([1e4, 0.0], [0.0, 1.0])
        assert passed.loss.tolist() == [1e4]
        assert passed.delta[0].tolist() == [[1.0, -1.0]]

    def test_certain_and_right_costs_nothing_and_moves_nothing(self) -> None:
        passed = cross_entropy([1e308, -1e308, 0.0], [1.0, 0.0, 0.0])
        assert passed.a[1].tolist() == [[1.0, 0.0, 0.0]]
        assert passed.loss.tolist() == [0.0]
        assert passed.delta[0].tolist() == [[0.0, 0.0, 0.0]]

    def test_a_distance_no_float_can_hold_costs_the_largest_float(self) -> None:
        passed = cross_entropy([1e308, -1e308], [0.0, 1.0])
        assert passed.loss.tolist() == [np.finfo(np.float64).max]
        assert passed.delta[0].tolist() == [[1.0, -1.0]]

    def test_targets_shared_between_hopeless_classes_stay_finite(self) -> None:
        passed = cross_entropy([1e308, -1e308, -1e308], [0.0, 0.5, 0.5])
        assert math.isfinite(passed.loss[0])
        assert passed.delta[0].tolist() == [[1.0, -0.5, -0.5]]


class TestBinaryCrossEntropy:
    @given(z=st.lists(st.sampled_from(LOGITS), min_size=1, max_size=4), data=st.data())
    @settings(deadline=None, max_examples=150)
    def test_loss_and_deltas_are_finite_whatever_the_logits(self, z: list[float], data: st.DataObject) -> None:
        y = data.draw(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=len(z), max_size=len(z)))
        passed = pass_of_logits("sigmoid", "binary-cross-entropy", z, y)
        assert 0 <= passed.loss[0] < math.inf
        assert np.isfinite(passed.a[1]).all()
        assert np.isfinite(passed.delta[0]).all()

    @pytest.mark.parametrize(("z", "p"), [(1e4, 1.0), (1e308, 1.0), (-1e4, 0.0), (-1e308, 0.0)])
    def test_a_probability_may_be_exactly_0_or_1(self, z: float, p: float) -> None:
        assert binary(z, p).a[1].tolist() == [[p]]

    @pytest.mark.parametrize("z", [1e4, 1e308, -1e4, -1e308])
    def test_certain_and_wrong_costs_the_logit(self, z: float) -> None:
        passed = binary(z, 0.0 if z > 0 else 1.0)
        assert passed.loss.tolist() == [abs(z)]
        assert passed.delta[0].tolist() == [[math.copysign(1.0, z)]]

    @pytest.mark.parametrize("z", [1e4, 1e308, -1e4, -1e308])
    def test_certain_and_right_costs_nothing_and_moves_nothing(self, z: float) -> None:
        passed = binary(z, 1.0 if z > 0 else 0.0)
        assert passed.loss.tolist() == [0.0]
        assert passed.delta[0].tolist() == [[0.0]]

    def test_more_than_a_float_can_hold_costs_the_largest_float(self) -> None:
        passed = pass_of_logits("sigmoid", "binary-cross-entropy", [1e308, 1e308], [0.0, 0.0])
        assert passed.loss.tolist() == [np.finfo(np.float64).max]

    def test_a_half_costs_the_logarithm_of_2(self) -> None:
        assert binary(0.0, 1.0).loss.tolist() == [pytest.approx(math.log(2), rel=1e-15)]


class TestActivations:
    z = np.array([[*LOGITS]])

    @pytest.mark.parametrize("name", HIDDEN)
    def test_values_and_slopes_are_finite_up_to_1e308(self, name: str) -> None:
        activation, a, slope = ACTIVATIONS[name], np.empty_like(self.z), np.empty_like(self.z)
        assert activation.slope is not None
        with np.errstate(over="ignore"):
            activation.value(self.z, a)
            activation.slope(self.z, a, slope)
        assert np.isfinite(a).all()
        assert np.isfinite(slope).all()

    @pytest.mark.parametrize(("name", "slope_at_0"), [("relu", 0.0), ("leaky-relu", 0.01)])
    def test_the_slope_at_a_kink_is_the_left_one(self, name: str, slope_at_0: float) -> None:
        zero, out = np.zeros((1, 1)), np.empty((1, 1))
        slope = ACTIVATIONS[name].slope
        assert slope is not None
        slope(zero, zero, out)
        assert out.tolist() == [[slope_at_0]]

    def test_softplus_keeps_its_digits_far_from_0(self) -> None:
        out = np.empty((1, 2))
        ACTIVATIONS["softplus"].value(np.array([[-40.0, 1e4]]), out)
        assert out.tolist() == [[pytest.approx(math.exp(-40), rel=1e-15), 1e4]]

    def test_gelu_keeps_its_digits_in_the_left_tail(self) -> None:
        out = np.empty((1, 1))
        ACTIVATIONS["gelu"].value(np.array([[-10.0]]), out)
        assert out.tolist() == [[pytest.approx(-10 * 7.619853024160527e-24, rel=1e-12)]]  # Φ(−10), Abramowitz & Stegun


def line(weight: float) -> Network:
    """One linear unit without a bias."""
    return explicit(Architecture((1, 1), ("identity",), "none"), [np.array([[weight]])], [])


def one_by_one(x: float, y: float) -> tuple[Floats, Floats]:
    return np.array([[x]]), np.array([[y]])


class TestDivergence:
    def test_it_names_the_layer_whose_z_is_infinite(self) -> None:
        network = explicit(Architecture((1, 1, 1), ("identity", "identity"), "none"), [np.array([[1e200]])] * 2, [])
        with pytest.raises(Divergence, match=r"the pre-activation z of layer 2 overflows") as caught:
            one_update(network, UpdateRules(), *one_by_one(1.0, 0.0))
        assert caught.value.layer == 2

    @pytest.mark.parametrize(("outgoing", "target", "layer"), [(1e200, 1e200, 1), (1.0, 1e308, 2)])
    def test_it_names_the_last_layer_whose_delta_is_infinite(self, outgoing: float, target: float, layer: int) -> None:
        architecture = Architecture((1, 1, 1), ("identity", "identity"))
        network = explicit(
            architecture, [np.array([[1.0]]), np.array([[outgoing]])], [np.array([0.0]), np.array([-target])]
        )
        with pytest.raises(Divergence, match=f"the delta of layer {layer} "):
            one_update(network, UpdateRules(), *one_by_one(0.0, target))

    def test_it_names_the_gradient_when_all_before_it_was_finite(self) -> None:
        with pytest.raises(Divergence, match="the gradient of layer 1"):
            one_update(line(1.0), UpdateRules(), *one_by_one(1e200, 0.0))

    @pytest.mark.parametrize(("outgoing", "layer"), [(1.0, 1), (0.0, 2)])
    def test_it_names_the_first_layer_whose_bias_alone_has_an_infinite_gradient(
        self, outgoing: float, layer: int
    ) -> None:
        architecture = Architecture((1, 1, 1), ("identity", "identity"))
        network = explicit(architecture, [np.array([[1.0]]), np.array([[outgoing]])], [])
        with pytest.raises(Divergence, match=f"the gradient of layer {layer}"):
            one_update(network, UpdateRules(), *one_by_one(0.0, 1e200))

    def test_it_names_the_step_when_only_the_rate_is_too_large(self) -> None:
        with pytest.raises(Divergence, match="the step of layer 1"):
            one_update(line(1.0), UpdateRules(learning_rate=1e300), *one_by_one(1.0, 0.0))

    @pytest.mark.parametrize("name", OPTIMIZERS)
    def test_a_gradient_too_large_to_square_stops_every_optimizer(self, name: str) -> None:
        rules = UpdateRules(optimizer=OptimizerSettings(name))
        with pytest.raises(Divergence, match="the gradient of layer 1"):
            one_update(line(1.0), rules, *one_by_one(1e100, -1e100))

    def test_clipping_does_not_hide_a_gradient_too_large_to_square(self) -> None:
        with pytest.raises(Divergence, match="the gradient of layer 1"):
            one_update(line(1.0), UpdateRules(clip_norm=1.0), *one_by_one(1e100, -1e100))

    @pytest.mark.parametrize("name", ["rmsprop", "adam", "adamw"])
    def test_nothing_divided_by_nothing_is_not_called_an_overflow(self, name: str) -> None:
        """With ε = 0, a gradient of 0 makes a step of 0 / √0."""
        rules = UpdateRules(optimizer=OptimizerSettings(name, epsilon=0.0))
        with pytest.raises(Divergence, match=r"^the step of layer 1 is 0 / 0 where g and ε are 0$"):
            one_update(line(1.0), rules, *one_by_one(0.0, 1.0))

    def test_gradient_and_step_whose_squares_are_finite_but_not_their_sum_stop_at_the_last_step(self) -> None:
        architecture = Architecture((1, 1, 1), ("identity", "identity"), "none")
        network = explicit(architecture, [np.ones((1, 1)), np.zeros((1, 1))], [])
        x, y = np.ones((1, 1)), np.array([[-1.1e154]])  # the square of the gradient is 1.2e308
        assert one_update(network, UpdateRules(learning_rate=0.0), x, y).reduced.flat.tolist() == [0.0, 1.1e154]
        with pytest.raises(Divergence, match=r"^the step of layer 2 overflows$") as caught:
            one_update(network, UpdateRules(learning_rate=1.0), x, y)
        assert (caught.value.layer, caught.value.what) == (2, "the step")

    def test_a_step_that_is_undefined_for_another_reason_is_not_called_0_over_0(self) -> None:
        """Memory that has overflowed, times a momentum of 0."""
        rules = UpdateRules(optimizer=OptimizerSettings("momentum", momentum=0.0))
        with pytest.raises(Divergence, match=r"^the step of layer 1 overflows$"):
            one_update(line(1.0), rules, *one_by_one(1.0, 0.0), memory=np.array([[np.inf]]))
