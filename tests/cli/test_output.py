"""Output that is cut off, full, or in an old encoding: one line at most, the right status, never a traceback."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bptui.scenario import Scenario
from tests.cli.commands import BPTUI, run

OBEYING = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
"""Runs a command that ctrl+C stops, also where the tests themselves run in the background, which ignores it."""
COMMANDS = (("--help",), ("datasets",), ("trace", "xor", "--format", "text"), ("train", "xor", "--epochs", "2"))


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_old_encoding_gets_stand_ins(words: tuple[str, ...], encoding: str) -> None:
    done = subprocess.run(
        [BPTUI, *words], capture_output=True, timeout=60, check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    assert "\\u" not in text
    if words[0] == "trace" and encoding == "ascii":
        assert "S a x D" in text  # the sum of the samples' a and delta
        assert "?" not in text


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
@pytest.mark.parametrize("words", [*COMMANDS, ("--version",)], ids=" ".join)
def test_a_full_disk_is_one_line_and_status_1(words: tuple[str, ...]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        done = subprocess.run(
            [BPTUI, *words], stdout=full, stderr=subprocess.PIPE, text=True, encoding="utf-8", timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "bptui: error: standard output: No space left on device\n"


@pytest.mark.parametrize(
    "words", [("train", "digits", "--epochs", "100000"), ("trace", "digits", "--updates", "100000")], ids=" ".join
)
def test_ctrl_c_ends_with_130_and_keeps_what_was_printed(words: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", OBEYING, BPTUI, *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        too_late = threading.Timer(20, process.kill)
        too_late.start()
        out, err = first + process.stdout.read(), process.stderr.read()  # lines read ahead are in the stream alone
        too_late.cancel()
    assert process.returncode == 130
    assert first
    if words[0] == "trace":
        assert err == "bptui: stopped\n"
    else:
        assert out.endswith("\n")
        last = int(out.splitlines()[-1].split()[0]) if out.count("\n") > 1 else 0
        assert re.fullmatch(rf"bptui: stopped after update \d+, {last} of 100000 epochs complete\n", err)


@pytest.mark.parametrize("words", ["train xor --epochs 1", "trace xor", "datasets", "xor", "save-scenario xor"])
@pytest.mark.parametrize("module", ["numpy", "argparse"])
def test_ctrl_c_while_modules_load_is_a_line_too(words: str, module: str, tmp_path: Path) -> None:
    """Importing the module sends the interrupt; where Python is then, it would show or lose it."""
    (tmp_path / f"{module}.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)", encoding="utf-8")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from bptui.__main__ import run; run()"
    command = [sys.executable, "-c", OBEYING, sys.executable, "-c", program, *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "bptui: stopped\n")


def test_ctrl_c_keeps_the_weights_as_they_are_by_then(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    words = ["train", "xor", "--epochs", "100000000", "--save-weights", str(path)]
    command = [sys.executable, "-c", OBEYING, BPTUI, *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    update = int(re.findall(r"after update (\d+)", err)[0])
    run_again = Scenario.built_in("xor").begin()
    theta = run_again.record(update).after if update else run_again.start
    assert json.loads(path.read_text(encoding="utf-8"))["weights"] == [w.tolist() for w in theta.weights]


def test_a_reader_that_leaves_is_no_news() -> None:
    script = f"{BPTUI} trace digits --updates 50 | head -c 10 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_a_utf_8_output_is_left_as_it_is() -> None:
    assert "Σ a ⊗ δ" in run("trace", "xor", "--format", "text").stdout
