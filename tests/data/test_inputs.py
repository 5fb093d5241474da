"""Inputs are scaled as the training samples need it, and gathered from whatever they are stored in."""

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.cli import main
from bptui.data import Dataset
from bptui.data.inputs import Inputs
from bptui.scenario import Scenario, ScenarioError

RNG = np.random.default_rng(4)
X = np.column_stack([RNG.normal(1000, 50, 40), RNG.uniform(0, 1, 40), np.full(40, 0.1)])
Y = (np.arange(40) % 2)[:, None].astype(np.float64)
TRAIN, TEST = np.arange(30), np.arange(30, 40)


def data(x: np.ndarray = X) -> Dataset:
    return Dataset("own", x.copy(), Y.copy(), ("no", "yes"))


def test_standard_makes_mean_0_and_deviation_1_of_the_training_samples_alone() -> None:
    it = data().scaled(TRAIN, "standard")
    train, test = it.inputs(TRAIN)[:], it.inputs(TEST)[:]
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(train[:, :2].std(axis=0), 1)
    assert abs(test[:, 0].mean()) > 1e-3, "test samples are scaled by what the training samples need"
    np.testing.assert_allclose(test[:, 1], (X[TEST, 1] - X[TRAIN, 1].mean()) / X[TRAIN, 1].std())


def test_minmax_brings_the_training_samples_to_0_and_1() -> None:
    train = data().scaled(TRAIN, "minmax").inputs(TRAIN)[:]
    np.testing.assert_allclose((train[:, :2].min(axis=0), train[:, :2].max(axis=0)), ([0, 0], [1, 1]), atol=1e-12)


@pytest.mark.parametrize("how", ["standard", "minmax"])
def test_a_column_that_never_changes_is_0(how: Any) -> None:
    assert not data().scaled(TRAIN, how).inputs(np.arange(40))[:, 2].any()


def test_a_number_divides_and_none_leaves_inputs_as_they_are() -> None:
    np.testing.assert_allclose(data().scaled(TRAIN, 255.0).inputs(TRAIN)[:], X[TRAIN] / 255)
    it = data().scaled(TRAIN, "none")
    assert it.scaling is None
    assert np.array_equal(it.inputs(TRAIN)[:], X[TRAIN])


@pytest.mark.parametrize("how", ["standard", "minmax", 16.0])
def test_scaling_can_be_undone(how: Any) -> None:
    it = data().scaled(TRAIN, how)
    assert it.scaling is not None
    np.testing.assert_allclose(it.scaling.undone(it.given(X)), X, rtol=1e-12)


def test_what_is_gathered_for_a_batch_is_what_an_array_would_give() -> None:
    x = RNG.integers(0, 256, (40, 3)).astype(np.uint8)
    stored, plain = data(x).scaled(TRAIN, "standard"), data(x.astype(np.float64)).scaled(TRAIN, "standard")
    gathered, array = stored.inputs(TRAIN), plain.inputs(TRAIN)
    assert isinstance(gathered, Inputs)
    assert isinstance(array, np.ndarray)
    assert gathered.shape == array.shape
    places = [3, 0, 3, 29]
    out = np.empty((4, 3))
    gathered.take(places, axis=0, out=out, mode="clip")
    assert out.tobytes() == array[places].tobytes() == gathered[places].tobytes()
    assert gathered[4:9].tobytes() == array[4:9].tobytes()


TABLE = "Id,size,colour,kind\n" + "".join(
    f"{k},{k * 37 % 500},{'rg'[k % 2]},{('?', 'x', 'y')[0 if k == 7 else 1 + k % 2]}\n" for k in range(40)
)
WISHES = ("--drop", "Id", "--target", "kind", "--missing", "drop", "--scale", "standard", "--image", "none")


def saved(folder: Path, *words: str) -> Scenario:
    """What ``bptui save-scenario`` writes, read again."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert main(["save-scenario", *words]) == 0
    path = folder / "saved.toml"
    path.write_text(printed.getvalue(), encoding="utf-8")
    return Scenario.read(path, anywhere=True)


def test_a_saved_scenario_reads_its_file_the_same_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("mine.csv", "more.csv"):
        Path(name).write_text(TABLE, encoding="utf-8")
    it = saved(tmp_path, "mine.csv", *WISHES, "--test", "more.csv")
    section = it.document(folder=tmp_path)["data"]
    assert section == {
        "file": "mine.csv", "target": "kind", "drop": "Id", "missing": "drop", "image": "none", "test": "more.csv",
        "scale": "standard",
    }  # fmt: skip
    first = Scenario.of_data("mine.csv", said={"drop": ("Id",), "missing": "drop", "test": "more.csv"})
    assert it.dataset().x.tolist() == first.dataset().x.tolist()
    assert it.begin().problem.split.test.tolist() == list(range(39, 78))


def test_test_samples_of_their_own_leave_no_room_for_a_share(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(
        'format_version = 1\n[data]\nfile = "mine.csv"\ntest = "mine.csv"\nmissing = "drop"\ntest_fraction = 0.2\n'
        '[network]\nlayers = [4, 2]\n[training]\nloss = "cross-entropy"\n', encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(ScenarioError, match="has its own 39 test samples; leave test_fraction out"):
        Scenario.read(path).begin()
    path.write_text(path.read_text(encoding="utf-8").replace('"mine.csv"\nmissing', '"../mine.csv"\nmissing'), "utf-8")
    with pytest.raises(ScenarioError, match=r"data\.test: '\.\./mine\.csv' is outside"):
        Scenario.read(path)


def test_trace_prints_inputs_as_the_file_has_them_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,c\n100,2,0.5\n300,4,1.5\n", encoding="utf-8")
    assert main(["trace", str(path), "--format", "text", "--scale", "minmax", "--order", "fixed"]) == 0
    out = capsys.readouterr().out
    assert "x = 1 1, target 1.5\n    before it was scaled: 300 4\n" in out
    assert main(["trace", str(path), "--format", "text"]) == 0
    assert "before it was scaled" not in capsys.readouterr().out
