"""For tests of a back-propagation: three lines in an autograder (pytest, nbgrader, otter).

from bptui.testing import check_gradients

def test_gradients():
    check_gradients(my_gradients)
"""

from collections.abc import Callable
from typing import Any

from bptui.data.dataset import DataError
from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.child import Unusable, of_function
from bptui.diagnosis.diagnosis import of_document, scenario_called
from bptui.scenario.scenario import Scenario

__all__ = ["check_gradients"]


def check_gradients(function: Callable[..., Any], on: Scenario | str = "xor", *, update: int = 1) -> Diagnosis:
    """Call ``function(weights, biases, x, y)`` on an update of a scenario, or of the built-in set or the scenario file
    of this name, and compare what it returns with the record.

    ``weights[l]`` (i × o), ``biases[l]`` (o,), ``x`` (n × i) and ``y`` (n × o) are numpy arrays of its own. It returns
    the gradients of each layer, reduced as the scenario says (the built-in "xor": the mean over its four samples): two
    lists dW and db, or any other form :func:`bptui.diagnose` takes; in a dict there may be more than gradients.

    Raises AssertionError with the whole diagnosis where something differs, and where what it returns cannot be read.
    What the function raises itself goes through.
    """
    record = scenario_called(on).begin().record(update)
    weights, biases = ([array.copy() for array in arrays] for arrays in (record.before.weights, record.before.biases))
    given = [weights, biases, record.passed.a[0].copy(), record.targets.copy(), record.learning_rate]
    name = getattr(function, "__name__", "the function")
    try:
        it = of_document(record, of_function(function, name, "gradient", given), as_given=True)
    except Unusable as problem:
        raise AssertionError(str(problem)) from None
    except DataError as problem:
        raise AssertionError(f"what {name} returns cannot be compared: {problem}") from None
    if not it.right:
        raise AssertionError(f"{name}\n{it}")
    return it
