"""The command line: help and version without a terminal, and one plain line for whatever is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from bptui import __version__
from bptui.cli import main
from bptui.scenario import built_in_names

from .commands import complaint, plain_complaint, run

HOSTILE = "\x1b]0;title\x07\x9b31m\u202eabc\n[/]"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_begins_with_examples(flag: str) -> None:
    done = run(flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("examples:") < done.stdout.index("options:")
    for option in ("--layers", "--activation", "--loss", "--batch", "--reduction", "--lr", "--seed", "--samples"):
        assert option in done.stdout
    assert "\x1b" not in done.stdout


def test_every_line_of_help_fits_a_narrow_terminal() -> None:
    assert max(map(len, run("--help", COLUMNS="80").stdout.splitlines())) <= 80


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bptui {__version__}\n", "")


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_need_no_terminal_and_no_home(flag: str) -> None:
    done = run(flag, TERM="dumb", HOME="/nonexistent", XDG_CONFIG_HOME="/dev/null/x")
    assert done.returncode == 0
    assert done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nosuch"], ["xor"], ["xor", "--lr", "fast"]])
def test_textual_is_imported_only_when_the_explorer_opens(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom bptui.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "late = {'textual', 'rich', 'plotext'} & set(sys.modules)\nsys.exit(f'imported {late}' if late else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=20, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is complained of, within this process."""
    status = main(list(arguments))
    captured = capsys.readouterr()
    return plain_complaint(status, captured.out, captured.err)


WRONG = [
    (("--lr", "fast"), "--lr", "a number of 0 or more"),
    (("--lr", "nan"), "--lr", "0 or more"),
    (("--lr", "inf"), "--lr", "0 or more"),
    (("--lr", "1e999"), "--lr", "0 or more"),
    (("--lr=-1",), "--lr", "0 or more"),
    (("--lr", "1_0"), "--lr", "0 or more"),
    (("--lr", "٣"), "--lr", "0 or more"),
    (("--lr", ""), "--lr", "0 or more"),
    (("--lr", "0,1"), "--lr", "0 or more"),
    (("--batch", "0"), "--batch", "from 1"),
    (("--batch=-4",), "--batch", "from 1"),
    (("--batch", "1.5"), "--batch", "from 1"),
    (("--batch", "many"), "--batch", '"all"'),
    (("--batch", "9" * 5000), "--batch", "from 1"),
    (("--layers", "2-x-1"), "--layers", "2-x-1"),
    (("--layers", "2"), "--layers", "2 to 20"),
    (("--layers", "2-0-1"), "--layers", "2-0-1"),
    (("--layers", "2-100000-1"), "--layers", "10000"),
    (("--layers", "-".join("2" * 30)), "--layers", "2 to 20"),
    (("--layers", "2--1"), "--layers", "2--1"),
    (("--activation", "reluu"), "--activation", "did you mean 'relu'"),
    (("--activation", "softmax"), "--activation", "expected one of"),
    (("--loss", "crossentropy"), "--loss", "did you mean 'cross-entropy'"),
    (("--reduction", "average"), "--reduction", "expected one of"),
    (("--seed", "-1"), "--seed", ""),
    (("--seed=-1",), "--seed", "from 0"),
    (("--seed", "x"), "--seed", "from 0"),
    (("--samples", "0"), "--samples", "from 1"),
    (("--samples", "half"), "--samples", "from 1"),
    (("--lr",), "--lr", "expected one argument"),
]


@pytest.mark.parametrize(("words", "option", "accepted"), WRONG, ids=lambda v: str(v)[:30])
def test_a_wrong_value_names_the_option_and_what_is_accepted(
    words: tuple[str, ...], option: str, accepted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = told(capsys, "xor", *words)
    assert option in line
    assert accepted in line


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("xorr",), ("'xorr'", "did you mean 'xor'")),
        (("digts",), ("did you mean 'digits'",)),
        (("qqqqqq",), ("the sets are digits, iris, xor",)),
        (("missing.toml",), ("missing.toml", "no such file")),
        (("/",), ("/", "a folder, not a file")),
        (("xor", "--layers", "3-2-1"), ("2 features", "the network expects 3")),
        (("xor", "--layers", "2-2-2"), ("1 target", "the network gives 2")),
        (("digits", "--samples", "5000"), ("1797 samples", "5000 were asked for")),
        (("xor", "--loss", "cross-entropy"), ("cross-entropy", "take half-squared-error")),
        (("digits", "--layers", "64-10000-10000-10"), ("parameters", "at most 5000000")),
        (("xor", "extra"), ("unknown argument 'extra'",)),
    ],
)
def test_what_does_not_fit_together_is_said(
    words: tuple[str, ...], parts: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    line = told(capsys, *words)
    for part in parts:
        assert part in line


def test_an_unknown_option_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--layers" in told(capsys, "xor", "--layer", "2-2-1")


@pytest.mark.parametrize(
    "arguments", [("xor", "--nosuch"), ("xorr",), ("xor", "--lr", "fast"), ("xor", "--layers", "3-1"), (HOSTILE,)]
)
def test_the_process_says_one_line_and_status_2(arguments: tuple[str, ...]) -> None:
    assert complaint(*arguments)


@pytest.mark.parametrize("option", ["--lr", "--batch", "--layers", "--activation", "--loss", "--reduction", "--seed"])
def test_hostile_words_come_back_harmless(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert option in told(capsys, "xor", option, HOSTILE)


def test_a_very_long_name_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(told(capsys, "x" * 50_000)) < 600


@pytest.mark.parametrize("name", built_in_names())
def test_every_name_that_help_may_mention_begins_a_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal all that is missing is the terminal."""
    assert "needs a terminal" in told(capsys, name)


def test_without_a_terminal_it_says_what_it_needs() -> None:
    assert "the explorer needs a terminal" in complaint("xor")


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("format_version = 1\n[data\n", encoding="utf-8")
    line = complaint(str(path))
    assert str(path) in line
    assert "line 2" in line
