"""A scenario from arrays: what y means, what is chosen where nothing is said, and what is refused in one sentence."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui import Scenario, ScenarioError
from bptui.data.files import read_data

X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
XOR = [0, 1, 1, 0]


def refusal(x: Any, y: Any, layers: Any = None, **settings: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_arrays(x, y, layers, **settings).begin()
    line = str(caught.value)
    assert line.isprintable()
    return line.removeprefix("arrays: ")


def test_whole_numbers_are_classes_with_a_column_each() -> None:
    data = Scenario.from_arrays(X, XOR).dataset()
    assert data.classes == ("0", "1")
    assert data.y.tolist() == [[1, 0], [0, 1], [0, 1], [1, 0]]
    assert data.x.dtype.name == data.y.dtype.name == "float64"


def test_words_are_classes_in_their_sorted_order() -> None:
    data = Scenario.from_arrays(X, ["plum", "fig", "plum", "apple"]).dataset()
    assert data.classes == ("apple", "fig", "plum")
    assert data.y.argmax(axis=1).tolist() == [2, 1, 2, 0]
    assert Scenario.from_arrays(X, np.array(["b", "a", "b", "a"], dtype=object)).dataset().classes == ("a", "b")
    assert Scenario.from_arrays(X, [True, False, True, True]).dataset().classes == ("False", "True")


@pytest.mark.parametrize("y", [[0.5, 1.0, 2.0, 3.0], [[0], [1], [1], [0]]])
def test_floats_and_tables_are_targets(y: Any) -> None:
    scenario = Scenario.from_arrays(X, y)
    assert scenario.dataset().classes == ()
    assert scenario.dataset().y.shape == (4, 1)
    assert scenario.settings.rules.loss == "half-squared-error"
    assert scenario.network.activations == ("tanh", "identity")


def test_a_network_that_fits_is_chosen() -> None:
    scenario = Scenario.from_arrays(X, [0, 1, 2, 0])
    assert scenario.network.layers == (2, 8, 3)
    assert scenario.network.activations == ("tanh", "softmax")
    assert (scenario.settings.rules.loss, scenario.settings.batch_size) == ("cross-entropy", 10)
    assert scenario.begin().record(1).n == 4


def test_two_classes_may_share_one_output() -> None:
    run = Scenario.from_arrays(X, XOR, layers=[2, 3, 1]).begin()
    assert run.record(1).targets.shape == (4, 1)
    assert run.settings_at(1).rules.loss == "binary-cross-entropy"
    assert run.start.architecture.activations[-1] == "sigmoid"


def test_every_kind_of_setting_is_taken_as_a_file_would_have_it() -> None:
    start = [np.array([[0.25], [0.5]])]
    scenario = Scenario.from_arrays(
        np.array(X, dtype=np.float32), np.array(XOR), (np.int64(2), 1), weights=start, biases=[np.zeros(1)],
        learning_rate=np.float64(0.5), optimizer="adam", batch_size="all", order="fixed", seed=3, name="mine",
    )  # fmt: skip
    run = scenario.begin()
    assert run.start.weights[0].tolist() == [[0.25], [0.5]]
    rules = scenario.settings.rules
    assert (rules.learning_rate, rules.optimizer.name, scenario.settings.batch_size) == (0.5, "adam", None)
    assert (scenario.settings.order, scenario.data.seed, scenario.title) == ("fixed", 3, "mine")


def test_it_trains_as_the_file_with_the_same_numbers(tmp_path: Path) -> None:
    file = tmp_path / "same.toml"
    file.write_text(
        f"format_version = 1\n[data]\nx = {X}\nlabels = {XOR}\norder = 'shuffle'\n[network]\nlayers = [2, 3, 2]\n"
        '[training]\nloss = "cross-entropy"\nbatch_size = 2\n',
        encoding="utf-8",
    )
    ours = Scenario.from_arrays(X, XOR, layers=[2, 3, 2], batch_size=2).begin().record(7)
    assert ours.after.flat.tolist() == Scenario.read(file).begin().record(7).after.flat.tolist()


def test_the_arrays_are_copied_and_stay_writable() -> None:
    x, y = np.array(X), np.array([[0.0], [1.0], [1.0], [0.0]])
    scenario = Scenario.from_arrays(x, y)
    x[0, 0], y[0, 0] = 9.0, 9.0
    assert scenario.dataset().x[0, 0] == scenario.dataset().y[0, 0] == 0.0


@pytest.mark.parametrize(
    ("x", "y", "more", "words"),
    [
        (X, [0, 1], {}, "4 inputs and 2 targets"),
        (X, XOR, {"layers": [3, 2]}, "arrays has 2 features, the network expects 3"),
        (X, XOR, {"layers": [2, 5]}, "2 target columns for its 2 classes, the network gives 5"),
        (X, XOR, {"layers": 2}, "network.layers: expected a list of 2 to 20 items, got 2"),
        (X, XOR, {"layers": [2]}, "network.layers: expected a list of 2 to 20 items"),
        (X, XOR, {"learningrate": 1}, "unknown setting 'learningrate'; here it is learning_rate"),
        (X, XOR, {"file": "a.csv"}, "unknown setting 'file'; here it is Scenario.of_data(path)"),
        (X, XOR, {"lr": 1}, "unknown setting 'lr'; here it is learning_rate"),
        (X, XOR, {"random_state": 1}, "unknown setting 'random_state'; here it is seed"),
        (X, XOR, {"Batch-Size": 1}, "unknown setting 'Batch-Size'; here it is batch_size"),
        (X, XOR, {"hidden": [8]}, "unknown setting 'hidden'; here it is the argument layers"),
        (X, XOR, {"labels": [8]}, "unknown setting 'labels'; here it is the argument y"),
        (X, XOR, {"epochs": 5}, "unknown setting 'epochs'; how long to train is no part of a scenario"),
        (X, XOR, {"learning_rate": -1}, "training.learning_rate: expected a number of 0 or more, got -1"),
        (X, XOR, {"momentum": 0.5}, "training.momentum: used by optimizer momentum and nesterov only"),
        (X, XOR, {"loss": "half-squared-eror"}, "did you mean 'half-squared-error'?"),
        (X, XOR, {"batch_size": 0}, "training.batch_size: expected a whole number from 1"),
        ([[1.0, float("nan")]], [1.0], {}, "x[0][1] is not a finite number"),
        (X, [0.0, 1.0, float("inf"), 0.0], {}, "targets[2][0] is not a finite number"),
        ([[1.0], [1.0, 2.0]], [0, 1], {}, "x: not a table of numbers, rows of the same length"),
        ([["a"], ["b"]], [0, 1], {}, "x: not a table of numbers"),
        (np.zeros((4, 2, 2)), XOR, {}, "x: 1 or 2 dimensions expected, got shape (4, 2, 2); reshape pictures"),
        (5.0, XOR, {}, "x: 1 or 2 dimensions expected, got shape (); one row per sample"),
        ([], XOR, {}, "x: nothing in it"),
        (X, np.array([], dtype=int), {}, "y: nothing in it"),
        (X, np.array([1, "a", None, 2], dtype=object), {}, "y: labels of several kinds"),
        (np.zeros(1001), np.arange(1001), {}, "y: 1001 different labels; targets that are no classes are floats"),
        (np.ones((2, 2), dtype=complex), [0, 1], {}, "x: not a table of numbers"),
        (X, 3, {}, "y: 1 or 2 dimensions expected"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(x: Any, y: Any, more: dict[str, Any], words: str) -> None:
    assert words in refusal(x, y, **more)


def test_a_path_may_be_a_text(tmp_path: Path) -> None:
    table, scenario = tmp_path / "mine.csv", tmp_path / "mine.toml"
    table.write_text("a,b,y\n1,2,3\n4,5,6\n", encoding="utf-8")
    scenario.write_text('format_version = 1\n[data]\nfile = "mine.csv"\n[network]\nlayers = [2, 1]\n', encoding="utf-8")
    assert read_data(str(table)).x.tolist() == [[1, 2], [4, 5]]
    assert Scenario.of_data(str(table)).title == "mine"
    assert Scenario.of_file(str(table)).title == Scenario.of_file(str(scenario)).title == "mine"
    assert Scenario.read(str(scenario)).begin().problem.count == 2


def test_a_name_that_a_terminal_would_obey_is_cleaned() -> None:
    assert Scenario.from_arrays(X, XOR, name="a\x1b[2Jb").origin.isprintable()
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_arrays(X, XOR, [2], name="a\x1b[2Jb")
    assert str(caught.value).isprintable()
