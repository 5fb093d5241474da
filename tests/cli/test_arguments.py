"""The command line: help and version without a terminal, and one plain line for whatever is wrong."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bptui import cli
from bptui.cli import exploring, main
from bptui.headless import arguments
from bptui.headless.arguments import COMMANDS, EXPLORER, parser_of
from bptui.scenario import Scenario, built_in_names
from bptui.scenario.keys import KEYS, LOSSES_TOO, READING
from bptui.session.beginning import Beginning
from bptui.session.session import Session
from bptui.version import RELEASED, __version__
from tests import scenes
from tests.recordings import FOLDER as RECORDINGS

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


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_line_of_help_fits_a_narrow_terminal(command: str) -> None:
    out = run(*command.split(), "--help", COLUMNS="80").stdout
    assert max(map(len, out.splitlines())) <= 80
    assert out.startswith(f"usage: bptui {command}".rstrip())


def test_help_has_a_line_on_each_command() -> None:
    lines = [line.split() for line in run("--help").stdout.splitlines()]
    for name, what in COMMANDS.items():
        assert ["bptui", name, *what.split()] in lines


EXAMPLES = [shlex.split(re.split(r"  +", line.strip())[0]) for line in arguments.EXAMPLES.splitlines()[1:]]


@pytest.mark.parametrize("words", EXAMPLES, ids=" ".join)
def test_every_example_of_the_help_runs(
    words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("a,b,t\n1,2,0.5\n3,4,1.5\n", encoding="utf-8")
    Path("mine.toml").write_text(Scenario.built_in("xor").toml(), encoding="utf-8")
    shutil.copy(RECORDINGS / "xor.bptui", "run.bptui")
    monkeypatch.setattr(exploring, "open_explorer", lambda beginning, options, draw="": scenes.begun(beginning) and 0)
    words = words[1 : words.index(">")] if ">" in words else words[1:]
    assert main(words) == 0
    assert capsys.readouterr().err == ""


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bptui {__version__} ({RELEASED})\n", "")


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
                          capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
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
        (("help",), ("no command 'help'", "bptui --help lists them")),
        (("qqqqqq",), ("the sets are digits, letters, iris, xor",)),
        (("missing.toml",), ("missing.toml", "no such file")),
        (("/",), ("/", "a folder, not a plain file")),
        (("xor", "--layers", "3-2-1"), ("2 features", "the network expects 3")),
        (("xor", "--layers", "2-2-2"), ("1 target", "the network gives 2")),
        (("digits", "--samples", "5000"), ("1797 samples", "5000 were asked for")),
        (("xor", "--loss", "cross-entropy"), ("cross-entropy", "take half-squared-error")),
        (("digits", "--layers", "64-10000-10000-10"), ("parameters", "at most 5000000")),
        (("xor", "--lr", "1e300"), ("stopped before update 1", "the step of layer 1 overflows; take a smaller --lr")),
        (("xor", "extra"), ("unknown argument 'extra'",)),
        (("draw", "xor"), ("xor has no pictures", "bptui draw takes digits, letters")),
        (("draw", "nosuch"), ("no built-in set and no file named 'nosuch'",)),
        (("draw", "letters", "--epochs", "-1"), ("--epochs", "-1")),
        (("check", "xor"), ("xor is no program (.py): bptui check xor --with FILE",)),
    ],
)
def test_what_does_not_fit_together_is_said(
    words: tuple[str, ...], parts: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    line = told(capsys, *words)
    for part in parts:
        assert part in line


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("xor", "--layer", "2-2-1"), "did you mean '--layers'?; usage: bptui [NAME] [options]"),
        (("train", "xor", "--epoch", "3"), "did you mean '--epochs'?; usage: bptui train NAME --epochs N [options]"),
        (("train", "xor", "--epochs", "3", "--momentun=0.5"), "did you mean '--momentum'?"),
        (("xor", "--epochs", "3"), "it goes with bptui train"),
        (("datasets", "--format", "text"), "it goes with bptui trace"),
        (
            ("trace", "xor", "--glyphs", "block"),
            "it goes with bptui draw and bptui check and bptui exercise and",
        ),
        (("draw", "letters", "--json"), "it goes with bptui train and bptui check"),
        (("trian", "xor"), "did you mean 'train'?"),
        (("trian",), "did you mean 'train'?"),
        (("dataset",), "did you mean 'datasets'?"),
        (("train",), "required: NAME, --epochs; usage: bptui train NAME --epochs N [options]"),
        (("xor", "--momentum", "0.5"), "argument --momentum: used by optimizer momentum and nesterov only, not by sgd"),
        (("xor", "--optimizer", "adam", "--decay", "0.5"), "--decay: used by optimizer rmsprop only, not by adam"),
        (("xor", "--activations", "tanh,tahn"), "item 1: expected one of"),
    ],
)
def test_what_is_misspelt_or_missing_is_named_with_what_was_meant(
    words: tuple[str, ...], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hint in told(capsys, *words)


@pytest.mark.parametrize("words", [("map", "--svg"), ("export", "--markdown"), ("check", "--template")], ids=" ".join)
def test_a_pipe_is_no_place_for_a_file(
    words: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "a.pipe"
    os.mkfifo(pipe)
    command, option = words
    sets = () if command == "check" else ("xor",)
    assert told(capsys, command, *sets, option, str(pipe)) == f"{pipe}: not a plain file"
    assert [*tmp_path.iterdir()] == [pipe]


SHOWN = (["train", "xor", "--epochs", "2", "--no-color", "--lr", "0.5"], ["save-scenario", "moons", "--batch", "8"])


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_options_stand_before_or_after(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    outs = set()
    for line in (words, words[2:] + words[:2], [words[0], *words[2:], words[1]]):
        assert main(line) == 0
        outs.add("".join(row for row in capsys.readouterr().out.splitlines(True) if not row.startswith("# bptui ")))
    assert len(outs) == 1


@pytest.mark.parametrize(
    ("words", "title", "epochs"),
    [
        ((), "digits", "epochs 20"),
        (("letters", "--epochs", "3"), "letters", "epochs 3"),
        (("--epochs", "0"), "digits", "now"),
    ],
)
def test_the_drawing_pad_opens_on_the_digits_unless_told_and_trains_first(
    words: tuple[str, ...], title: str, epochs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, str]] = []

    def keep(beginning: Beginning, options: Any, draw: str) -> int:
        opened.append((scenes.begun(beginning).scenario.title, draw))
        return 0

    monkeypatch.setattr(exploring, "open_explorer", keep)
    assert main(["draw", *words]) == 0
    assert opened == [(title, epochs)]


def begun(monkeypatch: pytest.MonkeyPatch, *words: str) -> Scenario:
    """What the explorer would be opened on."""
    sessions: list[Session] = []

    def keep(beginning: Beginning, options: Any) -> int:
        sessions.append(scenes.begun(beginning))
        return 0

    monkeypatch.setattr(exploring, "open_explorer", keep)
    assert main(list(words)) == 0
    return sessions[0].scenario


SAID = {
    "target": ("b", "b"), "as": ("numbers", "numbers"), "drop": ("a,2", ["a", 2]), "missing": ("mean", "mean"),
    "image": ("1x3", [1, 3]), "test": ("more.csv", "more.csv"), "scale": ("2.5", 2.5),
    "samples": ("3", 3), "order": ("fixed", "fixed"), "test_fraction": ("0.25", 0.25), "seed": ("9", 9),
    "layers": ("2-5-4-1", [2, 5, 4, 1]), "activations": ("relu,sigmoid", ["relu", "sigmoid"]), "bias": ("none", "none"),
    "init": ("he", "he"), "loss": ("squared-error", "squared-error"), "batch_size": ("2", 2),
    "reduction": ("sum", "sum"), "learning_rate": ("0.25", 0.25), "schedule": ("cosine", "cosine"),
    "schedule_length": ("50", 50), "schedule_factor": ("0.5", 0.5), "optimizer": ("adamw", "adamw"),
    "momentum": ("0.5", 0.5), "beta1": ("0.5", 0.5), "beta2": ("0.5", 0.5), "decay": ("0.5", 0.5),
    "epsilon": ("0.001", 0.001), "weight_decay": ("0.5", 0.5), "micro_batches": ("2", 2), "ranks": ("3,1", [3, 1]),
    "last_batch": ("drop", "drop"), "repeats": ("3", 3), "repeat_until": ("0.5", 0.5), "l1": ("0.5", 0.5),
    "l2": ("0.5", 0.5), "clip_norm": ("2", 2.0),
}  # fmt: skip
WITH = {
    "momentum": ("--optimizer", "nesterov"), "decay": ("--optimizer", "rmsprop"),
    **dict.fromkeys(("beta1", "beta2", "epsilon", "weight_decay"), ("--optimizer", "adamw")),
    **dict.fromkeys(("schedule_length", "schedule_factor"), ("--schedule", "step")),
}  # fmt: skip
OPTIONS = [(section, name, key) for section, keys in KEYS.items() for name, key in keys.items() if key.metavar]


@pytest.mark.parametrize(("section", "name", "key"), OPTIONS, ids=[name for _, name, _ in OPTIONS])
def test_every_setting_of_a_scenario_file_is_an_option(section: str, name: str, key: Any, tmp_path: Path) -> None:
    word, value = SAID[name]
    for option in key.options(name):
        assert option in parser_of(EXPLORER).known
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            for file in ("mine.csv", "more.csv"):
                Path(file).write_text("a,b,c,d\n1,2.5,3,0\n2,3.5,4,1\n", encoding="utf-8")
            data = "mine.csv" if name in READING else "xor"
            scenario = begun(patch, data, *WITH.get(name, ()), option, word)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            document = scenario.document(whole=True)
        assert document[section][name] == value


@pytest.mark.parametrize("name", READING)
def test_how_a_file_is_read_is_refused_for_a_built_in_set(name: str) -> None:
    assert f"argument --{name}: " in complaint("train", "xor", "--epochs", "1", f"--{name}", SAID[name][0])


def test_a_key_that_is_no_option_is_one_of_names_or_numbers() -> None:
    rest = {name for keys in KEYS.values() for name in keys} - {name for _, name, _ in OPTIONS}
    assert rest == {"name", "file", "x", "targets", "labels", "weights", "biases", "units", "orientation", "bias_row"}


@pytest.mark.parametrize(("short", "name"), LOSSES_TOO.items())
def test_short_names_of_losses_are_what_they_are_elsewhere(
    short: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = "iris" if short == "ce" else "xor"
    assert begun(monkeypatch, data, "--loss", short).settings.rules.loss == name


def test_another_optimizer_forgets_the_constants_of_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.toml"
    body = Scenario.built_in("xor").toml() + 'optimizer = "adam"\nbeta1 = 0.5\nepsilon = 0.25\n'
    path.write_text(body, encoding="utf-8")
    optimizer = begun(monkeypatch, str(path), "--optimizer", "rmsprop").settings.rules.optimizer
    assert (optimizer.name, optimizer.epsilon, optimizer.beta1) == ("rmsprop", 0.25, 0.9)


def test_drawing_anew_gives_up_weights_in_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert begun(monkeypatch, "mazur").network.weights
    assert begun(monkeypatch, "mazur", "--init", "he").network.weights == ()


def test_a_saved_scenario_is_the_one_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["moons", "--lr", "0.25", "--optimizer", "adam", "--layers", "2-5-1", "--seed", "3"]
    for more in ([], ["--all"]):
        assert main(["save-scenario", *words, *more]) == 0
        path = tmp_path / "mine.toml"
        path.write_text(capsys.readouterr().out, encoding="utf-8")
        read, asked = Scenario.read(path), begun(monkeypatch, *words)
        assert (read.data, read.network, read.settings) == (asked.data, asked.network, asked.settings)
        assert path.read_text(encoding="utf-8").startswith(f"# bptui save-scenario {' '.join([*words, *more])}\n")


def test_what_does_not_fit_is_not_saved(capsys: pytest.CaptureFixture[str]) -> None:
    assert "the network expects 3" in told(capsys, "save-scenario", "xor", "--layers", "3-1")


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
    assert "mine.toml:2:6: " in line


def test_a_scenario_that_was_typed_may_name_a_file_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "points.csv").write_text("a,b,t\n1,2,0.5\n3,4,1.5\n", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert main(["save-scenario", "../points.csv", "--lr", "0.25"]) == 0
    Path("mine.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    scenario = begun(monkeypatch, "mine.toml")
    assert (len(scenario.dataset()), scenario.settings.rules.learning_rate) == (2, 0.25)


def test_the_explorer_starts_without_what_only_other_commands_need() -> None:
    program = (
        "import sys; from bptui.cli import exploring, main;"
        "exploring.open_explorer = lambda it, _: it.begin(print) and 0; main(['xor']);"
        "sys.exit(' '.join({'json', 'zipfile', 'shlex', 'shtab', 'bptui.scenario.weights'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_option_that_a_text_names_is_one() -> None:
    """In a notice, a remark, a refusal: what people are told to type can be typed."""
    known = {option for name in (EXPLORER, *COMMANDS) for option in parser_of(name).known}
    named: dict[str, str] = {}
    for path in Path(cli.__file__).parent.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= dict.fromkeys(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9]", node.value), path.name)
    assert {"--lr", "--no-mouse"} <= set(named)
    torchs = {"--nproc-per-node"}
    assert {option: place for option, place in named.items() if option not in known | torchs} == {}
