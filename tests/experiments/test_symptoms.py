"""What keeps a network from learning is told with its numbers; a healthy run has no symptom."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui import Scenario
from bptui.engine.evaluate import sample_losses
from bptui.engine.network import Network, explicit
from bptui.experiments.symptoms import Finding, Symptom, Watch, examine, symptoms
from bptui.experiments.symptoms.curves import constant_loss
from bptui.experiments.symptoms.patient import Patient
from bptui.scenario import built_in_names
from bptui.scenario.change import changed
from bptui.training.run import Run


def told(run: Run, update: int) -> dict[str, Symptom]:
    run.extend_to(update)
    return {symptom.id: symptom for symptom in symptoms(examine(run, min(update, run.frontier)))}


def built_in(name: str, **training: Any) -> Scenario:
    return changed(Scenario.built_in(name), {"training": training}, None)


def houses(scaled: bool) -> Scenario:
    """Ten columns of which some reach 215 000, two classes: what people bring."""
    rng = np.random.default_rng(5)
    sizes = np.array([215_000, 10, 10, 2010, 6000, 5, 10, 15, 4, 1400.0])
    x = rng.uniform(0.2, 1.0, (200, 10)) * sizes
    y = (x / sizes).sum(axis=1) > 6
    x = (x - x.mean(axis=0)) / x.std(axis=0) if scaled else x
    scenario = Scenario.from_arrays(x, y, layers=[10, 32, 32, 1], activations=["relu", "relu", "sigmoid"])
    return changed(scenario, {"training": {"batch_size": 32, "learning_rate": 0.1}}, None)


@pytest.mark.parametrize("name", built_in_names())
@pytest.mark.parametrize("update", [1, 7, 60])
def test_a_healthy_run_of_a_built_in_set_has_no_symptom(name: str, update: int) -> None:
    assert told(Scenario.built_in(name).begin(), update) == {}


class TestPublicCases:
    def test_house_prices_unscaled_are_columns_badly_scaled_and_end_in_dead_units(self) -> None:
        found = told(houses(scaled=False).begin(), 40)
        assert "x0" in found["scale"].words
        assert "--scale standard" in found["scale"].cure
        assert {"dead-1", "dead-2"} & set(found)
        assert told(houses(scaled=True).begin(), 40) == {}

    def test_positive_inputs_and_negative_weights_are_dead_from_the_start(self) -> None:
        x = np.array([[0.1, 0.2], [0.5, 0.9], [0.3, 0.3], [0.8, 0.6]])
        scenario = Scenario.from_arrays(x, [0, 1, 0, 1], layers=[2, 1, 1], activations=["relu", "sigmoid"])
        run = scenario.begin()
        start = explicit(run.start.architecture, [np.array([[-1.0], [-0.5]]), np.array([[0.7]])], [])
        run = Run.begin(run.problem.data, run.problem.split, start, run.settings_at(1), 1)
        dead = told(run, 30)["dead-1"]
        assert dead.words == "layer 1: every unit is dead: slope 0 for all 4 samples looked at"
        assert dead.weight is not None
        assert (dead.weight.layer, dead.weight.unit) == (1, 0)

    def test_weights_that_are_all_alike_are_twins(self) -> None:
        run = built_in("xor").begin()
        same = Network(run.start.architecture, np.full_like(run.start.flat, 0.5))
        found = told(Run.begin(run.problem.data, run.problem.split, same, run.settings_at(1), 1), 5)
        assert found["twins-1"].words == "layer 1: 3 of 3 units are equal bit for bit, weights and bias"

    def test_a_rate_of_1_on_tanh_with_a_linear_output_overshoots(self) -> None:
        rng = np.random.default_rng(5)
        x = rng.uniform(-3, 3, (40, 2))
        scenario = Scenario.from_arrays(x, (x[:, :1] * x[:, 1:]), layers=[2, 8, 1], activations=["tanh", "identity"])
        run = changed(scenario, {"training": {"batch_size": 1, "learning_rate": 1.0}}, None).begin()
        run.extend_to(12)
        assert any("overshoots" in told(run, update) for update in range(1, run.frontier + 1))

    def test_a_penalty_that_alone_diverges_says_below_what_it_does_not(self) -> None:
        found = told(built_in("moons", l2=10.0, learning_rate=0.3).begin(), 3)
        assert "γ · λ₂ = 3 is above 2" in found["penalty"].words
        assert found["penalty"].cure == "--l2 below 6.67, or --lr below 0.2"
        assert "penalty" not in told(built_in("moons", l2=6.6, learning_rate=0.3).begin(), 1)

    def test_raw_columns_saturate_and_the_loss_stands_at_the_best_constant_answer(self) -> None:
        rng = np.random.default_rng(5)
        x = np.column_stack([rng.normal(750, 300, 90), rng.normal(13, 0.8, 90), rng.normal(100, 14, 90)])
        y = np.digitize(x[:, 1] + (x[:, 0] - 750) / 600, [12.7, 13.3])
        raw = Scenario.from_arrays(x, y, layers=[3, 8, 3])
        found = told(changed(raw, {"training": {"batch_size": 90, "learning_rate": 0.1}}, None).begin(), 300)
        assert found["saturated-1"].words.startswith("layer 1 is saturated: ")
        assert "constant" in found
        scaled = Scenario.from_arrays((x - x.mean(axis=0)) / x.std(axis=0), y, layers=[3, 8, 3])
        assert told(changed(scaled, {"training": {"batch_size": 90, "learning_rate": 0.1}}, None).begin(), 300) == {}


def test_the_rate_it_advises_lowers_the_batch_s_loss() -> None:
    run = built_in("digits", learning_rate=20.0).begin()
    found = next(found for k in range(1, 30) if (found := told(run, k).get("overshoots")))
    update = int(found.words.split()[1])
    gamma = float(found.cure.removeprefix("--lr "))
    record = run.record(update)
    assert gamma < 20
    moved = Network(run.start.architecture, record.before.flat + gamma / 20 * record.step.flat)
    losses = sample_losses(moved, "cross-entropy", record.passed.a[0], record.targets)
    assert losses.mean() < record.loss_mean


@pytest.mark.parametrize("loss", ["cross-entropy", "binary-cross-entropy", "half-squared-error", "mean-squared-error"])
def test_no_constant_answer_has_a_smaller_loss_than_the_one_it_compares_with(loss: str) -> None:
    name = {"cross-entropy": "iris", "binary-cross-entropy": "moons"}.get(loss, "sine")
    run = built_in(name, loss=loss).begin()
    run.extend_to(1)
    y = run.problem.train_y[:]

    def of(p: Any) -> float:
        if loss == "cross-entropy":
            return float(-(y * np.log(p)).sum(axis=1).mean())
        if loss == "binary-cross-entropy":
            return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1).mean())
        return float(((y - p) ** 2).mean() * (0.5 if loss == "half-squared-error" else 1.0))

    best = constant_loss(Patient(run, run.record(1)))
    assert best == pytest.approx(of(y.mean(axis=0)))
    rng = np.random.default_rng(5)
    for _ in range(100):
        p = rng.dirichlet(np.ones(y.shape[1])) if loss == "cross-entropy" else rng.uniform(0.01, 0.99, y.shape[1])
        assert of(p) >= best - 1e-12


def test_one_class_with_nearly_all_samples_is_told() -> None:
    rng = np.random.default_rng(5)
    y = np.array([0] * 96 + [1] * 4)
    found = told(Scenario.from_arrays(rng.normal(size=(100, 2)), y, layers=[2, 4, 1]).begin(), 1)
    assert "96 of 100 training samples are of class 0" in found["imbalance"].words


def test_a_test_loss_that_rises_is_told_with_the_epoch_to_stop_at() -> None:
    run = built_in("iris").begin()
    found = told(run, 2400)["overfit"]
    tests = run.history.epochs.last("test_loss")
    assert "--l2 0.001" in found.cure
    assert f"stop after epoch {int(tests.argmin())}" in found.cure
    assert f"from epoch {int(tests.argmin())} to 200" in found.words


class TestWatch:
    def test_a_symptom_is_told_once_when_it_begins(self) -> None:
        run = built_in("moons", l2=10.0, learning_rate=0.25).begin()
        watch, seen = Watch(), []
        for epoch in range(1, 12):
            run.extend_to(16 * epoch)
            seen += [symptom.id for symptom in watch.news(run, run.frontier, epoch)]
        assert seen.count("penalty") == 1

    def test_another_run_is_looked_at_anew(self) -> None:
        watch = Watch()
        for _ in range(2):
            run = built_in("moons", l2=10.0, learning_rate=0.25).begin()
            run.extend_to(1)
            assert "penalty" in {symptom.id for symptom in watch.news(run, 1, 1)}

    def test_a_fork_does_not_hear_again_of_what_was_told_unless_it_was_cured_between(self) -> None:
        run, watch = built_in("moons", l2=10.0, learning_rate=0.25).begin(), Watch()
        ill, heard = run.settings_at(1), []
        for k, l2 in enumerate((10.0, 11.0, 0.0, 10.0), start=1):
            rules = replace(ill.rules, l2=l2)
            run = run if k == 1 else run.fork(run.frontier + 1, replace(ill, rules=rules))
            run.extend_to(k)
            heard.append("penalty" in {symptom.id for symptom in watch.news(run, k, 1)})
        assert heard == [True, False, False, True]

    def test_a_layer_that_answers_nothing_is_told_before_the_first_update_and_not_again(self) -> None:
        for weight, ids in (-1.0, ["dead-1"]), (1.0, []):
            hidden = {"layers": [1, 2, 1], "activations": ["relu", "identity"]}
            start = {"weights": [[[-1.0, weight]], [[1.0], [2.0]]], "biases": [[0.0, 0.0], [0.0]]}
            data = {"x": [[1.0], [2.0]], "targets": [[1.0], [0.0]]}
            document = {"format_version": 1, "data": data, "network": hidden | start}
            run, watch = Scenario.from_document(document, "it", Path()).begin(), Watch()
            assert [symptom.id for symptom in watch.at_start(run, run.record(1))] == ids
            assert ("dead-1" in {symptom.id for symptom in watch.news(run, 1, 1)}) == (not ids)

    def test_where_the_first_samples_are_answered_nothing_is_computed_at_the_start(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bptui.experiments.symptoms.watch.Patient", None)
        for name in built_in_names():
            run = Scenario.built_in(name).begin()
            assert Watch().at_start(run, run.record(1)) == []

    def test_the_looks_become_rare(self, monkeypatch: pytest.MonkeyPatch) -> None:
        looks: list[int] = []

        def look(run: Run, update: int) -> list[Finding]:
            looks.append(update)
            return []

        monkeypatch.setattr("bptui.experiments.symptoms.watch.examine", look)
        run, watch = built_in("xor").begin(), Watch()
        for epoch in range(1, 10_001):
            watch.news(run, epoch, epoch)
        assert looks[:4] == [1, 2, 3, 4]
        assert len(looks) < 45
