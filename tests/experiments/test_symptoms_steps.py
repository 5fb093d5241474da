"""Steps and penalties: what is said of them follows from the optimizer, and no advice contradicts another."""

from typing import Any

import numpy as np
import pytest

from bptui import Scenario
from bptui.engine.evaluate import sample_losses
from bptui.engine.network import Network
from bptui.engine.optimizers import OPTIMIZERS, Descent, OptimizerSettings
from bptui.engine.update import UpdateRules
from bptui.experiments.symptoms import Finding, Symptom, examine, symptoms
from bptui.experiments.symptoms.curves import constant_loss, overfit, stuck
from bptui.experiments.symptoms.patient import Patient
from bptui.experiments.symptoms.penalties import bound
from bptui.scenario.change import changed
from bptui.training.ends import EpochEnd
from bptui.training.run import Run


def begun(name: str, **training: Any) -> Run:
    return changed(Scenario.built_in(name), {"training": training}, None).begin()


def told(run: Run, update: int) -> dict[str, Symptom]:
    run.extend_to(update)
    return {symptom.id: symptom for symptom in symptoms(examine(run, min(update, run.frontier)))}


def first(run: Run, kind: str, updates: int) -> tuple[int, Symptom]:
    """The first update with such a symptom."""
    return next((k, found) for k in range(1, updates) if (found := told(run, k).get(kind)))


class TestPenalty:
    @pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
    @pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
    def test_a_weight_under_the_penalty_alone_shrinks_below_the_bound_and_grows_above(
        self, name: str, mu: float
    ) -> None:
        settings = OptimizerSettings(name, momentum=mu)
        most = bound(UpdateRules(optimizer=settings))
        assert most is not None
        for product, grows in ((0.99 * most, False), (1.01 * most, True)):
            w, step, memory = np.ones(1), np.zeros(1), np.zeros((1, 1))
            for t in range(1, 3001):
                OPTIMIZERS[name].step(Descent(settings, 0.1, t), product / 0.1 * w, w, memory, step)
                w += step
            assert (abs(w[0]) > 1) == grows

    @pytest.mark.parametrize("rules", [{"optimizer": "adam"}, {"optimizer": "rmsprop"}, {"clip_norm": 1.0}])
    def test_where_a_step_is_not_linear_in_the_gradient_no_product_is_too_large(self, rules: dict[str, Any]) -> None:
        run = begun("moons", l2=100.0, learning_rate=0.3, **rules)
        run.extend_to(1)
        assert not any("λ₂" in finding.name for finding in examine(run, 1))

    def test_the_rate_it_advises_is_that_of_the_setting_where_a_schedule_lowers_it(self) -> None:
        run = begun("moons", l2=20.0, learning_rate=3.0, schedule="step", schedule_length=1, schedule_factor=0.1)
        assert told(run, 2)["penalty"].cure == "--l2 below 6.67, or --lr below 1"

    def test_the_decay_of_adamw_has_its_own_bound(self) -> None:
        found = told(begun("moons", optimizer="adamw", weight_decay=30.0, learning_rate=0.1), 1)["penalty"]
        assert "γ · λ = 3 is above 2: the weight decay alone multiplies every weight by −2 an update" in found.words
        assert found.cure == "--weight-decay below 20, or --lr below 0.0667"


class TestOvershooting:
    def test_a_step_uphill_is_uphill_at_any_length_and_the_memory_is_blamed(self) -> None:
        run = begun("moons", optimizer="momentum", momentum=0.95, learning_rate=1.0)
        update, found = first(run, "uphill", 200)
        record = run.record(update)
        for share in (1.0, 0.1, 1e-3, 1e-5):
            moved = Network(record.before.architecture, record.before.flat + share * record.step.flat)
            losses = sample_losses(moved, "binary-cross-entropy", record.passed.a[0], record.targets)
            assert losses.mean() > record.loss_mean
        assert "it goes uphill at any length" in found.words
        assert "at μ = 0.95 they add up to 20 times a single one" in found.cause
        assert found.cure == "--lr 0.05, or a --momentum below 0.95"

    def test_plain_descent_is_never_uphill(self) -> None:
        run = begun("moons", learning_rate=50.0)
        assert not any("uphill" in told(run, k) for k in range(1, 40))

    def test_the_rate_it_advises_is_that_of_the_setting_where_a_schedule_lowers_it(self) -> None:
        run = begun("digits", learning_rate=200.0, schedule="step", schedule_length=1000, schedule_factor=0.1)
        plain = begun("digits", learning_rate=200.0)
        update, found = first(plain, "overshoots", 30)
        assert found.cure == told(run, update)["overshoots"].cure
        warm = begun("digits", learning_rate=200.0, schedule="warm-up", schedule_length=10)
        update, found = first(warm, "overshoots", 30)
        times = int(found.words.split(": a step ")[1].split()[0])
        assert float(found.cure.removeprefix("--lr ")) == pytest.approx(200.0 / times, rel=1e-2)
        assert warm.record(update).learning_rate < 200

    def test_it_looks_at_the_loss_with_the_penalty_since_the_update_descends_on_that(self) -> None:
        run = begun("moons", l2=2.0, learning_rate=0.3)
        for k in range(1, 10):
            assert not {"overshoots", "uphill"} & set(told(run, k))


class TestStepsOfUnusualLength:
    def test_steps_too_short_and_too_long_are_told_from_the_twentieth_on(self) -> None:
        short, long = begun("moons", learning_rate=1e-4), begun("moons", learning_rate=20.0)
        assert {"short-1", "long-1", "long-2"}.isdisjoint({*told(short, 19), *told(long, 19)})
        found = told(short, 20)
        assert "most of the last 20 steps are shorter than 0.0001 of the weights' length" in found["short-1"].words
        assert "longer than 0.1 of the weights' length" in told(long, 20)["long-2"].words

    def test_where_updates_take_long_fewer_are_looked_at_and_too_few_tell_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = begun("moons", learning_rate=1e-4)
        run.extend_to(30)
        record = run.record(30)
        cost = record.n * record.before.architecture.parameters
        for count in (3, 7):
            monkeypatch.setattr("bptui.experiments.symptoms.patient.WORK", count * cost)
            found = examine(run, 30)
            assert any(finding.name == f"layer 1: |Δw| ÷ |w|, the middle of {count} steps" for finding in found)
            assert ("short-1" in {symptom.id for symptom in symptoms(found)}) == (count == 7)

    def test_what_is_measured_is_the_middle_of_the_steps_without_biases(self) -> None:
        run = begun("moons")
        run.extend_to(30)
        finding = next(f for f in examine(run, 30) if f.name.startswith("layer 2: |Δw| ÷ |w|"))
        records = [run.record(k) for k in range(11, 31)]
        ratios = [np.linalg.norm(r.step.weights[1]) / np.linalg.norm(r.before.weights[1]) for r in records]
        assert finding.name.endswith("the middle of 20 steps")
        assert float(finding.measured) == pytest.approx(float(np.median(ratios)), rel=0.05)

    def test_longer_steps_are_not_advised_where_a_layer_is_saturated(self) -> None:
        rng = np.random.default_rng(5)
        x = rng.normal(5000, 100, (60, 3))
        scenario = Scenario.from_arrays(x, x[:, 0] > 5000, layers=[3, 8, 1], activations=["sigmoid", "sigmoid"])
        run = changed(scenario, {"training": {"learning_rate": 0.01}}, None).begin()
        found = told(run, 30)
        assert "saturated-1" in found
        assert "short-1" not in found
        assert not any("a larger --lr" in symptom.cure for symptom in found.values() if symptom.id != "constant")


class TestCurves:
    def patient(self, trains: list[float], tests: list[float] | None = None) -> Patient:
        """A run whose curves are these, an epoch each from 0 on."""
        run = begun("iris")
        run.extend_to(1)
        it = Patient(run, run.record(1))
        epochs = np.arange(float(len(trains)))
        now = EpochEnd(len(trains) - 1, trains[-1], tests[-1] if tests else np.nan, np.nan, np.nan, 0.0)
        it.__dict__.update(train_losses=(epochs, np.array(trains)), test_losses=np.array(tests or []), now=now)
        return it

    def symptoms_of(self, findings: Any) -> list[Finding]:
        return [finding for finding in findings if finding.symptom is not None]

    def test_a_loss_at_the_best_constant_answer_is_told_where_it_stands_still(self) -> None:
        best = constant_loss(self.patient([1.0]))
        assert self.symptoms_of(stuck(self.patient([1.4, *[best] * 30])))
        assert not self.symptoms_of(stuck(self.patient([1.4, *[best] * 10])))
        assert not self.symptoms_of(stuck(self.patient([1.4, *[best, 1.3] * 15, best])))

    def test_a_loss_that_jumps_about_there_is_told_after_twice_as_many_epochs(self) -> None:
        best = constant_loss(self.patient([1.0]))
        jumping = [1.4, *[1.01 * best, 1.15 * best, 1.05 * best] * 14]
        (found,) = self.symptoms_of(stuck(self.patient(jumping)))
        assert found.symptom is not None
        assert found.symptom.words.startswith("since epoch 21 the loss was 1.1")
        assert not self.symptoms_of(stuck(self.patient(jumping[:39])))
        assert not self.symptoms_of(stuck(self.patient([*jumping[:30], 0.9 * best, *jumping[30:]])))
        assert not self.symptoms_of(stuck(self.patient([1.4, *[1.01 * best, 1.3 * best, 1.4 * best] * 14])))

    def test_a_loss_that_stands_still_elsewhere_is_not_said_to_be_there(self) -> None:
        for level in (1.05, 1.3):
            assert not self.symptoms_of(stuck(self.patient([1.4, *[level] * 30])))

    def test_overfit_says_what_both_losses_were_then_and_are_now(self) -> None:
        found = self.symptoms_of(overfit(self.patient([1.0, 0.5, 0.3, 0.31, 0.2], [1.0, 0.6, 0.4, 0.5, 0.9])))
        assert found[0].symptom is not None
        assert found[0].symptom.words == (
            "it overfits: from epoch 2 to 4 the test loss rose from 0.4 to 0.9, the training loss fell from 0.3 to 0.2"
        )
        assert not self.symptoms_of(overfit(self.patient([1.0, 0.5, 0.3, 0.31, 0.3], [1.0, 0.6, 0.4, 0.5, 0.9])))


class TestSince:
    def test_layers_that_long_steps_have_saturated_or_killed_are_told_from_those_that_began_so(self) -> None:
        grown = told(begun("moons", learning_rate=20.0), 60)["saturated-1"]
        assert "not at the start" in grown.cause
        assert grown.cure == "a smaller --lr, or --activation relu"
        rng = np.random.default_rng(5)
        x = rng.normal(5000, 100, (60, 3))
        raw = Scenario.from_arrays(x, x[:, 0] > 5000, layers=[3, 8, 1], activations=["sigmoid", "sigmoid"])
        at_once = told(raw.begin(), 1)["saturated-1"]
        assert "as they were at the start" in at_once.cause
        assert at_once.cure.startswith("scale the inputs")
