"""Forks: a change never loses what was known; undo and redo are exact; what rests takes little memory."""

from dataclasses import replace
from typing import Any

import pytest

from bptui.scenario import Scenario
from bptui.session import edits
from bptui.session.forks import MOST, MOST_UNDONE, RESTING, TooManyForksError
from bptui.session.kept_forks import digest_of
from bptui.session.moves import to_update
from bptui.session.session import Session
from bptui.training.causes import Edit
from bptui.training.checkpoints import BUDGET
from bptui.training.roster import LeaveOut, Rewrite
from tests.training.builders import curve_rows, fingerprint, planned


def session(name: str = "xor", updates: int = 0) -> Session:
    there = Session(Scenario.built_in(name))
    if updates:
        there.moment = to_update(there.run, there.moment, updates)
    return there


def back(there: Session, update: int) -> None:
    there.moment = to_update(there.run, there.moment, update)


def shows(there: Session) -> Any:
    """All that one sees: where one stands, every bit of its record, and the curves."""
    history = there.run.history
    curves = curve_rows(history.updates), curve_rows(history.epochs)
    return there.forks.live.number, there.moment, fingerprint(there.record), there.run.frontier, curves


class TestBeginning:
    def test_a_change_where_nothing_is_known_ahead_begins_no_fork(self) -> None:
        there = session(updates=5)
        assert there.change_rate(True) == "learning rate 2 from update 6 on"
        there.move(("phase", 1))
        there.change_rate(True)
        assert [fork.number for fork in there.forks.all] == [1]

    def test_at_the_very_start_there_is_nothing_to_lose(self) -> None:
        there = session()
        there.toggle_reduction()
        edits.set_weight(there, 0.5)
        assert len(there.forks.all) == 1

    def test_a_change_in_the_past_leaves_the_old_future_bit_for_bit_as_a_ghost(self) -> None:
        there, plain = session(updates=40), session(updates=40)
        back(there, 20)
        assert there.change_rate(True).endswith("; now fork 2, 20 updates stay in fork 1")
        ghost, live = there.forks[1], there.forks.live
        assert (live.number, live.parent, live.parts, there.forks.beside) == (2, 1, 21, 1)
        assert there.run.frontier == 20
        assert ghost.run.frontier == 40
        for update in (1, 20, 21, 40):
            assert fingerprint(ghost.run.record(update)) == fingerprint(plain.run.record(update))
        assert curve_rows(ghost.run.history.updates) == curve_rows(plain.run.history.updates)

    def test_back_at_the_start_of_an_update_that_one_has_seen_it_is_a_fork_too(self) -> None:
        there = session()
        there.move(("batch", 1))
        there.move(("batch", -1))
        assert there.change_rate(True) == "learning rate 2 from update 1 on; now fork 2, 1 update stays in fork 1"

    def test_several_changes_before_anything_is_made_of_them_are_one_fork(self) -> None:
        there = session(updates=10)
        back(there, 5)
        there.change_rate(True)
        there.toggle_reduction()
        there.change_rate(True)
        assert len(there.forks.all) == 2
        assert there.forks.name(there.forks.live) == "sum, γ 5 from update 6"

    def test_a_restart_keeps_what_was_made_and_another_seed_does_not(self) -> None:
        there = session(updates=10)
        assert there.restart() == "restarted with seed 4; now fork 2, 10 updates stay in fork 1"
        assert there.forks[1].run.frontier == 10
        assert (there.moment.update, there.moment.applied) == (1, 0)
        there.reseed()
        assert [fork.number for fork in there.forks.all] == [1]

    def test_what_is_wished_for_apart_is_a_fork_with_the_same_numbers(self) -> None:
        there = session(updates=10)
        assert there.branch() == "now fork 2"
        there.move(("batch", 1))
        assert there.forks[1].run.frontier == 10
        assert fingerprint(there.record) == fingerprint(session(updates=11).record)
        assert there.forks.name(there.forks.live) == "the same from update 11"


class TestNames:
    @pytest.mark.parametrize(
        ("change", "name"),
        [
            (Edit(2, 0, 0, 0.15), "w₂[0→0] = 0.15"),
            (Edit(1, -1, 1, -2.0), "b₁[1] = −2"),
            (LeaveOut(3), "row 3 left out"),
            (Rewrite(1, "y", ((0, 0.0),)), "row 1: target false"),
            (Rewrite(1, "y", ((0, 0.25),)), "row 1: y[0] = 0.25"),
            (Rewrite(2, "x", ((1, 0.5),)), "row 2: x1 = 0.5"),
        ],
    )
    def test_a_fork_is_named_by_what_differs(self, change: Any, name: str) -> None:
        there = session(updates=10)
        back(there, 5)
        there.change(change)
        said = there.forks.name(there.forks.live)
        names = there.run.problem.data.classes
        assert said == f"{name} from update 6".replace("false", names[0] if names else "")
        assert there.forks.name(there.forks[1]) == "as it began"

    def test_what_was_changed_at_its_end_is_in_its_name_too(self) -> None:
        there = session(updates=10)
        back(there, 10)
        for value in (0.5, 0.25):
            there.change(Edit(2, 0, 0, value))
            there.move(("batch", 1))
        assert there.forks.name(there.forks[1]) == "w₂[0→0] = 0.5 from update 11, 1 later"
        back(there, 5)
        there.change(LeaveOut(3))
        there.move(("batch", 1))
        there.change(Edit(2, 0, 0, 0.15))
        assert there.forks.name(there.forks.live) == "row 3 left out from update 6, 1 later"

    def test_a_number_set_at_the_start_names_the_first_fork(self) -> None:
        there = session()
        there.change(Edit(2, 0, 0, 0.5))
        assert there.forks.name(there.forks[1]) == "w₂[0→0] = 0.5 from update 1"

    def test_a_name_given_by_hand_is_the_one_that_counts(self) -> None:
        there = session(updates=10)
        there.forks.live.title = "the good one"
        assert there.forks.name(there.forks.live) == "the good one"

    def test_one_setting_is_named_by_its_symbol(self) -> None:
        there = session(updates=10)
        back(there, 5)
        rules = there.next_settings.rules
        optimizer = replace(rules.optimizer, name="adam")
        there.change(replace(there.next_settings, batch_size=2, rules=replace(rules, optimizer=optimizer, l2=0.5)))
        assert there.forks.name(there.forks.live) == "batch 2, adam and 1 more from update 6"


class TestGoing:
    def test_one_stands_where_one_left_it_and_comes_back(self) -> None:
        there = session("moons", updates=30)
        back(there, 12)
        there.move(("sample", 1))
        left = there.moment
        there.change_rate(True)
        there.move(("batch", 1))
        there.move(("batch", 1))
        second = shows(there)
        assert there.go_to_fork(1) == "fork 1: as it began"
        assert there.moment == left
        assert (there.forks.live.number, there.forks.beside, there.run.frontier) == (1, 2, 30)
        there.go_to_fork(2)
        assert shows(there) == second

    def test_a_fork_that_is_not_there_changes_nothing(self) -> None:
        there = session(updates=4)
        before = shows(there)
        with pytest.raises(KeyError):
            there.go_to_fork(3)
        assert shows(there) == before

    def test_changed_at_its_end_a_fork_one_went_to_goes_on_as_itself(self) -> None:
        there = session(updates=10)
        back(there, 5)
        there.change_rate(True)
        there.go_to_fork(1)
        back(there, 10)
        there.toggle_reduction()
        assert [fork.number for fork in there.forks.all] == [1, 2]


class TestUndo:
    def test_a_fork_is_undone_and_made_again_exactly(self) -> None:
        there = session("moons", updates=30)
        back(there, 12)
        before = shows(there)
        edits.set_weight(there, 0.75)
        for _ in range(5):
            there.move(("batch", 1))
        after = shows(there)
        assert there.undo() == "undone: back at update 12 of fork 1"
        assert shows(there) == before
        assert [fork.number for fork in there.forks.all] == [1, 2]
        there.redo()
        assert shows(there) == after
        assert there.why_not_redo() == "nothing was undone"

    def test_a_change_of_which_nothing_came_leaves_no_fork_when_it_is_undone(self) -> None:
        there = session(updates=10)
        back(there, 5)
        there.change_rate(True)
        there.undo()
        assert [fork.number for fork in there.forks.all] == [1]
        there.redo()
        assert [fork.number for fork in there.forks.all] == [1, 2]
        assert there.forks.live.number == 2

    def test_what_came_of_a_change_at_the_end_is_a_ghost_when_it_is_undone(self) -> None:
        there = session(updates=5)
        before = shows(there)
        there.change_rate(True)
        for _ in range(4):
            there.move(("batch", 1))
        after = shows(there)
        there.undo()
        assert shows(there) == before
        assert [(fork.number, fork.run.frontier) for fork in there.forks.all] == [(1, 5), (2, 9)]
        there.toggle_reduction()  # which ends what could be made again, but not the ghost
        assert there.why_not_redo()
        there.go_to_fork(2)
        assert shows(there)[1:] == after[1:]

    def test_one_after_the_other_is_undone_and_made_again(self) -> None:
        there, states = session(updates=3), []
        for value in (0.1, 0.2, 0.3):
            states.append(shows(there))
            edits.set_weight(there, value)
            there.move(("batch", 1))
        last = shows(there)
        for state in reversed(states):
            there.undo()
            assert shows(there)[1:] == state[1:]
        assert there.why_not_undo() == "nothing was changed yet"
        for _ in states:
            there.redo()
        assert shows(there)[1:] == last[1:]


class TestBounds:
    def test_the_oldest_that_is_not_kept_makes_room_and_that_is_said(self) -> None:
        there = session(updates=40)
        there.forks[1].kept = True
        for k in range(MOST - 1):
            back(there, 20 - k)
            there.change_rate(k % 2 == 0)
            there.move(("batch", 1))
        back(there, 1)
        assert there.toggle_reduction().endswith(f"; fork 2 is dropped: there are {MOST} at most")
        assert len(there.forks.all) == MOST
        assert 1 in there.forks

    def test_where_all_are_kept_a_change_is_refused_and_changes_nothing(self) -> None:
        there = session(updates=40)
        for k in range(MOST - 1):
            back(there, 20 - k)
            there.change_rate(k % 2 == 0)
            there.move(("batch", 1))
        for fork in there.forks.all:
            fork.kept = True
        back(there, 1)
        before = shows(there)
        with pytest.raises(TooManyForksError, match="no room for another"):
            there.toggle_reduction()
        assert shows(there) == before

    def test_dropped_its_children_part_from_its_parent(self) -> None:
        there = session(updates=40)
        back(there, 10)
        there.change_rate(True)
        back(there, 30)
        back(there, 20)
        there.toggle_reduction()
        there.forks.drop(2)
        fork = there.forks.live
        assert (fork.number, fork.parent, fork.parts) == (3, 1, 11)
        assert there.forks.name(fork) == "sum from update 21"
        assert there.forks.parting(1, 3) == 11

    def test_what_rests_takes_little_memory_and_so_does_what_can_be_undone(self) -> None:
        there = session("digits", updates=60)
        for k in range(MOST_UNDONE + 4):
            there.change_rate(k % 2 == 0)
            there.moment = to_update(there.run, there.moment, there.moment.update + 30)
        assert len(there.forks.done) == MOST_UNDONE
        resting = [step.before.run for step in there.forks.done]
        states = [run.reach.bytes for run in resting]
        state = there.run.record(1).before.flat.nbytes + 1000
        assert max(states) <= max(RESTING, 12 * state)
        there.undo()
        back(there, 17)
        assert fingerprint(there.record) == fingerprint(session("digits", updates=17).record)


def test_the_digest_of_any_fork_is_that_of_a_fresh_replay() -> None:
    there = session("moons", updates=30)
    for update, change in ((20, LeaveOut(3)), (25, Rewrite(5, "y", ((0, 1.0), (1, 0.0)))), (8, Edit(1, 0, 0, 1.0))):
        back(there, update)
        if isinstance(change, Rewrite):
            place = tuple(enumerate(there.run.problem.data.target(0).tolist()))
            change = Rewrite(5, "y", place)
        there.change(change)
        there.moment = to_update(there.run, there.moment, update + 9)
    assert len(there.forks.all) >= 3
    for fork in there.forks.all:
        fresh = planned(fork.run)
        fresh.extend_to(fork.run.frontier)
        assert digest_of(fresh, fork.run.frontier) == digest_of(fork.run, fork.run.frontier)


def test_memory_stays_flat_over_many_updates_with_edits() -> None:
    """Every 50 updates a weight is set, every 200 one steps back 30 and changes γ: what is kept does not grow."""
    there = session("xor")
    taken = []
    for k in range(1, 61):
        there.moment = to_update(there.run, there.moment, there.moment.update + 50)
        edits.set_weight(there, 0.1 * (k % 7))
        if k % 4 == 0:
            back(there, there.moment.update - 30)
            there.change_rate(k % 8 == 0)
        if k % 10 == 0:
            taken.append(there.forks.reach.bytes)
    assert (len(there.forks.all), len(there.forks.done)) == (MOST, MOST_UNDONE)
    assert max(taken[2:]) < BUDGET
    assert max(taken[2:]) <= there.forks.reach.budget
    at_most = (MOST + 2 * MOST_UNDONE) * RESTING
    assert there.forks.reach.bytes - there.run.reach.bytes <= at_most
