"""Files on which training is pointless say so, with the option that cures it; and the option does."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bptui.scenario import Scenario

RNG = np.random.default_rng(1)


def notices(folder: Path, rows: Sequence[Sequence[object]], names: str = "", **said: object) -> str:
    path = folder / "mine.csv"
    body = "".join(",".join(map(str, row)) + "\n" for row in rows)
    path.write_text(f"{names}\n{body}" if names else body, encoding="utf-8")
    return "\n".join(Scenario.of_data(path, said=said).notices)


def images(first: bool, zero: bool = True) -> list[list[object]]:
    pixels = RNG.integers(0, 256, (60, 64))
    pixels[:, -1] = 0 if zero else RNG.integers(0, 256, 60)
    labels = np.arange(60) % 10
    parts = [labels[:, None], pixels] if first else [pixels, labels[:, None]]
    return np.hstack(parts).tolist()


@pytest.mark.parametrize("names", ["", "label," + ",".join(f"pixel{k}" for k in range(64))])
def test_a_pixel_taken_for_the_target_is_noticed_and_the_option_cures_it(tmp_path: Path, names: str) -> None:
    said = notices(tmp_path, images(first=True), names)
    cure = "label" if names else "first"
    assert said.startswith("the target looks like a pixel")
    assert f"--target {cure}" in said.split("\n")[0]
    cured = notices(tmp_path, images(first=True), names, target=(cure,))
    assert "looks like a pixel" not in cured
    assert "shown as pictures of 8 × 8" in cured
    assert "pixels are divided by 255" in cured


def test_labels_behind_the_pixels_are_well(tmp_path: Path) -> None:
    assert "looks like" not in notices(tmp_path, images(first=False))
    assert "looks like" not in notices(tmp_path, images(first=False, zero=False))


def test_a_class_in_the_first_column_is_noticed_where_the_last_is_a_number(tmp_path: Path) -> None:
    rows = [[k % 3 + 1, k * 0.1, k * 7.5, 1000 + k * 1.5] for k in range(60)]
    assert "x0 looks like a class, and the target is the last column; --target first" in notices(tmp_path, rows)
    assert "looks like a class" not in notices(tmp_path, rows, target=(0,))


def test_a_constant_target_and_a_single_class_are_nothing_to_learn(tmp_path: Path) -> None:
    assert "y is 5.5 in every row" in notices(tmp_path, [[k, 5.5] for k in range(30)], "a,y")
    assert "only one class (yes)" in notices(tmp_path, [[k % 4, "yes"] for k in range(30)], "a,y")


def test_classes_that_are_amounts_are_noticed_and_may_be_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [[k / 7, k * 7 % 29] for k in range(40)]
    assert "29 classes for 40 samples; --as numbers" in notices(tmp_path, rows)
    assert "classes" not in notices(tmp_path, rows, **{"as": "numbers"})
    many: list[list[object]] = [[k / 7, k % 31] for k in range(400)]
    assert "31 whole numbers are taken as classes; --as numbers" in notices(tmp_path, many)


@pytest.mark.parametrize(("name", "cure"), [("Id", "Id"), ("Unnamed: 0", "'Unnamed: 0'"), ("count", "count")])
def test_a_column_that_counts_the_rows_is_noticed(tmp_path: Path, name: str, cure: str) -> None:
    rows: list[list[object]] = [[k + 1, k % 5, "xy"[k % 2]] for k in range(15)]
    assert f"{name} only counts the rows; --drop {cure}" in notices(tmp_path, rows, f"{name},a,kind")
    assert "counts" not in notices(tmp_path, rows, f"{name},a,kind", drop=(name,))


def test_columns_of_very_different_scale_are_noticed_with_both(tmp_path: Path) -> None:
    rows: list[list[object]] = [[k % 5 / 10, 1000 + k * 7 % 50, "xy"[k % 2]] for k in range(40)]
    said = notices(tmp_path, rows, "hue,proline,kind")
    assert "columns of very different scale: proline by 49, hue by 0.4; --scale standard" in said
    alike: list[list[object]] = [[k % 5 + 100, k * 7 % 5 + 100, "xy"[k % 2]] for k in range(40)]
    assert "inputs reach 104 (a) and saturate units; --scale standard" in notices(tmp_path, alike, "a,b,kind")
    fine: list[list[object]] = [[k % 5 / 10, k * 7 % 5 / 10, "xy"[k % 2]] for k in range(40)]
    assert notices(tmp_path, fine, "a,b,kind") == ""


@pytest.mark.parametrize("scale", ["standard", "minmax"])
def test_scaled_columns_are_not_noticed(tmp_path: Path, scale: str) -> None:
    path = tmp_path / "mine.toml"
    (tmp_path / "mine.csv").write_text(
        "".join(f"{k % 5 / 10},{1000 + k},{k % 2}\n" for k in range(40)), encoding="utf-8"
    )
    path.write_text(
        f'format_version = 1\n[data]\nfile = "mine.csv"\nscale = "{scale}"\n[network]\nlayers = [2, 3, 2]\n'
        '[training]\nloss = "cross-entropy"\n', encoding="utf-8",
    )  # fmt: skip
    assert not any("scale" in notice for notice in Scenario.read(path).notices)


def test_columns_that_are_1_in_turn_are_noticed_as_the_classes_they_are(tmp_path: Path) -> None:
    rows: list[list[object]] = [[k * 0.3, *(int(k % 3 == j) for j in range(3))] for k in range(30)]
    said = notices(tmp_path, rows, "a,c 0,c1,c2")
    assert "c 0 to c2: one of them is 1 in every row; --target 'c 0',c1,c2 --as classes" in said
    assert "--target 1,2,3 --as classes" in notices(tmp_path, rows)
    taken = {"target": ("c 0", "c1", "c2"), "as": "classes"}
    assert "in every row" not in notices(tmp_path, rows, "a,c 0,c1,c2", **taken)
    rows[7][1] = 1 - int(str(rows[7][1]))
    assert "in every row" not in notices(tmp_path, rows, "a,c0,c1,c2"), "not where a row has two or none"


def test_labels_of_minus_1_and_1_are_numbers_and_may_be_classes(tmp_path: Path) -> None:
    rows = [[k * 0.1, (-1) ** k] for k in range(40)]
    assert "y is only ever −1, 1; --as classes takes them so" in notices(tmp_path, rows, "a,y")
    assert "only ever" not in notices(tmp_path, rows, "a,y", **{"as": "classes"})
    assert "only ever" not in notices(tmp_path, [[k * 0.1, k - 20] for k in range(40)], "a,y")


def test_a_first_column_that_may_be_the_class_is_noticed_by_its_name_or_its_words(tmp_path: Path) -> None:
    words: list[list[object]] = [["pe"[k % 2], "xyz"[k % 3], "pan"[k % 3]] for k in range(30)]
    assert "class looks like a class, and the target is odor; --target class" in notices(
        tmp_path, words, "class,cap,odor"
    )
    assert "looks like a class" not in notices(tmp_path, words, "kind,cap,odor")
    assert "looks like a class" not in notices(tmp_path, words, "class,cap,label")
    letters: list[list[object]] = [["TIDNG"[k % 5], k % 7, k % 4] for k in range(40)]
    assert "column 0 alone is of words (D, G, I …); if they are the classes, --target 0" in notices(tmp_path, letters)
    assert "alone is of words" not in notices(tmp_path, letters, target=(0,))


def test_large_whole_numbers_each_another_in_a_first_column_without_a_name_are_noticed(tmp_path: Path) -> None:
    rows: list[list[object]] = [[842_302 + k * k * 17, "MB"[k % 2], k * 0.1 % 1.7] for k in range(40)]
    said = notices(tmp_path, rows, target=(1,))
    assert "column 0 is another whole number in nearly every row, as an id is; --drop 0" in said
    assert "nearly every row" not in notices(tmp_path, rows, target=(1,), drop=(0,))
    assert "nearly every row" not in notices(tmp_path, [[row[0] / 7, *row[1:]] for row in rows], target=(1,))  # type: ignore[operator]


def test_large_numbers_to_be_predicted_are_noticed(tmp_path: Path) -> None:
    rows = [[k * 0.1 % 1.3, 150.5 + k] for k in range(40)]
    assert "price reaches 190, and errors with it: a smaller --lr" in notices(tmp_path, rows, "a,price")
    assert "reaches" not in notices(tmp_path, [[a, b / 100] for a, b in rows], "a,price")
    assert "reaches" not in notices(tmp_path, [[k * 0.1 % 1.3, f"c{k % 2}"] for k in range(40)], "a,price")


def flowers(slips: dict[int, str], kinds: int = 3, rows: int = 60) -> list[list[object]]:
    """Rows of which the last column is one of some kinds in turn, but for slips."""
    names = ("setosa", "versicolor", "virginica", *(f"kind{k}" for k in range(3, kinds)))
    return [[k * 0.1 % 1.3, slips.get(k, names[k % kinds])] for k in range(rows)]


def test_a_class_of_one_sample_is_noticed_with_its_line_and_the_name_that_is_near(tmp_path: Path) -> None:
    assert notices(tmp_path, flowers({}), "a,kind") == ""
    said = notices(tmp_path, flowers({30: "setsoa"}), "a,kind")
    assert said == "one sample alone is setsoa (line 32); did you mean setosa?"
    said = notices(tmp_path, flowers({30: "tulip", 41: "setsoa"}))
    assert "one sample alone is tulip (line 31); correct it, or take the line out, if it is a slip" in said
    assert "one sample alone is setsoa (line 42)" in said
    five = notices(tmp_path, flowers({k: f"{k} tulips" for k in range(20, 25)}))
    assert five.count("one sample alone") == 3
    assert five.endswith("; 2 more of one sample each")


def test_a_class_number_of_one_sample_is_noticed_with_its_row(tmp_path: Path) -> None:
    rows: list[list[object]] = [[k * 0.1 % 1.3, 77 if k == 30 else k % 3] for k in range(60)]
    assert "one sample alone is 77 (row 30); correct it" in notices(tmp_path, rows)


def test_rare_classes_among_others_that_are_rare_are_no_news(tmp_path: Path) -> None:
    assert "alone" not in notices(tmp_path, flowers({k: f"rare{k}" for k in range(20)}))
    assert "alone" not in notices(tmp_path, flowers({7: "odd"}, kinds=30))


def test_a_class_is_alone_in_the_file_not_only_in_the_rows_that_are_left(tmp_path: Path) -> None:
    rows = flowers({30: "tulip", 31: "tulip"})
    rows[30][0] = ""
    assert "alone" not in notices(tmp_path, rows, "a,kind", missing="drop")


def test_a_slip_in_the_file_of_the_test_samples_names_that_file(tmp_path: Path) -> None:
    other = tmp_path / "more.csv"
    other.write_text("a,kind\n0.5,setosa\n0.5,virginca\n", encoding="utf-8")
    said = notices(tmp_path, flowers({}), "a,kind", test=str(other))
    assert said == "one sample alone is virginca (line 3 of more.csv); did you mean virginica?"


def test_a_class_that_an_arff_file_declares_is_no_slip(tmp_path: Path) -> None:
    path = tmp_path / "mine.arff"
    head = "@relation r\n@attribute a numeric\n@attribute kind {setosa, setsoa, versicolor, virginica}\n@data\n"
    path.write_text(head + "".join(f"{a},{b}\n" for a, b in flowers({30: "setsoa"})), encoding="utf-8")
    assert Scenario.of_data(path).notices == ()
