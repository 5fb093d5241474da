"""A person's numbers, asked for one at a time: beside the number they were compared with, and in that update only."""

from typing import Any

import numpy as np
import pytest

from bptui.diagnosis.diagnosis import diagnose
from bptui.diagnosis.yours import Yours
from bptui.engine.weight import Weight
from bptui.explain import value
from bptui.explain.quantity import Quantity, of_unit, of_weight
from bptui.training.record import UpdateRecord

from .cases import record, scenario


def everything(of: UpdateRecord, by: float = 1.0) -> dict[str, Any]:
    """All quantities of an update, each multiplied."""
    vectors = {
        name: {"weights": [w * by for w in vector.weights], "biases": [b * by for b in vector.biases]}
        for name, vector in (("gradient", of.mean), ("step", of.step), ("after", of.after))
    }
    samples = [{"weights": a[:, :, None] * d[:, None, :] * by, "biases": d * by}
               for a, d in zip(of.passed.a, of.passed.delta, strict=False)]  # fmt: skip
    units = {"z": of.passed.z, "a": of.passed.a[1:], "delta": of.passed.delta}
    return vectors | {name: [each * by for each in arrays] for name, arrays in units.items()} | {
        "samples": samples, "loss": of.passed.loss * by,
    }  # fmt: skip


QUANTITIES = [
    of_unit("z", 1, 2, 3), of_unit("a", 2, 0, 1), of_unit("delta", 1, 1, 0), Quantity("loss", sample=2),
    of_weight("contribution", 1, 1, 2, sample=3), of_weight("contribution", 2, -1, 0, sample=1),
    of_weight("mean", 1, 0, 2), of_weight("reduced", 2, -1, 0), of_weight("step", 1, 1, 1), of_weight("after", 2, 2, 0),
]  # fmt: skip


@pytest.mark.parametrize("q", QUANTITIES, ids=lambda q: q.kind)
def test_each_number_stands_beside_its_own(q: Quantity) -> None:
    of = record()
    right, double = (Yours(diagnose(of, **everything(of, by))).of(of, q) for by in (1.0, 2.0))
    assert right is not None
    assert double is not None
    assert right.right
    assert not double.right
    assert [right.value, double.value] == pytest.approx([value(of, q), 2 * value(of, q)])


def test_what_was_not_given_has_no_number() -> None:
    of = record()
    yours = Yours(diagnose(of, gradient={"W1": of.mean.weights[0]}))
    assert yours.of(of, of_weight("mean", 1, 0, 0)) is not None
    for q in (
        of_weight("mean", 2, 0, 0),
        of_weight("mean", 1, -1, 0),
        of_weight("sum", 1, 0, 0),
        of_unit("z", 1, 0, 0),
    ):
        assert yours.of(of, q) is None


def test_the_sum_stands_beside_the_sum() -> None:
    of = record()
    yours = Yours(diagnose(of, gradient={"sum": of.to_dict()["gradient"]["sum"]}))
    assert yours.of(of, of_weight("sum", 1, 0, 0)) is not None
    assert yours.of(of, of_weight("mean", 1, 0, 0)) is None


def test_under_a_penalty_the_gradient_is_what_the_optimizer_gets() -> None:
    of = record(l2=0.5)
    yours = Yours(diagnose(of, gradient=of.reduced))
    assert yours.of(of, of_weight("reduced", 1, 0, 0)) is not None
    assert yours.of(of, of_weight("mean", 1, 0, 0)) is None


def test_numbers_belong_to_their_update_alone() -> None:
    run = scenario().begin()
    first, second = run.record(1), run.record(2)
    yours = Yours(diagnose(first, gradient=first.mean))
    q = of_weight("mean", 1, 0, 0)
    assert yours.of(first, q) == yours.of(scenario().begin().record(1), q)
    assert yours.of(second, q) is None
    assert yours.of(scenario(learning_rate=0.25).begin().record(1), q) is None
    assert yours.of(scenario(reduction="sum").begin().record(1), q) is None


def test_the_place_is_where_the_first_quantity_differs_most() -> None:
    of = record()
    off = of.mean.weights[0].copy()
    off[1, 2] += 1
    yours = Yours(diagnose(of, gradient={"W1": off}))
    assert (yours.weight, yours.sample) == (Weight(1, 1, 2), None)
    delta = of.passed.delta[0].copy()
    delta[3, 1] += 1
    yours = Yours(diagnose(of, delta=[delta, of.passed.delta[1]]))
    assert (yours.weight, yours.sample) == (Weight(1, 0, 1), 3)
    yours = Yours(diagnose(of, gradient={"b1": of.mean.biases[0] + np.array([0, 1, 0])}))
    assert yours.weight == Weight(1, -1, 1)
    assert yours.words == "your numbers of update 1 first differ at b1"
    assert Yours(diagnose(of, gradient=of.mean)).words == "your numbers are right in update 1"
