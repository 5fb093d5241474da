"""``bptui check``: a person's own back-propagation beside the true record, from a file of numbers or from a program."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bptui.data.clean import clean
from bptui.data.dataset import DataError
from bptui.data.output import write_as_asked
from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.diagnosis import of_document, past_of
from bptui.diagnosis.order import OrderAnswer, has_order, of_order
from bptui.diagnosis.program import ProgramError, ask
from bptui.diagnosis.reading import document_in
from bptui.diagnosis.words import lines
from bptui.training.record import UpdateRecord
from bptui.training.run import Run

POLL = 0.2  # seconds between two looks at a file that is watched
RIGHT, DIFFERS, UNREADABLE = 0, 1, 2

TEMPLATE = '''"""My own back-propagation. Check it: bptui check {name}"""

import numpy as np


def gradients(weights, biases, x, y):
    """The gradient of every layer's weights and biases, averaged over the batch.

    weights[l] is inputs x units, biases[l] has a number for each unit; x is samples x inputs, y samples x outputs.
    This one is for tanh in the hidden layers, sigmoid at the output, and half the squared error: that is `--on xor`.
    """
    a = [x]
    for layer, (W, b) in enumerate(zip(weights, biases)):
        z = a[-1] @ W + b
        a.append(1 / (1 + np.exp(-z)) if layer == len(weights) - 1 else np.tanh(z))

    dW, db = [], []
    delta = (a[-1] - y) * a[-1] * (1 - a[-1])
    for layer in reversed(range(len(weights))):
        dW.insert(0, a[layer].T @ delta / len(x))
        db.insert(0, delta.mean(axis=0))
        delta = (delta @ weights[layer].T) * (1 - a[layer] ** 2)
    return dW, db


# Other ways to be checked, each enough by itself:
#   def update(weights, biases, x, y, learning_rate): return the new weights and biases
#   return {"dW1": ..., "db1": ..., "delta1": ..., "a1": ...}: more names, a closer answer
#   a class with W1, b1 ... or weights and biases, and gradients(x, y), backward(x, y) or update(x, y, learning_rate)
#   a PyTorch model and a function loss(output, target)
'''


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: a program, or a file of numbers."""

    path: Path
    is_program: bool

    def answer(self, run: Run, update: int, err: TextIO) -> Diagnosis | OrderAnswer:
        """As :meth:`diagnosis`; of the order of several epochs where that is what the file gives."""
        if not self.is_program:
            document = document_in(self.path)
            if has_order(document):
                try:
                    return of_order(run, document)
                except DataError as problem:
                    raise DataError(f"{self.path}: {problem}") from None
        return self.diagnosis(run, update, err)

    def diagnosis(self, run: Run, update: int, err: TextIO) -> Diagnosis:
        """Its numbers beside an update's record; what a program writes is shown on ``err``. Raises DataError, and
        IndexError where there is no such update."""
        record = run.record(update)
        if not self.is_program:
            if has_order(document_in(self.path)):
                raise DataError(
                    f"{self.path}: an order of epochs has no number to open at; it is checked without --open"
                )
            return named(self.path, record, past_of(run, update))
        try:
            answer = ask(self.path, record)
        except ProgramError as problem:
            err.writelines(quoted(f"{self.path} wrote", problem.wrote))
            err.writelines(quoted("its traceback", problem.traceback))
            raise
        err.writelines(quoted(f"{self.path} wrote", answer.wrote))
        try:
            return of_document(record, answer.document, as_given=True)
        except DataError as problem:
            raise DataError(f"{self.path}: {problem}") from None


def named(path: Path, record: UpdateRecord, past: UpdateRecord | None) -> Diagnosis:
    """The diagnosis of a file of numbers. Raises DataError that names the file."""
    document = document_in(path)
    try:
        return of_document(record, document, past=past)
    except DataError as problem:
        raise DataError(f"{path}: {problem}") from None


def quoted(what: str, text: str) -> Iterator[str]:
    """Another program's text, marked as such line by line, harmless for a terminal; nothing where it is blank."""
    if text.strip():
        yield f"{clean(what)}:\n"
        for line in text.rstrip("\n").splitlines():
            yield f"  | {clean(line.expandtabs())}\n"


def answer(it: Diagnosis | OrderAnswer, as_json: bool) -> Iterator[str]:
    """The answer as it is printed."""
    if as_json:
        yield json.dumps(it.to_dict(), allow_nan=False)
    else:
        yield from it.lines() if isinstance(it, OrderAnswer) else lines(it)


def status_of(it: Diagnosis | OrderAnswer) -> int:
    return RIGHT if it.right else DIFFERS


def separate(it: Diagnosis | OrderAnswer, path: Path) -> str:
    """Write the scenario that tells the mistakes apart, under the path's free name; what there is to say of it. Raises
    OSError."""
    if isinstance(it, OrderAnswer) or len(it.mistakes) < 2:
        return "nothing to separate: there are not several mistakes that fit"
    other = it.telling_apart()
    if other is None:
        return "nothing to separate: these mistakes come to the same in every update"
    return f"written: {clean(str(write_as_asked(path, other.toml())))}; run your program on it and check again"


def write_template(path: Path) -> Path:
    """A program to begin from, under the path's free name. Raises OSError."""
    return write_as_asked(path, TEMPLATE.replace("{name}", path.name))


def saves(path: Path, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Once at first, then whenever the file has been saved; without end."""
    before = stamp(path)
    yield
    while True:
        wait(POLL)
        now = stamp(path)
        if now not in (before, None):
            before = now
            yield


def stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is saved; None while it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def answers(
    subject: Subject,
    run: Run,
    update: int,
    as_json: bool,
    watch: bool,
    apart: Path | None,
    complain: Callable[[str], int],
) -> Iterator[tuple[str, int]]:
    """Lines of the answer, each with the exit status so far; with ``watch`` again whenever the file is saved. Data on
    which several mistakes differ are written to ``apart``, said on stderr."""
    for _ in saves(subject.path) if watch else [None]:
        if watch and not as_json:
            yield f"--- {time.strftime('%H:%M:%S')} {clean(str(subject.path))}; ctrl+C ends ---", UNREADABLE
        try:
            it = subject.answer(run, update, sys.stderr)
        except DataError as problem:
            yield "", complain(str(problem))
            continue
        for line in answer(it, as_json):
            yield line, status_of(it)
        if apart:
            sys.stderr.write(f"{separate(it, apart)}\n")
