"""The forward-only pass: the numbers of a whole pass, for any number of samples, with room for nothing else."""

import numpy as np
import pytest

from bptui.engine import Architecture, Pass, forward
from bptui.engine.evaluate import CHUNK, evaluate, losses_of_pass, sample_losses
from bptui.engine.network import explicit

from .helpers import assert_close, random_case, run_pass

CASE = random_case(51, (3, 4, 2), hidden=("tanh",), head=("sigmoid", "half-squared-error"), bias="trained", n=11)
ARCHITECTURE = CASE.network.architecture
SATURATED = explicit(Architecture((1, 1), ("sigmoid",), "none"), [np.array([[-1000.0]])], [])


class TestForwardOnly:
    def test_fills_the_z_and_a_of_a_whole_pass(self) -> None:
        whole, forwards = CASE.passed(), Pass.forward_only(ARCHITECTURE, CASE.x)
        forward(CASE.network, forwards)
        assert [z.tolist() for z in forwards.z] == [z.tolist() for z in whole.z]
        assert [a.tolist() for a in forwards.a] == [a.tolist() for a in whole.a]

    def test_does_not_copy_the_inputs(self) -> None:
        assert Pass.forward_only(ARCHITECTURE, CASE.x).a[0] is CASE.x

    def test_has_no_room_for_what_comes_back(self) -> None:
        passed = Pass.forward_only(ARCHITECTURE, CASE.x)
        assert (passed.delta, passed.scratch, passed.loss.shape) == ((), (), (0,))


def test_losses_of_a_pass_are_those_of_the_whole_pass() -> None:
    passed = Pass.forward_only(ARCHITECTURE, CASE.x)
    assert losses_of_pass(CASE.network, CASE.loss, CASE.y, passed).tolist() == CASE.passed().loss.tolist()


@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 77])
def test_every_sample_is_seen_once_however_many_there_are(count: int) -> None:
    case = random_case(9, (3, 4, 2), hidden=("relu",), head=("softmax", "cross-entropy"), bias="trained", n=count)
    whole = run_pass(case.network, case.loss, case.x, case.y)
    assert_close(sample_losses(case.network, case.loss, case.x, case.y), whole.loss)
    chunks = [(part, out.copy()) for part, _, out in evaluate(case.network, case.loss, case.x, case.y)]
    assert max(len(outputs) for _, outputs in chunks) <= CHUNK
    assert_close(np.concatenate([outputs for _, outputs in chunks]), whole.a[-1])
    assert [row for part, _ in chunks for row in range(count)[part]] == list(range(count))


def test_an_overflow_that_does_no_harm_is_passed_over_in_silence() -> None:
    """e^1000 is on the way to a = 0; a warning would fail this test."""
    one = np.ones((1, 1))
    assert sample_losses(SATURATED, "binary-cross-entropy", one, one).tolist() == [1000.0]
