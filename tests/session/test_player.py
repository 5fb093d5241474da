"""The player: how many moves the clock has earned."""

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.session import SPEEDS, Player
from bptui.session.moves import SCALES

FULL = len(SPEEDS) - 1
FINITE = range(FULL)


def played(player: Player, ticks: list[float]) -> tuple[Player, float]:
    """The player after these ticks, and all the moves it owed."""
    total = 0.0
    for seconds in ticks:
        player, moves = player.tick(seconds)
        total += moves
    return player, total


class TestOwed:
    def test_a_paused_player_owes_nothing(self) -> None:
        assert Player().tick(10.0) == (Player(), 0)

    @pytest.mark.parametrize("speed", FINITE)
    def test_a_minute_earns_60_times_the_rate(self, speed: int) -> None:
        _, moves = played(Player(True, speed), [1 / 64] * (64 * 60))  # 1/64 s: no rounding
        assert moves == pytest.approx(60 * SPEEDS[speed][1], abs=1)

    @given(ticks=st.lists(st.floats(0, 0.2), max_size=60), speed=st.sampled_from(FINITE))
    @settings(deadline=None, max_examples=100)
    def test_moves_are_whole_and_the_rest_is_kept_for_later(self, ticks: list[float], speed: int) -> None:
        player, moves = played(Player(True, speed), ticks)
        assert moves == int(moves)
        assert 0 <= player.owed < 1
        assert moves + player.owed == pytest.approx(sum(ticks) * SPEEDS[speed][1], abs=1e-9)

    def test_fractions_add_up_to_a_move(self) -> None:
        slow, owed = Player(True, 0), []
        for _ in range(5):
            slow, moves = slow.tick(0.25)
            owed.append(moves)
        assert owed == [0, 0, 0, 1, 0]

    def test_at_full_speed_it_owes_as_many_as_there_is_time_for(self) -> None:
        assert Player(True, FULL).tick(0.001)[1] == inf


class TestStall:
    @pytest.mark.parametrize("speed", FINITE)
    def test_a_stall_is_not_caught_up_with(self, speed: int) -> None:
        rate = SPEEDS[speed][1]
        _, moves = Player(True, speed).tick(3600.0)
        assert moves == max(int(rate / 4), 1)

    @pytest.mark.parametrize("speed", FINITE)
    def test_after_a_stall_it_goes_on_at_its_own_pace(self, speed: int) -> None:
        stalled, _ = Player(True, speed).tick(3600.0)
        _, moves = played(stalled, [1 / 64] * 64)
        assert moves <= SPEEDS[speed][1] + 1

    def test_even_the_slowest_makes_a_move_after_a_stall(self) -> None:
        assert Player(True, 0).tick(3600.0)[1] == 1


class TestLadder:
    def test_it_goes_from_single_phases_to_all_the_batches_there_is_time_for(self) -> None:
        assert SPEEDS[0][0] == "phase"
        assert SPEEDS[-1] == ("batch", inf)

    def test_within_a_unit_every_rung_is_faster_and_units_only_grow(self) -> None:
        rungs = [(SCALES.index(scale), rate) for scale, rate in SPEEDS]
        assert all(earlier < later for earlier, later in pairwise(rungs))

    @pytest.mark.parametrize(("speed", "steps", "expected"), [(0, -1, 0), (FULL, 1, FULL), (3, 99, FULL), (3, -99, 0)])
    def test_it_ends_at_both_ends(self, speed: int, steps: int, expected: int) -> None:
        assert Player(speed=speed).faster(steps).speed == expected

    def test_one_rung_up_and_one_down(self) -> None:
        assert (Player(speed=4).faster(1).speed, Player(speed=4).faster(-1).speed) == (5, 3)

    @pytest.mark.parametrize("speed", range(len(SPEEDS)))
    def test_a_player_knows_its_unit_and_rate(self, speed: int) -> None:
        assert (Player(speed=speed).scale, Player(speed=speed).rate) == SPEEDS[speed]


class TestWords:
    @pytest.mark.parametrize(
        ("speed", "pace"),
        [(0, "1 phase/s"), (1, "3 phases/s"), (3, "5 samples/s"), (5, "2 batches/s"), (FULL, "full speed")],
    )
    def test_the_pace_in_words(self, speed: int, pace: str) -> None:
        assert Player(speed=speed).pace == pace

    def test_the_ends_of_the_ladder_are_known(self) -> None:
        assert [speed for speed in range(len(SPEEDS)) if Player(speed=speed).is_slowest] == [0]
        assert [speed for speed in range(len(SPEEDS)) if Player(speed=speed).is_fastest] == [FULL]


class TestSwitching:
    owing = Player(playing=True, speed=2, owed=0.9)

    def test_pausing_forgets_what_was_owed(self) -> None:
        assert self.owing.paused() == Player(playing=False, speed=2, owed=0.0)

    def test_toggling_plays_and_pauses(self) -> None:
        assert self.owing.toggled() == Player(playing=False, speed=2)
        assert self.owing.toggled().toggled() == Player(playing=True, speed=2)

    def test_another_speed_keeps_playing_and_owes_nothing_of_the_old_one(self) -> None:
        assert self.owing.faster(1) == Player(playing=True, speed=3, owed=0.0)
