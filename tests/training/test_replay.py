"""Going back is replaying: every record comes back bit for bit, however one wandered before."""

from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine import OPTIMIZERS, UpdateRules, forward
from bptui.engine.backprop import Pass
from bptui.engine.rates import RateSchedule
from bptui.engine.weight import Weight
from bptui.training import Settings, stepper
from bptui.training import run as run_module

from .builders import ANY_SETTINGS, begin, fingerprint, fingerprints, optimized, updates_of_epoch


@given(settings_=ANY_SETTINGS, visited=st.lists(st.integers(1, 60), min_size=1, max_size=8), last=st.integers(1, 60))
@settings(deadline=None, max_examples=40)
def test_a_record_after_wandering_is_that_of_a_fresh_run_bit_for_bit(
    settings_: Settings, visited: list[int], last: int
) -> None:
    wandered = begin(settings_)
    for update in visited:
        wandered.record(update)
    assert fingerprint(wandered.record(last)) == fingerprint(begin(settings_).record(last))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_500_back_and_500_forward_are_the_same_bits(name: str) -> None:
    run = begin(optimized(name, batch_size=4))
    there = fingerprint(run.record(520))
    assert run.record(20).number == 20
    assert fingerprint(run.record(520)) == there


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_update_starts_where_the_one_before_ended(name: str) -> None:
    run = begin(optimized(name, batch_size=4))
    records = [run.record(update) for update in range(1, 13)]
    ended = [record.after.flat.tobytes() for record in records[:-1]]
    assert [record.before.flat.tobytes() for record in records[1:]] == ended


def test_what_is_reached_is_what_the_last_update_left() -> None:
    run = begin()
    assert run.reached.flat.tobytes() == run.start.flat.tobytes()
    run.record(7)
    reached = run.reached.flat.tobytes()
    assert reached == run.record(7).after.flat.tobytes()
    run.record(3)
    assert run.reached.flat.tobytes() == reached


def test_after_is_before_plus_the_step() -> None:
    record = begin().record(3)
    assert record.after.flat.tolist() == (record.before.flat + record.step.flat).tolist()


def test_the_hot_loop_and_the_records_agree_on_every_loss() -> None:
    run = begin(Settings(batch_size=4), count=10)
    run.extend_to(30)
    noted = run.history.updates.last("batch_loss").tolist()
    assert noted == [run.record(update).loss_mean for update in range(1, 31)]


def test_stepping_one_by_one_and_running_through_are_the_same() -> None:
    stepped, through = begin(Settings(batch_size=3)), begin(Settings(batch_size=3))
    through.extend_to(25)
    assert fingerprints(stepped, 1, 25) == fingerprints(through, 1, 25)


def test_a_run_cut_into_slices_is_the_same_run() -> None:
    sliced, turns = begin(Settings(batch_size=3)), [0]

    def pause() -> bool:
        turns[0] += 1
        return turns[0] % 3 == 0

    returned: list[bool] = []
    while not returned or not returned[-1]:
        returned.append(sliced.extend(lambda frontier, _: frontier >= 20, pause))
    assert returned == [False] * 9 + [True]
    assert sliced.frontier == 20
    assert fingerprint(sliced.record(20)) == fingerprint(begin(Settings(batch_size=3)).record(20))


def test_asking_for_a_record_again_gives_the_very_same_one() -> None:
    run = begin()
    assert run.record(2) is run.record(2)


@pytest.mark.parametrize("update", [0, -1])
def test_there_is_no_update_before_the_first(update: int) -> None:
    with pytest.raises(IndexError, match=f"no update {update}"):
        begin().record(update)


@pytest.mark.parametrize("array", ["targets", "memory"])
def test_nobody_writes_to_a_record(array: str) -> None:
    record = begin(optimized("adam")).record(2)
    with pytest.raises(ValueError, match="read-only"):
        getattr(record, array)[0] = 1.0


@pytest.mark.parametrize("vector", ["before", "after", "summed", "reduced", "step", "mean"])
def test_nor_to_its_vectors(vector: str) -> None:
    parameters = getattr(begin().record(2), vector)
    with pytest.raises(ValueError, match="read-only"):
        parameters.flat[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        parameters.weights[0][0, 0] = 1.0


@pytest.mark.parametrize("arrays", ["a", "z", "delta"])
def test_nor_to_its_pass(arrays: str) -> None:
    array = getattr(begin().record(2).passed, arrays)[-1]
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1.0


def test_a_record_does_not_change_when_training_goes_on() -> None:
    run = begin(optimized("adam", batch_size=4))
    record = run.record(3)
    before = fingerprint(record)
    run.extend_to(50)
    assert fingerprint(record) == before


class TestRecord:
    run = begin(Settings(UpdateRules(reduction="sum"), batch_size=4), count=10, held_out=3)
    record = run.record(5)

    def test_rows_are_those_of_the_data_set(self) -> None:
        data = self.run.problem.data
        assert self.record.passed.a[0].tolist() == data.x[self.record.indices].tolist()
        assert self.record.targets.tolist() == data.y[self.record.indices].tolist()

    def test_held_out_rows_are_never_trained_on(self) -> None:
        met = {row for epoch in (1, 2) for r in updates_of_epoch(self.run, epoch) for row in r.indices.tolist()}
        assert met == set(range(3, 13))

    def test_its_pass_is_the_one_at_the_weights_before(self) -> None:
        passed = Pass.empty(self.record.before.architecture, self.record.n)
        passed.a[0][:] = self.record.passed.a[0]
        forward(self.record.before, passed)
        assert passed.a[-1].tolist() == self.record.passed.a[-1].tolist()

    def test_mean_is_the_sum_divided_by_n_even_where_the_rule_is_the_sum(self) -> None:
        assert self.record.mean.flat.tolist() == (self.record.summed.flat / 4).tolist()
        assert self.record.reduced.flat.tolist() == self.record.summed.flat.tolist()

    def test_losses(self) -> None:
        assert self.record.loss_sum == pytest.approx(sum(self.record.passed.loss.tolist()), rel=1e-15)
        assert self.record.loss_mean == pytest.approx(self.record.loss_sum / 4, rel=1e-15)

    def test_norms_are_those_of_the_sample_gradients(self) -> None:
        parts = [
            self.record.contributions(Weight(layer, source, unit))
            for layer, inputs, units in ((1, 2, 3), (2, 3, 1))
            for unit in range(units)
            for source in range(-1, inputs)
        ]
        assert self.record.gradient_norms.tolist() == pytest.approx(np.linalg.norm(parts, axis=0).tolist())

    def test_contributions_add_up_to_the_summed_gradient(self) -> None:
        assert self.record.contributions(Weight(1, 1, 2)).sum() == pytest.approx(self.record.summed.weights[0][1, 2])
        assert self.record.contributions(Weight(2, -1, 0)).sum() == pytest.approx(self.record.summed.biases[1][0])

    def test_slopes_are_those_of_the_layer_s_activation(self) -> None:
        a = self.record.passed.a[1][2]
        assert self.record.slope(1, 2).tolist() == pytest.approx((1 - a**2).tolist())
        assert self.record.slope(2, 2).tolist() == [1.0]

    @pytest.mark.parametrize(
        "place", [(0, 0, 0), (-1, 0, 0), (3, 0, 0), (1, -2, 0), (1, 2, 0), (2, 3, 0), (1, 0, -1), (1, 0, 3), (2, 0, 1)]
    )
    def test_a_weight_that_is_not_there_has_no_contributions(self, place: tuple[int, int, int]) -> None:
        for ask in (self.record.contributions, self.record.running, self.record.summed.__getitem__):
            with pytest.raises(IndexError, match=r"^no weight of layer"):
                ask(Weight(*place))

    def test_what_is_not_there_is_not_the_last_one(self) -> None:
        for layer, sample in ((0, 0), (-1, 0), (3, 0), (1, -1), (1, self.record.n)):
            with pytest.raises(IndexError):
                self.record.slope(layer, sample)
        for sample in (-1, self.record.n):
            with pytest.raises(IndexError, match=r"^no sample -?\d+; there are 0 to 3$"):
                self.record.gradient(sample)
        for layer in (-1, 0, 3):
            with pytest.raises(IndexError, match=rf"^no layer {layer}; there are 1 to 2$"):
                self.record.summed.layer(layer)
        with pytest.raises(IndexError, match="no samples"):
            self.record.mean_of(self.record.running_loss, 0)
        for ask in (self.run.record, self.run.first_update_of):
            with pytest.raises(IndexError, match=r"no (update|epoch) 0"):
                ask(0)
        for update in (-1, self.run.frontier + 1):
            with pytest.raises(IndexError, match=f"no update {update} was made"):
                self.run.epoch_end(update)

    def test_the_samples_gradients_add_up_to_the_batch_s(self) -> None:
        total = sum(self.record.gradient(m).flat for m in range(self.record.n))
        assert np.allclose(total, self.record.summed.flat, rtol=1e-12, atol=0)

    def test_the_rate_is_that_of_the_schedule_at_this_update(self) -> None:
        rules = UpdateRules(learning_rate=0.4, schedule=RateSchedule("step", length=2, factor=0.5))
        run = begin(Settings(rules))
        assert [run.record(update).learning_rate for update in (1, 2, 3, 4, 5)] == [0.4, 0.4, 0.2, 0.2, 0.1]
        assert run.record(5).step.flat.tolist() == pytest.approx((-0.1 * run.record(5).reduced.flat).tolist())


class TestEpochs:
    @given(settings_=ANY_SETTINGS, epoch=st.integers(1, 6))
    @settings(deadline=None, max_examples=30)
    def test_the_first_update_of_an_epoch_is_where_its_number_changes(self, settings_: Settings, epoch: int) -> None:
        run = begin(settings_, count=7)
        run.extend(lambda _, following: following.epoch > epoch)
        epochs = [run.record(update).position.epoch for update in range(1, run.frontier + 1)]
        assert run.first_update_of(epoch) == epochs.index(epoch) + 1

    def test_an_epoch_just_begun_starts_with_the_first_update_not_yet_made(self) -> None:
        run = begin(Settings(batch_size=5), count=10)
        run.extend_to(4)
        assert run.next_position.epoch == 3
        assert run.first_update_of(3) == 5


def test_the_rate_of_a_record_is_the_number_its_step_was_made_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule that says something else each time it is asked shows that a record asks once."""
    rates = count(1)
    monkeypatch.setattr(RateSchedule, "rate", lambda schedule, base, t: next(rates) / 1000)
    record = begin(Settings(UpdateRules(), batch_size=4)).record(2)
    assert record.step.flat.tolist() == (-record.learning_rate * record.reduced.flat).tolist()
    assert next(rates) == 4  # two updates, and the first once more: the record of the second begins where it ended


class TestLastUpdate:
    """Its record is what the run has just computed."""

    def test_it_is_not_made_a_second_time_where_that_is_costly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stepper, "COSTLY", 0)
        run = begin(Settings(batch_size=4))
        run.extend_to(21)
        monkeypatch.setattr(stepper, "compute_update", None)
        assert run.record(21).number == 21

    @given(settings_=ANY_SETTINGS, updates=st.integers(1, 9))
    @settings(deadline=None, max_examples=30)
    def test_it_is_the_same_as_one_made_again_and_stays_so(self, settings_: Settings, updates: int) -> None:
        run, other = begin(settings_, count=7), begin(settings_, count=7)
        run.extend_to(updates)
        record, there = run.record(updates), run.record(updates).to_numpy()
        was = {name: array.copy() for name, array in there.items()}
        run.extend_to(updates + 3)
        other.extend_to(updates + 3)
        again = other.record(updates).to_numpy()
        assert record.bytes > record.step.flat.nbytes + record.targets.nbytes
        for name, array in there.items():
            assert array.tobytes() == was[name].tobytes() == again[name].tobytes(), name

    def test_records_are_kept_by_their_bytes_too_and_the_last_one_always(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run = begin(Settings(batch_size=4))
        first, second = run.record(1), run.record(2)
        assert (run.record(1), run.record(2)) == (first, second)
        monkeypatch.setattr(run_module, "MOST_KEPT", 0)
        third = run.record(3)
        assert run.record(3) is third
        assert run.record(2) is not second
