"""The address of a weight: how it is written, what stands there, and where the arrows take it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.engine.network import Architecture, Bias, Parameters
from bptui.engine.weight import Weight

BIASES: tuple[Bias, ...] = ("trained", "frozen", "none")


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=4))
    return Architecture(tuple(sizes), ("tanh",) * (len(sizes) - 1), draw(st.sampled_from(BIASES)))


def weights_of(architecture: Architecture) -> list[Weight]:
    """Every weight and bias that it has, layer by layer."""
    first = 0 if architecture.bias == "none" else -1
    pairs = zip(architecture.sizes, architecture.sizes[1:], strict=False)
    return [
        Weight(layer, source, unit)
        for layer, (inputs, units) in enumerate(pairs, start=1)
        for source in range(first, inputs)
        for unit in range(units)
    ]


@st.composite
def places(draw: st.DrawFn) -> tuple[Architecture, Weight]:
    architecture = draw(architectures())
    return architecture, draw(st.sampled_from(weights_of(architecture)))


ANYWHERE = st.builds(Weight, st.integers(-2, 9), st.integers(-3, 9), st.integers(-3, 9))


@pytest.mark.parametrize(
    ("weight", "symbol"),
    [
        (Weight(1, 0, 1), "w₁[x0→1]"),
        (Weight(2, 0, 1), "w₂[0→1]"),
        (Weight(2, -1, 1), "b₂[1]"),
        (Weight(1, -1, 12), "b₁[12]"),
        (Weight(12, 30, 4), "w₁₂[30→4]"),
    ],
)
def test_it_is_written_alike_everywhere(weight: Weight, symbol: str) -> None:
    assert weight.symbol == symbol


def test_source_minus_1_and_no_other_is_the_bias() -> None:
    assert [Weight(2, source, 0).is_bias for source in (-1, 0, 1)] == [True, False, False]


class TestVectors:
    def test_layer_counts_from_1_and_source_minus_1_is_the_bias(self) -> None:
        vector = Parameters(Architecture((2, 2, 1), ("tanh", "tanh")), np.arange(9.0))
        places = ((1, 0, 0), (1, 0, 1), (1, 1, 0), (1, -1, 1), (2, 1, 0), (2, -1, 0))
        assert [vector[Weight(*place)] for place in places] == [0.0, 1.0, 2.0, 5.0, 7.0, 8.0]

    @given(architectures())
    def test_every_number_of_a_vector_has_one_address(self, architecture: Architecture) -> None:
        vector = Parameters(architecture, np.arange(float(architecture.parameters)))
        assert sorted(vector[weight] for weight in weights_of(architecture)) == vector.flat.tolist()

    @given(places())
    def test_setting_one_leaves_the_others(self, place: tuple[Architecture, Weight]) -> None:
        architecture, weight = place
        vector = Parameters.zeros(architecture)
        vector[weight] = 2.5
        assert vector[weight] == 2.5
        assert np.count_nonzero(vector.flat) == 1

    @given(architectures(), ANYWHERE)
    def test_a_weight_that_is_not_there_has_no_number(self, architecture: Architecture, weight: Weight) -> None:
        vector = Parameters.zeros(architecture)
        if weight in weights_of(architecture):
            assert vector[weight] == 0.0
            return
        with pytest.raises(IndexError):
            vector[weight]
        with pytest.raises(IndexError):
            vector[weight] = 1.0


class TestWithin:
    @given(architectures(), ANYWHERE)
    def test_the_nearest_is_one_of_the_network_s(self, architecture: Architecture, weight: Weight) -> None:
        every = weights_of(architecture)
        assert weight.within(architecture) in every
        assert weight not in every or weight.within(architecture) == weight

    def test_each_number_is_the_nearest_one_not_the_first(self) -> None:
        assert Weight(9, 9, 9).within(Architecture((2, 4, 3), ("tanh", "tanh"))) == Weight(2, 3, 2)
        assert Weight(1, -1, 2).within(Architecture((2, 4), ("tanh",), "none")) == Weight(1, 0, 2)


class TestMoved:
    """2-4-1: the first layer has 4 units with sources −1 (bias), 0, 1; the second 1 unit with sources −1 … 3."""

    architecture = Architecture((2, 4, 1), ("tanh", "tanh"))

    def test_sources_wrap_round_through_the_bias(self) -> None:
        at = [Weight(1, source, 0) for source in (-1, 0, 1)]
        assert [weight.moved(self.architecture, source=1) for weight in at] == [at[1], at[2], at[0]]

    def test_without_biases_they_wrap_round_without_one(self) -> None:
        without = Architecture((2, 4, 1), ("tanh", "tanh"), "none")
        assert Weight(1, 1, 0).moved(without, source=1) == Weight(1, 0, 0)
        assert Weight(1, 0, 0).moved(without, source=-1) == Weight(1, 1, 0)

    def test_units_wrap_round(self) -> None:
        assert Weight(1, 0, 3).moved(self.architecture, unit=1) == Weight(1, 0, 0)
        assert Weight(1, 0, 0).moved(self.architecture, unit=-1) == Weight(1, 0, 3)

    def test_layers_do_not(self) -> None:
        assert [Weight(1, 0, 0).moved(self.architecture, layer=by).layer for by in (-1, 1, 5)] == [1, 2, 2]

    def test_in_a_smaller_layer_it_is_the_nearest(self) -> None:
        assert Weight(1, 1, 3).moved(self.architecture, layer=1) == Weight(2, 1, 0)
        assert Weight(2, 3, 0).moved(self.architecture, layer=-1) == Weight(1, 1, 0)

    @given(places(), st.integers(-3, 3), st.integers(-9, 9), st.integers(-9, 9))
    def test_it_stays_in_the_network(
        self, place: tuple[Architecture, Weight], layer: int, unit: int, source: int
    ) -> None:
        architecture, weight = place
        assert weight.moved(architecture, layer, unit, source) in weights_of(architecture)

    @given(places(), st.integers(0, 12), st.sampled_from(("unit", "source")))
    def test_as_many_steps_back_lead_to_where_one_was(
        self, place: tuple[Architecture, Weight], steps: int, what: str
    ) -> None:
        architecture, start = place
        weight = start
        for _ in range(steps):
            weight = weight.moved(architecture, **{what: 1})
        assert weight == start.moved(architecture, **{what: steps})
        for _ in range(steps):
            weight = weight.moved(architecture, **{what: -1})
        assert weight == start

    @given(places(), st.sampled_from(("unit", "source")))
    def test_steps_one_way_pass_every_one_once_and_come_round(
        self, place: tuple[Architecture, Weight], what: str
    ) -> None:
        architecture, start = place
        passed = [start.moved(architecture, **{what: 1})]
        while passed[-1] != start:
            passed.append(passed[-1].moved(architecture, **{what: 1}))
        alike = "source" if what == "unit" else "unit"
        beside = [
            weight
            for weight in weights_of(architecture)
            if weight.layer == start.layer and getattr(weight, alike) == getattr(start, alike)
        ]
        assert set(passed) == set(beside)
        assert len(passed) == len(beside)
