"""The CSV reader accepts what is plainly right, and refuses all else with file, line and column."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.data import DataError, Dataset
from bptui.data.bounded import LARGEST_FILE
from bptui.data.choosing import MOST_CLASSES
from bptui.data.csv_file import ROWS
from bptui.data.files import read_data as read_csv

PLAIN = "length,width,species\n5.1,3.5,setosa\n-4.9,.5e1,virginica\n1e-3,+2.,setosa\n"
X = [[5.1, 3.5], [-4.9, 5.0], [0.001, 2.0]]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine.csv"


def read(path: Path, body: str | bytes) -> Dataset:
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return read_csv(path)


def refusal(path: Path, body: str | bytes) -> str:
    """What is said of this file, without its name: one plain line."""
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    with pytest.raises(DataError) as caught:
        read_csv(path)
    line = str(caught.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    return line.removeprefix(str(path))


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.rstrip("\n"),
        PLAIN + "\n\n  \n",
        PLAIN.replace("\n5.1", "\n\n\n5.1"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", " , "),
        PLAIN.replace("setosa", '"setosa"'),
        b"\xef\xbb\xbf" + PLAIN.encode(),
    ],
    ids=["lf", "crlf", "cr", "no last newline", "blank end", "blank middle", "semicolons", "tabs", "spaces", "quotes",
         "bom"],
)  # fmt: skip
def test_all_spellings_of_a_table_give_the_same_data(mine: Path, body: str | bytes) -> None:
    data = read(mine, body)
    assert data.x.tolist() == X
    assert data.y.tolist() == [[1, 0], [0, 1], [1, 0]]
    assert data.classes == ("setosa", "virginica")
    assert data.features == ("length", "width")
    assert data.name == "mine"


def test_without_a_header_the_columns_are_numbered(mine: Path) -> None:
    data = read(mine, PLAIN.split("\n", 1)[1])
    assert data.x.tolist() == X
    assert data.features == ("x0", "x1")


def test_whole_numbers_are_classes_in_their_order(mine: Path) -> None:
    assert read(mine, "0.5,10\n0.5,9\n0.5,10\n").classes == ("9", "10")


@pytest.mark.parametrize("cells", [("1.5", "2"), ("-1", "0"), ("1000", "2")])
def test_other_numbers_are_to_be_predicted(mine: Path, cells: tuple[str, str]) -> None:
    data = read(mine, "".join(f"1,{cell}\n" for cell in cells))
    assert data.classes == ()
    assert data.y.ravel().tolist() == [float(cell) for cell in cells]


@pytest.mark.parametrize("rows", [1, 2])
def test_a_few_rows_are_enough(mine: Path, rows: int) -> None:
    assert len(read(mine, "a,b\n" + "1,2.5\n" * rows)) == rows


def test_a_single_class_is_accepted(mine: Path) -> None:
    assert read(mine, "1,yes\n2,yes\n").classes == ("yes",)


def test_a_single_class_is_the_label_of_every_sample(mine: Path) -> None:
    labels = read(mine, "1,yes\n2,yes\n").labels
    assert labels is not None
    assert labels.tolist() == [0, 0]


CELLS = ["nan", "NaN", "inf", "-inf", "Infinity", "1e999", "1_000", "0x10", "٣", "1e", "--1", "1 2", "abc", "1+2j", "½"]


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_that_is_no_number_is_named_by_line_and_column(mine: Path, cell: str) -> None:
    line = refusal(mine, f"a,b,c\n1,2,3.5\n1,{cell},4.5\n")
    assert line.startswith(":3:2: ")
    assert "not a finite number" in line


@pytest.mark.parametrize(("body", "where"), [("1,,3.5\n", ":2:2"), ("1,2,\n", ":2:3"), (",2,3.5\n", ":2:1")])
def test_an_empty_cell_is_named_by_line_and_column(mine: Path, body: str, where: str) -> None:
    assert refusal(mine, "a,b,c\n" + body).startswith(f"{where}: empty cell")


@pytest.mark.parametrize(
    ("body", "where", "what"),
    [
        ("", "", "empty"),
        (" \n\n", "", "empty"),
        ("a,b\n", "", "only a header"),
        ("a,b\n1,2.5\n1\n", ":3", "1 cells, 2 expected"),
        ("a,b\n1,2.5\n1,2,3\n", ":3", "3 cells, 2 expected"),
        ("1.5\n2.5\n", ":1", "one column"),
        ('a,b\n1,"2.5\n2,3\n', ":3", "a quote is opened and never closed"),
        ("a,b\n1,2\0\n", ":2", "NUL"),
        ("a,b\n1,é\n".encode("latin-1"), ":2", "save it as UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "", "save it as UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-be"), ":1", "NUL"),
        ("a\tb\n1,5\t2.5\n", ":2:1", "decimal point"),
        ("a;b\n1,5;2.5\n", ":2:2", "decimal points and decimal commas in one file"),
        ("a,b\n" + "1," + "9" * 200_000 + "\n", ":2", ""),
        ("a,b\n" + "".join(f"1,c{k}\n" for k in range(MOST_CLASSES + 1)), "", "at most 1000"),
    ],
    ids=lambda v: str(v)[:24] if isinstance(v, str | bytes) else "",
)  # fmt: skip
def test_what_is_not_plainly_right_is_refused(mine: Path, body: str | bytes, where: str, what: str) -> None:
    line = refusal(mine, body)
    assert line.startswith(f"{where}:")
    assert what in line


def spoiled(*places: tuple[int, int], cell: str = "O") -> str:
    """A table of 60 rows and 3 columns, lines 2 to 61, with something else in these places of it."""
    rows = [["0.5", "1.5", "2.5"] for _ in range(60)]
    for line, column in places:
        rows[line - 2][column - 1] = cell
    return "a,b,c\n" + "".join(f"{','.join(row)}\n" for row in rows)


@pytest.mark.parametrize(
    ("places", "where", "further"),
    [
        ([(9, 2)], ":9:2: 'O' is not a finite number", "leaves the column out"),
        ([(9, 2), (12, 1)], ":9:2: ", "; 1 more on line 12"),
        ([(40, 1), (9, 3), (12, 2), (9, 2)], ":9:2: ", "; 3 more on lines 9, 12, 40"),
        ([(line, 1) for line in range(7, 3, -1)], ":4:1: ", "; 3 more on lines 5, 6, 7"),
        ([(line, 2) for line in range(9, 15)], ":9:2: ", "; 5 more on lines 10, 11, 12, 13, 14"),
        ([(line, 1 + line % 3) for line in range(9, 60)], ":9:1: ", "; more on lines 10, 11, 12, 13, 14 and below"),
    ],
)
def test_the_first_fault_is_told_and_on_which_lines_others_are(
    mine: Path, places: list[tuple[int, int]], where: str, further: str
) -> None:
    line = refusal(mine, spoiled(*places))
    assert line.startswith(where)
    assert line.endswith(further)


def test_faults_of_every_kind_are_told_together_over_the_parts_of_a_file(mine: Path) -> None:
    rows = 2 * ROWS
    body = "a,b,kind\n" + "1.5,2.5,x\n" * 3 + "1.5,x\n,2.5,y\n" + "1.5,2.5,x\n" * rows + "1.5,2.5,7\n1.5,2.S,x\n1,2,\n"
    line = refusal(mine, body)
    assert line.startswith(":5: 2 cells, 3 expected")
    assert line.endswith(f"; 4 more on lines 6, {rows + 7}, {rows + 8}, {rows + 9}")
    assert refusal(mine, body + '"x,1,2').endswith(f", {rows + 9}, {rows + 10}")
    assert refusal(mine, "a,b\n" + "1\n" * rows).endswith("; more on lines 3, 4, 5, 6, 7 and below")


def test_utf_16_without_a_mark_names_the_cure(mine: Path) -> None:
    assert "save it as UTF-8" in refusal(mine, "a,b\n1,2\n".encode("utf-16-le"))


def test_a_decimal_comma_in_the_last_column_names_the_cure(mine: Path) -> None:
    assert "decimal point" in refusal(mine, "a\tb\n1\t2,5\n2\t3,5\n")


@pytest.mark.parametrize("cell", ["nan", "inf", "1e999x"])
def test_a_single_target_that_is_no_number_is_refused(mine: Path, cell: str) -> None:
    assert refusal(mine, "a,b\n" + "1,2.5\n" * 20 + f"1,{cell}\n").startswith(":22:2")


def test_an_infinite_target_is_refused(mine: Path) -> None:
    assert refusal(mine, "a,b\n1,2.5\n1,1e999\n").startswith(":3:2")


def test_a_first_line_with_a_typing_error_is_not_taken_for_a_header(mine: Path) -> None:
    """A header has names; a line of numbers with one slip is data."""
    data = read(mine, "1.0,2.0,0.5\n1.0,3.0,0.7\n")
    assert len(data) == 2


def test_a_first_line_with_one_bad_number_is_refused(mine: Path) -> None:
    assert refusal(mine, "1.0,2.O,0.5\n1.0,3.0,0.7\n").startswith(":1:2")


@pytest.mark.parametrize(
    ("line", "next_line"),
    [
        ("nan,1", "1,2"),
        ("inf,1", "1,2"),
        ("NaN,name,1", "1,2,3"),
        ("1,5\t2\t3", "1\t2\t3"),
        (",1", "1,2"),
        (",,1", "1,2,3"),
    ],
)
def test_a_first_line_that_lacks_a_number_is_a_sample_and_refused(mine: Path, line: str, next_line: str) -> None:
    assert refusal(mine, f"{line}\n{next_line}\n").startswith(":1:1: ")


@pytest.mark.parametrize("line", ["a,b", ",price", "kind,1", "nano,infinite", "nan_count,y"])
def test_a_first_line_of_names_is_a_header(mine: Path, line: str) -> None:
    assert len(read(mine, f"{line}\n0.5,2\n0.25,3\n")) == 2


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    for path, what in ((tmp_path / "gone.csv", "no such file"), (tmp_path, "a folder, not a plain file")):
        with pytest.raises(DataError, match=what):
            read_csv(path)
    with pytest.raises(DataError, match="not a plain file"):
        read_csv(Path("/dev/zero"))


def test_too_large_a_file_is_refused_without_reading_it_all(mine: Path) -> None:
    with mine.open("wb") as stream:
        stream.truncate(LARGEST_FILE + 1)
    with pytest.raises(DataError, match="larger than 256 MB"):
        read_csv(mine)


def outcome(path: Path, raw: bytes) -> Dataset | str:
    """The data in these bytes, or what is said of them."""
    path.write_bytes(raw)
    try:
        return read_csv(path)
    except DataError as problem:
        return str(problem)


def is_plain(result: Dataset | str) -> bool:
    if isinstance(result, str):
        return "\n" not in result
    return len(result.x) == len(result.y) > 0 and len(result.features) == result.x.shape[1]


@given(st.binary(max_size=200).filter(lambda raw: any(map(str.isalnum, raw.decode(errors="ignore")))))
def test_arbitrary_bytes_are_data_or_a_plain_refusal(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    assert is_plain(outcome(tmp_path_factory.getbasetemp() / "bytes.csv", raw))


@given(st.text(st.sampled_from('0123456789.,;\t\n\r"eE+-ab '), max_size=80).filter(lambda s: any(map(str.isalnum, s))))
def test_arbitrary_tables_are_data_or_a_plain_refusal(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    assert is_plain(outcome(tmp_path_factory.getbasetemp() / "table.csv", body.encode()))


@pytest.mark.parametrize("body", [";", ",,,\n,,\n", '""\n'])
def test_a_table_of_nothing_but_separators_is_refused(mine: Path, body: str) -> None:
    assert "empty" in refusal(mine, body)


@pytest.mark.parametrize("name", ["a\x1b]52;c;QQ==\x07", "a\u202eb", "a\u200fb", "\x9b31m"])
def test_hostile_names_are_made_harmless(mine: Path, name: str) -> None:
    data = read(mine, f'"{name}",y\n1,"{name}"\n2,b\n'.replace(";", ""))
    for shown in (*data.features, *data.classes):
        assert shown.isprintable()


CELLS_OF_ALL_KINDS = [
    "1",
    "2.5",
    "-3",
    "1e3",
    ".5",
    "2.",
    "+4",
    *CELLS,
    "1d3",
    " 5 ",
    "",
    "?",
    "1,5",
    '"3"',
    "-0",
    "1\xa0",
    "0b1",
]


@given(st.lists(st.lists(st.sampled_from(CELLS_OF_ALL_KINDS), min_size=3, max_size=3), min_size=2, max_size=5))
@settings(max_examples=300)
@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_the_quick_way_gives_what_looking_at_every_cell_gives(
    tmp_path_factory: pytest.TempPathFactory, separator: str, rows: list[list[str]]
) -> None:
    body = "\n".join(separator.join(row) for row in [["1", "2", "3"], *rows])
    path = tmp_path_factory.getbasetemp() / "quick.csv"
    quick = outcome(path, body.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bptui.data.csv_file.Reader.take_numbers", lambda reader, lines: False)
        careful = outcome(path, body.encode())
    if isinstance(quick, str) or isinstance(careful, str):
        assert quick == careful
    else:
        assert (quick.x.tolist(), quick.y.tolist()) == (careful.x.tolist(), careful.y.tolist())


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        (["red", "blue", "7"], ":4:1: '7' in a column of words; correct it, or --drop colour leaves the column out"),
        (["7", "red", "blue"], ":2:1: '7' in a column of words; "),
        (["red"] * 15 + ["7"] + ["blue"] * 15 + ["8"], ":17:1: '7' in a column of words; "),
        (["red"] * 2000 + ["7"], ":2002:1: '7' in a column of words; "),
        (["7", "red"], ":3:1: 'red' is not a finite number; "),
        (["7", "8", "red"], ":4:1: 'red' is not a finite number; "),
        (["7", "8", "red", "blue", "red"], ":4:1: 'red' is not a finite number; "),
    ],
    ids=lambda value: "" if isinstance(value, list) else value[:12],
)
def test_in_a_mixed_column_what_is_odd_is_named(tmp_path: Path, colours: list[str], said: str) -> None:
    body = "colour,size,kind\n" + "".join(f"{colour},{k}.5,{k % 2}\n" for k, colour in enumerate(colours))
    assert refusal(tmp_path / "a.csv", body).startswith(said)
