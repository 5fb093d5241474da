"""Tables as people have them: each opens as it is meant, or is refused with the option that cures it."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bptui.data import DataError, Dataset, read_data
from bptui.data.dataset import split
from bptui.data.inputs import Scale
from bptui.data.table import Wish

IRIS = "5.1,3.5,1.4,0.2,setosa\n7.0,3.2,4.7,1.4,versicolor\n6.3,3.3,6.0,2.5,virginica\n4.9,3.0,1.4,0.2,setosa\n"
X = [[5.1, 3.5, 1.4, 0.2], [7.0, 3.2, 4.7, 1.4], [6.3, 3.3, 6.0, 2.5], [4.9, 3.0, 1.4, 0.2]]
NAMES = "sepal length,sepal width,petal length,petal width,species"
ARFF = """% a comment
@RELATION iris

@ATTRIBUTE 'sepal length' NUMERIC
@ATTRIBUTE sepalwidth real
@ATTRIBUTE petallength REAL
@ATTRIBUTE petalwidth INTEGER
@ATTRIBUTE class {virginica, setosa, 'versi color', versicolor}

@DATA
% another
"""


def read(folder: Path, body: str | bytes, name: str = "mine.csv", **wish: Any) -> Dataset:
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return read_data(path, Wish(**wish))


def refusal(folder: Path, body: str | bytes, name: str = "mine.csv", **wish: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, body, name, **wish)
    line = str(caught.value)
    assert "\n" not in line
    return line.removeprefix(str(folder / name))


def decimal_commas(table: str) -> str:
    return table.replace(",", ";").replace(".", ",")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (IRIS, "iris.data"),
        (f"{NAMES}\n{IRIS}", "iris.csv"),
        (f"{NAMES}\n{IRIS}", "iris.toml.txt"),
        (f'"sepal length","sepal width","petal length","petal width","species"\n{IRIS}', "quoted.csv"),
        (decimal_commas(IRIS), "german.csv"),
        (decimal_commas(f"{NAMES}\n{IRIS}"), "excel.csv"),
        (IRIS.replace(",", "\t"), "iris.tsv"),
        (IRIS.replace(",", "|"), "bars.txt"),
        (f"sep=;\n{decimal_commas(IRIS)}", "told to Excel.csv"),
        (IRIS.replace(",", " "), "iris.txt"),
        (IRIS.replace(",", "   "), "iris.dat"),
        ("  " + IRIS.replace(",", " \t ").replace("\n", "  \n  "), "fixed.txt"),
        (IRIS.replace("\n", ",\n"), "trailing.csv"),
        (f"{NAMES}\n{IRIS}".replace("\n", ",\n"), "trailing header.csv"),
        (NAMES + "\n" + IRIS.replace("\n", ",\n"), "trailing but the header.csv"),
        (f"# measured by hand\n#\n{IRIS}", "comments.csv"),
        (f"# {NAMES}\n{IRIS}", "savetxt.csv"),
        (b"\xef\xbb\xbf" + f"{NAMES}\r\n{IRIS}".replace("\n", "\r\n").encode(), "bom.csv"),
        (f"{NAMES}\n{IRIS}".replace("\n", "\r"), "mac.csv"),
        (gzip.compress(f"{NAMES}\n{IRIS}".encode()), "iris.csv.gz"),
        (ARFF + IRIS, "iris.arff"),
        (ARFF + IRIS.replace(",", ", ").replace("setosa", "'setosa'"), "quoted.arff"),
        ("\n\n" + IRIS.replace("\n", "\n\n"), "blank lines.csv"),
    ],
)  # fmt: skip
def test_the_same_flowers_in_every_spelling_are_the_same_data(tmp_path: Path, body: str | bytes, name: str) -> None:
    data = read(tmp_path, body, name)
    assert data.x.tolist() == X
    assert data.labels is not None
    assert [data.classes[label] for label in data.labels] == ["setosa", "versicolor", "virginica", "setosa"]


def test_names_of_columns_come_from_the_header_or_the_declarations(tmp_path: Path) -> None:
    assert read(tmp_path, f"{NAMES}\n{IRIS}").features[0] == "sepal length"
    assert read(tmp_path, f"# {NAMES}\n{IRIS}").features[0] == "sepal length"
    assert read(tmp_path, ARFF + IRIS).features[:2] == ("sepal length", "sepalwidth")
    assert read(tmp_path, ARFF + IRIS).classes == ("virginica", "setosa", "versi color", "versicolor")
    assert read(tmp_path, IRIS).features == ("x0", "x1", "x2", "x3")


def test_a_header_that_counts_its_columns_is_a_header(tmp_path: Path) -> None:
    head = ",".join(map(str, range(9)))
    data = read(tmp_path, f"{head},target\n" + "1.5,2,3,4,5,6,7,8,9,0\n2.5,3,4,5,6,7,8,9,1,1\n")
    assert (len(data), data.features[:2]) == (2, ("0", "1"))
    named = read(tmp_path, "0,1,label\n0.5,1,cat\n1.5,2,dog\n2.5,1,cat\n")
    assert (len(named), named.classes) == (3, ("cat", "dog"))
    assert len(read(tmp_path, "0,1,cat\n1,1,dog\n2,1,cat\n")) == 3, "its word comes again: a sample"


def test_names_of_rows_without_a_name_of_their_own_are_a_column(tmp_path: Path) -> None:
    body = '"len" "kind"\n"1" 2.5 "a"\n"2" 3.5 "b"\n"3" 4.5 "b"\n'
    data = read(tmp_path, body)
    assert (data.features, data.classes) == (("row", "len"), ("a", "b"))


def test_a_table_of_words_alone_has_a_header_only_if_its_words_never_come_again(tmp_path: Path) -> None:
    body = "p,x,s\ne,x,y\np,b,s\n"
    assert len(read(tmp_path, body)) == 3
    data = read(tmp_path, "class,cap,shape\n" + body, target=("class",))
    assert (len(data), data.features) == (3, ("cap=b", "cap=x", "shape=s", "shape=y"))
    assert data.x.tolist() == [[0, 1, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]]
    assert any("words: cap, an input for each: b, x" in line for line in data.read)


@pytest.mark.parametrize(
    ("target", "features", "outputs"),
    [
        (("a",), ("b", "c"), ("a",)),
        ((0,), ("b", "c"), ("a",)),
        (("first",), ("b", "c"), ("a",)),
        (("last",), ("a", "b"), ("c",)),
        ((-2,), ("a", "c"), ("b",)),
        (("c", "a"), ("b",), ("c", "a")),
    ],
)
def test_any_column_may_be_the_target(
    tmp_path: Path, target: tuple[str | int, ...], features: tuple[str, ...], outputs: tuple[str, ...]
) -> None:
    data = read(tmp_path, "a,b,c\n1.5,2.5,3.5\n4.5,5.5,6.5\n", target=target)
    assert (data.features, data.outputs) == (features, outputs)
    columns = {"a": 1.5, "b": 2.5, "c": 3.5}
    assert data.y[0].tolist() == [columns[name] for name in outputs]


def test_the_last_column_is_the_last_that_is_kept(tmp_path: Path) -> None:
    data = read(tmp_path, "Id,a,kind,note\n7,1.5,x,some words\n8,2.5,y,other words\n", drop=("note", "Id"))
    assert (data.features, data.classes) == (("a",), ("x", "y"))
    assert "left out: Id, note" in data.read


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"target": ("kindd",)}, "no column named kindd; did you mean kind?"),
        ({"target": (9,)}, "no column 9; they count from 0 to 2"),
        ({"drop": ("q",)}, "no column named q; the columns are a, b, kind"),
        ({"target": ("a",), "drop": ("a",)}, "target and left out at once"),
        ({"drop": ("a", "b")}, "1 column left"),
        ({"kind": "numbers"}, "the target kind is of words; --as classes"),
        ({"target": ("a", "kind")}, "of several targets each is a number, kind is of words"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_what_there_is(tmp_path: Path, wish: dict[str, Any], said: str) -> None:
    assert said in refusal(tmp_path, "a,b,kind\n1,2,x\n3,4,y\n", **wish)


def test_whole_numbers_are_classes_or_numbers_as_it_is_said(tmp_path: Path) -> None:
    body = "".join(f"{k}.5,{k % 3}\n" for k in range(9))
    assert read(tmp_path, body).classes == ("0", "1", "2")
    assert read(tmp_path, body, kind="numbers").y[:3].ravel().tolist() == [0, 1, 2]
    assert read(tmp_path, body, kind="numbers").classes == ()


def test_labels_written_as_floats_are_classes(tmp_path: Path) -> None:
    body = "1.25e+00 3.000e+00\n2.5e+00 0.000e+00\n"
    assert read(tmp_path, body).classes == ("0", "3")
    assert "--as numbers" in refusal(tmp_path, "1,0.5\n2,1\n", kind="classes")


def test_large_and_negative_whole_numbers_are_classes_if_it_is_said(tmp_path: Path) -> None:
    assert read(tmp_path, "1,-1\n2,1\n").classes == ()
    assert read(tmp_path, "1,-1\n2,1\n", kind="classes").classes == ("-1", "1")


def test_one_hot_targets_are_classes_if_it_is_said(tmp_path: Path) -> None:
    body = "a,cat,dog\n1.5,1,0\n2.5,0,1\n"
    data = read(tmp_path, body, target=("cat", "dog"), kind="classes")
    assert (data.classes, data.y.tolist()) == (("cat", "dog"), [[1, 0], [0, 1]])
    assert "one of them is 1" in refusal(tmp_path, body + "3,1,1\n", target=("cat", "dog"), kind="classes")


HOLES = "a,colour,kind\n1,red,x\n?,blue,y\n3,,x\n5,red,NA\n"


@pytest.mark.parametrize("cell", ["", "?", "NA", "NaN", "null"])
def test_a_missing_cell_is_refused_with_its_place_and_the_options(tmp_path: Path, cell: str) -> None:
    said = refusal(tmp_path, f"a,b,c\n1,2,0.5\n3,{cell},1.5\n")
    assert said.startswith(":3:2: ")
    assert "--missing drop" in said
    assert "--missing mean" in said


def test_rows_that_miss_something_are_left_out_where_it_is_said(tmp_path: Path) -> None:
    data = read(tmp_path, HOLES, missing="drop")
    assert (data.x.tolist(), data.classes) == ([[1, 0, 1]], ("x",))
    assert "rows left out: 3, something is missing in them" in data.read
    assert "missing: 1 in a, 1 in colour, 1 in kind" in data.read


def test_a_missing_input_is_the_mean_of_its_column_and_no_target_is_made_up(tmp_path: Path) -> None:
    data = read(tmp_path, HOLES, missing="mean")
    assert data.features == ("a", "colour=blue", "colour=red")
    assert data.x.tolist() == [[1, 0, 1], [2, 1, 0], [3, 0.5, 0.5]]
    assert "rows left out: 1" in " ".join(data.read)


def test_a_column_of_names_is_refused_with_the_option_that_leaves_it_out(tmp_path: Path) -> None:
    body = "name,ticket,age,kind\n" + "".join(f"n{k},t{k},{k}.5,{'ab'[k % 2]}\n" for k in range(60))
    assert "60 different words in column name" in refusal(tmp_path, body)
    assert "--drop name,ticket" in refusal(tmp_path, body)
    assert read(tmp_path, body, drop=("name", "ticket")).x.shape == (60, 1)


def test_a_word_among_numbers_is_refused_with_its_place_however_far_down(tmp_path: Path) -> None:
    body = "a,b,c\n" + "1,2,0.5\n" * 30_000 + "1,two,0.5\n"
    said = refusal(tmp_path, body)
    assert said.startswith(":30002:2: 'two' is not a finite number")
    assert "correct it, or --drop b leaves the column out" in said
    assert read(tmp_path, body, drop=("b",)).x.shape == (30_001, 1)


@pytest.mark.parametrize("row", ["1,2\n", "1,2,3,4\n", '1,"2,3\n', "1,2,nan\n"])
def test_a_fault_in_a_later_part_of_the_file_has_its_line(tmp_path: Path, row: str) -> None:
    assert refusal(tmp_path, "a,b,c\n" + "1,2,0.5\n" * 5000 + row + "1,2,0.5\n").startswith((":5002:", ":5003:"))


def test_quoted_cells_may_hold_separators_and_line_ends(tmp_path: Path) -> None:
    body = 'a,note,kind\n1,"one, two",x\n2,"line\nend",y\n3,"one, two",x\n'
    data = read(tmp_path, body)
    assert data.features == ("a", "note=line␊end", "note=one, two")


def test_a_file_that_is_named_like_arrays_and_is_none_says_so(tmp_path: Path) -> None:
    for name in ("mine.npz", "mine.npy"):
        assert "text has another name" in refusal(tmp_path, IRIS, name)


def test_test_samples_of_another_file_stand_last_and_share_classes(tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("a,colour,kind\n9,green,y\n8,red,x\n", encoding="utf-8")
    data = read(tmp_path, "a,colour,kind\n1,red,x\n2,blue,z\n", test=more)
    assert (data.tests, data.classes, data.x[:, 0].tolist()) == (2, ("x", "y", "z"), [1, 2, 9, 8])
    assert data.features == ("a", "colour=blue", "colour=green", "colour=red")
    more.write_text("a,b,kind\n9,green,y\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"its column b is not that of mine\.csv"):
        read(tmp_path, "a,colour,kind\n1,red,x\n2,blue,z\n", test=more)


def test_a_pipe_of_arff_without_data_is_refused(tmp_path: Path) -> None:
    assert "no line @data" in refusal(tmp_path, "@relation a\n@attribute b numeric\n", "a.arff")
    assert ":2: the kind" in refusal(tmp_path, "@relation a\n@attribute b blob\n@data\n1\n", "a.arff")
    assert "sparse" in refusal(tmp_path, "@relation a\n@attribute b real\n@attribute c real\n@data\n{0 1}\n", "a.arff")
    assert "none of the words declared" in refusal(tmp_path, ARFF + IRIS.replace("setosa", "rosa"), "a.arff")


@pytest.mark.parametrize("cell", ["20%", "2020-01-{k:02d}", "1.234,{k}", "$5.{k}", "12:3{k}"])
def test_words_that_may_be_meant_as_numbers_are_noticed(tmp_path: Path, cell: str) -> None:
    body = "a,b,kind\n" + "".join(f'{k}.5,"{cell.format(k=k)}",{"xy"[k % 2]}\n' for k in range(1, 9))
    (notice, *_) = [it for it in read(tmp_path, body).notices if "words" in it]
    assert notice.startswith("b is taken for words (")
    assert notice.endswith("; --drop b")
    plain = "a,b,kind\n1.5,red,x\n2.5,green,y\n"
    assert not any("words" in it for it in read(tmp_path, plain).notices)


@pytest.mark.parametrize(
    ("body", "said"),
    [('[{"a": 1}]', "pandas.read_json"), ('{"a": 1}', "pandas.read_json"), ("1 1:0.5 2:0.3\n0 2:1 7:2\n", "svmlight")],
)
def test_texts_that_are_no_tables_name_the_way_round(tmp_path: Path, body: str, said: str) -> None:
    assert said in refusal(tmp_path, body)


def test_a_missing_word_is_called_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a,b,kind\n1,red,x\n2,?,y\n").startswith(":3:2: '?' is missing; --missing drop")


@pytest.mark.parametrize("scale", ["none", "standard"])
def test_the_mean_that_fills_a_gap_is_one_of_the_training_samples_whatever_the_split(
    tmp_path: Path, scale: Scale
) -> None:
    rows = [f"{'' if k % 7 == 0 else k * k},{['red', 'blue', '?'][k % 3]},{k % 2}" for k in range(40)]
    data = read(tmp_path, "a,colour,kind\n" + "\n".join(rows), missing="mean")
    assert data.gaps is not None
    plain = np.where(data.gaps, np.nan, data.x)
    for seed in (1, 2):
        parts = split(data, None, 0.25, seed)
        whole = data.scaled(parts.train, scale)
        expected = np.where(data.gaps, np.nanmean(plain[parts.train], axis=0), plain)
        np.testing.assert_allclose(whole.x, expected)
        if scale == "standard":
            np.testing.assert_allclose(np.asarray(whole.inputs(parts.train)[:]).mean(axis=0), 0, atol=1e-12)


def test_the_description_says_what_missing_cells_were_filled_with(tmp_path: Path) -> None:
    assert (
        "filled: each with the mean of its column over the training samples"
        in read(tmp_path, HOLES, missing="mean").read
    )
    assert not any("filled" in line for line in read(tmp_path, HOLES, missing="drop").read)


def test_where_inputs_are_not_numbered_as_columns_a_column_without_a_name_is_called_by_its_place(
    tmp_path: Path,
) -> None:
    body = "a,0.5,1\nb,1.5,2\na,2.5,3\n"
    assert read(tmp_path, "0.5,1,a\n1.5,2,b\n").features == ("x0", "x1")
    shifted = read(tmp_path, body, target=("first",))
    assert (shifted.features, shifted.read[0]) == (("column 1", "column 2"), "target: column 0")
    assert read(tmp_path, body, target=(2,)).features == ("column 0=a", "column 0=b", "column 1")
    assert read(tmp_path, body, target=("first",), drop=("column 2",)).features == ("column 1",)
    assert "no column named column 3" in refusal(tmp_path, body, drop=("column 3",))
    named = read(tmp_path, "kind,column 2,u\n" + body, target=("first",), drop=("column 2",))
    assert named.features == ("u",), "a name that a header gives wins"


def test_what_cannot_be_read_is_refused_with_what_helps(tmp_path: Path) -> None:
    amounts = "income,buys\n" + "".join(f'"${1000 + k:,}",{k % 2}\n' for k in range(60))
    assert "--drop income leaves such columns out, or write plain numbers in place of $1,000" in refusal(
        tmp_path, amounts
    )
    assert "a second line of names is to be deleted" in refusal(tmp_path, "a,b,y\ncm,cm,-\n1,2,x\n3,4,y\n")
    assert "a second line" not in refusal(tmp_path, "a,b,y\n1,2,x\n3,cm,y\n")
    assert "names of several words stand in quotes" in refusal(
        tmp_path, "sepal length  sepal width  kind\n5.1  3.1  a\n5.2  3.2  b\n"
    )
    assert "a second line" not in refusal(tmp_path, "a,b,y\n0x10,2,x\n3,4,y\n")
    assert refusal(tmp_path, 'a,b\n1,"x\n2,3\n') == ":3: a quote is opened and never closed; close it, or delete it"
    assert "a cell of more than 131072 characters" in refusal(tmp_path, "a,b\n1," + "9" * 200_000 + "\n2,3\n")
    assert "every row needs as many as the first (an empty cell counts)" in refusal(
        tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8\n"
    )
