"""The shell completes commands, names, options and what they accept; without shtab one line says what is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bptui.cli import main
from bptui.headless.arguments import COMMANDS
from bptui.headless.completion import MISSING
from bptui.headless.options import SHELLS
from bptui.scenario import built_in_names

ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_shtab_bptui
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    pytest.importorskip("shtab")
    if shutil.which("bash") is None:
        pytest.skip("no bash")
    assert main(["completion", "bash"]) == 0
    path = tmp_path / "bptui.bash"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def offered(script: Path, *words: str) -> set[str]:
    """What bash offers for the last of the words."""
    done = subprocess.run(
        ["bash", "-c", ASK, "bash", str(script), "bptui", *words],
        capture_output=True, text=True, check=True, timeout=60, cwd=script.parent,
    )  # fmt: skip
    return set(done.stdout.split())


def test_bash_offers_what_may_follow(script: Path) -> None:
    assert offered(script, "") >= {*COMMANDS, *built_in_names()}
    assert offered(script, "--no-color", "tra") == {"train", "trace", "trask"}
    assert offered(script, "train", "ma") == {"mazur"}
    assert offered(script, "train", "bptui.b") == {"bptui.bash"}
    assert offered(script, "train", "xor", "--optimizer", "a") == {"adam", "adamw"}
    assert offered(script, "train", "xor", "--ep") == {"--epochs", "--epsilon"}
    assert offered(script, "xor", "--le") == {"--learning-rate"}
    assert offered(script, "xor", "--ep") == {"--epsilon"}
    assert offered(script, "completion", "z") == {"zsh"}


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_every_command_and_name(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in (*COMMANDS, *built_in_names(), "learning-rate", "cross-entropy"))


def test_where_shtab_is_missing_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    assert capsys.readouterr() == ("", f"bptui: error: {MISSING}\n")


def test_another_shell_is_refused_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "cmd"]) == 2
    assert "expected one of bash, zsh, fish" in capsys.readouterr().err
