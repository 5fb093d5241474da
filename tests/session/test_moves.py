"""Moves: every unit of time has its stops, and going back is going forward in a mirror."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.engine import Architecture, UpdateRules, initialise
from bptui.session import MOVES, Moment, Move, end_of_move, make, phases, until_reached
from bptui.session.moves import Scale, select, to_row, to_update
from bptui.training import Run, Settings
from tests.training.builders import begin, network, with_rate

TWOS = Settings(batch_size=2)
GRADIENT, REDUCE, UPDATE = 6, 7, 8
"""Places in the phases of a network of two layers."""
PHASES = phases(2)
MANY = [
    TWOS,
    Settings(batch_size=2, last_batch="drop"),
    Settings(batch_size=None),
    Settings(batch_size=1, order="replacement"),
    Settings(batch_size=3, repeats=2),
    Settings(batch_size=2, repeats=4, repeat_until=0.01),
]


def walk(run: Run, moment: Moment, move: Move, moves: int) -> list[Moment]:
    """The moment and those after so many moves."""
    path = [moment]
    for _ in range(moves):
        path.append(make(run, path[-1], move))
    return path


def places(path: list[Moment]) -> list[tuple[int, int, int]]:
    """(update, sample, place of the phase) of every moment."""
    return [(moment.update, moment.sample, PHASES.index(moment.phase)) for moment in path]


def time(run: Run, moment: Moment) -> tuple[int, int, int]:
    """A key that grows with time: in the phases once per batch all samples are done."""
    record = run.record(moment.update)
    once = moment.phase.per_batch
    return moment.update, record.n if once else moment.sample, phases(record.layers).index(moment.phase)


class TestStops:
    """5 samples in batches of 2, two layers."""

    def test_a_phase_stops_everywhere(self) -> None:
        run = begin(TWOS, count=5)
        expected = [(1, sample, place) for sample in (0, 1) for place in range(REDUCE)]
        expected += [(1, 1, REDUCE), (1, 1, UPDATE), (2, 0, 0)]
        assert places(walk(run, Moment(), ("phase", 1), len(expected) - 1)) == expected

    def test_a_sample_stops_where_its_gradient_is_added_and_where_the_batch_is_updated(self) -> None:
        assert places(walk(begin(TWOS, count=5), Moment(), ("sample", 1), 9)) == [
            (1, 0, 0),
            (1, 0, GRADIENT),
            (1, 1, GRADIENT),
            (1, 1, UPDATE),
            (2, 0, GRADIENT),
            (2, 1, GRADIENT),
            (2, 1, UPDATE),
            (3, 0, GRADIENT),
            (3, 0, UPDATE),
            (4, 0, GRADIENT),
        ]

    def test_a_batch_stops_at_its_update(self) -> None:
        path = walk(begin(TWOS, count=5), Moment(), ("batch", 1), 4)
        assert places(path) == [(1, 0, 0), (1, 1, UPDATE), (2, 1, UPDATE), (3, 0, UPDATE), (4, 1, UPDATE)]

    def test_an_epoch_stops_at_its_last_update(self) -> None:
        path = walk(begin(TWOS, count=5), Moment(), ("epoch", 1), 3)
        assert places(path) == [(1, 0, 0), (3, 0, UPDATE), (6, 0, UPDATE), (9, 0, UPDATE)]

    @pytest.mark.parametrize(
        ("move", "place"),
        [
            (("sample", 1), (5, 1, GRADIENT)),
            (("sample", -1), (5, 0, GRADIENT)),
            (("batch", 1), (5, 1, UPDATE)),
            (("batch", -1), (4, 1, UPDATE)),
            (("epoch", 1), (6, 0, UPDATE)),
            (("epoch", -1), (3, 0, UPDATE)),
        ],
    )
    def test_from_between_two_stops_one_goes_to_the_nearer_stop_on_that_side(
        self, move: Move, place: tuple[int, int, int]
    ) -> None:
        assert places([make(begin(TWOS, count=5), Moment(5, phase=PHASES[3], sample=1), move)]) == [place]

    @pytest.mark.parametrize("scale", ["sample", "batch", "epoch"])
    def test_the_first_sample_s_stop_before_is_the_end_of_the_update_before(self, scale: Scale) -> None:
        assert places([make(begin(TWOS, count=5), Moment(4, phase=PHASES[3]), (scale, -1))]) == [(3, 0, UPDATE)]

    @pytest.mark.parametrize(("way", "place"), [(1, (2, 1, UPDATE)), (-1, (2, 1, GRADIENT))])
    def test_from_the_reduction_a_sample_s_stops_are_the_update_and_the_last_gradient(
        self, way: int, place: tuple[int, int, int]
    ) -> None:
        move: Move = ("sample", 1 if way > 0 else -1)
        assert places([make(begin(TWOS, count=5), Moment(2, phase=PHASES[REDUCE], sample=1), move)]) == [place]


class TestInverse:
    @pytest.mark.parametrize("settings", MANY)
    @pytest.mark.parametrize(("scale", "moves"), [("phase", 120), ("sample", 40), ("batch", 15), ("epoch", 4)])
    def test_the_way_back_is_the_way_there_from_its_end(self, scale: Scale, moves: int, settings: Settings) -> None:
        run = begin(settings, count=5)
        there = walk(run, Moment(), (scale, 1), moves)
        back = walk(run, there[-1], (scale, -1), moves)
        assert back == there[::-1]
        assert len(set(there)) == moves + 1

    @pytest.mark.parametrize("settings", MANY)
    @pytest.mark.parametrize("scale", ["sample", "batch", "epoch"])
    def test_every_stop_is_a_stop_of_the_smaller_units_too(self, scale: Scale, settings: Settings) -> None:
        run = begin(settings, count=5)
        smaller: Scale = {"sample": "phase", "batch": "sample", "epoch": "batch"}[scale]  # type: ignore[assignment]
        stops = walk(run, Moment(), (scale, 1), 4)
        assert set(stops) <= set(walk(run, Moment(), (smaller, 1), 150))

    @pytest.mark.parametrize("move", MOVES)
    def test_forward_is_later_and_back_is_earlier_from_everywhere(self, move: Move) -> None:
        run = begin(TWOS, count=5)
        moments = walk(run, Moment(), ("phase", 1), 90)[1:]
        before = [time(run, moment) for moment in moments]
        after = [time(run, make(run, moment, move)) for moment in moments]
        assert [b > a for a, b in zip(before, after, strict=True)] == [move[1] > 0] * 90
        assert before != after

    @pytest.mark.parametrize("move", MOVES)
    def test_the_start_is_where_going_back_ends(self, move: Move) -> None:
        run = begin(TWOS, count=5)
        assert walk(run, make(run, Moment(3, phase=PHASES[4]), move), (move[0], -1), 200)[-1] == Moment()

    @pytest.mark.parametrize("move", MOVES)
    def test_moves_leave_the_selection_alone(self, move: Move) -> None:
        moved = make(begin(TWOS, count=5), Moment(4, PHASES[3], 1, layer=2, unit=0, source=2), move)
        assert (moved.layer, moved.unit, moved.source) == (2, 0, 2)


class TestSlices:
    @pytest.mark.parametrize("move", MOVES)
    def test_a_move_cut_into_slices_ends_where_it_would_at_once(self, move: Move) -> None:
        sliced, whole = begin(TWOS, count=9), begin(TWOS, count=9)
        moment = Moment(3, phase=PHASES[UPDATE], sample=1)
        sliced.extend_to(3)
        need = until_reached(sliced, moment, move)
        asked = iter([False, True] * 100)  # one update a slice
        slices = 1
        while not sliced.extend(need, lambda: next(asked)):
            slices += 1
        assert end_of_move(sliced, moment, move) == make(whole, moment, move)
        assert slices == max(sliced.frontier - 3, 1)

    def test_going_back_needs_nothing_new(self) -> None:
        run = begin(TWOS, count=5)
        run.extend_to(20)
        assert [
            until_reached(run, Moment(15), move)(run.frontier, run.next_position) for move in MOVES if move[1] < 0
        ] == [True] * 4

    def test_an_epoch_is_not_known_before_its_last_update_is_made(self) -> None:
        run = begin(TWOS, count=5)
        run.extend_to(1)
        need = until_reached(run, Moment(), ("epoch", 1))
        known = []
        for update in (1, 2, 3):
            run.extend_to(update)
            known.append(need(run.frontier, run.next_position))
        assert known == [False, False, True]


class TestWhereTheRunHadToStop:
    @pytest.fixture
    def stopped(self) -> Run:
        run = begin(with_rate(TWOS, 14.0), count=5, start=network((2, 1)))
        run.extend_to(100_000)
        assert run.stop is not None
        return run

    @pytest.mark.parametrize("scale", ["phase", "sample", "batch", "epoch"])
    def test_its_last_moment_is_the_end_of_its_last_update(self, stopped: Run, scale: Scale) -> None:
        last = to_update(stopped, Moment(), stopped.frontier)
        assert make(stopped, last, (scale, 1)) == last
        assert last.phase.kind == "update"

    @pytest.mark.parametrize("scale", ["phase", "sample", "batch", "epoch"])
    def test_it_can_be_left_backwards(self, stopped: Run, scale: Scale) -> None:
        last = to_update(stopped, Moment(), stopped.frontier)
        assert time(stopped, make(stopped, last, (scale, -1))) < time(stopped, last)

    def test_an_epoch_move_goes_as_far_as_it_can(self, stopped: Run) -> None:
        moment = Moment(stopped.frontier - 7)
        path = walk(stopped, moment, ("epoch", 1), 10)
        assert path[-1].update == stopped.frontier


def test_an_epoch_that_new_settings_cut_short_is_left_by_the_next_epoch_move() -> None:
    run = begin(TWOS, count=5)
    run.extend_to(4)
    fork = run.fork(5, Settings(batch_size=4, last_batch="drop"))
    path = walk(fork, Moment(3, phase=PHASES[UPDATE]), ("epoch", 1), 2)
    assert places(path)[1:] == [(4, 1, UPDATE), (5, 3, UPDATE)]
    assert walk(fork, path[-1], ("epoch", -1), 2) == path[::-1]


class TestJumps:
    @pytest.mark.parametrize(("update", "place"), [(7, (7, 1, UPDATE)), (1, (1, 1, UPDATE)), (0, (1, 0, 0))])
    def test_to_an_update_is_to_its_end(self, update: int, place: tuple[int, int, int]) -> None:
        assert places([to_update(begin(TWOS, count=5), Moment(3), update)]) == [place]

    def test_before_the_start_is_the_start(self) -> None:
        assert to_update(begin(TWOS, count=5), Moment(3), -9) == Moment()

    def test_beyond_where_the_run_stopped_is_its_last_update(self) -> None:
        run = begin(with_rate(TWOS, 14.0), count=5, start=network((2, 1)))
        assert to_update(run, Moment(), 100_000).update == run.frontier < 100_000


class TestRows:
    @pytest.mark.parametrize(("rows", "sample"), [(1, 2), (2, 3), (9, 4), (-1, 0), (-9, 0), (0, 1)])
    def test_a_row_move_stays_in_the_batch(self, rows: int, sample: int) -> None:
        run = begin(Settings(batch_size=5), count=10)
        assert to_row(Moment(2, phase=PHASES[4], sample=1), list(range(run.record(2).n)), rows) == Moment(
            2, phase=PHASES[4], sample=sample
        )

    def test_a_phase_back_from_another_row_of_the_reduction_is_the_last_sample_s_gradient(self) -> None:
        run = begin(Settings(batch_size=5), count=10)
        looking = to_row(Moment(2, phase=PHASES[REDUCE], sample=4), list(range(run.record(2).n)), -3)
        assert looking.sample == 1
        assert make(run, looking, ("phase", -1)) == Moment(2, phase=PHASES[GRADIENT], sample=4)


class TestSelection:
    """2-3-1: the first layer has 3 units with sources −1 (bias), 0, 1; the second 1 unit with sources −1 … 2."""

    run = begin(TWOS)

    def test_units_wrap_round(self) -> None:
        path = [select(self.run, Moment(unit=unit), unit=1).unit for unit in (0, 1, 2)]
        assert path == [1, 2, 0]
        assert select(self.run, Moment(unit=0), unit=-1).unit == 2

    def test_sources_wrap_round_through_the_bias(self) -> None:
        assert [select(self.run, Moment(source=source), source=1).source for source in (-1, 0, 1)] == [0, 1, -1]
        assert [select(self.run, Moment(source=source), source=-1).source for source in (-1, 0, 1)] == [1, -1, 0]

    def test_without_biases_there_is_no_bias_to_select(self) -> None:
        architecture = Architecture((2, 3, 1), ("tanh", "identity"), "none")
        run = begin(TWOS, start=initialise(architecture, "glorot", np.random.default_rng(1)))
        assert select(run, Moment(source=1), source=1).source == 0
        assert select(run, Moment(source=0), source=-1).source == 1

    @pytest.mark.parametrize("what", ["layer", "unit", "source"])
    def test_selecting_one_thing_leaves_the_others(self, what: str) -> None:
        before = Moment(layer=1, unit=0, source=0)
        after = select(self.run, before, **{what: 1})
        assert getattr(after, what) == getattr(before, what) + 1
        assert replace(after, **{what: getattr(before, what)}) == before

    @pytest.mark.parametrize(("layer", "expected"), [(1, 2), (5, 2), (-1, 1), (-5, 1)])
    def test_layers_do_not_wrap(self, layer: int, expected: int) -> None:
        assert select(self.run, Moment(), layer=layer).layer == expected

    def test_in_a_smaller_layer_the_nearest_unit_is_selected(self) -> None:
        moved = select(self.run, Moment(layer=1, unit=2, source=1), layer=1)
        assert (moved.layer, moved.unit, moved.source) == (2, 0, 1)

    def test_the_unit_is_the_nearest_one_not_the_first(self) -> None:
        wide = Architecture((2, 4, 2, 1), ("tanh", "tanh", "identity"))
        run = begin(TWOS, start=initialise(wide, "glorot", np.random.default_rng(1)))
        assert select(run, Moment(layer=1, unit=3), layer=1).unit == 1

    def test_with_fewer_inputs_the_nearest_source_is_selected(self) -> None:
        assert select(self.run, Moment(layer=2, source=2), layer=-1).source == 1

    def test_selecting_does_not_move_in_time(self) -> None:
        moment = Moment(4, PHASES[3], 1)
        selected = select(self.run, moment, layer=1, unit=1, source=1)
        assert replace(selected, layer=1, unit=0, source=0) == moment


def test_a_sample_move_makes_no_update_it_does_not_need() -> None:
    run = begin(Settings(UpdateRules(learning_rate=0.1), batch_size=3), count=9)
    make(run, Moment(2, phase=PHASES[GRADIENT], sample=0), ("sample", 1))
    assert run.frontier == 2
