"""A hidden number cannot be read from the record by any way; the others are what they were."""

import numpy as np
import pytest

from bptui.engine.weight import Weight
from bptui.explain import value
from bptui.explain.quantity import Kind, Quantity, of_unit, of_weight
from bptui.session.veil import veiled
from bptui.training.record import UpdateRecord
from tests.scenes import session

LAST = 3


def record(name: str = "xor") -> UpdateRecord:
    it = session(name)
    it.run.extend_to(2)
    return it.run.record(2)


ASKED = (
    of_unit("a", 2, 0, 1),
    of_unit("delta", 1, 2, 1),
    of_weight("contribution", 2, 0, 0, 1),
    *(of_weight(kind, 2, 1, 0) for kind in ("sum", "mean", "step", "after")),
)
LATER: tuple[Kind, ...] = ("sum", "mean", "step", "after")


@pytest.mark.parametrize("q", ASKED, ids=lambda q: q.kind)
def test_the_number_and_what_is_made_of_it_is_not_there(q: Quantity) -> None:
    it = veiled(record(), q)
    assert np.isnan(value(it, q))
    after = LATER[LATER.index(q.kind) :] if q.kind in LATER else LATER if q.kind == "contribution" else ()
    for kind in after:
        assert np.isnan(value(it, of_weight(kind, 2, 1, 0)))
    assert not np.isnan(value(record(), q))


@pytest.mark.parametrize("q", ASKED, ids=lambda q: q.kind)
def test_what_comes_before_it_is_as_it_was(q: Quantity) -> None:
    true, it = record(), veiled(record(), q)
    assert it.before is true.before
    if q.kind in LATER:
        assert np.array_equal(it.contributions(Weight(2, 1, 0)), true.contributions(Weight(2, 1, 0)))
        for kind in LATER[: LATER.index(q.kind)]:
            assert value(it, of_weight(kind, 2, 1, 0)) == value(true, of_weight(kind, 2, 1, 0))
    if q.kind != "a":
        assert all(np.array_equal(a, b) for a, b in zip(it.passed.a, true.passed.a, strict=True))


def test_one_samples_contribution_is_hidden_in_its_sums_norms_and_gradients_and_no_others() -> None:
    true, it = record(), veiled(record(), of_weight("contribution", 2, 0, 0, 1))
    weight = Weight(1, 0, 1)
    assert list(np.isnan(it.contributions(weight))) == [False, True, False, False]
    assert list(np.isnan(it.running(weight))) == [False, True, True, True]
    assert list(np.isnan(it.gradient_norms)) == [False, True, False, False]
    assert np.isnan(it.gradient(1).flat).all()
    assert np.array_equal(it.gradient(2).flat, true.gradient(2).flat)
    assert np.array_equal(it.passed.delta[0], true.passed.delta[0])


def test_an_answer_is_hidden_with_its_z_its_error_and_the_other_answers_of_its_sample() -> None:
    it = veiled(record("iris"), of_unit("a", 2, 1, 1))
    for array in (it.passed.a[2], it.passed.z[1], it.errors):
        assert np.isnan(array[1]).all()
        assert not np.isnan(array[[0, 2]]).any()


def test_the_arrays_of_a_veiled_record_are_read_only() -> None:
    it = veiled(record(), of_unit("delta", 1, 2, 1))
    with pytest.raises(ValueError, match="read-only"):
        it.passed.delta[0][0, 0] = 1.0
