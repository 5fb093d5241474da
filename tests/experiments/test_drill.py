"""The drill does what a plain loop would do, reproduces Trask's published one, and leaves the session alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bptui.data import Dataset
from bptui.engine import OptimizerSettings, UpdateRules, Workspace, compute_update
from bptui.engine.losses import LOSSES
from bptui.engine.optimizers import OPTIMIZERS
from bptui.experiments import drill as drill_room
from bptui.experiments.drill import EPSILONS, MOST_TRAIN, Drill
from bptui.scenario import Scenario
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.session.session import Session
from bptui.training import Settings
from tests.networks import outputs

from .builders import drill_at


def drill(name: str = "trask", updates: int = 0, **rules: Any) -> Drill:
    """A drill of a built-in scenario from the network before update ``updates + 1``."""
    scenario = Scenario.built_in(name)
    settings = replace(scenario.settings, rules=replace(scenario.settings.rules, **rules))
    session = Session(replace(scenario, settings=settings))
    for _ in range(updates):
        session.move(("batch", 1))
    if updates:
        session.move(("phase", 1))
    return drill_at(session)


def regression(n: int, **settings: Any) -> Session:
    rng = np.random.default_rng(1)
    data = Dataset("own", rng.normal(size=(n, 2)), rng.normal(size=(n, 1)))
    chosen = Settings(UpdateRules(learning_rate=settings.pop("learning_rate", 0.1)), **settings)
    return Session(Scenario(DataChoice("own", table=data), NetworkChoice((2, 3, 1), ("tanh", "identity")), chosen))


def errors(it: Drill) -> list[str]:
    problem = it.problem
    return [f"{e:.3f}"[1:] for e in np.abs(outputs(it.network, problem.train_x[:]) - problem.train_y).ravel().tolist()]


class TestTrask:
    """Andrew Trask, "A neural network in 11 lines of Python": γ = 1 per back-propagation, until |error| < .1."""

    def test_the_published_drill_comes_out_digit_for_digit(self) -> None:
        it = drill()
        assert it.epsilon == 0.005  # of ½ e²
        assert errors(it) == [".474", ".511", ".456", ".545"]
        made = [it.advance(10_000)]
        assert errors(it) == [".099", ".836", ".840", ".242"]
        for _ in range(3):
            it.next_sample()
            made.append(it.advance(10_000))
        assert made == [50, 75, 10, 97]
        assert errors(it) == [".096", ".859", ".929", ".099"]

    def test_sample_1_goes_wrong_again_while_sample_2_is_drilled(self) -> None:
        it = drill()
        it.advance(10_000)
        assert it.now().is_right
        assert not it.now().is_wrong_again(0)
        it.next_sample()
        it.advance(10_000)
        now = it.now()
        assert now.is_right
        assert now.is_wrong_again(0)
        assert now.change[0] > 0

    def test_a_run_that_repeats_every_batch_until_it_is_right_agrees_bit_for_bit(self) -> None:
        it, run = drill(), Session(Scenario.built_in("drill")).run
        for _ in range(4):
            it.advance(10_000)
            it.next_sample()
        assert it.updates == 232
        assert it.network.flat.tobytes() == run.record(232).after.flat.tobytes()


def test_each_step_keeps_the_loss_of_every_sample_of_the_batch() -> None:
    it = drill("xor", 3)
    record = it.record
    for made in range(1, 6):
        assert it.advance(1) == 1
        a = outputs(it.network, record.passed.a[0])
        plain = LOSSES[it.rules.loss].value(np.log(a / (1 - a)), a, record.targets)
        step = it.steps[-1]
        assert step.back_propagations == made
        assert step.losses == pytest.approx(plain)
        assert step.loss == step.losses[it.sample]
        assert step.mean == pytest.approx(plain.mean())


def test_the_first_step_is_what_the_record_says_before_its_update() -> None:
    it = drill("digits", 4)
    assert it.record.number == 5
    assert it.losses == pytest.approx(it.record.passed.loss, rel=1e-12)


def test_the_optimizer_starts_afresh_and_its_updates_count_from_1() -> None:
    it = drill("iris", 6, optimizer=OptimizerSettings("adam"))
    network = it.record.before
    memory, work = OPTIMIZERS["adam"].fresh_memory(len(network.flat)), Workspace(network.architecture, 1)
    work.load(it.record.passed.a[0], it.record.targets, [0])
    compute_update(network, it.record.settings.rules, memory, 1, work)
    it.advance(1)
    assert it.network.flat.tobytes() == (network.flat + work.step.flat).tobytes()


@pytest.mark.parametrize("updates", [0, 3])
def test_the_passes_are_the_runs_own_updates(updates: int) -> None:
    it = drill("digits", updates)
    it.epsilon = 1e-9
    it.advance(64)
    assert it.passes.updates == 2
    theirs = Session(Scenario.built_in("digits")).run.record(updates + 2).after
    assert it.passes.network.flat.tobytes() == theirs.flat.tobytes()


def test_back_propagations_short_of_a_batch_make_an_update_that_the_whole_batch_replaces() -> None:
    it = drill_at(regression(7, batch_size=3))  # batches of 3, 3 and a short one of 1
    it.epsilon = 1e-12
    made, short = [], []
    for _ in range(14):
        it.advance(1)
        made.append(it.passes.updates)
        short.append(it.passes.short)
    assert made == [1, 1, 1, 2, 2, 2, 3, 4, 4, 4, 5, 5, 5, 6]
    assert short == [1, 2, 0, 1, 2, 0, 0, 1, 2, 0, 1, 2, 0, 0]
    now = it.now()
    assert (now.drill.back_propagations, now.drill.updates) == (14, 14)
    assert (now.passes.back_propagations, now.passes.updates, now.collected) == (14, 6, 0)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_short_batch_is_an_update_of_the_samples_spent_and_of_no_other(reduction: str) -> None:
    it = drill("digits", reduction=reduction)
    it.epsilon = 1e-9
    it.advance(6)
    before, work = it.record.before, Workspace(it.record.before.architecture, 6)
    work.load(it.record.passed.a[0], it.record.targets, range(6))
    compute_update(before, it.rules, it.memory.copy(), 1, work)
    assert it.passes.network.flat.tobytes() == (before.flat + work.step.flat).tobytes()
    assert it.steps[-1].passes_mean != it.steps[0].mean


def test_both_means_are_taken_over_the_batch_and_over_the_training_set() -> None:
    it = drill_at(regression(7, batch_size=3))
    it.advance(5)
    now, problem, batch = it.now(), it.problem, it.record.passed.a[0]
    for spent, network in ((now.begin, it.record.before), (now.drill, it.network), (now.passes, it.passes.network)):
        train = 0.5 * (outputs(network, problem.train_x[:]) - problem.train_y) ** 2
        assert spent.train_loss == pytest.approx(train.mean())
        assert spent.batch_loss == pytest.approx((0.5 * (outputs(network, batch) - it.record.targets) ** 2).mean())


def test_the_others_that_rose_and_fell_are_counted_without_the_drilled_one() -> None:
    it = drill("digits")
    it.advance(1000)
    now = it.now()
    others = [float(now.now[m] - now.start[m]) for m in range(now.n) if m != now.sample]
    assert now.rose == sum(change > 0 for change in others) > 20
    assert now.fell == sum(change < 0 for change in others)
    assert now.looked_at == now.count == 800


class TestWhenItEnds:
    def test_no_update_is_made_on_a_sample_that_is_right(self) -> None:
        it = drill()
        it.advance(10_000)
        assert it.advance(5) == 0
        assert "{next-sample} drills the next" in str(it.why_not())

    def test_a_smaller_epsilon_asks_for_more(self) -> None:
        it = drill()
        it.advance(10_000)
        it.change_epsilon(up=False)
        assert it.epsilon == 0.002
        assert not it.is_right
        assert it.advance(10_000) > 0
        assert it.loss < 0.002

    def test_the_ladder_of_epsilon_has_ends(self) -> None:
        it = drill()
        for up, end in ((True, EPSILONS[-1]), (False, EPSILONS[0])):
            for _ in range(40):
                it.change_epsilon(up)
            assert it.epsilon == end
            assert it.why_not_epsilon(up)
            assert it.why_not_epsilon(not up) is None

    @pytest.mark.parametrize(("name", "epsilon"), [("trask", 0.005), ("sine", 0.005), ("moons", 0.1), ("digits", 0.1)])
    def test_right_is_less_for_squared_errors_than_for_cross_entropies(self, name: str, epsilon: float) -> None:
        assert drill(name).epsilon == epsilon

    def test_a_sample_that_never_gets_right_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(drill_room, "MOST_UPDATES", 30)
        it = drill(learning_rate=1e-9)
        assert it.advance(10_000) == 30
        assert "given up" in str(it.why_not())
        it.next_sample()
        assert it.why_not() is None

    def test_a_sample_that_no_step_moves_says_so(self) -> None:
        it = drill(learning_rate=0.0)
        assert it.advance(10_000) == 1
        assert "none moves it" in str(it.why_not())
        it.next_sample()
        assert it.why_not() is None

    def test_an_update_that_overflows_is_not_made(self) -> None:
        it = drill_at(regression(4, learning_rate=1e150))
        it.epsilon = 1e-9
        it.advance(100)
        assert "overflows" in str(it.why_not())
        assert np.isfinite(it.network.flat).all()

    def test_a_pause_stops_after_the_update_under_way(self) -> None:
        assert drill().advance(10_000, lambda: True) == 1


def test_passes_that_overflow_stop_and_the_drill_goes_on() -> None:
    it = drill_at(regression(6, learning_rate=1e150, batch_size=2))
    it.rules = replace(it.rules, learning_rate=1e-6)
    it.epsilon = 1e-12
    assert it.advance(20) == 20
    assert "overflows" in str(it.now().passes_stop)
    assert it.now().collected == 0


def test_a_restart_gives_the_same_digits_again() -> None:
    it = drill("digits", 2)
    first = [it.advance(20), it.network.flat.tobytes(), it.now().drill]
    it.next_sample()
    it.advance(5)
    it.restart()
    assert it.sample == it.first
    assert [it.advance(20), it.network.flat.tobytes(), it.now().drill] == first


def test_the_session_is_left_alone() -> None:
    session = Session(Scenario.built_in("iris"))
    session.move(("sample", 1))
    before = (session.moment, session.run.frontier, session.record.after.flat.tobytes())
    it = drill_at(session)
    it.advance(50)
    assert it.sample == session.moment.sample
    assert (session.moment, session.run.frontier, session.record.after.flat.tobytes()) == before


def test_the_past_is_thinned_and_its_ends_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill_room, "MOST_STEPS", 20)
    it = drill(learning_rate=0.01)
    it.advance(500)
    kept = [step.back_propagations for step in it.steps]
    assert len(kept) <= 20
    assert (kept[0], kept[-1]) == (0, 500)
    assert kept == sorted(set(kept))


def test_a_large_training_set_is_looked_at_in_parts() -> None:
    it = drill_at(regression(MOST_TRAIN * 3, batch_size=2))
    now = it.now()
    assert (now.looked_at, now.count) == (MOST_TRAIN, 3 * MOST_TRAIN)
    places = drill_room.looked_at(it.problem)
    assert len(set(places.tolist())) == MOST_TRAIN
    assert places.tolist() == list(range(0, 3 * MOST_TRAIN, 3))


def test_a_batch_of_one_sample_has_no_next_one_to_drill() -> None:
    it = drill_at(regression(4, batch_size=1))
    it.epsilon = 10.0
    assert it.is_right
    assert str(it.why_not()) == "sample 1 has a loss below ε: {smaller-epsilon} asks for more"
