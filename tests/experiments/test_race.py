"""Races: what the lanes share, how they go side by side, and that every figure is what a plain count gives."""

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from bptui.data import Dataset, Split
from bptui.engine import Architecture, Network, UpdateRules
from bptui.engine import evaluate as evaluate_room
from bptui.engine import update as update_room
from bptui.engine.backprop import Pass, backward, forward
from bptui.engine.losses import LOSSES, Loss
from bptui.engine.statistics import sample_gradient
from bptui.engine.types import Floats
from bptui.experiments.cost import memory_bytes, multiply_adds
from bptui.experiments.gradient_noise import PROBE, gradient_noise, probe
from bptui.experiments.lane import STATES, UNITS, Entry, Lane, Unit
from bptui.experiments.race import Race
from bptui.experiments.races import PRESETS, Preset, averaged, epochs_for
from bptui.scenario import Scenario
from bptui.training import Run, Settings
from bptui.training import stepper as stepper_room
from bptui.training.stepper import Stepper
from tests.networks import outputs
from tests.training.builders import begin, network, with_rate

SINGLE = Settings(UpdateRules(learning_rate=0.05), batch_size=1)
FOUR = replace(SINGLE, batch_size=4)
ALL = replace(SINGLE, batch_size=None)
DRILL = replace(SINGLE, repeats=50, repeat_until=0.01)
LANES = (Entry("one", SINGLE), Entry("four", FOUR), Entry("all", ALL), Entry("drill", DRILL))
NAMES = ("digits", "xor", "iris", "moons", "sine", "mazur", "drill", "oberman")


def race(goal: float = 40, unit: Unit = "seen", entries: tuple[Entry, ...] = LANES, held_out: int = 3) -> Race:
    """A race over ten samples."""
    return Race(begin(held_out=held_out), entries, goal, unit)


def weights(lane: Lane) -> bytes:
    return lane.network.flat.tobytes()


def preset_of(name: str) -> Preset:
    return next(preset for preset in PRESETS if preset.name == name)


def raced(name: str, scenario: str, share: float = 1.0) -> Race:
    """A preset's race on a built-in scenario, some way to its goal."""
    it = Scenario.built_in(scenario)
    made = preset_of(name).begin(it.begin(), it.settings)
    assert made.advance(made.goal * share)
    return made


class TestSharing:
    def test_all_lanes_start_from_the_same_weights_over_the_same_data(self) -> None:
        lanes = race().lanes
        assert len({weights(lane) for lane in lanes}) == 1
        assert len({id(lane.run.problem) for lane in lanes}) == 1

    def test_all_lanes_meet_the_samples_of_an_epoch_in_the_same_order(self) -> None:
        it = race(entries=LANES[:3])
        it.advance(10)
        orders = [
            [int(row) for update in range(1, lane.run.frontier + 1) for row in lane.run.record(update).indices]
            for lane in it.lanes
        ]
        assert orders[0] == orders[1] == orders[2]
        assert sorted(orders[0]) == list(range(3, 13))

    def test_racing_changes_nothing_in_a_lane(self) -> None:
        it = race()
        it.advance(40)
        for lane in it.lanes:
            alone = begin(lane.settings, held_out=3)
            alone.extend_to(lane.run.frontier)
            assert alone.record(lane.run.frontier).after.flat.tobytes() == weights(lane)

    def test_the_run_lent_for_the_start_is_left_alone(self) -> None:
        run = begin()
        run.extend_to(3)
        Race(run, LANES, 40).advance(40)
        assert run.frontier == 3

    @pytest.mark.parametrize("count", [1, 7])
    def test_a_race_has_two_to_six_lanes(self, count: int) -> None:
        with pytest.raises(ValueError, match=f"2 to 6 lanes, got {count}"):
            race(entries=(LANES[0],) * count)


class TestSideBySide:
    @pytest.mark.parametrize("unit", UNITS)
    def test_every_lane_comes_to_the_goal_and_makes_no_update_beyond_it(self, unit: Unit) -> None:
        goal = {"seen": 40.0, "epoch": 4.0, "update": 40.0, "mult_adds": 40.0 * multiply_adds(network().architecture)}
        it = race(goal[unit], unit, LANES[:3])
        assert it.advance(goal[unit])
        for lane in it.lanes:
            assert lane.progress(unit) >= goal[unit]
            before = lane.run.record(lane.run.frontier).position
            assert lane._progress(unit, lane.run.frontier - 1, before) < goal[unit]

    def test_no_lane_is_ahead_by_more_than_its_own_update(self) -> None:
        it = race(200, entries=LANES[:3])
        asked: list[list[float]] = []

        def listen() -> bool:
            asked.append([lane.progress("seen") for lane in it.lanes])
            return False

        it.advance(200, listen)
        assert len(asked) > 100
        for one, four, everything in asked:
            least = min(one, four, everything)
            assert (one - least, four - least, everything - least) <= (1, 4, 10)
            assert max(one - least - 1, four - least - 4, everything - least - 10) <= 0

    def test_a_race_in_slices_is_the_race_in_one_go(self) -> None:
        whole, sliced = race(), race()
        whole.advance(40)
        slices = 0
        while not sliced.advance(40, pauses(2)):
            slices += 1
        assert slices > 10
        assert [repr(lane.points) for lane in sliced.lanes] == [repr(lane.points) for lane in whole.lanes]

    def test_a_lane_that_diverges_stops_with_a_note_and_the_others_go_on(self) -> None:
        it = race(400, entries=(Entry("wild", with_rate(ALL, 1e5)), Entry("tame", ALL)))
        assert it.advance(400)
        wild, tame = it.lanes
        assert wild.note is not None
        assert wild.note.startswith(f"stopped before update {wild.run.frontier + 1} (epoch ")
        assert wild.back_propagations < 400
        assert (tame.note, tame.back_propagations) == (None, 400)
        assert it.finished

    def test_a_race_goes_on_after_its_goal_was_put_off(self) -> None:
        it = race()
        it.advance(40)
        before = it.finished
        it.prolong(80)
        assert (before, it.finished) == (True, False)
        assert it.advance(it.goal)
        assert it.progress == 80

    @pytest.mark.parametrize(("done", "mark"), [(0, 10), (4, 10), (10, 20)])
    def test_the_next_epoch_ends_where_all_samples_have_been_met(self, done: float, mark: float) -> None:
        it = race(entries=LANES[:2])
        it.advance(done)
        assert it.next_epoch() == mark


def pauses(times: int) -> "Pauses":
    return Pauses(times)


class Pauses:
    """Says yes after n questions."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


class TestFigures:
    @pytest.mark.parametrize("sizes", [(2, 1), (2, 3, 1), (4, 5, 6, 3)])
    def test_multiply_adds_are_those_of_the_loops(self, sizes: tuple[int, ...]) -> None:
        architecture = Architecture(sizes, ("tanh",) * (len(sizes) - 1))
        assert multiply_adds(architecture) == counted_by_loops(sizes)

    def test_drilling_pays_a_forward_pass_more_for_looking_whether_it_is_right(self) -> None:
        it = race()
        it.advance(40)
        drill, single = it.lanes[3], it.lanes[0]
        assert drill.back_propagations == single.back_propagations == 40
        assert drill.mult_adds - single.mult_adds == 40 * (2 * 3 + 3 * 1)

    @pytest.mark.parametrize(("size", "count"), [(1, 10), (4, 10), (None, 10), (20, 10)])
    def test_memory_is_that_of_the_arrays_of_a_pass(self, size: int | None, count: int) -> None:
        architecture = network((5, 4, 3)).architecture
        passed = Pass.empty(architecture, min(size or count, count))
        taken = sum(array.nbytes for array in (*passed.a, *passed.delta))
        assert memory_bytes(architecture, replace(SINGLE, batch_size=size), count) == taken

    def test_micro_batches_need_the_rows_of_their_largest_part_only(self) -> None:
        architecture = network().architecture
        parts = Settings(UpdateRules(micro_batches=3), batch_size=10)
        assert memory_bytes(architecture, parts, 10) == memory_bytes(architecture, FOUR, 10)

    def test_ranks_on_this_one_machine_need_the_rows_of_the_largest_share_only(self) -> None:
        architecture = network().architecture
        parts = Settings(UpdateRules(ranks=(4, 5, 1)), batch_size=10)
        assert memory_bytes(architecture, parts, 10) == memory_bytes(architecture, replace(FOUR, batch_size=5), 10)

    def test_a_point_says_the_losses_at_the_weights_it_stands_at(self) -> None:
        it = race()
        it.advance(40)
        for lane in it.lanes:
            for point in lane.points[1:]:
                record = lane.run.record(int(point.update))
                metrics = lane.run.problem.metrics(record.after, lane.settings.rules.loss)
                assert (point.train_loss, point.test_loss) == pytest.approx(metrics[:2], rel=1e-12)
                assert point.seen == record.following.seen

    def test_the_batch_loss_of_a_point_is_the_mean_since_the_point_before(self) -> None:
        lane = (it := race()).lanes[0]
        it.advance(40)
        for before, point in zip(lane.points, lane.points[1:], strict=False):
            losses = [lane.run.record(k).loss_mean for k in range(int(before.update) + 1, int(point.update) + 1)]
            assert point.batch_loss == pytest.approx(np.mean(losses), rel=1e-12)

    def test_curves_stay_short_however_long_the_race(self) -> None:
        it = race(3000, entries=LANES[1:3])
        it.advance(3000)
        assert 40 <= len(it.lanes[0].points) < 80

    def test_a_lane_keeps_few_of_its_states_however_long_the_race(self) -> None:
        it = Race(Scenario.built_in("digits").begin(), LANES[:2], 600, "update")
        it.advance(600)
        taken = [lane.run.reach.bytes for lane in it.lanes]
        again = [lane.run.again(lane.settings) for lane in it.lanes]
        assert all(run.extend_to(600) for run in again)
        assert max(taken) <= STATES < min(run.reach.bytes for run in again)
        assert [weights(lane) for lane in it.lanes] == [run.record(600).after.flat.tobytes() for run in again]

    def test_after_a_pause_the_figures_are_those_of_now(self) -> None:
        it = race(1000, entries=LANES[:2])
        it.advance(1000, pauses(30))
        it.settle()
        for lane in it.lanes:
            assert lane.points[-1].update == lane.run.frontier
            assert lane.noise == gradient_noise(lane.run.problem, lane.network, lane.settings)

    def test_what_only_the_first_updates_cost_is_paid_before_the_clock_starts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now, made, step = [0.0], [0], Stepper.step

        def costly(self: Stepper) -> float:
            made[0] += 1
            now[0] += 1.0 if made[0] > 1 else 1000.0
            return step(self)

        monkeypatch.setattr(Stepper, "step", costly)
        it = Race(begin(), (Entry("a", FOUR), Entry("b", FOUR)), 40, clock=lambda: now[0])
        it.advance(40)
        assert [lane.seconds for lane in it.lanes] == [lane.run.frontier for lane in it.lanes]
        assert it.lanes[0].run.frontier > 0

    def test_training_time_is_counted_without_the_measuring(self) -> None:
        ticks = iter(range(10**6))
        it = Race(begin(), LANES[:2], 40, clock=lambda: float(next(ticks)))
        it.advance(40)
        assert all(lane.seconds > 0 and lane.measuring > 0 for lane in it.lanes)
        assert sum(lane.seconds for lane in it.lanes) + it.measuring < next(ticks)


CHECKED = (DRILL, replace(DRILL, batch_size=4), replace(FOUR, repeat_until=0.01))


@pytest.mark.parametrize("settings", [SINGLE, FOUR, replace(FOUR, repeats=3), *CHECKED])
def test_every_pass_that_training_makes_is_among_the_multiply_adds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where they are made: rows of every forward pass, and of every backward pass."""
    rows = {"forward": 0, "backward": 0}

    def counting_forward(at: Network, passed: Pass) -> None:
        rows["forward"] += len(passed.loss)
        forward(at, passed)

    def counting_backward(at: Network, loss: Loss, y: Floats, passed: Pass) -> None:
        rows["backward"] += len(passed.loss)
        backward(at, loss, y, passed)

    def counting_looks(at: Network, loss: str, y: Floats, passed: Pass) -> Floats:
        rows["forward"] += len(y)
        return evaluate_room.losses_of_pass(at, loss, y, passed)

    it = race(entries=(Entry("a", settings), Entry("b", FOUR)))
    lane = it.lanes[0]
    monkeypatch.setattr(stepper_room, "losses_of_pass", counting_looks)
    for module in (update_room, evaluate_room):
        monkeypatch.setattr(module, "forward", counting_forward)
    monkeypatch.setattr(update_room, "backward", counting_backward)
    lane.run.extend_to(25)
    ahead = 2 * 3 + 3 * 1  # products of the weights of 2-3-1
    assert rows["backward"] == lane.back_propagations > 0
    assert lane.mult_adds == rows["forward"] * ahead + rows["backward"] * (ahead + 3 * 1)


def counted_by_loops(sizes: tuple[int, ...]) -> int:
    """One multiply-add for every turn of the innermost loop of a plain forward and backward pass."""
    made = 0
    layers = list(pairwise(sizes))
    for i, o in layers:  # z_o += a_i w_io
        for _ in range(o):
            for _ in range(i):
                made += 1
    for place, (i, o) in enumerate(layers):
        for _ in range(i):
            for _ in range(o):
                made += 1  # ∂L/∂w_io = a_i δ_o
                if place > 0:
                    made += 1  # δ_i += w_io δ_o
    return made


class TestNoise:
    def gradients(self, run: Run, at: Network) -> np.ndarray:
        """Every training sample's gradient, N × p."""
        passed = Pass.empty(at.architecture, run.problem.count)
        passed.a[0][:] = run.problem.train_x[:]
        forward(at, passed)
        backward(at, LOSSES["half-squared-error"], run.problem.train_y, passed)
        return np.array([sample_gradient(at.architecture, passed, m).flat for m in range(run.problem.count)])

    @pytest.mark.parametrize("size", [1, 2, 3, 6])
    def test_the_noise_of_a_batch_is_its_deviation_over_all_batches_there_are(self, size: int) -> None:
        run = begin(count=6)
        each = self.gradients(run, run.start)
        mean = each.mean(axis=0)
        misses = [np.sum((each[list(rows)].mean(axis=0) - mean) ** 2) for rows in combinations(range(6), size)]
        expected = np.sqrt(np.mean(misses)) / np.linalg.norm(mean)
        noise = gradient_noise(run.problem, run.start, replace(SINGLE, batch_size=size))
        assert noise.of_batch == pytest.approx(expected, rel=1e-9, abs=1e-12)

    def test_variance_and_scale_are_those_of_the_single_gradients(self) -> None:
        run = begin()
        each = self.gradients(run, run.start)
        noise = gradient_noise(run.problem, run.start, FOUR)
        assert noise.variance == pytest.approx(each.var(axis=0).sum(), rel=1e-9)
        assert noise.scale == pytest.approx(each.var(axis=0).sum() / np.sum(each.mean(axis=0) ** 2), rel=1e-9)

    def test_the_noise_is_the_same_for_sum_and_mean(self) -> None:
        run = begin()
        summed = replace(FOUR, rules=replace(FOUR.rules, reduction="sum"))
        assert gradient_noise(run.problem, run.start, summed) == gradient_noise(run.problem, run.start, FOUR)

    def test_a_sorted_file_is_measured_by_a_fair_choice(self) -> None:
        """The first 600 samples are all alike, the other 600 are not: a look at the first ones would see no noise."""
        rng = np.random.default_rng(0)
        x = np.concatenate([np.ones((600, 3)), rng.normal(size=(600, 3))])
        data = Dataset("sorted", x, x[:, :1] ** 2)
        start = network((3, 4, 1))
        run = Run.begin(data, Split(np.arange(1200), np.arange(0)), start, FOUR, seed=3)
        whole = self.gradients(run, run.start)
        noise = gradient_noise(run.problem, run.start, FOUR)
        assert noise.variance == pytest.approx(whole.var(axis=0).sum(), rel=0.3)
        assert noise == gradient_noise(run.problem, run.start, FOUR)

    @pytest.mark.parametrize("count", [1, 511, 512, 513, 5000])
    def test_the_probe_is_a_choice_without_repetition(self, count: int) -> None:
        places = probe(count, 3)
        assert len(set(places.tolist())) == len(places) == min(count, PROBE)
        assert places.max() < count
        if count > 1000:
            assert not np.array_equal(places, probe(count, 4))
            assert abs(places.mean() / count - 0.5) < 0.05

    def test_a_single_sample_has_no_noise(self) -> None:
        run = begin(count=1)
        assert gradient_noise(run.problem, run.start, SINGLE).of_batch == 0


class TestPresets:
    @pytest.mark.parametrize("scenario", NAMES)
    @pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
    def test_every_question_has_two_to_six_lanes_or_a_reason_why_not(self, preset: Preset, scenario: str) -> None:
        it = Scenario.built_in(scenario)
        run = it.begin()
        lanes = preset.lanes(it.settings, run.problem.count)
        if preset.why_not(it.settings, run.problem.count) is None:
            assert 2 <= len(lanes) <= 6
            assert len({lane.name for lane in lanes}) == len(lanes)
            assert max(len(lane.name) for lane in lanes) <= 16
            made = preset.begin(run, it.settings)
            made.advance(100)
            assert any(lane.run.frontier for lane in made.lanes)
        else:
            assert len(lanes) < 2

    def test_a_single_sample_leaves_only_what_needs_no_other(self) -> None:
        settings = Scenario.built_in("mazur").settings
        open_ones = [preset.name for preset in PRESETS if preset.why_not(settings, 1) is None]
        assert open_ones == ["learning rates", "optimizers"]

    @pytest.mark.parametrize(("count", "epochs"), [(1, 2000), (800, 10), (120, 67), (100_000, 3)])
    def test_the_goal_is_a_sensible_number_of_epochs(self, count: int, epochs: int) -> None:
        assert epochs_for(count) == epochs

    @pytest.mark.parametrize(
        ("count", "sizes"), [(800, [1, 32, 256, 800]), (120, [1, 8, 32, 120]), (4, [1, 2, 4]), (2, [1, 2])]
    )
    def test_batch_sizes_fit_the_data(self, count: int, sizes: list[int]) -> None:
        lanes = preset_of("batch sizes").lanes(SINGLE, count)
        assert [lane.settings.batch_size for lane in lanes] == sizes

    def test_batches_save_no_back_propagation_and_no_multiply_add(self) -> None:
        lanes = raced("batch sizes", "iris", 7 / 67).lanes
        assert {lane.back_propagations for lane in lanes} == {840}  # 7 epochs of 120 samples
        assert len({lane.mult_adds for lane in lanes}) == 1
        assert [lane.run.frontier for lane in lanes] == [840, 105, 28, 7]

    @pytest.mark.parametrize("scenario", ["digits", "iris", "xor", "moons"])
    def test_sum_and_mean_are_the_same_thing_scaled_bit_for_bit(self, scenario: str) -> None:
        mean, summed, mean_of_n, sum_of_nth = raced("sum and mean", scenario, 0.05).lanes
        assert weights(summed) == weights(mean_of_n)
        assert weights(mean) == weights(sum_of_nth)
        assert weights(mean) != weights(summed)

    def test_repeats_spend_the_same_back_propagations_on_fewer_samples(self) -> None:
        once, ten, until = raced("repeats", "moons", 0.1).lanes
        assert {lane.back_propagations for lane in (once, ten, until)} == {800}
        assert once.progress("epoch") == 5
        assert ten.progress("epoch") == 0.5
        assert 0.5 < until.progress("epoch") < 5

    def test_until_right_leaves_a_sample_only_when_its_loss_is_low(self) -> None:
        lane = raced("repeats", "moons", 0.05).lanes[2]
        for update in range(1, lane.run.frontier):
            record = lane.run.record(update)
            if record.following.start != record.position.start:
                again = lane.run.problem.data.y[record.indices]
                a = outputs(record.after, record.passed.a[0])
                loss = float(-(again * np.log(a) + (1 - again) * np.log(1 - a)).sum())
                assert loss < 0.1

    def test_learning_rates_are_the_ladder_around_the_present_one(self) -> None:
        lanes = preset_of("learning rates").lanes(with_rate(FOUR, 0.3), 10)
        assert [lane.settings.rules.learning_rate for lane in lanes] == pytest.approx([0.1, 0.2, 0.3, 0.5, 1, 2])

    def test_every_optimizer_is_handed_the_same_first_gradient(self) -> None:
        lanes = raced("optimizers", "iris", 0.05).lanes
        assert len(lanes) == 6
        assert len({lane.run.record(1).reduced.flat.tobytes() for lane in lanes}) == 1
        assert len({lane.run.record(1).step.flat.tobytes() for lane in lanes}) > 2

    def test_momentum_gets_the_rate_that_makes_its_steps_add_up_to_the_plain_ones(self) -> None:
        lanes = {lane.name.split()[0]: lane.settings.rules for lane in preset_of("optimizers").lanes(FOUR, 10)}
        assert lanes["momentum"].learning_rate == pytest.approx(0.005)
        assert lanes["sgd"].learning_rate == 0.05

    @pytest.mark.parametrize("scenario", ["digits", "xor"])
    def test_micro_batches_make_the_same_curve(self, scenario: str) -> None:
        lanes = raced("micro-batches", scenario, 0.03).lanes
        whole, *parts = lanes
        assert [lane.settings.rules.micro_batches for lane in lanes] == (
            [1, 2, 5, 32] if scenario == "digits" else [1, 2, 4]
        )
        for lane in parts:
            np.testing.assert_allclose(lane.network.flat, whole.network.flat, rtol=1e-9, atol=1e-12)
            assert lane.memory < whole.memory

    def test_a_rate_meant_for_the_sum_is_taken_times_n_for_the_mean(self) -> None:
        summed = Settings(UpdateRules(reduction="sum", learning_rate=0.01), batch_size=4)
        mean = averaged(summed, 8)
        one, other = (begin(settings, count=8) for settings in (summed, mean))
        one.extend_to(20)
        other.extend_to(20)
        np.testing.assert_allclose(one.record(20).after.flat, other.record(20).after.flat, rtol=1e-12)
