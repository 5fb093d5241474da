"""The example of the page on commands records what it says."""

import re
from pathlib import Path

import pytest

from bptui.scenario.recorded import scenario_of_recording
from tests.make_docs import FOLDER

pytest.importorskip("torch", reason="PyTorch (extra torch) is not installed: the page's commands run on a stored file")


def test_the_example_of_the_page_records_a_run_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (FOLDER / "commands.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```py\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "example.py", "exec"), {})
    recording = scenario_of_recording(Path("run.bptui")).recording
    assert recording is not None
    assert (recording.updates, int(recording.epochs[-1])) == (200, 100)
