"""The list of forks and the ghost in panel 5: every number is one of the forks' own curves, at its time."""

from dataclasses import replace

import numpy as np
import pytest

from bptui.scenario import Scenario
from bptui.session import edits
from bptui.session.moves import to_update
from bptui.session.session import Session
from bptui.tui.plot import draw
from bptui.views.forks import UNITS, ForkLine, ForksLook, chart_height, fork_chart, fork_rows, legend
from bptui.views.header import header
from bptui.views.loss import chart, loss_rows, marks
from bptui.views.numbers import num, share
from bptui.views.scene import Scene, scene_of
from bptui.views.text import Row, row_cells
from tests.scenes import compare_with_golden


@pytest.fixture(scope="module")
def session() -> Session:
    """Known to update 120 in fork 1; in fork 2 a weight is another one from 41 on, to 60; one stands at 50 of it."""
    there = Session(Scenario.built_in("moons"))
    for update in (120, 40):
        there.moment = to_update(there.run, there.moment, update)
    edits.set_weight(there, 1.5)
    for update in (60, 50):
        there.moment = to_update(there.run, there.moment, update)
    return there


def lines_of(session: Session) -> list[ForkLine]:
    forks = session.forks
    return [
        ForkLine(
            fork.number,
            forks.name(fork),
            fork.parent,
            fork.parts,
            fork.known,
            fork.run.frontier,
            fork is forks.live,
            fork.number == forks.beside,
            fork.kept,
            fork.run.history,
            100,
        )
        for fork in forks.all
    ]


def text(rows: list[Row]) -> list[str]:
    return ["".join(part for part, _ in row) for row in rows]


def seen(session: Session, **looks: object) -> Scene:
    return replace(scene_of(session, colour=True), **looks)  # type: ignore[arg-type]


class TestHeader:
    @pytest.mark.parametrize("width", [50, 80, 120, 160])
    def test_the_fork_is_told_in_any_width(self, session: Session, width: int) -> None:
        told = text(header(seen(session), width, 2))[1]
        assert "fork 2" in told
        assert len(told) == width

    def test_where_there_is_room_it_says_from_where_it_parts(self, session: Session) -> None:
        assert "fork 2 of 2, parts from 1 at update 41" in text(header(seen(session), 140, 2))[1]

    def test_one_alone_is_not_told(self) -> None:
        assert "fork" not in text(header(seen(Session(Scenario.built_in("xor"))), 140, 2))[1]


class TestGhost:
    def test_its_curve_is_that_of_its_run_from_where_it_parts(self, session: Session) -> None:
        (ghost, *_), epochs = chart(seen(session), 10_000).series, session.forks[1].run.history.epochs
        first = epochs.place(40)
        assert ghost.role == "ghost"
        assert ghost.style == "dots"
        assert ghost.x.tolist() == epochs.axis("update")[first:].tolist()
        assert ghost.low.tolist() == epochs.low("train_loss")[first:].tolist()
        assert ghost.x[-1] > 100

    def test_what_stands_above_it_is_where_one_is_and_where_it_ends(self, session: Session) -> None:
        epochs = session.forks[1].run.history.epochs
        here, end = (float(epochs.last("train_loss")[epochs.place(update)]) for update in (50, 120))
        told = text(loss_rows(seen(session), 100))[-1]
        assert f"fork 1: {num(here, 8)} after epoch" in told
        assert f"ends at {num(end, 8)} (update 120)" in told
        assert share(float(epochs.last("train_accuracy")[-1])) in text(loss_rows(seen(session, accuracy=True), 100))[-1]

    @pytest.mark.parametrize("width", [20, 38, 60])
    def test_it_fits_any_panel(self, session: Session, width: int) -> None:
        assert all(row_cells(row) <= width for row in loss_rows(seen(session), width)[-1:])

    def test_what_begins_is_marked_by_its_name(self, session: Session) -> None:
        (mark,) = marks(seen(session))
        weight = session.moment.weight
        assert (mark.x, mark.words) == (40, f"{session.run.start.architecture.names.symbol(weight)} = 1.5")

    def test_without_colours_it_has_a_sign_of_its_own(self, session: Session) -> None:
        it = replace(seen(session), colour=False)
        drawn = "\n".join(text(draw(chart(it, 120), 60, 14, colour=False)))
        assert ": fork 1" in text(loss_rows(it, 60))[-1]
        assert ":" in drawn


class TestList:
    @pytest.mark.parametrize("width", [78, 118])
    def test_losses_and_answers_are_those_of_the_curves_at_the_same_update_and_at_the_end(
        self, session: Session, width: int
    ) -> None:
        rows = text(fork_rows(lines_of(session), ForksLook(1, 50, classes=True), width, 20))
        assert all(len(row) == width for row in rows)
        for row, fork, end in zip(rows[2:], session.forks.all, (120, 60), strict=True):
            epochs = fork.run.history.epochs
            here, last = epochs.place(50), epochs.place(end)
            numbers = [num(float(epochs.last("train_loss")[place]), 7) for place in (here, last)]
            if width >= 78:
                numbers += [share(float(epochs.last("train_accuracy")[place])) for place in (here, last)]
            assert f" {end} " in row
            assert all(number in row for number in numbers)
        assert rows[2].startswith(" ┈  1 as it began")
        assert rows[3].startswith("▸●  2 ")

    def test_what_is_not_reached_is_a_dot_and_what_is_not_replayed_says_so(self, session: Session) -> None:
        one, two = lines_of(session)
        rows = text(fork_rows([replace(one, known=400), two], ForksLook(0, 100), 78, 20))
        assert "120…" in rows[2]
        assert " · " in rows[3]

    def test_of_many_the_page_of_the_chosen_one_is_shown(self, session: Session) -> None:
        many = [replace(lines_of(session)[0], number=k, live=False, beside=False) for k in range(1, 13)]
        rows = text(fork_rows(many, ForksLook(11, 50), 78, 6))
        assert len(rows) == 6
        assert any(row.startswith("▸  12") for row in rows)

    @pytest.mark.parametrize("unit", UNITS)
    def test_two_are_laid_over_each_other_by_any_unit(self, session: Session, unit: str) -> None:
        one, two = lines_of(session)
        look = replace(ForksLook(1, 50), unit=unit)  # type: ignore[arg-type]
        ghost, self_ = fork_chart(two, one, look, 10_000).series
        for series, line in ((ghost, one), (self_, two)):
            epochs = line.history.epochs
            expected = epochs.axis("seen") * 100 if unit == "mult_adds" else epochs.axis(unit)
            assert series.x.tolist() == expected.tolist()
            assert np.array_equal(series.low, epochs.low("train_loss"))
        assert "fork 2" in text([legend(two, one, look, True)])[0]
        assert "fork 1" in text([legend(two, one, look, True)])[0]

    def test_where_there_is_no_room_there_is_no_chart(self) -> None:
        assert chart_height(3, 10) == 0
        assert chart_height(3, 21) == 15


@pytest.mark.parametrize("width", [78, 118])
def test_how_it_looks(session: Session, width: int) -> None:
    one, two = lines_of(session)
    rows = [
        *header(seen(session), width, 2),
        *loss_rows(seen(session), width // 2),
        *fork_rows(lines_of(session), ForksLook(1, 50, classes=True), width, 12),
        legend(two, one, ForksLook(1, 50), True),
    ]
    compare_with_golden(f"forks-moons-{width}", "\n".join(line.rstrip() for line in text(rows)) + "\n")
