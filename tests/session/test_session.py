"""A session: intents of a reader change the run or the moment, and the past stays what it was."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.engine import UpdateRules
from bptui.scenario import Scenario
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.session import MOVES, Moment, Player, phases
from bptui.session.aim import parse_aim
from bptui.session.session import Session
from bptui.training import Settings
from bptui.training.settings import RATES
from tests.training.builders import fingerprint, fingerprints, with_rate

TEN = DataChoice(name="plane", samples=10, seed=3)
SMALL = NetworkChoice(layers=(2, 3, 1), activations=("tanh", "identity"))
PHASES = phases(2)
LAST = PHASES[-1]
"""The last phase of an update of two layers."""


def session(settings: Settings | None = None, network: NetworkChoice = SMALL) -> Session:
    return Session(Scenario(TEN, network, settings or Settings(UpdateRules(learning_rate=0.1), batch_size=4)))


def at(moment: Moment, settings: Settings | None = None) -> Session:
    there = session(settings)
    there.run.extend_to(moment.update)
    there.moment = moment
    return there


def stopped() -> Session:
    """A run that diverged, looked at where it stopped."""
    one = session(Settings(UpdateRules(learning_rate=50.0), batch_size=4), NetworkChoice((2, 1), ("identity",)))
    one.run.extend_to(100_000)
    one.halt()
    return one


class TestBeginning:
    def test_it_begins_at_the_start_with_the_output_layer_selected(self) -> None:
        assert session().moment == Moment(layer=2)

    def test_a_scenario_whose_first_update_is_not_finite_is_refused(self) -> None:
        with pytest.raises(ArithmeticError, match=r"stopped before update 1 \(epoch 1, batch 1\)"):
            session(Settings(UpdateRules(learning_rate=1e300)))


@pytest.mark.parametrize("name", ["xor", "digits", "mazur"])
def test_left_and_then_right_returns_to_the_same_weight(name: str) -> None:
    there = Session(Scenario.built_in(name))
    architecture = there.run.start.architecture
    layers = architecture.layers
    for unit in range(architecture.sizes[layers]):
        for source in range(-1, architecture.sizes[layers - 1]):
            there.moment = replace(there.moment, layer=layers, unit=unit, source=source)
            there.select(layer=-1)
            there.select(layer=1)
            assert (there.moment.layer, there.moment.unit, there.moment.source) == (layers, unit, source)


class TestChange:
    @pytest.mark.parametrize(
        ("moment", "first"),
        [(Moment(5), 5), (Moment(5, phase=PHASES[1]), 6), (Moment(5, sample=1), 6), (Moment(5, LAST, 3), 6)],
    )
    def test_it_reaches_the_first_update_of_which_nothing_was_done(self, moment: Moment, first: int) -> None:
        there = at(moment)
        there.change(with_rate(there.next_settings, 0.5))
        assert [update for update, _ in there.run.causes.changes] == [1, first]
        assert there.moment == moment

    def test_the_past_stays_and_the_future_is_another_one(self) -> None:
        there, untouched = at(Moment(5, phase=PHASES[2])), session()
        there.run.extend_to(30)
        there.change(with_rate(there.next_settings, 0.5))
        assert there.run.frontier == 5
        assert fingerprints(there.run, 1, 5) == fingerprints(untouched.run, 1, 5)

    def test_a_smaller_batch_can_begin_with_the_update_one_stands_before(self) -> None:
        there = at(Moment(5))
        there.change(replace(there.next_settings, batch_size=2))
        assert there.record.n == 2
        assert there.moment == Moment(5)

    def test_two_changes_of_mind_leave_no_trace(self) -> None:
        there, untouched = at(Moment(5, LAST, 3)), session()
        there.toggle_reduction()
        there.toggle_reduction()
        there.run.extend_to(20)
        assert fingerprint(there.run.record(20)) == fingerprint(untouched.run.record(20))

    def test_reduction(self) -> None:
        there = at(Moment(5, LAST, 3))
        assert there.toggle_reduction() == "sum over the batch from update 6 on"
        assert there.next_settings.rules.reduction == "sum"
        assert there.toggle_reduction() == "mean over the batch from update 6 on"

    def test_the_batch_is_doubled_up_to_all_and_halved_down_to_one(self) -> None:
        there = session()
        doubled = [there.scale_batch(True) for _ in range(2)]
        assert doubled == ["batch size 8 from update 1 on", "batch size 10 from update 1 on"]
        assert there.next_settings.batch_size is None
        assert there.why_not_batch(True) == "the batch already holds all 10 samples"
        halved = [there.scale_batch(False) for _ in range(3)]
        assert halved[-1] == "batch size 1 from update 1 on"
        assert there.why_not_batch(False) == "a batch has at least one sample"
        assert there.why_not_batch(True) is None

    @pytest.mark.parametrize(("rate", "up", "down"), [(0.1, 0.2, 0.05), (0.3, 0.5, 0.2), (5e3, None, 2e3)])
    def test_the_rate_climbs_in_steps_of_1_2_5(self, rate: float, up: float | None, down: float | None) -> None:
        there = session(Settings(UpdateRules(learning_rate=rate), batch_size=4))
        assert there.nearest_rate(True) == (None if up is None else pytest.approx(up))
        assert there.nearest_rate(False) == (None if down is None else pytest.approx(down))

    def test_the_ladder_of_rates_ends_at_a_millionth_and_5000(self) -> None:
        assert (RATES[0], RATES[-1]) == pytest.approx((1e-6, 5e3))
        assert session(Settings(UpdateRules(learning_rate=1e-6))).nearest_rate(False) is None

    def test_a_change_in_the_past_says_how_many_later_updates_stay_in_the_fork_before(self) -> None:
        there = Session(Scenario.built_in("xor"))
        for _ in range(5):
            there.move(("batch", 1))
        assert "fork" not in there.change_rate(up=True)
        for _ in range(3):
            there.move(("batch", -1))
        assert there.change_rate(up=True).endswith("; now fork 2, 3 updates stay in fork 1")

    def test_a_rate_is_changed_with_a_notice(self) -> None:
        there = at(Moment(3, LAST, 1))
        assert there.change_rate(True) == "learning rate 0.2 from update 4 on"
        assert there.next_settings.rules.learning_rate == 0.2


def letters(moment: Moment) -> Session:
    there = Session(Scenario.built_in("letters"))
    there.run.extend_to(moment.update)
    there.moment = moment
    return there


class TestPutIn:
    INK = np.linspace(0.0, 1.0, 144)

    @pytest.mark.parametrize(
        ("moment", "update"), [(Moment(5), 5), (Moment(5, phase=PHASES[1]), 6), (Moment(5, LAST, 31), 6)]
    )
    def test_a_sample_of_ones_own_is_the_last_of_the_batch_that_can_still_be_reached(
        self, moment: Moment, update: int
    ) -> None:
        there = letters(moment)
        assert there.put_in(self.INK, 2) == f"sample 33 of 33 in the batch of update {update}"
        assert there.moment == replace(moment, update=update, phase=PHASES[0], sample=0)
        record = there.record
        assert (record.n, record.guests) == (33, 1)
        assert record.passed.a[0][32].tolist() == self.INK.tolist()
        assert record.targets[32].argmax() == 2
        assert record.targets[32].sum() == 1

    def test_another_one_joins_the_same_batch_as_long_as_nothing_of_it_was_done(self) -> None:
        there = letters(Moment(2))
        there.put_in(self.INK, 2)
        assert there.put_in(self.INK, 25) == "sample 34 of 34 in the batch of update 2"
        assert there.record.targets[32:].argmax(axis=1).tolist() == [2, 25]

    def test_later_updates_made_without_it_stay_in_the_fork_before_and_that_is_said(self) -> None:
        there = letters(Moment(2))
        there.run.extend_to(5)
        assert there.put_in(self.INK, 0).endswith("; now fork 2, 4 updates stay in fork 1")

    def test_one_can_stand_where_it_comes_in(self) -> None:
        there = letters(Moment(3, LAST, 31))
        there.stand_at_guest()
        assert there.moment == Moment(3, LAST, 31), "no guest, nowhere to stand"
        there.put_in(self.INK, 0)
        there.stand_at_guest()
        assert (there.moment.update, there.moment.phase, there.moment.sample) == (4, PHASES[0], 32)

    def test_of_two_classes_with_one_output_the_target_is_the_class(self) -> None:
        there = Session(Scenario.built_in("xor"))
        there.put_in(np.array([1.0, 0.0]), 1)
        assert there.record.targets[-1].tolist() == [1.0]
        with pytest.raises(IndexError):
            there.put_in(np.array([1.0, 0.0]), 2)

    def test_the_network_of_now_is_the_one_after_the_update_once_it_is_made(self) -> None:
        there = letters(Moment(2, phase=PHASES[3]))
        assert there.network_now() is there.record.before
        there.move(("batch", 1))
        assert there.network_now() is there.record.after


class TestRestart:
    def test_it_begins_again_with_the_settings_now_in_force_and_the_same_selection(self) -> None:
        there = at(Moment(5, LAST, 3, layer=1, unit=2, source=1))
        there.player = Player(playing=True)
        there.change_rate(True)
        assert there.restart() == "restarted with seed 3; now fork 2, 5 updates stay in fork 1"
        assert there.moment == Moment(layer=1, unit=2, source=1)
        ((_, change),) = there.run.causes.changes
        assert isinstance(change, Settings)
        assert change.rules.learning_rate == 0.2
        assert there.run.start.flat.tolist() == session().run.start.flat.tolist()
        assert not there.player.playing

    def test_another_seed_means_other_weights_and_the_same_settings(self) -> None:
        there = at(Moment(5, LAST, 3))
        there.change_rate(True)
        assert there.reseed() == "restarted with seed 4: other start weights and order"
        assert there.run.start.flat.tolist() != session().run.start.flat.tolist()
        assert there.next_settings.rules.learning_rate == 0.2
        assert there.moment.update == 1


class TestReasons:
    def test_at_the_start_nothing_goes_back(self) -> None:
        reasons = {session().why_not(move) for move in MOVES if move[1] < 0}
        assert reasons == {"this is the start of the run"}
        assert session().why_not(("phase", 1)) is None

    @pytest.mark.parametrize("moment", [Moment(2), Moment(1, phase=PHASES[1]), Moment(1, sample=1)])
    def test_anywhere_else_all_moves_can_be_made(self, moment: Moment) -> None:
        assert {at(moment).why_not(move) for move in MOVES} == {None}

    def test_where_the_run_stopped_nothing_goes_forward(self) -> None:
        there = stopped()
        assert {there.why_not(move) for move in MOVES if move[1] > 0} == {str(there.run.stop)}
        assert {there.why_not(move) for move in MOVES if move[1] < 0} == {None}

    def test_within_the_last_update_one_can_still_go_to_its_end(self) -> None:
        there = stopped()
        there.moment = replace(there.moment, phase=PHASES[2])
        assert there.why_not(("phase", 1)) is None


class TestGoTo:
    @staticmethod
    def go(there: Session, words: str) -> str:
        aim = parse_aim(words)
        there.run.extend(aim.goal(there.run, there.moment))
        return there.arrive_at(aim)

    @pytest.mark.parametrize(
        ("words", "notice"),
        [
            ("7", "update 7: epoch 3, batch 1"),
            ("e3", "update 7: epoch 3, batch 1"),
            ("e3 b2", "update 8: epoch 3, batch 2"),
        ],
    )
    def test_one_stands_at_the_end_of_that_update(self, words: str, notice: str) -> None:
        there = session()
        assert self.go(there, words) == notice
        assert (there.moment.phase, there.moment.sample) == (LAST, there.record.n - 1)

    def test_a_goal_in_the_past_needs_nothing_new(self) -> None:
        there = at(Moment(20))
        assert self.go(there, "e2 b2") == "update 5: epoch 2, batch 2"
        assert there.run.frontier == 20

    def test_an_epoch_that_a_change_cut_short_has_no_later_batches(self) -> None:
        there = at(Moment(1, LAST, 3))
        there.change(replace(there.next_settings, batch_size=None))
        with pytest.raises(IndexError, match="epoch 1 has 2 batches, no 3"):
            self.go(there, "e1 b3")
        assert self.go(there, "e1 b2") == "update 2: epoch 1, batch 2"

    def test_a_batch_that_an_epoch_does_not_have_is_refused_and_one_stands_as_before(self) -> None:
        there = at(Moment(5, LAST, 3))
        for words in ("e3 b4", "e3 b99", "b4"):
            with pytest.raises(IndexError, match="has 3 batches, no "):
                self.go(there, words)
            assert there.moment == Moment(5, LAST, 3)

    def test_where_the_run_stopped_its_past_can_still_be_gone_to(self) -> None:
        there = stopped()
        assert self.go(there, "e2") == "update 4: epoch 2, batch 1"

    def test_beyond_where_the_run_stopped_is_its_last_update(self) -> None:
        there = stopped()
        frontier = there.run.frontier
        assert self.go(there, "e99999").startswith(f"update {frontier}:")
        assert self.go(there, "9999999").startswith(f"update {frontier}:")


class TestPlaying:
    @staticmethod
    def never() -> bool:
        return False

    def test_a_paused_session_stays_where_it_is(self) -> None:
        there = session()
        there.tick(10.0, self.never)
        assert there.moment == session().moment

    def test_it_makes_the_moves_that_the_clock_has_earned(self) -> None:
        there = session()
        there.player = Player(playing=True, speed=2)  # 10 phases a second
        for _ in range(5):
            there.tick(0.2, self.never)
        assert (there.moment.sample, there.moment.phase) == (1, PHASES[3])  # the tenth phase after the first

    def test_batches_are_played_without_looking_at_each(self) -> None:
        there = session()
        there.player = Player(playing=True, speed=8)  # 60 batches a second
        there.tick(0.1, self.never)
        assert (there.moment.update, there.moment.phase) == (6, LAST)

    def test_from_the_middle_of_a_batch_the_first_move_is_to_its_end(self) -> None:
        there = at(Moment(5, phase=PHASES[3]))
        there.player = Player(playing=True, speed=5)  # 2 batches a second
        there.tick(0.5, self.never)
        assert (there.moment.update, there.moment.phase) == (5, LAST)

    def test_at_full_speed_it_goes_on_until_it_has_to_pause(self) -> None:
        there, turns = session(), iter([False] * 25 + [True] * 9)
        there.player = Player(playing=True, speed=9)
        there.tick(0.1, lambda: next(turns))
        assert there.moment.update == there.run.frontier == 26

    def test_where_the_run_stops_the_player_stops(self) -> None:
        there = session(Settings(UpdateRules(learning_rate=50.0)), NetworkChoice((2, 1), ("identity",)))
        there.player = Player(playing=True, speed=9)
        there.tick(0.1, self.never)
        there.tick(0.1, self.never)
        assert there.run.stop is not None
        assert there.moment.update == there.run.frontier
        assert not there.player.playing
