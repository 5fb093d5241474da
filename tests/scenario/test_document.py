"""A scenario written out is read as the same scenario, and begins the same run bit for bit."""

import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.data import Dataset
from bptui.engine import OptimizerSettings, UpdateRules
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.network import BIASES, INITIALISATIONS
from bptui.engine.optimizers import OPTIMIZERS
from bptui.engine.rates import SCHEDULES, RateSchedule
from bptui.scenario import Scenario, ScenarioError, built_in_names
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.scenario.document import WIDTH, toml, training_values
from bptui.scenario.keys import KEYS
from bptui.training import Settings
from bptui.training.settings import LAST_BATCH, ORDERS

SMALL = st.floats(0, 2, allow_subnormal=True)
SHARE = st.floats(0, 1, exclude_max=True)
UNIT = st.floats(-3, 3)
COUNT = st.integers(1, 5)
HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]


def again(scenario: Scenario, folder: Path, whole: bool = False) -> Scenario:
    document = tomllib.loads(scenario.toml(whole=whole, folder=folder))
    return Scenario.from_document(document, "again.toml", folder)


def assert_the_same_run(one: Scenario, other: Scenario) -> None:
    a, b = one.begin(), other.begin()
    assert a.start.flat.tobytes() == b.start.flat.tobytes()
    assert a.start.architecture == b.start.architecture
    assert a.settings_at(1) == b.settings_at(1)
    for update in (1, 2):
        if a.extend_to(update):
            x, y = a.record(update), b.record(update)
            assert x.indices.tolist() == y.indices.tolist()
            assert x.after.flat.tobytes() == y.after.flat.tobytes()


def constants(draw: st.DrawFn) -> OptimizerSettings:
    plain = OptimizerSettings(draw(st.sampled_from(sorted(OPTIMIZERS))))
    if plain.name in ("momentum", "nesterov"):
        return replace(plain, momentum=draw(SHARE))
    if plain.name == "rmsprop":
        return replace(plain, decay=draw(SHARE), epsilon=draw(SMALL))
    if plain.name in ("adam", "adamw"):
        plain = replace(plain, beta1=draw(SHARE), beta2=draw(SHARE), epsilon=draw(SMALL))
    return replace(plain, weight_decay=draw(SMALL)) if plain.name == "adamw" else plain


@st.composite
def settings(draw: st.DrawFn) -> Settings:
    schedule = RateSchedule(draw(st.sampled_from(sorted(SCHEDULES))))
    if schedule.name != "constant":
        schedule = replace(schedule, length=draw(COUNT))
    if schedule.name in ("step", "cosine"):
        schedule = replace(schedule, factor=draw(st.floats(0, 1)))
    rules = UpdateRules(
        draw(st.sampled_from(["half-squared-error", "squared-error", "mean-squared-error"])),
        draw(st.sampled_from(["sum", "mean"])),
        draw(SMALL),
        schedule,
        constants(draw),
        draw(COUNT),
        draw(SMALL),
        draw(SMALL),
        draw(SMALL),
    )
    if draw(st.booleans()):
        shares = st.lists(st.integers(1, 10**9), min_size=2, max_size=64) | st.integers(2, 64).map(lambda w: [1] * w)
        rules = replace(rules, micro_batches=1, ranks=tuple(draw(shares)))
    batch = draw(st.none() | st.integers(1, 2))
    order = draw(st.sampled_from(ORDERS))
    return Settings(rules, batch, order, draw(st.sampled_from(LAST_BATCH)), draw(COUNT), draw(SMALL))


def table(draw: st.DrawFn, i: int, o: int) -> Dataset:
    n = draw(st.integers(4, 6))
    x = np.array(draw(st.lists(st.lists(UNIT, min_size=i, max_size=i), min_size=n, max_size=n)))
    return Dataset("table", x, np.array(draw(st.lists(st.lists(UNIT, min_size=o, max_size=o), min_size=n, max_size=n))))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    layers = tuple(draw(st.lists(st.integers(1, 3), min_size=2, max_size=4)))
    activations = tuple(draw(st.lists(st.sampled_from(HIDDEN), min_size=len(layers) - 1, max_size=len(layers) - 1)))
    bias, chosen = draw(st.sampled_from(BIASES)), draw(settings())
    network = NetworkChoice(layers, activations, bias, draw(st.sampled_from(INITIALISATIONS)))
    pairs = list(pairwise(layers))
    if draw(st.booleans()):
        rows = [[[draw(UNIT) for _ in range(o)] for _ in range(i)] for i, o in pairs]
        network = replace(network, weights=tuple(rows))
        if bias != "none" and draw(st.booleans()):
            network = replace(network, biases=tuple([draw(UNIT) for _ in range(o)] for _, o in pairs))
    if draw(st.booleans()):
        names = st.text("ab\"\\'\n\t[]#δ é", min_size=1, max_size=6)
        network = replace(network, units=tuple(tuple(draw(names) for _ in range(size)) for size in layers))
    data = DataChoice(
        "table", None, table(draw, layers[0], layers[-1]), draw(st.none() | st.integers(3, 4)), chosen.order,
        draw(st.sampled_from([0.0, 0.1, 0.25])), draw(st.integers(0, 2**63 - 1)),
    )  # fmt: skip
    return Scenario(data, network, chosen)


@given(scenarios(), st.booleans())
def test_any_scenario_comes_back_bit_for_bit(scenario: Scenario, whole: bool) -> None:
    assert_the_same_run(scenario, again(scenario, Path(), whole))


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", built_in_names())
def test_every_shipped_scenario_comes_back(name: str, whole: bool) -> None:
    scenario = Scenario.built_in(name)
    read = again(scenario, Path(), whole)
    assert_the_same_run(scenario, read)
    assert (read.network.units, read.dataset().classes) == (scenario.network.units, scenario.dataset().classes)


def test_labels_come_back_as_classes() -> None:
    data: dict[str, Any] = {"x": [[1.0], [2.0], [3.0]], "labels": [2, 0, 2]}
    document = {"format_version": 1, "data": data, "network": {"layers": [1, 3]}}
    scenario = Scenario.from_document(document, "mine.toml", Path())
    assert scenario.document()["data"] == data
    assert again(scenario, Path()).dataset().classes == ("0", "1", "2")


def test_only_what_differs_is_written_or_everything_that_is_in_force() -> None:
    document = {"format_version": 1, "data": {"name": "xor"}, "network": {"layers": [2, 3, 1]}, "training": {}}
    scenario = Scenario.from_document(document, "mine.toml", Path())
    assert scenario.document() == document
    whole = scenario.document(whole=True)
    assert set(whole["training"]) == set(KEYS["training"]) - {
        "momentum", "beta1", "beta2", "decay", "epsilon", "weight_decay", "schedule_length", "schedule_factor",
    }  # fmt: skip
    assert whole["network"]["activations"] == ["tanh", "identity"]
    assert whole["data"] == {
        "name": "xor", "samples": "all", "order": "shuffle", "test_fraction": 0.0, "seed": 7, "scale": "none",
    }  # fmt: skip


def test_every_key_of_training_is_written() -> None:
    assert set(training_values(Settings())) == set(KEYS["training"])


def test_a_data_file_is_named_from_the_folder_on(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "points 1.csv"
    path.parent.mkdir()
    path.write_text("a,b,t\n" + "".join(f"{k},{k * k},{k / 7}\n" for k in range(30)), encoding="utf-8")
    scenario = Scenario.of_data(path)
    assert scenario.document(folder=tmp_path)["data"]["file"] == "sub/points 1.csv"
    assert_the_same_run(scenario, again(scenario, tmp_path))
    assert scenario.document(folder=tmp_path / "elsewhere")["data"]["file"] == path.resolve().as_posix()


def test_a_file_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    table = Dataset("t", np.ones((2, 1)), np.ones((2, 1)))
    data = DataChoice("t", tmp_path / "caf\udce9.csv", table)
    with pytest.raises(ScenarioError, match="rename it"):
        Scenario(data, NetworkChoice((1, 1), ("identity",))).toml()


def test_lines_are_short_and_end_once() -> None:
    body = Scenario.built_in("trask").toml()
    assert max(map(len, body.splitlines())) <= WIDTH
    assert body.endswith("\n")
    assert not body.endswith("\n\n")


VALUES = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
LISTS = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=30), max_leaves=60)


@given(LISTS)
def test_texts_numbers_and_lists_come_back_as_they_were(value: Any) -> None:
    assert repr(tomllib.loads(toml({"section": {"key": value}}))["section"]["key"]) == repr(value)
