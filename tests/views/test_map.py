"""Panel 7: the picture says at every place what the network answers there, at the weights of the moment."""

from dataclasses import replace

import numpy as np
import pytest

from bptui import Scenario
from bptui.data import Dataset
from bptui.engine.evaluate import activations
from bptui.session.moment import Moment, phases
from bptui.session.session import Session
from bptui.views.fitted import Fitted, dots, height_of
from bptui.views.grounds import heat
from bptui.views.map import fitted_of, map_panel, plane_of
from bptui.views.numbers import num
from bptui.views.plane import HERE, Plane, Window, plane_rows
from bptui.views.scene import Scene
from bptui.views.text import Row
from tests.scenes import lines, phase_of, scene, session


def plane(name: str = "moons", updates: int = 0, **changes: object) -> Plane:
    it = session(name)
    it.run.extend_to(updates or 1)
    return replace(plane_of(scene(it, Moment(max(updates, 1), phase_of("update"), 0, 2))), **changes)  # type: ignore[arg-type]


def grounds(row: Row) -> list[str]:
    return [role for text, role in row for _ in text]


class TestPlane:
    def test_every_place_has_the_sign_of_the_network_s_own_answer_there(self) -> None:
        it = plane(updates=40)
        rows = plane_rows(it, 38, 14)[1:-1]
        drawn = [role.split("|") for row in rows for role in grounds(row)]
        window = Window.around(it.x)
        points = window.grid(38, 24)
        answers = activations(it.network, it.layer, points)[:, 0].reshape(24, 38)
        looked_at = 0
        for (above, below), (line, column) in zip(drawn, np.ndindex(12, 38), strict=True):
            for ground, answer in ((above, answers[2 * line, column]), (below, answers[2 * line + 1, column])):
                if above.startswith("heat"):  # no sample over it
                    assert (int(ground.split()[1]) > 0) == (answer > 0.5)
                    looked_at += 1
        assert looked_at > 600

    def test_every_sample_stands_at_its_own_place(self) -> None:
        it = plane("xor")
        rows = lines(plane_rows(it, 40, 12))[1:-1]
        for row, (x, y) in enumerate(it.x.astype(int).tolist()):
            above = rows[:3] if y else rows[-3:]
            near = [line[-12:] if x else line[:12] for line in above]
            assert (HERE if row == it.here else "○×"[x ^ y]) in "".join(near)

    @pytest.mark.parametrize(("output", "name"), [(0, "o1"), (1, "o2")])
    def test_of_several_numbers_the_selected_output_s_is_shown_and_named(self, output: int, name: str) -> None:
        at = scene(session("mazur"), Moment(1, phase_of("reduce"), 0, 2, output, 0))
        drawn = plane_of(at)
        values = drawn.field(9, 5).values
        points = Window.around(drawn.x).grid(9, 5)
        assert np.array_equal(values, activations(drawn.network, 2, points)[:, output].reshape(5, 9))
        assert lines(map_panel(at, 38, 12))[0].startswith(f" answer {name} ")

    def test_of_one_input_the_selected_class_s_curve_is_named(self) -> None:
        it = Session(Scenario.from_arrays([[1.0], [2.0]], ["no", "yes"], layers=[1, 3, 2]))
        named = [lines(map_panel(scene(it, Moment(1, phase_of("update"), 0, 2, k)), 38, 12))[0] for k in (0, 1)]
        assert [row.split("·")[0].strip() for row in named] == ["answer no", "answer yes"]

    def test_one_target_alone_is_no_range_of_grounds(self) -> None:
        at = scene(session("mazur"), Moment(1, phase_of("reduce"), 0, 2))
        dark, bright = lines(map_panel(at, 38, 12))[0].split("o1 ")[1].split(" dark, ")
        assert float(dark) == 0.01
        assert bright.split()[0] == num(at.record.passed.a[2][0, 0], 7)

    def test_a_hidden_unit_has_its_own_map(self) -> None:
        it = session("moons")
        chosen = plane_of(scene(it, Moment(1, phase_of("update"), 0, 1, 3, 0)))
        field = chosen.field(20, 10)
        points = Window.around(chosen.x).grid(20, 10)
        assert np.array_equal(field.values.ravel(), activations(it.record.after, 1, points)[:, 3])

    @pytest.mark.parametrize("beyond", [np.nan, np.inf, -np.inf])
    @pytest.mark.parametrize("layer", [1, 2])
    def test_places_where_the_network_overflows_are_drawn_too(self, beyond: float, layer: int) -> None:
        it = plane(layer=layer, unit=0 if layer == 1 else None, given=lambda x: np.full_like(x, beyond))
        assert np.isfinite(it.field(38, 24).values).all()
        assert len(plane_rows(it, 38, 14)) == 14

    @pytest.mark.parametrize("constant", [0.0, 1e17, -1e300])
    def test_a_column_of_one_large_number_stands_in_the_middle(self, constant: float) -> None:
        x = np.array([[constant, 0.0], [constant, 1.0]])
        with np.errstate(all="raise"):
            across, down = Window.around(x).places(x, 10, 10)
        assert across.tolist() == [5, 5]
        assert down.tolist() == [9, 0]

    def test_stepping_back_shows_the_map_of_then(self) -> None:
        it = session("moons")
        it.run.extend_to(1)
        before = map_panel(scene(it, Moment(1, phase_of("update"), 0, 2)), 40, 15)
        it.run.extend_to(60)
        later = map_panel(scene(it, Moment(60, phase_of("update"), 0, 2)), 40, 15)
        assert before != later
        assert map_panel(scene(it, Moment(1, phase_of("update"), 0, 2)), 40, 15) == before

    def test_within_a_batch_the_weights_in_force_are_those_before_it(self) -> None:
        it = session("moons")
        for phase in phases(it.layers):
            now = scene(it, Moment(1, phase, 0, 2))
            assert now.network is (now.record.after if phase.kind == "update" else now.record.before)

    def test_without_colour_signs_are_told_by_glyphs(self) -> None:
        rows = lines(plane_rows(plane(updates=40, colour=False), 38, 14))[1:-1]
        assert set("▵▴▲") & set("".join(rows))
        assert set("▿▾▼") & set("".join(rows))
        assert "▀" not in "".join(rows)

    def test_many_classes_have_an_area_each(self) -> None:
        rng = np.random.default_rng(1)
        x = rng.normal(size=(60, 2))
        kinds = (np.arctan2(x[:, 1], x[:, 0]) // (np.pi / 2) + 2).astype(np.int64).clip(0, 3)
        data = Dataset("quarters", x, np.eye(4)[kinds], classes=("ne", "nw", "sw", "se"))
        it = plane_of_data(data, (2, 8, 4), 60)
        seen = {part for row in plane_rows(it, 40, 16)[1:-1] for role in grounds(row) for part in role.split("|")}
        answers = activations(it.network, it.layer, Window.around(it.x).grid(40, 28)).argmax(axis=1)
        assert {f"area {kind}" for kind in set(answers.tolist())} == {part for part in seen if part.startswith("area")}

    @pytest.mark.parametrize(
        ("value", "largest", "ground"),
        [(0.0, 1.0, "heat 0"), (1e-9, 1.0, "heat 1"), (-1e-9, 1.0, "heat -1"), (2.0, 2.0, "heat 6")],
    )
    def test_only_zero_has_the_ground_of_zero(self, value: float, largest: float, ground: str) -> None:
        assert heat(value, largest) == ground


def plane_of_data(data: Dataset, sizes: tuple[int, ...], updates: int) -> Plane:
    it = Session(Scenario.from_arrays(data.x, [data.classes[k] for k in data.labels.tolist()], layers=sizes))  # type: ignore[union-attr]
    it.run.extend_to(updates)
    return plane_of(scene(it, Moment(updates, phase_of("update"), 0, 2)))


class TestCurve:
    @pytest.mark.parametrize("width", [38, 44, 60])
    def test_its_legend_is_whole(self, width: int) -> None:
        first = map_panel(scene(session("sine"), Moment(1, phase_of("update"), 0, 2)), width, 14)[0]
        assert sum(len(text) for text, _ in first) <= width
        assert all(char in "".join(text for text, _ in first) for char in "·○◆")

    def curve(self) -> Fitted:
        it = session("sine")
        it.run.extend_to(30)
        return fitted_of(scene(it, Moment(30, phase_of("update"), 0, 2)))

    def test_each_dot_stands_at_the_network_s_own_answer(self) -> None:
        it = self.curve()
        at, answers = it.curve(60)
        assert np.array_equal(answers, activations(it.network, it.layer, at[:, None])[:, 0])
        low, high = it.ends()
        where = height_of(answers, low, high, 40)
        drawn = dots(answers, low, high, 10)
        for k, line in enumerate(where.tolist()):
            code = ord(drawn[line // 4][k // 2]) - 0x2800
            assert code & ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))[line % 4][k % 2]

    def test_the_samples_stand_over_it(self) -> None:
        it = session("sine")
        shown = lines(map_panel(scene(it, Moment(1, phase_of("update"), 0, 2)), 60, 20))
        assert sum(line.count("○") + line.count(HERE) for line in shown[1:-1]) > 1


class TestImages:
    def images(self, width: int, height: int) -> list[str]:
        return lines(map_panel(self.scene(), width, height))

    def scene(self) -> Scene:
        return scene(session("digits"), Moment(1, phase_of("update"), 31, 1, 5, 12))

    def test_the_weights_of_the_selected_unit_are_a_picture_of_their_signs(self) -> None:
        it = self.scene()
        weights = it.record.after.weights[0][:, 5].reshape(8, 8)
        drawn = map_panel(it, 60, 24)[1:9]
        for row, line in zip(drawn, weights, strict=True):
            cells = [(text[0], role) for text, role in row[: len(line)]]
            for (glyph, role), weight in zip(cells, line.tolist(), strict=True):
                assert glyph in ("▵▴▲" if weight > 0 else "▿▾▼")
                assert role == "selected" or (int(role.split()[1]) > 0) == (weight > 0)

    def test_every_image_has_its_number_target_and_answer(self) -> None:
        it, shown = self.scene(), "\n".join(self.images(60, 24))
        target = int(it.record.targets[31].argmax())
        answer = int(it.record.passed.a[-1][31].argmax())
        assert "#32" in shown
        assert f"{target}→{answer}" in shown


def test_data_of_more_inputs_have_no_map_and_it_says_so() -> None:
    shown = " ".join(lines(map_panel(scene(session("iris"), Moment(1, phase_of("update"), 0, 2)), 38, 10)))
    assert "these samples have 4 inputs" in " ".join(shown.split())
