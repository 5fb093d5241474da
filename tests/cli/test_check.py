"""``bptui check`` as a process: its exit status, what stands on which stream, and watching in a real terminal."""

import json
import signal
from pathlib import Path

from bptui.headless.check import TEMPLATE

from .commands import run, terminal

WRONG = TEMPLATE.replace("(1 - a[layer] ** 2)", "(1 - np.tanh(a[layer]) ** 2)")


def test_status_and_streams(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    for program, status in ((TEMPLATE, 0), (WRONG, 1), ("def gradients(*four): return None\n", 2)):
        path.write_text(f"print('loaded')\n{program}", encoding="utf-8")
        done = run("check", str(path), "--json")
        assert done.returncode == status
        assert done.stderr.startswith(f"{path} wrote:\n  | loaded\n")
        if status < 2:
            assert json.loads(done.stdout)["verdict"] == ("right", "wrong")[status]
        else:
            assert done.stdout == ""
            assert done.stderr.splitlines()[-1].startswith(f"bptui: error: {path}: gradients returns None")


def test_a_program_is_checked_again_when_it_is_saved_until_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(TEMPLATE, encoding="utf-8")
    with terminal("check", str(path), "--watch", width=120, height=40) as it:
        it.wait_for("RIGHT: all 4 quantities", 30)
        path.write_text(WRONG, encoding="utf-8")
        it.wait_for("WRONG: the first quantity that differs is W1", 30)
        path.write_text("def gradients(", encoding="utf-8")
        it.wait_for("raises SyntaxError", 30)
        path.write_text(WRONG + "\n", encoding="utf-8")
        it.wait_for(lambda text: text.rindex("WRONG") > text.rindex("SyntaxError") if "WRONG" in text else False, 30)
        it.wait_for("slope-at-a-hidden", 30)
        it.process.send_signal(signal.SIGINT)
        assert it.wait(30) == 1
