"""What was set by hand says so wherever it is shown, with the number it had; Explain names the edit as the cause."""

import re
from dataclasses import replace

import pytest

from bptui.explain import explain
from bptui.explain.quantity import Quantity, of_weight, target
from bptui.scenario import Scenario
from bptui.session import edits
from bptui.session.moves import to_update
from bptui.session.session import Session
from bptui.training.roster import LeaveOut, Rewrite
from bptui.views.batch import batch
from bptui.views.deltas import deltas
from bptui.views.gradients import gradient_rows
from bptui.views.map import plane_of
from bptui.views.matrices import matrix_rows
from bptui.views.network import network
from bptui.views.numbers import num
from bptui.views.scene import Scene, scene_of
from bptui.views.text import Row, row_cells
from bptui.views.update import update
from bptui.views.weight_table import weight_table


def text(rows: list[Row]) -> str:
    return "\n".join("".join(part for part, _ in row) for row in rows)


@pytest.fixture
def session() -> Session:
    there = Session(Scenario.built_in("xor"))
    there.moment = to_update(there.run, there.moment, 10)
    return there


class TestWeight:
    @pytest.fixture
    def scene(self, session: Session) -> Scene:
        edits.set_weight(session, 0.5)
        return scene_of(session, colour=True)

    def test_panels_mark_it_and_say_what_it_was(self, session: Session, scene: Scene) -> None:
        was = num(session.run.record(10).after[session.moment.weight], 7, plus=True)
        for width, height in ((38, 18), (60, 24)):
            assert f"+0.5000* was {was}" in text(network(scene, width, height))
        assert "w+0.50*" in text(network(scene, 38, 18))
        told = text(update(scene, 38, 34))
        assert "set by hand, was" in told
        assert "weight 0.5000*" in told
        assert "0.5000*" in text(weight_table(scene, 60, 12))

    @pytest.mark.parametrize(("width", "height"), [(78, 21), (118, 37)])
    def test_the_gradient_table_and_the_matrices_mark_it_too(
        self, session: Session, scene: Scene, width: int, height: int
    ) -> None:
        was = session.run.record(10).after[session.moment.weight]
        table = text(gradient_rows(scene, width, height))
        assert re.findall(r"\S+\*", table) == ["0.500*"]
        assert f"* w₂[0→0] set by hand, was {num(was, 9)}" in table
        for kind in ("forward", "back"):
            told = text(matrix_rows(scene, kind, width, height))
            assert told.count("+0.500*") == 1
            name = "W₂[0, 0]" if kind == "forward" else "W₂ᵀ[0, 0]"
            assert f"* set by hand: {name} was {num(was, 9)}." in told
        assert "*" not in text(matrix_rows(scene, "gradient", width, height))

    def test_in_the_next_update_it_is_a_number_like_the_others(self, session: Session, scene: Scene) -> None:
        session.move(("batch", 1))
        session.move(("phase", 1))
        after = scene_of(session, colour=True)
        for view in (network, update, weight_table, gradient_rows):
            assert "*" not in text(view(after, 60, 24))
        assert "*" not in text(matrix_rows(after, "forward", 60, 24))

    def test_explain_names_the_edit_as_the_cause(self, session: Session, scene: Scene) -> None:
        weight = session.moment.weight
        it = explain(scene.record, of_weight("weight", weight.layer, weight.source, weight.unit))
        assert it.result == 0.5
        assert it.note.startswith("set by hand before this update: update 10 left ")
        other = explain(scene.record, of_weight("weight", 1, 0, 0))
        assert other.note == "what update 10 left"

    def test_a_bias_at_the_start(self) -> None:
        there = Session(Scenario.built_in("mazur"))
        there.select(source=-1)
        edits.set_weight(there, 0.25)
        scene = scene_of(there, colour=True)
        weight = there.moment.weight
        assert weight.is_bias
        note = explain(scene.record, of_weight("weight", weight.layer, -1, weight.unit)).note
        assert note == "set by hand before this update: the start weight was 0.6"
        assert "*" in text(network(scene, 60, 24))

    @pytest.mark.parametrize(("width", "height"), [(30, 10), (38, 18), (78, 20), (118, 36)])
    def test_marks_widen_no_row(self, scene: Scene, width: int, height: int) -> None:
        for view in (network, update, weight_table, gradient_rows):
            assert all(row_cells(row) <= width for row in view(scene, width, height))


class TestSample:
    @pytest.fixture
    def scene(self, session: Session) -> Scene:
        session.moment = replace(session.moment, phase=session.moment.phase, sample=0)
        row = edits.row_now(session)
        self.before = float(session.run.problem.data.y[row, 0])
        edits.change_sample(session, edits.parse_sample(session, "flip"))
        edits.change_sample(session, edits.parse_sample(session, "x1=0.25"))
        session.move(("batch", 1))
        session.moment = replace(session.moment, sample=session.record.indices.tolist().index(row))
        return scene_of(session, colour=True)

    def test_panels_mark_it_and_say_what_it_was(self, scene: Scene) -> None:
        m = scene.moment.sample
        listed = text(batch(scene, 38, 22))
        assert f"{scene.record.indices[m]}*" in listed
        assert "0.2500* was" in listed
        assert f"{1 - self.before:g}*" in listed
        assert "t" in text(network(scene, 38, 18))
        assert f"{1 - self.before:g}*" in text(network(scene, 38, 18))

    def test_the_gradient_table_and_the_matrices_mark_it_too(self, session: Session, scene: Scene) -> None:
        row = scene.record.indices[scene.moment.sample]
        table = text(gradient_rows(scene, 78, 21))
        assert f" {row}* " in table
        assert f"* row {row} was changed by hand" in table
        there = replace(scene, moment=replace(scene.moment, layer=1, unit=0, source=1))
        before = num(float(session.run.problem.data.x[row, 1]), 9)
        assert f"* set by hand: x[#{there.moment.sample + 1}, x1] was {before}." in text(
            matrix_rows(there, "forward", 78, 21)
        )
        assert "0.250*" in text(matrix_rows(there, "gradient", 78, 21))
        assert re.findall(r"\S*\*", text(deltas(there, 38, 18))) == ["0.25*", "0.250*"]  # in its row; in what it adds
        other = replace(there, moment=replace(there.moment, source=0))
        assert re.findall(r"\S*\*", text(deltas(other, 38, 18))) == ["0.250*"]

    def test_explain_names_the_row_and_the_number_it_has_in_the_data(self, scene: Scene) -> None:
        m = scene.moment.sample
        row = scene.record.indices[m]
        assert explain(scene.record, target(0, m)).note == f"set by hand: row {row} of the data has {self.before:g}"
        assert "set by hand" in explain(scene.record, Quantity("input", 0, 1, sample=m)).note
        assert explain(scene.record, Quantity("input", 0, 0, sample=m)).note == f"given: row {row} of the data"

    def test_the_map_has_the_samples_as_they_are_now(self) -> None:
        there = Session(Scenario.built_in("moons"))
        row = int(there.run.problem.split.train[3])
        label = int(there.run.problem.data.labels[row])  # type: ignore[index]
        flipped = tuple(enumerate(there.run.problem.data.target(1 - label).tolist()))
        there.change(Rewrite(row, "y", flipped))
        there.change(Rewrite(row, "x", ((0, 1.5),)))
        plane = plane_of(scene_of(there, colour=True))
        assert plane.kinds is not None
        assert (int(plane.kinds[row]), float(plane.x[row, 0])) == (1 - label, 1.5)

    def test_what_the_data_have_anyway_is_no_edit_and_a_row_left_out_is_in_no_batch(self, session: Session) -> None:
        session.change(LeaveOut(0))
        session.move(("batch", 1))
        assert 0 not in session.record.indices.tolist()
        assert "*" not in text(batch(scene_of(session, colour=True), 38, 18))
