"""Weights go out and come in bit for bit; what is no file of weights, or of another network's, is one plain line."""

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.engine.network import Architecture, Network
from bptui.scenario import Scenario, ScenarioError
from bptui.scenario.weights import read_json, read_npz, save, started_from

SHAPE = {"W1": (2, 3), "b1": (3,), "W2": (3, 1), "b2": (1,)}


def packed(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)  # objects are pickled unless it is forbidden
    return path


def good() -> dict[str, Any]:
    return {name: np.full(shape, 0.5) for name, shape in SHAPE.items()}


def refusal(path: Path, scenario: Scenario | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        started_from(scenario or Scenario.built_in("xor"), path)
    line = str(caught.value)
    assert line.isprintable()
    assert str(path) in line
    return line.replace(str(path), "FILE")


@pytest.mark.parametrize("end", [".npz", ".json", ".NPZ"])
@pytest.mark.parametrize("name", ["xor", "trask", "mazur", "iris"])
def test_trained_weights_are_the_start_of_another_run(name: str, end: str, tmp_path: Path) -> None:
    scenario = Scenario.built_in(name)
    trained = scenario.begin().record(3).after
    path = tmp_path / f"w{end}"
    save(path, trained)
    assert started_from(scenario, path).begin().start.flat.tobytes() == trained.flat.tobytes()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=9, max_size=9))
def test_any_finite_number_comes_back(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    network = Network(Architecture((2, 2, 1), ("tanh", "identity")), np.array(values))
    folder = tmp_path_factory.mktemp("w")
    for path, reader in ((folder / "w.npz", read_npz), (folder / "w.json", read_json)):
        if path.suffix == ".json" and max(map(abs, values)) > 1e300:
            continue  # as in a scenario
        save(path, network)
        weights, biases = reader(path)
        assert repr(weights) == repr([w.tolist() for w in network.weights])
        assert repr(biases) == repr([b.tolist() for b in network.biases])


def test_arrays_of_other_kinds_and_orders_are_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "w.npz", W1=np.asfortranarray([[1, 2, 3], [4, 5, 6]], np.float32), W2=[[7], [8], [9]])
    assert read_npz(path) == ([[[1, 2, 3], [4, 5, 6]], [[7], [8], [9]]], [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"W1": np.ones((3, 2)), "W2": np.ones((1, 3))}, "weights of a network 3-2-3, this one is 2-3-1"),
        ({"W1": np.ones((2, 4)), "b1": np.ones(4), "W2": np.ones((4, 1))}, "this one is 2-3-1; add --layers 2-4-1"),
        ({"W2": np.ones((4, 1))}, "the weights of layer 2 are not 3 × 1"),
        ({"b1": np.ones(2)}, "[2, 1] biases, expected [3, 1]"),
        ({"W1": np.full((2, 3), np.nan)}, "W1: expected i × o finite numbers"),
        ({"W1": np.ones(6)}, "W1: expected i × o finite numbers"),
        ({"W1": np.ones((0, 3))}, "W1: expected i × o finite numbers"),
        ({"W1": np.array([["a", "b"]])}, "W1: expected an array of numbers"),
        ({"W1": np.array([[{}, 1]], dtype=object)}, "W1: expected an array of numbers"),
        ({"weights": np.ones(2)}, "expected the arrays W1, b1, W2, b2 …; it has 'weights'"),
        ({"W4": np.ones((1, 1))}, "expected the arrays W1, b1, W2, b2 …"),
        ({"x\x1b[31m": np.ones(2)}, "expected the arrays"),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit_are_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    assert said in refusal(packed(tmp_path / "w.npz", **(good() | change)))


def test_biases_for_a_network_without_any_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "w.npz", W1=np.ones((3, 4)), b1=np.ones(4), W2=np.ones((4, 1)), b2=np.ones(1))
    assert "biases for a network without any" in refusal(path, Scenario.built_in("trask"))


class Evil:
    def __reduce__(self) -> Any:
        return (Path.touch, (Path("ran"),))


def test_nothing_in_a_file_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "|O", "fortran_order": False, "shape": (1, 1)})
    with zipfile.ZipFile("w.npz", "w") as file:
        file.writestr("W1.npy", head.getvalue() + pickle.dumps([Evil()]))
    assert "expected an array of numbers" in refusal(Path("w.npz"))
    assert not Path("ran").exists()


def test_a_header_is_believed_no_further_than_the_bytes_go(tmp_path: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**9)})
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("W1.npy", head.getvalue() + b"\0" * 80)
    assert "W1: cut off" in refusal(path)


def test_a_small_file_of_a_lot_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("W1.npy", b"\0" * 60_000_000)
    assert path.stat().st_size < 100_000
    assert "more than 5000000 numbers" in refusal(path)


@given(st.data())
def test_a_damaged_file_is_refused_or_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("w")
    for path in (packed(folder / "w.npz", **good()), folder / "w.json"):
        if path.suffix == ".json":
            save(path, Scenario.built_in("xor").begin().start)
        body = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(body[: data.draw(st.integers(0, len(body)))] if data.draw(st.booleans()) else body)
        assert is_read_or_refused(path)


def is_read_or_refused(path: Path) -> bool:
    try:
        started_from(Scenario.built_in("xor"), path)
    except ScenarioError as problem:
        return str(path) in str(problem)
    return True


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "FILE: empty"),
        ("[", "FILE:1: no JSON"),
        ("[1]", "expected {"),
        ('{"weights": []}', "expected {"),
        ('{"weights": [[[NaN, 1, 1], [1, 1, 1]], [[1], [1], [1]]]}', "NaN is not a finite number"),
        ('{"weights": [[[1e999, 1, 1], [1, 1, 1]], [[1], [1], [1]]]}', "weights: item 0: item 0: item 0: expected"),
        ('{"weights": [[["1", 1, 1], [1, 1, 1]], [[1], [1], [1]]]}', "got '1'"),
        ('{"weights": [[[1, 1, 1], [1, 1]], [[1], [1], [1]]]}', "the weights of layer 1 are not 2 × 3"),
        ('{"weights": [[[1, 1], [1, 1], [1, 1]], [[1, 1, 1]]]}', "weights of a network 3-2-3"),
        ('{"weights": 5, "biases": 5}', "weights: expected a list"),
        ('{"weights": [[[1]]], "bias": []}', "unknown key 'bias'; did you mean 'biases'?"),
        ('{"weights": [[[1' + "1" * 5000 + "]]]}", "FILE: "),
        ("[" * 100_000, "nested too deeply"),
    ],
)  # fmt: skip
def test_json_that_does_not_fit_is_named(tmp_path: Path, body: str, said: str) -> None:
    path = tmp_path / "w.json"
    path.write_text(body, encoding="utf-8")
    assert said in refusal(path)


@pytest.mark.parametrize("name", ["w.pt", "w.pkl", "w", "w.csv"])
def test_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path / name)
    assert "weights are in a .npz or .json file" in said
    assert ("can run code" in said) == (name in ("w.pt", "w.pkl"))


@pytest.mark.parametrize("name", ["gone.npz", "gone.json"])
def test_what_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path / name) == "FILE: no such file"


def test_the_json_is_what_a_scenario_says(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    save(path, Scenario.built_in("mazur").begin().start)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        key: Scenario.built_in("mazur").document()["network"][key] for key in ("weights", "biases")
    }
