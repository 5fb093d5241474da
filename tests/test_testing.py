"""``bptui.testing.check_gradients``: silent where all is right, else an AssertionError that holds the diagnosis."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bptui
from bptui.testing import check_gradients
from tests.diagnosis.cases import scenario


def gradients(weights: Any, biases: Any, x: Any, y: Any) -> Any:
    return with_slope(lambda a: 1 - a**2, weights, biases, x, y)


def with_slope(slope: Any, weights: Any, biases: Any, x: Any, y: Any) -> Any:
    hidden = np.tanh(x @ weights[0] + biases[0])
    out = 1 / (1 + np.exp(-(hidden @ weights[1] + biases[1])))
    delta = (out - y) * out * (1 - out)
    below = delta @ weights[1].T * slope(hidden)
    return [x.T @ below / len(x), hidden.T @ delta / len(x)], [below.mean(axis=0), delta.mean(axis=0)]


def wrong(*four: Any) -> Any:
    return with_slope(np.ones_like, *four)


def test_a_right_function_passes_on_any_scenario_and_update(tmp_path: Path) -> None:
    assert check_gradients(gradients).right
    assert check_gradients(gradients, "xor", update=7).record.number == 7
    assert check_gradients(gradients, scenario()).record.n == 4
    (tmp_path / "mine.toml").write_text(scenario().toml(), encoding="utf-8")
    assert check_gradients(gradients, str(tmp_path / "mine.toml")).right


def test_a_wrong_function_fails_with_the_diagnosis() -> None:
    with pytest.raises(AssertionError) as caught:
        check_gradients(wrong)
    words = str(caught.value)
    assert words.startswith("wrong\nCompared with update 1")
    assert "the first quantity that differs is W1" in words
    assert "δ1 = (δ2 W2ᵀ) · φ′, φ′ = 1 − a²" in words


@pytest.mark.parametrize(
    ("returned", "said"), [(None, "returns None"), ([1, 2], "cannot be compared: "), ("x", "cannot be compared: ")]
)
def test_what_is_no_gradient_fails_in_one_line(returned: Any, said: str) -> None:
    with pytest.raises(AssertionError) as caught:
        check_gradients(lambda *four: returned)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_the_function_raises_goes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        check_gradients(lambda *four: 1 / 0)


def test_a_function_may_write_into_its_arrays() -> None:
    def careless(weights: Any, biases: Any, x: Any, y: Any) -> Any:
        result = gradients(weights, biases, x, y)
        for array in (*weights, *biases, x, y):
            array[:] = 0
        return result

    assert check_gradients(careless).right
    assert check_gradients(careless).right


def test_a_dict_may_hold_more_than_gradients() -> None:
    def more(weights: Any, biases: Any, x: Any, y: Any) -> Any:
        dW, db = gradients(weights, biases, x, y)
        return {"dW1": dW[0], "db1": db[0], "a1": np.tanh(x @ weights[0] + biases[0])}

    assert set(check_gradients(more).parts) == {"a1", "W1", "b1"}


def test_the_library_has_the_door() -> None:
    record = bptui.Scenario.built_in("xor").begin().record(1)
    it = bptui.diagnose(record, gradient=record.mean)
    assert bptui.diagnose("xor", gradient=record.mean).right
    assert isinstance(it, bptui.Diagnosis)
    assert it.right
