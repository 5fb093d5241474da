"""A person's program: its file is run in a process of its own, with limits, and without a terminal."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bptui.data.bounded import bytes_of, text_of
from bptui.data.dataset import DataError
from bptui.diagnosis import child
from bptui.training.record import UpdateRecord

SECONDS = 10.0
MEMORY = 2 * 2**30  # bytes of data; PyTorch alone takes a part of one GB
LARGEST_FILE = 4 * 2**20
LARGEST_ANSWER = 64 * 2**20
MOST_SHOWN = 20_000  # bytes of what a program writes


class ProgramError(DataError):
    """A program that gives no numbers: ``wrote`` is what it wrote until then, ``traceback`` its own; "" if none."""

    def __init__(self, message: str, wrote: str = "", traceback: str = "") -> None:
        super().__init__(message)
        self.wrote = wrote
        self.traceback = traceback


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program says of one update: a document of quantities, and what it wrote meanwhile."""

    document: dict[str, Any]
    wrote: str


def ask(path: Path, record: UpdateRecord, seconds: float = SECONDS, memory: int = MEMORY) -> Answer:
    """Run the file and call its function on this update's weights, biases, x and y. Raises ProgramError, DataError."""
    text_of(path, LARGEST_FILE)  # refused before anything runs: not there, a folder, not text
    with tempfile.TemporaryDirectory(prefix="bptui-check-") as folder:
        request, answer, output = (Path(folder) / name for name in ("request.json", "answer.json", "output"))
        request.write_text(json.dumps(asked(path, record, seconds, memory)), encoding="utf-8")
        status = run(path, request, answer, output, seconds)
        wrote = shown(output)
        if not answer.is_file():
            raise ProgramError(f"{path}: {ended(status, seconds)}", wrote)
        try:
            found = json.loads(bytes_of(answer, LARGEST_ANSWER))
        except ValueError:  # it has written there itself
            raise ProgramError(f"{path}: {ended(status, seconds)}", wrote) from None
    if "problem" in found:
        raise ProgramError(f"{path}: {found['problem']}", wrote, found.get("traceback", ""))
    return Answer(arrays(found["document"]), wrote)


def asked(path: Path, record: UpdateRecord, seconds: float, memory: int) -> dict[str, Any]:
    """What the process is told: plain lists and numbers."""
    before = record.before
    return {
        "file": str(path.resolve()),
        "weights": [w.tolist() for w in before.weights],
        "biases": [b.tolist() for b in before.biases],
        "x": record.passed.a[0].tolist(),
        "y": record.targets.tolist(),
        "learning_rate": record.learning_rate,
        "sizes": list(before.architecture.sizes),
        "seconds": seconds,
        "memory": memory,
        "largest": LARGEST_ANSWER,
        "parent": os.getpid(),
    }


def run(path: Path, request: Path, answer: Path, output: Path, seconds: float) -> int | None:
    """The exit status, None where it did not end in time. The whole group of processes is ended then."""
    command = [sys.executable, "-P", child.__file__, str(request), str(answer)]
    with output.open("wb") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=path.resolve().parent,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            with contextlib.suppress(OSError, AttributeError):  # nothing of it is left, or there are no groups
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()


def ended(status: int | None, seconds: float) -> str:
    """How a program ended that left no answer."""
    if status is None or status in (-getattr(signal, "SIGXCPU", 24), -9):
        return f"did not end within {seconds:g} s"
    if status < 0:
        return f"was ended by the system ({signal.Signals(-status).name})"
    return f"ended the process itself (status {status})"


def shown(output: Path) -> str:
    """What the program wrote, its beginning where that is long."""
    with output.open("rb") as stream:
        body = stream.read(MOST_SHOWN + 1)
    words = body[:MOST_SHOWN].decode("utf-8", "replace")
    return words + ("\n… and more" if len(body) > MOST_SHOWN else "")


def arrays(value: Any) -> Any:
    """The document with arrays as numpy has them, in floats of the size they were computed with."""
    if isinstance(value, list):
        return [arrays(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "items" in value:
        return {key: arrays(each) for key, each in value["items"]}
    sizes: dict[int, Any] = {2: np.float16, 4: np.float32}
    return np.array(value["array"], dtype=sizes.get(value["size"], np.float64))
