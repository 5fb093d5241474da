"""``bptui data``: what is printed of a file is what was made of it, and nothing is trained."""

from pathlib import Path

import pytest

from bptui.cli import main

FLOWERS = Path(__file__).resolve().parents[2] / "assets" / "data" / "iris.csv"


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["data", *words]) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    return out


def lines(out: str) -> dict[str, str]:
    """What stands behind the first word of each line."""
    return {line.split(" ")[0]: line.split(" ", 1)[1].strip() for line in out.splitlines() if " " in line}


def test_letters_are_split_by_who_wrote_them(capsys: pytest.CaptureFixture[str]) -> None:
    split = lines(printed(capsys, "letters"))["split"]
    assert split.startswith("832 samples to train on, 208 to test (of 8 writers, none of whom is")


def test_a_table_is_told_with_its_columns_classes_split_and_ranges(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, str(FLOWERS))
    told = lines(out)
    assert told["iris"] == "150 samples, 4 inputs, 3 classes"
    assert told["file"] == "commas, a header line"
    assert told["target"] == "species"
    assert told["classes"] == "setosa (50), versicolor (50), virginica (50)"
    assert told["split"] == "120 samples to train on, 30 to test; seed 7"
    assert "sepal length cm 4.3 7.9 5.84333 0.825301" in " ".join(out.split())


def test_wishes_are_shown_as_they_are_carried_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    rows = "".join(f"{k},{k % 7},{'rg'[k % 2]},{'xy'[k % 3 > 1]}\n" for k in range(30))
    path.write_text(f"Id,age,colour,kind\n{rows}30,?,r,x\n", encoding="utf-8")
    out = printed(capsys, str(path), "--drop", "Id", "--missing", "mean", "--scale", "standard", "--target", "kind")
    told = lines(out)
    assert (told["left"], told["missing"], told["target"]) == ("out  Id", "1 in age", "kind")
    assert told["words"] == "colour, an input for each: g, r"
    assert "over the\n          training samples" in out
    assert " age 0 6 " in " ".join(out.split()), "before it is scaled"


def test_long_numbers_do_not_touch_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,y\n-0.0912345,0.5\n-0.0812345,1.5\n-1.23456e-10,2.5\n", encoding="utf-8")
    (line,) = (line for line in printed(capsys, str(path)).splitlines() if line.startswith("a "))
    assert len(line.split()) == 5


def test_numbers_to_predict_are_told_with_their_range(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b,c\n1,2.5,0.5\n2,3.5,1.5\n", encoding="utf-8")
    told = lines(printed(capsys, str(path), "--target", "b,c"))
    assert told["mine"] == "2 samples, 1 input, 2 numbers to predict"
    assert told["numbers"] == "c from 0.5 to 1.5, mean 1"


def test_pictures_of_the_first_samples_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    plain, drawn = printed(capsys, "digits"), printed(capsys, "digits", "--plot")
    assert drawn.startswith(plain)
    rows = drawn.removeprefix(plain).splitlines()
    assert rows[1].split()[:4] == ["0", "0", "1", "1"], "the first is a nought, the second a one"
    assert {*"".join(rows[2:10])} <= {*" ░▒▓█"}
    assert sum("█" in row for row in rows) > 10


def test_other_samples_are_drawn_as_a_bar_for_each_input(capsys: pytest.CaptureFixture[str]) -> None:
    rows = printed(capsys, "xor", "--plot").splitlines()[-4:]
    assert rows == ["   0 ▁▁  0", "   1 ▁█  1", "   2 █▁  1", "   3 ██  0"]


def test_what_is_wrong_with_a_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,\n", encoding="utf-8")
    assert main(["data", str(path)]) == 2
    assert "mine.csv:2:2: empty cell; --missing drop" in capsys.readouterr().err
