"""Drawings are kept one behind the other in a table that bptui reads as pictures, and no other file is touched."""

from pathlib import Path

import numpy as np
import pytest

from bptui.data.drawings import keep, pixel_names, shape_of, table_of
from bptui.data.files import read_data
from bptui.scenario import Scenario

RNG = np.random.default_rng(5)


def picture(rows: int, columns: int) -> np.ndarray:
    return RNG.integers(0, 17, rows * columns) / 16


def test_what_was_kept_is_read_as_pictures_with_their_labels(tmp_path: Path) -> None:
    path, pictures = tmp_path / "mine.csv", [picture(12, 10) for _ in range(3)]
    for count, (x, label) in enumerate(zip(pictures, "aba", strict=True), 1):
        assert keep(path, (12, 10), x, label) == (path, count)
    data = read_data(path)
    assert data.image == (12, 10)
    assert data.classes == ("a", "b")
    assert data.labels is not None
    assert data.labels.tolist() == [0, 1, 0]
    np.testing.assert_allclose(data.x, pictures, atol=5e-5)


def test_a_label_may_hold_what_a_table_is_made_of(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    for label in ('say "a", b', "plain"):
        keep(path, (2, 2), picture(2, 2), label)
    assert read_data(path).classes == ("plain", 'say "a", b')


def test_drawings_alone_begin_a_run(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    for label in "0123" * 6:
        keep(path, (8, 8), picture(8, 8), label)
    run = Scenario.of_file(path).begin()
    assert run.start.architecture.sizes == (64, 8, 4)
    assert run.extend_to(5)


@pytest.mark.parametrize("other", ["", "r0c0,r0c1,label\n1,0,a\n", "length,kind\n1,a\n"])
def test_another_file_of_that_name_stays_as_it_is(other: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(other, encoding="utf-8")
    assert keep(path, (2, 2), picture(2, 2), "a") == (tmp_path / "mine-2.csv", 1)
    assert path.read_text(encoding="utf-8") == other


def test_a_file_whose_last_line_has_no_end_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(table_of((2, 2), [(picture(2, 2), "a")]).rstrip("\n"), encoding="utf-8")
    assert keep(path, (2, 2), picture(2, 2), "b") == (path, 2)
    assert read_data(path).classes == ("a", "b")


def test_where_nothing_can_be_written_that_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        keep(tmp_path / "gone" / "mine.csv", (2, 2), picture(2, 2), "a")


@pytest.mark.parametrize(
    ("names", "x"),
    [
        (("a", "b"), [[0.0, 1.0]]),
        (("r0c0", "r0c2"), [[0.0, 1.0]]),
        (("r0c1", "r0c0"), [[0.0, 1.0]]),
        (("r0c0", "r0c1"), [[0.0, 16.0]]),
        (("r0c0", "r0c1"), [[0.0, -1.0]]),
        (("r0c0", "r9999c9999"), [[0.0, 1.0]]),
    ],
)
def test_other_tables_hold_no_pictures(names: tuple[str, ...], x: list[list[float]]) -> None:
    assert shape_of(names, np.array(x)) is None


def test_pixels_are_named_by_row_and_column() -> None:
    assert pixel_names((2, 2)) == ["r0c0", "r0c1", "r1c0", "r1c1"]
    assert shape_of(tuple(pixel_names((3, 5))), np.zeros((1, 15))) == (3, 5)
