"""Files of numbers: every form people have them in is read, and what is no such thing is one plain line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.data.dataset import DataError
from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.diagnosis import of_document
from bptui.diagnosis.reading import document_in
from bptui.training.record import UpdateRecord

from .cases import as_json, gradient, printed, record


def read(tmp_path: Path, text: str, of: UpdateRecord, name: str = "mine.json") -> Diagnosis:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return of_document(of, document_in(path))


def names(it: Diagnosis) -> set[str]:
    return set(it.parts)


GRADIENT = {"W1", "b1", "W2", "b2"}


def test_an_update_as_trace_writes_it_is_right_in_every_part(tmp_path: Path) -> None:
    of = record()
    it = read(tmp_path, json.dumps(of.to_dict(per_sample=True)), of)
    assert it.right
    assert names(it) == {
        *GRADIENT, "z1", "a1", "z2", "a2", "loss", "delta1", "delta2",
        *(f"{kind}_{name}" for kind in ("samples", "step", "after") for name in GRADIENT),
    }  # fmt: skip


def test_an_update_of_several_ranks_is_right_as_trace_writes_it_and_the_mean_of_their_means_is_named(
    tmp_path: Path,
) -> None:
    of = record(ranks=[3, 1])
    written = of.to_dict(per_sample=True)
    assert read(tmp_path, json.dumps(written), of).right
    wrong = read(tmp_path, json.dumps({"gradient": written["mean_of_ranks_means"]}), of)
    assert wrong.fits == (("mean-of-means",),)


def test_the_arrays_of_a_record_in_an_npz_file_are_right_in_every_part(tmp_path: Path) -> None:
    of = record()
    path = tmp_path / "mine.npz"
    np.savez(path, **of.to_numpy())  # type: ignore[arg-type]
    it = of_document(of, document_in(path))
    assert it.right
    assert {"W1", "step_b2", "after_W1", "z2", "delta1", "loss"} <= names(it)


def forms(of: UpdateRecord) -> dict[str, Any]:
    g = {name: value.tolist() for name, value in gradient(of).items()}
    return {
        "W1": g,
        "dW1": {f"d{name}": value for name, value in g.items()},
        "W1_grad": {f"{name}_grad": value for name, value in g.items()},
        "grad": {"grad": g},
        "layers": {"gradient": [{"weights": g[f"W{k}"], "biases": g[f"b{k}"]} for k in (1, 2)]},
        "mean": {"gradient": {"mean": [{"W": g[f"W{k}"], "b": g[f"b{k}"]} for k in (1, 2)]}},
        "lists": {"gradient": {"weights": [g["W1"], g["W2"]], "biases": [g["b1"], g["b2"]]}},
        "two lists": {"gradients": [[g["W1"], g["W2"]], [g["b1"], g["b2"]]]},
        "one list": {"gradients": [g["W1"], g["b1"], g["W2"], g["b2"]]},
        "pairs": {"gradients": [[g["W1"], g["b1"]], [g["W2"], g["b2"]]]},
        "pytorch": {
            "fc1.weight.grad": np.transpose(g["W1"]).tolist(), "fc1.bias.grad": g["b1"],
            "fc2.weight.grad": np.transpose(g["W2"]).tolist(), "fc2.bias.grad": g["b2"],
        },
        "sequential": {
            "gradient": {
                "0.weight": np.transpose(g["W1"]).tolist(), "0.bias": g["b1"],
                "2.weight": np.transpose(g["W2"]).tolist(), "2.bias": g["b2"],
            }
        },
        "bias first": {f"dW{k}": [g[f"b{k}"], *g[f"W{k}"]] for k in (1, 2)},
        "bias last": {f"dW{k}": [*g[f"W{k}"], g[f"b{k}"]] for k in (1, 2)},
        "bias first, turned": {f"dW{k}": np.transpose([g[f"b{k}"], *g[f"W{k}"]]).tolist() for k in (1, 2)},
        "bias last, turned": {f"dW{k}": np.transpose([*g[f"W{k}"], g[f"b{k}"]]).tolist() for k in (1, 2)},
        "columns": {
            **{name: np.transpose(value).tolist() for name, value in g.items() if name[0] == "W"},
            **{name: np.transpose([value]).tolist() for name, value in g.items() if name[0] == "b"},
        },
        "one layer": {"dW2": g["W2"]},
    }  # fmt: skip


@pytest.mark.parametrize("form", forms(record()))
@pytest.mark.parametrize("layers", [(2, 3, 1), (2, 2, 2)], ids=str)
def test_every_form_of_a_true_gradient_is_right(tmp_path: Path, form: str, layers: tuple[int, ...]) -> None:
    of = record(layers)
    it = read(tmp_path, json.dumps(forms(of)[form]), of)
    assert it.right
    assert names(it) == ({"W2"} if form == "one layer" else GRADIENT)


@pytest.mark.parametrize(
    ("form", "taken"),
    [
        ("dW1", "W[i][o]"),
        ("columns", "W[o][i]"),
        ("bias first", "W[i][o], the bias as its first row"),
        ("bias last, turned", "W[o][i], the bias as its last column"),
    ],
)
def test_the_answer_says_how_the_arrays_were_taken(tmp_path: Path, form: str, taken: str) -> None:
    of = record((2, 2, 2))
    assert read(tmp_path, json.dumps(forms(of)[form]), of).taken[0] == taken


def test_weights_alone_are_told_from_gradients_by_their_numbers(tmp_path: Path) -> None:
    of = record()
    after = {f"W{k}": of.after.weights[k - 1].tolist() for k in (1, 2)}
    it = read(tmp_path, json.dumps(after), of)
    assert it.right
    assert names(it) == {"after_W1", "after_W2"}
    assert "W and b as the weights after the update" in it.taken


def test_the_weights_before_the_update_beside_their_gradients_are_seen_to_be_these(tmp_path: Path) -> None:
    of = record()
    names = {f"W{k}": of.before.weights[k - 1].tolist() for k in (1, 2)}
    g = {f"d{name}": value.tolist() for name, value in gradient(of).items()}
    it = read(tmp_path, json.dumps(names | g), of)
    assert it.right
    assert set(it.parts) == GRADIENT
    assert "W and b as the weights before the update" in it.taken
    assert read(tmp_path, json.dumps(names), of).first == "after_W2"  # alone they are weights that never changed


def test_other_weights_before_the_update_are_told_first(tmp_path: Path) -> None:
    of = record()
    start = of.to_dict()["before"]
    start[1]["weights"][0][0] += 0.5
    it = read(tmp_path, json.dumps({"before": start, "gradient": of.to_dict()["gradient"]}), of)
    assert it.notes[0].startswith("your W2 before the update are not the scenario's")
    same = {"before": of.to_dict()["before"], "gradient": {"mean": of.to_dict()["gradient"]["mean"]}}
    assert read(tmp_path, json.dumps(same), of).notes == ()


def test_samples_may_stand_as_columns_and_in_the_order_of_the_data(tmp_path: Path) -> None:
    of = record((2, 4, 1))
    turned = {"delta1": of.passed.delta[0].T.tolist(), "a1": of.passed.a[1].T.tolist()}
    assert read(tmp_path, json.dumps(turned), of).right
    from bptui.scenario import Scenario

    shuffled = Scenario.built_in("xor").begin().record(1)
    back = np.argsort(shuffled.indices)
    assert list(back) != sorted(back)
    it = read(tmp_path, json.dumps({"delta1": shuffled.passed.delta[0][back].tolist()}), shuffled)
    assert it.right
    assert "samples in the order of the data" in it.taken


@pytest.mark.parametrize("digits", [3, 4, 8])
def test_printed_digits_are_respected(tmp_path: Path, digits: int) -> None:
    of = record()
    it = read(tmp_path, as_json({k: printed(v, digits) for k, v in gradient(of).items()}), of)
    assert {part["state"] for part in it.parts.values()} == {"exact"}
    off = gradient(of)
    off["W1"][0, 0] += 1.2 * 10.0**-digits
    it = read(tmp_path, as_json({k: printed(v, digits) for k, v in off.items()}), of)
    assert it.parts["W1"]["state"] in ("close", "different")


def test_toml_is_read_with_its_digits(tmp_path: Path) -> None:
    of = record()
    text = "\n".join(f"d{name} = {as_json(printed(value))}" for name, value in gradient(of).items())
    assert read(tmp_path, text, of, "mine.toml").right


def test_numbers_that_were_rounded_in_the_program_are_right_too() -> None:
    of = record()
    assert of_document(of, {"gradient": {name: value.round(5) for name, value in gradient(of).items()}}).right


def test_the_sum_is_right_where_it_is_called_so(tmp_path: Path) -> None:
    of = record()
    it = read(tmp_path, json.dumps({"gradient": {"sum": of.to_dict()["gradient"]["sum"]}}), of)
    assert it.right


W1 = "[[1, 2, 3], [4, 5, 6]]"
REFUSED = [
    ("{", "mine.json:1: no JSON"),
    ('{"dW1": 1} {"dW1": 2}', "one object only"),
    ("[]", "expected names"),
    ("{}", "no quantity to compare"),
    ('{"x": [1, 2]}', "no quantity to compare"),
    ('{"dW1": NaN}', "NaN, not a finite number"),
    ('{"dW1": 1e999}', "not a finite number"),
    ('{"dW1": 1e300}', "dW1: a number larger than 1e+150"),
    ('{"dW1": [[1, 2, 3], [4, 5]]}', "dW1: rows of different lengths (2, 3)"),
    ('{"dW1": [[1, 2, 3], [4, 5, "6"]]}', "dW1[1][2]: a text, where a number is expected"),
    ('{"dW1": [[1, 2, 3], [4, 5, null]]}', "dW1[1][2]: null"),
    ('{"dW1": [[1, 2, 3], [4, 5, true]]}', "dW1[1][2]: a bool"),
    ('{"dW1": []}', "dW1: nothing in it"),
    ('{"dW1": [1, 2, 3, 4]}', "dW1: its shape is 4, expected 2 × 3 or 3 × 2"),
    (f'{{"dW3": {W1}}}', "dW3: the network has 2 layers"),
    (f'{{"gradient": [{{"weights": {W1}, "biases": [1, 2, 3]}}]}}', "gradient: 1 layer, the network has 2"),
    (f'{{"dW1": {W1}, "grad_W1": {W1}}}', "grad_W1: given twice, as dW1 too"),
    (f'{{"dW1": {W1}, "dW1": {W1}}}', "'dW1' stands twice"),
    (f'{{"dQ1": {W1}}}', "unknown name 'dQ1'; did you mean"),
    (f'{{"gradient": {{"Q": {W1}}}}}', "gradient: unknown name 'Q'"),
    ('{"gradient": 3}', "expected the weights and biases of each layer"),
    ('{"gradient": null}', "gradient: None, where numbers are expected"),
    ('{"db1": [1, 2]}', "db1: its shape is 2, expected 3"),
    ('{"delta1": [[1, 2, 3]]}', "delta1: its shape is 1 × 3, expected 4 × 3 (samples × units)"),
    ('{"delta": [[[1, 2, 3]]]}', "delta: 1 layer, the network has 2"),
    ('{"loss": [1, 2]}', "loss: 2 numbers, expected one, or one for each of 4 samples"),
    ('{"dW1": [[[[[[[[1]]]]]]]]}', "nested too deeply"),
    ("[" * 100_000, "nested too deeply"),
    ('{"samples": [{"z": [[1]]}, {}]}', "'z' is not there for every sample"),
]  # fmt: skip


def test_matrices_that_lie_in_two_ways_are_refused_and_a_single_line_lies_in_either() -> None:
    of = record((2, 3, 2))
    w1, w2 = of.mean.weights
    with pytest.raises(DataError, match=r"^dW1, dW2: one lies as W\[i\]\[o\], another as W\[o\]\[i\]"):
        of_document(of, {"dW1": w1, "dW2": w2.T})
    of = record((2, 3, 1))
    w1, w2 = of.mean.weights
    for lone in (w2, w2.T, w2.ravel()):
        for other in (w1, w1.T):
            assert of_document(of, {"dW1": other, "dW2": lone}).right


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_be_read_is_one_plain_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, record())
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "said"), [("a.pt", "can run code"), ("a.pkl", "can run code"), ("a.csv", "as JSON")])
def test_other_kinds_of_files_are_refused_with_the_way_round(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=said):
        document_in(tmp_path / name)


@pytest.mark.parametrize("text", ["dW1 = nan", "dW1 = [[1.0", "dW1 = inf"])
def test_toml_that_cannot_be_read_is_one_plain_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"mine\.toml: "):
        read(tmp_path, text, record(), "mine.toml")


def test_an_npz_file_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    np.savez(path, dW1=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="expected an array of numbers"):
        document_in(path)
    path.write_bytes(b"PK not a zip")
    with pytest.raises(DataError, match=r"no \.npz file"):
        document_in(path)
