"""``bptui check``: the answer and the exit status for numbers and for programs, right, wrong and unreadable."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bptui.cli import main
from bptui.headless import check
from bptui.headless.check import saves
from bptui.scenario import Scenario
from tests.diagnosis.cases import as_json, gradient, printed, record, scenario


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("homework.toml").write_text(scenario().toml(), encoding="utf-8")


def numbers(name: str = "mine.json", **factors: float) -> str:
    """A file with the true gradient, some arrays multiplied, as it is printed with five digits."""
    off = {key: printed(value * factors.get(key, 1), 5) for key, value in gradient(record()).items()}
    Path(name).write_text(as_json(off), encoding="utf-8")
    return name


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(["check", *words])
    out, err = capsys.readouterr()
    return status, out, err


def test_right_numbers_are_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = checked(capsys, "homework.toml", "--with", numbers())
    assert (status, err) == (0, "")
    assert "RIGHT: all 4 quantities given are the record's." in out


def test_wrong_numbers_are_status_1_and_the_answer_names_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = checked(capsys, "homework.toml", "--with", numbers(W1=1.31, b1=1.31))
    assert (status, err) == (1, "")
    assert "WRONG: the first quantity that differs is W1: it is × 1.31" in out
    assert "∂L/∂W1 = (1/n) a0ᵀ δ1; δ1 = (δ2 W2ᵀ) · φ′, φ′ = 1 − a²" in out
    assert "right so far W2, b2" in out
    table = [line.split()[:2] for line in out[out.index("\nquantity ") + 1 :].splitlines()]
    assert table[1:] == [["W2", "exact"], ["b2", "exact"], ["W1", "×"], ["b1", "×"]]


def test_json_has_the_verdict_the_first_the_parts_and_the_fits(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = checked(capsys, "homework.toml", "--with", numbers(b2=4), "--json")
    assert status == 1
    it = json.loads(out)
    assert (it["verdict"], it["first"]) == ("wrong", "b2")
    assert it["parts"]["b2"]["factor"] == 4
    assert set(it["parts"]) == {"W1", "b1", "W2", "b2"}
    assert all(isinstance(rule, str) for fit in it["fits"] for rule in fit)
    status, out, _ = checked(capsys, "homework.toml", "--with", numbers(), "--json")
    assert (status, json.loads(out)["verdict"], json.loads(out)["first"]) == (0, "right", None)


def test_data_are_written_on_which_mistakes_differ_that_give_the_same_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("line.toml").write_text(LINE, encoding="utf-8")
    Path("mine.json").write_text('{"dW1": [[-4.5]], "db1": [-3]}', encoding="utf-8")
    words = ("line.toml", "--with", "mine.json", "--json")
    status, out, err = checked(capsys, *words, "--separate", "apart.toml")
    fits = json.loads(out)["fits"]
    assert (status, err) == (1, "written: apart.toml; run your program on it and check again\n")
    assert ["average-inputs"] in fits
    assert ["every-target"] in fits
    apart = Scenario.read("apart.toml").begin().record(1)
    x, y, w = apart.passed.a[0], apart.targets, apart.before.weights[0]
    answers = x @ w + apart.before.biases[0]
    every = (answers.reshape(-1, 1) - y.reshape(1, -1))[:, :, None] * x[
        :, None, :
    ]  # what numpy makes of (n,) and (n, 1)
    dW = every.mean(axis=(0, 1)).reshape(-1, 1)
    Path("mine.json").write_text(json.dumps({"dW1": dW.tolist()}), encoding="utf-8")
    status, out, _ = checked(capsys, "apart.toml", "--with", "mine.json", "--json")
    assert status == 1
    assert ["average-inputs"] not in json.loads(out)["fits"]


def test_numbers_that_are_right_for_another_loss_are_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = checked(capsys, "homework.toml", "--with", numbers(), "--loss", "bce")
    assert status == 1
    assert "Note: with --loss half-squared-error all of it is right." in out


LINE = """format_version = 1
[data]
x = [[1.0], [2.0]]
targets = [[2.0], [4.0]]
order = "fixed"
[network]
layers = [1, 1]
weights = [[[0.0]]]
biases = [[0.0]]
"""


def test_what_trace_writes_of_another_update_is_right_there_and_wrong_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "xor", "--from", "3"]) == 0
    Path("t.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert checked(capsys, "xor", "--with", "t.json", "--update", "3")[0] == 0
    assert checked(capsys, "xor", "--with", "t.json")[0] == 1
    assert checked(capsys, "xor", "--with", "t.json", "--update", "3", "--lr", "0.5")[0] == 1


def test_the_template_is_a_right_program_and_overwrites_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = checked(capsys, "--template", "mine.py")
    assert (status, out) == (0, "written: mine.py; check it with: bptui check mine.py\n")
    Path("mine.py").write_text(Path("mine.py").read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    assert checked(capsys, "--template", "mine.py")[1].startswith("written: mine-2.py;")
    assert Path("mine.py").read_text(encoding="utf-8").endswith("# mine\n")
    for words in ((), ("--on", "xor", "--batch", "3", "--update", "5"), ("--on", "homework.toml")):
        status, out, _ = checked(capsys, "mine.py", *words)
        assert (status, out.splitlines()[1]) == (0, "RIGHT: all 4 quantities given are the record's.")


def template_with(old: str, new: str, name: str = "mine.py") -> str:
    assert old in check.TEMPLATE
    Path(name).write_text(check.TEMPLATE.replace(old, new), encoding="utf-8")
    return name


def test_a_wrong_program_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = checked(capsys, template_with("(1 - a[layer] ** 2)", "1"))
    assert (status, err) == (1, "")
    assert "WRONG: the first quantity that differs is W1" in out


def test_what_a_program_writes_goes_to_stderr_as_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    name = template_with("    a = [x]", "    print('shape', x.shape, '\\x1b[31m')\n    a = [x]")
    status, out, err = checked(capsys, name, "--json")
    assert (status, json.loads(out)["verdict"]) == (0, "right")
    assert err == "mine.py wrote:\n  | shape (4, 2) ␛[31m\n"


def test_a_program_that_raises_is_status_2_with_its_own_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = checked(capsys, template_with("    a = [x]", "    a = [y[9]]"))
    assert (status, out) == (2, "")
    *quoted, last = err.splitlines()
    assert last.startswith("bptui: error: mine.py: raises IndexError: index 9")
    assert quoted[0] == "its traceback:"
    assert all(line.startswith("  | ") for line in quoted[1:])


UNREADABLE = [
    ((), "say what to check"),
    (("homework.toml",), "homework.toml is no program (.py): bptui check homework.toml --with FILE, your numbers"),
    (("homework.toml", "--with", "nosuch.json"), "nosuch.json: no such file"),
    (("homework.toml", "--with", "."), "a folder, not a plain file"),
    (("homework.toml", "--with", "bad.json"), "bad.json: dW1[0][1]: null"),
    (("nosuch.py",), "nosuch.py: no such file"),
    (("mine.py", "--with", "bad.json"), "--with goes with a scenario"),
    (("homework.toml", "--with", "bad.json", "--on", "xor"), "--on goes with a program"),
    (("empty.py", "--on", "xorr"), "did you mean 'xor'"),
    (("empty.py",), "empty.py: no function gradients"),
    (("homework.toml", "--with", "bad.json", "--update", "0"), "--update"),
    (("plane", "--with", "bad.json", "--lr", "1e200", "--update", "50"), "stopped before update"),
    (("homework.toml", "--with", "bad.json", "--optimizr", "adam"), "did you mean '--optimizer'"),
]


@pytest.mark.parametrize(("words", "said"), UNREADABLE, ids=[said for _, said in UNREADABLE])
def test_what_cannot_be_read_is_status_2_and_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.json").write_text('{"dW1": [[1, null, 3], [1, 2, 3]]}', encoding="utf-8")
    Path("empty.py").write_text("x = 1\n", encoding="utf-8")
    status, out, err = checked(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("bptui: error: ")
    assert said in err


def test_a_file_that_is_watched_is_checked_once_and_again_when_it_is_saved() -> None:
    path, looks = Path("mine.py"), []

    def wait(_: float) -> None:
        looks.append(path.exists() and path.read_text(encoding="utf-8"))
        if len(looks) == 2:
            path.write_text("one", encoding="utf-8")
        if len(looks) == 4:
            path.unlink()  # as some editors save: away for a moment
        if len(looks) == 5:
            path.write_text("three", encoding="utf-8")

    rounds = saves(path, wait)
    next(rounds)
    assert looks == []
    next(rounds)
    assert looks == [False, False]
    next(rounds)
    assert looks == [False, False, "one", "one", False]


def test_watching_goes_on_after_what_cannot_be_read_and_ends_with_the_last_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def three(_: Path) -> Iterator[None]:
        numbers(b2=4)
        yield
        Path("mine.json").write_text("{", encoding="utf-8")
        yield
        numbers()
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "saves", three)
    status, out, err = checked(capsys, "homework.toml", "--with", "mine.json", "--watch")
    assert status == 0
    assert out.count("ctrl+C ends") == 3
    assert out.index("WRONG") < out.index("RIGHT")
    assert err.startswith("bptui: error: mine.json:1: no JSON")


def test_a_check_imports_nothing_of_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    before: set[Any] = {"textual", "rich", "plotext"} & set(sys.modules)
    assert checked(capsys, "homework.toml", "--with", numbers())[0] == 0
    assert {"textual", "rich", "plotext"} & set(sys.modules) == before
