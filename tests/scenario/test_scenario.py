"""Scenario files: what is right is read as written; what is not is refused with file, key and what is accepted."""

import os
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.data import BUILT_IN
from bptui.data.shipped import asset
from bptui.scenario import Scenario, ScenarioError, built_in_names
from bptui.scenario.change import resized
from bptui.scenario.keys import KEYS, OTHER_NAMES
from bptui.scenario.scenario import LARGEST_FILE

GOOD = """
format_version = 1
[data]
name = "xor"
[network]
layers = [2, 3, 1]
activations = ["tanh", "sigmoid"]
[training]
loss = "half-squared-error"
"""
TABLE = """
format_version = 1
[data]
x = [[0.5, 1], [1, 0.25]]
targets = [[1], [0]]
[network]
layers = [2, 1]
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def read(path: Path, body: str | bytes) -> Scenario:
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return Scenario.read(path)


def refusal(path: Path, body: str | bytes) -> str:
    """What is said of this file, without its name: one plain line, at reading or at the beginning of the run."""
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(path).begin()
    line = str(caught.value)
    assert line.startswith(f"{path}:")
    assert line.isprintable()
    assert len(line) < 400 + len(str(path))
    return line.removeprefix(f"{path}: ")


def changed(key: str, value: str, body: str = GOOD) -> str:
    """The scenario with this key of a section set to a TOML value."""
    section, name = key.split(".")
    lines = [line for line in body.splitlines() if not line.startswith(f"{name} =")]
    lines.insert(lines.index(f"[{section}]") + 1, f"{name} = {value}")
    return "\n".join(lines)


# --- what is right ---


@pytest.mark.parametrize("name", built_in_names())
def test_every_shipped_scenario_begins_a_run_that_can_be_updated(name: str) -> None:
    scenario = Scenario.built_in(name)
    assert scenario.title == name
    assert scenario.begin().extend_to(3)


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        (b"\x1b]52;c;QQ==\x07.csv", "␛]52;c;QQ==␇"),
        (b"a\nb.csv", "a␊b"),
        (b"\xff.csv", "�"),
        ("\x9b2J.csv".encode(), "�2J"),
    ],
)
def test_the_name_of_a_file_is_shown_without_what_a_terminal_would_obey(
    file: bytes, shown: str, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(file)
    path.write_text("x,y\n1,2\n3,4\n")
    assert Scenario.of_file(path).title == shown


def test_every_data_set_has_a_scenario() -> None:
    assert set(BUILT_IN) <= set(built_in_names())


@pytest.mark.parametrize("name", built_in_names())
def test_shipped_scenarios_say_what_they_are_in_their_first_line(name: str) -> None:
    body = asset("scenarios", f"{name}.toml").read_text(encoding="utf-8")
    assert body.startswith("# ")
    assert tomllib.loads(body)["format_version"] == 1


def test_numbers_written_out_are_the_data(mine: Path) -> None:
    data = read(mine, TABLE).dataset()
    assert data.x.tolist() == [[0.5, 1.0], [1.0, 0.25]]
    assert data.y.tolist() == [[1.0], [0.0]]


def test_labels_become_classes(mine: Path) -> None:
    data = read(mine, TABLE.replace("targets = [[1], [0]]", "labels = [2, 0]")).dataset()
    assert data.y.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert data.classes == ("0", "1", "2")


def test_written_weights_are_the_start(mine: Path) -> None:
    body = TABLE + "weights = [[[3], [4]]]\nbiases = [[5]]\n"
    start = read(mine, body).begin().start
    assert start.weights[0].tolist() == [[3.0], [4.0]]
    assert start.biases[0].tolist() == [5.0]


def test_a_file_beside_the_scenario_is_its_data(mine: Path) -> None:
    (mine.parent / "sub").mkdir()
    (mine.parent / "sub" / "points.csv").write_text("a,b,t\n1,2,0.5\n3,4,1.5\n", encoding="utf-8")
    body = changed("data.file", '"sub/points.csv"').replace('name = "xor"\n', "")
    assert read(mine, body).begin().problem.train_x[:].tolist() == [[1, 2], [3, 4]]


def test_the_same_scenario_begins_the_same_run() -> None:
    first, second = Scenario.built_in("moons").begin(), Scenario.built_in("moons").begin()
    assert np.array_equal(first.start.flat, second.start.flat)
    assert np.array_equal(first.record(3).after.flat, second.record(3).after.flat)


def test_another_seed_begins_another_run() -> None:
    scenario = Scenario.built_in("moons")
    assert not np.array_equal(scenario.begin().start.flat, scenario.seeded(8).begin().start.flat)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_do_not_matter(mine: Path, newline: str) -> None:
    assert read(mine, GOOD.replace("\n", newline).encode()).network.layers == (2, 3, 1)


# --- what is not ---


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (GOOD.replace("[data]", "[data"), "mine.toml:3:6: Expected ']' at the end of a table declaration"),
        (GOOD + "layers = [1\n", ""),
        (GOOD + 'name = "unclosed\n', "mine.toml:10:17: Illegal character"),
        (GOOD + "x = " + "[" * 5000 + "]" * 5000 + "\n", "mine.toml:10: nested too deeply"),
        (GOOD + f"x = {'9' * 5000}\n", "mine.toml:10: a number of too many digits"),
        (GOOD.encode("utf-16"), "save it as UTF-8"),
        (GOOD.encode() + b"# caf\xe9\n", "save it as UTF-8"),
        (GOOD + "\0", ""),
        ("", "format_version is missing; write format_version = 1 on the first line"),
        (GOOD.replace("format_version = 1", ""), "format_version is missing; write format_version = 1"),
        (GOOD.replace("format_version = 1", "format_version = 2"), "newer than this bptui knows (1)"),
        (GOOD.replace("format_version = 1", "format_version = 0"), "expected 1, got 0"),
        (GOOD.replace("format_version = 1", "format_version = true"), "expected 1, got True"),
        (GOOD.replace("format_version = 1", 'format_version = "1"'), "expected 1, got '1'"),
        (GOOD.replace("format_version = 1", f"format_version = {'9' * 5000}"), ""),
        (GOOD + "[trainig]\n", "unknown key 'trainig'; did you mean 'training'?"),
        (GOOD + "bath_size = 4\n", "unknown key 'training.bath_size'; did you mean 'batch_size'?"),
        (GOOD.replace("name", "nam"), "unknown key 'data.nam'; did you mean 'name'?"),
        (GOOD.replace("[network]", "[nets]"), "'nets'"),
        (GOOD.replace("layers = [2, 3, 1]", ""), "network.layers is missing"),
        (GOOD.replace('name = "xor"', ""), "give one of name, file and x; got none"),
        (GOOD.replace('name = "xor"', 'name = "xor"\nx = [[1]]'), "got name and x"),
        (GOOD.replace('name = "xor"', 'name = "xor"\nlabels = [1]'), "go with x only"),
        ("format_version = 1\ndata = 5\n", "expected a section [data], got 5"),
        (GOOD.replace('"xor"', '"xorr"'), "data.name: expected one of digits"),
        (TABLE.replace("targets = [[1], [0]]", ""), "x needs either targets or labels"),
        (TABLE.replace("[1, 0.25]", "[1]"), "data.x: row 1 has 1 numbers, row 0 has 2"),
        (TABLE.replace("[0]]", "]"), ""),
        (TABLE.replace("[[1], [0]]", "[[1]]"), "2 inputs and 1 targets"),
        (TABLE.replace("0.25", "inf"), "data.x: item 1: item 1: expected a number"),
        (TABLE.replace("0.25", "nan"), "data.x"),
        (TABLE.replace("0.25", "1e999"), "data.x"),
        (TABLE.replace("0.25", "true"), "got True"),
        (TABLE.replace("0.25", "9" * 5000), ""),
        (TABLE.replace("[2, 1]", "[3, 1]"), "table has 2 features, the network expects 3"),
        (TABLE.replace("[2, 1]", "[2, 2]"), "1 target column, the network gives 2"),
        (TABLE + "weights = [[[1], [2]], [[3]]]\n", "weights: 1 layers expected, got 2"),
        (TABLE + "weights = [[[1, 2, 3, 4]]]\n", "weights[0]: shape (2, 1) expected"),
        (TABLE + "biases = [[1]]\nweights = [[[1], [2]]]\nbias = 'none'\n", "biases"),
        (TABLE + 'units = [["a", "b"]]\n', "network.units: expected a list of 2 to 20 items"),
        (TABLE + 'units = [["a", "b"], ["c"], ["d"]]\n', "network.units: names for 3 layers, the network has 2"),
        (TABLE + 'units = [["a", "b"], ["c", "d"]]\n', "network.units: item 1 has 2 names, the layer has 1 units"),
        (TABLE + 'units = [["a", 3], ["c"]]\n', "network.units: item 0: item 1: expected a text"),
        (changed("network.activations", '["tanh"]'), "need as many activations"),
        (changed("network.activations", '["softmax", "sigmoid"]'), "softmax stands at the output layer only"),
        (changed("training.loss", '"cross-entropy"'), "needs softmax at the output layer"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_named(mine: Path, body: str | bytes, said: str) -> None:
    assert said in refusal(mine, body)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("training.lr", "unknown key 'training.lr'; here it is learning_rate"),
        ("training.batchSize", "; here it is batch_size"),
        ("training.learning-rate", "; here it is learning_rate"),
        ("training.epochs", "; how long to train is no part of a scenario: bptui train NAME --epochs N"),
        ("training.seed", "; here it is seed in [data]"),
        ("data.batch", "; here it is batch_size in [training]"),
        ("data.path", "; here it is file"),
        ("network.hidden", "; here it is layers"),
        ("network.activation", "; here it is activations"),
        ("network.unit", "; did you mean 'units'?"),
        ("network.qqqqqq", "; [network] has layers, activations, bias, init, weights, biases, orientation, bias_row, "),
        ("training.qqqqqq", "; [training] has loss, batch_size, reduction, "),
    ],
)
def test_a_key_of_another_name_is_answered_with_ours(mine: Path, key: str, said: str) -> None:
    assert said in refusal(mine, changed(key, "1"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lr = 0.5", "unknown key 'lr'; here it is learning_rate in [training]"),
        ("epochs = 3", "bptui train NAME --epochs N"),
        ("model = 3", "unknown key 'model'; here it is the section [network]"),
        ("version = 1", "the first line is format_version = 1"),
        ("qqqqqq = 1", "; a scenario has format_version, [data], [network], [training]"),
    ],
)
def test_a_key_outside_its_section_is_answered_with_its_place(mine: Path, line: str, said: str) -> None:
    assert said in refusal(mine, f"{line}\n{GOOD}")


def test_other_names_are_of_keys_and_sections_there_are() -> None:
    known = {*KEYS, *(key for keys in KEYS.values() for key in keys)}
    assert {ours for ours in OTHER_NAMES.values() if " " not in ours} <= known
    assert not known & set(OTHER_NAMES)


WRONG: list[tuple[str, list[str]]] = [
    ("data.samples", ["0", "-1", "1.5", "true", '"many"', "inf", "[4]", "99999999999999999999"]),
    ("data.order", ['"random"', "1"]),
    ("data.test_fraction", ["1", "1.0", "-0.1", "nan", "true", '"0.2"']),
    ("data.seed", ["-1", "1.0", "true", "9223372036854775808", '"7"']),
    ("network.layers", ["[]", "[2]", "[2, 0, 1]", "[2, true, 1]", "[2, 3.0, 1]", "[2, 10001, 1]", "5", '"2-3-1"']),
    ("network.activations", ['["tahn", "sigmoid"]', "[1, 2]", '"tanh"']),
    ("network.bias", ['"yes"', "true"]),
    ("network.init", ['"xavier"', "0"]),
    ("training.loss", ['"mse"', "1"]),
    ("training.batch_size", ["0", "-1", "true", "2.0", '"ALL"', "inf"]),
    ("training.reduction", ['"average"', "true"]),
    ("training.learning_rate", ["-0.1", "nan", "inf", "1e999", "true", '"0.1"', "[0.1]"]),
    ("training.optimizer", ['"Adam"', "1"]),
    ("training.momentum", ["1", "-0.1", "true"]),
    ("training.beta1", ["1.0"]),
    ("training.epsilon", ["-1e-8", "inf"]),
    ("training.micro_batches", ["0", "1.0", "true"]),
    ("training.ranks", ["0", "65", "true", "2.0", '"2"', "[]", "[4]", "[3, 0]", "[3, 1.0]", "[[3, 1]]"]),
    ("training.last_batch", ['"skip"']),
    ("training.repeats", ["0", "true"]),
    ("training.l2", ["-1", "inf"]),
    ("training.schedule", ['"linear"']),
    ("training.schedule_factor", ["2", "-1"]),
]


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG for value in values])
def test_a_wrong_value_is_named_by_its_key_with_what_is_accepted(mine: Path, key: str, value: str) -> None:
    said = refusal(mine, changed(key, value))
    assert said.startswith(f"{key}: ")
    assert "expected " in said
    assert "got " in said


@pytest.mark.parametrize("key", [f"{section}.{key}" for section, keys in KEYS.items() for key in keys])
@pytest.mark.parametrize("value", ["{ a = 1 }", "1979-05-27", "[[[[[]]]]]"])
def test_no_key_accepts_a_value_of_another_kind(mine: Path, key: str, value: str) -> None:
    assert refusal(mine, changed(key, value)).startswith(f"{key}: ")


@pytest.mark.parametrize("name", ["../d.csv", "sub/../../d.csv", "/etc/passwd", "/dev/zero"])
def test_a_file_outside_the_folder_is_refused(mine: Path, name: str) -> None:
    body = changed("data.file", f'"{name}"').replace('name = "xor"\n', "")
    assert "is outside the scenario's folder" in refusal(mine, body)


@pytest.mark.parametrize("absolute", [False, True])
def test_a_file_elsewhere_is_read_for_who_says_that_it_may(tmp_path: Path, absolute: bool) -> None:
    (tmp_path / "points.csv").write_text("a,b,t\n1,2,0.5\n3,4,1.5\n", encoding="utf-8")
    path = tmp_path / "folder" / "mine.toml"
    path.parent.mkdir()
    name = (tmp_path / "points.csv").as_posix() if absolute else "../points.csv"
    path.write_text(changed("data.file", f'"{name}"').replace('name = "xor"\n', ""), encoding="utf-8")
    with pytest.raises(ScenarioError, match="outside the scenario's folder"):
        Scenario.read(path)
    with pytest.raises(ScenarioError, match="outside the scenario's folder"):
        Scenario.of_file(path)
    assert Scenario.of_file(path, anywhere=True).begin().problem.train_x[:].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("name", ["/dev/zero", "sub/..", "/"])
def test_what_is_no_plain_file_is_refused_anywhere(mine: Path, name: str) -> None:
    (mine.parent / "sub").mkdir()
    mine.write_text(changed("data.file", f'"{name}"').replace('name = "xor"\n', ""), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"not a plain file|a folder"):
        Scenario.read(mine, anywhere=True)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("1,2,3\n", encoding="utf-8")
    (folder / "d.csv").symlink_to(tmp_path / "secret.csv")
    body = changed("data.file", '"d.csv"').replace('name = "xor"\n', "")
    assert "outside" in refusal(folder / "mine.toml", body)


def file_refusal(mine: Path, name: str) -> str:
    mine.write_text(changed("data.file", f'"{name}"').replace('name = "xor"\n', ""), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        Scenario.read(mine).begin()
    return str(caught.value)


def test_a_missing_data_file_is_named(mine: Path) -> None:
    assert file_refusal(mine, "gone.csv").endswith("gone.csv: no such file")


@pytest.mark.parametrize(
    ("size", "last_batch", "is_refused"), [(5, "drop", True), (4, "drop", False), (5, "keep", False)]
)
def test_a_batch_beyond_the_data_is_refused_where_short_ones_are_dropped(
    mine: Path, size: int, last_batch: str, is_refused: bool
) -> None:
    body = f'{GOOD}batch_size = {size}\nlast_batch = "{last_batch}"\n'
    if is_refused:
        said = refusal(mine, body)
        assert said.startswith("training.batch_size 5 with last_batch = drop leaves no batch of 4 training samples")
        assert "at most 4, or last_batch = keep" in said
    else:
        assert read(mine, body).begin().record(1).n == 4


def test_it_is_the_training_samples_that_a_batch_must_fit(mine: Path) -> None:
    body = changed("data.test_fraction", "0.25") + '\nbatch_size = 4\nlast_batch = "drop"\n'
    assert "no batch of 3 training samples" in refusal(mine, body)


def test_what_is_wrong_in_a_data_file_is_named_with_its_line(mine: Path) -> None:
    (mine.parent / "d.csv").write_text("a,b\n1,2.5\nx,3.5\n", encoding="utf-8")
    assert "d.csv:3:1: 'x' is not a finite number" in file_refusal(mine, "d.csv")


@pytest.mark.parametrize("name", ["a\\u0000b", "\\u001b[31m.csv", "x" * 5000])
def test_an_odd_file_name_is_a_plain_refusal(mine: Path, name: str) -> None:
    assert len(file_refusal(mine, name)) < 6000


def test_a_file_name_with_a_nul_is_named_by_its_key(mine: Path) -> None:
    assert "data.file" in file_refusal(mine, "a\\u0000b")


def test_names_of_units_are_cleaned_and_go_with_other_layers(mine: Path) -> None:
    scenario = read(mine, TABLE + 'units = [["a\\u001b[2J", "b"], ["c"]]\n')
    assert scenario.network.units == (("a␛[2J", "b"), ("c",))
    assert resized(scenario.network, (2, 3, 1)).units == ()


def test_biases_alone_are_used_or_refused(mine: Path) -> None:
    try:
        start = read(mine, TABLE + "biases = [[5]]\n").begin().start
    except ScenarioError:
        return
    assert start.biases[0].tolist() == [5.0]


def test_deep_nesting_is_refused(mine: Path) -> None:
    assert "nested too deeply" in refusal(mine, GOOD + "deep = " + "[" * 5000 + "]" * 5000)


def test_too_large_a_file_is_refused(mine: Path) -> None:
    with mine.open("wb") as stream:
        stream.truncate(LARGEST_FILE + 1)
    with pytest.raises(ScenarioError, match="larger than 16 MB"):
        Scenario.read(mine)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        Scenario.read(tmp_path / "gone.toml")
    with pytest.raises(ScenarioError, match="a folder, not a plain file"):
        Scenario.read(tmp_path)


@pytest.mark.parametrize("name", ["xorr", "Digits", "digit"])
def test_an_unknown_name_suggests_the_nearest(name: str) -> None:
    with pytest.raises(ScenarioError, match="did you mean"):
        Scenario.built_in(name)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["xor", "all"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)
SECTIONS = {name: st.dictionaries(st.sampled_from(sorted(keys)), VALUES, max_size=4) for name, keys in KEYS.items()}


@given(st.fixed_dictionaries({}, optional={"format_version": st.just(1) | VALUES, **SECTIONS}))
def test_any_document_is_a_scenario_or_a_plain_refusal(document: dict[str, Any]) -> None:
    assert is_plain(document)


def is_plain(document: dict[str, Any]) -> bool:
    try:
        Scenario.from_document(document, "mine.toml", Path())
    except ScenarioError as problem:
        return str(problem).startswith("mine.toml: ") and "\n" not in str(problem)
    return True


@pytest.mark.parametrize(
    ("said", "ranks", "written"),
    [("1", (), 1), ("3", (1, 1, 1), 3), ("[3, 1]", (3, 1), [3, 1]), ("[2, 2]", (2, 2), [2, 2]), ("[1, 1]", (1, 1), 2)],
)
def test_ranks_are_a_count_or_the_share_of_each(mine: Path, said: str, ranks: tuple[int, ...], written: object) -> None:
    mine.write_text(changed("training.ranks", said), encoding="utf-8")
    scenario = Scenario.read(mine)
    assert scenario.settings.rules.ranks == ranks
    assert scenario.document(whole=True)["training"]["ranks"] == written


def test_ranks_and_micro_batches_together_are_refused(mine: Path) -> None:
    body = changed("training.micro_batches", "2", changed("training.ranks", "[3, 1]"))
    assert refusal(mine, body).startswith("training.ranks: ranks cut a batch into parts, and so do micro_batches")
