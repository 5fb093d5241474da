"""What belongs to a loss beside its value and its slope."""

import numpy as np
import pytest

from bptui.engine import ACTIVATIONS, LOSSES


@pytest.mark.parametrize("name", LOSSES)
def test_an_answer_counts_as_right_when_it_is_off_by_less_than_a_tenth(name: str) -> None:
    """Off in the one output, or, where outputs add up to 1, in the probability of the right class."""
    loss = LOSSES[name]
    for off, right in ((0.09, True), (0.11, False)):
        a = np.array([[1.0 - off, off]] if loss.joined == "softmax" else [[1.0 - off]])
        y = np.eye(1, a.shape[1])
        z = np.log(a) if loss.joined == "softmax" else np.log(a / (1.0 - a))
        if loss.joined:
            check = np.empty_like(a)
            ACTIVATIONS[loss.joined].value(z, check)
            assert check == pytest.approx(a)
        assert bool(loss.value(z, a, y)[0] < loss.right_below) is right
