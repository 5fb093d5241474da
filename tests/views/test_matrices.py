"""The matrix view: three products whose numbers are the record's, at their time, and whose spelled sums come out."""

import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.engine.weight import Weight
from bptui.explain import value
from bptui.explain.quantity import of_unit
from bptui.session.moment import Moment
from bptui.views.matrices import matrix_rows, windows
from bptui.views.products import KINDS, Kind, Product, product
from bptui.views.scene import Scene
from bptui.views.text import cells, fit_rows
from bptui.views.weight_table import weights_of
from tests.scenes import compare_with_golden, lines, moments, phase_of, read_back, scene, session

from .test_no_orphans import counts_of, is_known, numbers, scenes, unknown_future, values_of
from .test_robust import OWN

WIDTHS, HEIGHT = (38, 78, 118), 21


def shown(it: Scene, kind: Kind, width: int = 78, height: int = HEIGHT) -> list[str]:
    return lines(matrix_rows(it, kind, width, height))


def in_view(it: Scene) -> np.ndarray:
    """The sums on the way, what is handed back to every unit below, and the slopes there."""
    record, layer = it.record, it.moment.layer
    parts = [record.running(weight) for weight in weights_of(it)]
    for unit in range(record.before.architecture.sizes[layer - 1] if layer > 1 else 0):
        for m in range(record.n):
            parts.append(np.array([value(record, of_unit("upstream", layer - 1, unit, m))]))
            parts.append(np.array([value(record, of_unit("slope", layer - 1, unit, m))]))
    return np.concatenate(parts)


@given(it=scenes(), kind=st.sampled_from(KINDS), width=st.sampled_from(WIDTHS))
@settings(max_examples=80)
def test_every_number_is_a_number_of_the_record(it: Scene, kind: Kind, width: int) -> None:
    values, counts = np.concatenate([values_of(it), in_view(it)]), counts_of(it)
    counts |= {str(int(count) + 1) for count in counts}  # the inputs and the bias
    rows = [re.sub(r"\S*…\S*|\d+ more", "", row) for row in shown(it, kind, width)]
    found = [words.lstrip("+−").rstrip(".") for words in numbers(rows, it)]
    assert not [words for words in found if not is_known(words, values, counts, "")], "\n".join(rows)


@given(
    it=scenes().filter(lambda it: float(np.abs(it.record.targets).max()) < 700),
    kind=st.sampled_from(KINDS),
    width=st.sampled_from(WIDTHS),
)
@settings(max_examples=80)
def test_no_number_is_told_before_its_time(it: Scene, kind: Kind, width: int) -> None:
    now, veiled = shown(it, kind, width), shown(unknown_future(it), kind, width)
    assert re.findall(r"\d+\.\d+", "\n".join(veiled)) == re.findall(r"\d+\.\d+", "\n".join(now))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*OWN, "digits", "xor"])
def test_the_view_fills_any_box(name: str, kind: Kind) -> None:
    it = OWN.get(name) or session(name)
    for moment in moments(it).values():
        for width, height in ((1, 1), (20, 5), (38, 7), (78, 21), (200, 60)):
            rows = matrix_rows(scene(it, moment), kind, width, height)
            assert len(rows) <= height
            assert [cells(row) for row in lines(fit_rows(rows, width, height))] == [width] * height


def whole(name: str, layer: int = 2, unit: int = 0, source: int = 0) -> Scene:
    made = session(name)
    return scene(made, Moment(1, phase_of("reduce"), made.run.record(1).n - 1, layer, unit, source))


def made(it: Scene, kind: Kind) -> Product:
    found = product(it, kind)
    assert found is not None
    return found


def matrix(it: Scene, kind: Kind) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The two factors and the result as the view has them."""
    found = made(it, kind)
    return tuple(  # type: ignore[return-value]
        np.array([[each.cell(r, c) for c in range(each.columns.size)] for r in range(each.rows.size)])
        for each in (found.first, found.second, found.result)
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "layer"), [("xor", 2), ("iris", 2), ("mazur", 2), ("spiral", 3)])
def test_the_result_is_the_product_of_the_factors(name: str, layer: int, kind: Kind) -> None:
    first, second, result = matrix(whole(name, layer), kind)
    np.testing.assert_allclose(first @ second, result, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sum_spelled_out_comes_out(kind: Kind) -> None:
    """Each product with the numbers as they are written; rounding alone is between them."""
    row = " ".join(shown(whole("xor"), kind)).split("column ")[1].split(": ", 1)[1]
    left, result = re.split(" = ", row.split("  ")[0] if " = " in row.split("  ")[0] else row, maxsplit=1)
    total = Decimal(0)
    for sign, a, b in re.findall(r"(^|[+−] )([−\d.e]+)×\(?([−\d.e]+)\)?", " ".join(left.split())):
        total += read_back(a) * read_back(b) * (-1 if sign.startswith("−") else 1)
    assert abs(total - read_back(result.split()[0].lstrip("+"))) < Decimal("0.0003")


@pytest.mark.parametrize("name", ["xor", "digits"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_chosen_is_in_sight(name: str, width: int, kind: Kind) -> None:
    it = whole(name, unit=session(name).run.start.architecture.sizes[2] - 1, source=2)
    found = made(it, kind)
    rows, inner, columns = windows(found, width, 12)
    assert found.result.rows.at in rows
    assert found.result.columns.at in columns
    assert found.inner.at in inner
    text = "\n".join(shown(it, kind, width))
    assert f"[{found.result.rows.labels[found.result.rows.at]}]" in text
    assert f"[{found.result.columns.labels[found.result.columns.at]}]" in text


def test_where_the_transpose_comes_from_is_said_with_the_numbers() -> None:
    it = whole("xor", layer=1, unit=1)
    said = " ".join(" ".join(shown(it, "gradient", 118)).split())
    assert "w₁[x0→1] has one product a sample, x0 · δ₁[1]" in said
    assert "so x is turned: 3 × 4 · 4 × 3" in said
    said = " ".join(" ".join(shown(whole("xor", source=2), "back", 118)).split())
    assert "Forward w₂[2→0] = 0.9103 took a₁[2] to z₂[0]: row 2, column 0 of W" in said
    assert "Back, the same number takes δ₂[0] to unit 2: row 0, column 2 of Wᵀ" in said


def test_layer_1_hands_nothing_back_and_that_is_said() -> None:
    assert product(whole("xor", layer=1), "back") is None
    assert "Layer 1 hands nothing back" in shown(whole("xor", layer=1), "back")[0]


def test_the_gradient_grows_with_the_samples() -> None:
    it = scene(session("xor"), Moment(1, phase_of("gradient"), 1, 2))
    found = made(it, "gradient")
    assert "2 of 4 added" in found.result.name
    assert found.result.cell(0, 0) == it.record.running(Weight(2, 0, 0))[1]


@pytest.mark.parametrize(("name", "width"), [("xor", 78), ("digits", 78), ("xor", 118)])
def test_the_view_looks_as_stored(name: str, width: int) -> None:
    it, text = session(name), ""
    for words, moment in moments(it).items():
        for kind in KINDS:
            rows = shown(scene(it, moment), kind, width)
            text += "\n".join((f"== {kind}, {words}", *(row.rstrip() for row in rows))) + "\n"
    compare_with_golden(f"matrices-{name}-{width}", text)
