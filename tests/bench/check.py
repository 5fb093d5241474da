"""``bptui check`` against its aims: the search for mistakes, and the whole way from the shell to the answer.

``python -m tests.bench.check`` alone, or the end of ``make bench``. Printed are medians over the rounds: of the search
the time of the processor, as it is one thread, from the shell that on the clock.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from bptui import Scenario
from bptui.diagnosis.fits import given_of
from bptui.diagnosis.numbers import Part, from_floats
from bptui.diagnosis.search import search
from bptui.headless.check import TEMPLATE

ROUNDS = 11
SEARCHES = {((2, 3, 1), 4): 0.060, ((64, 32, 10), 32): 0.150}
"""Sizes of the network, and samples → the most seconds for all single mistakes and all pairs."""
SHELL = 1.0  # seconds


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def aim(what: str, seconds: float, most: float) -> None:
    say(f"- {'met' if seconds <= most else 'NOT met'}: {what} within {most * 1e3:g} ms: {seconds * 1e3:.0f} ms")


def timed(clock: Callable[[], float], do: Callable[[], object]) -> float:
    """The median of some rounds."""
    found = []
    for _ in range(ROUNDS):
        start = clock()
        do()
        found.append(clock() - start)
    return median(found)


def fruitless(sizes: tuple[int, ...], n: int) -> Callable[[], object]:
    """A search that finds nothing and so goes through all: what is right at the output, then noise."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(n, sizes[0])), rng.uniform(size=(n, sizes[-1]))
    record = Scenario.from_arrays(x, y, layers=list(sizes), batch_size="all").begin().record(1)
    parts = []
    for layer in range(1, len(sizes)):
        noise = 0.0 if layer == len(sizes) - 1 else 1.0
        for what, array in zip(("weights", "biases"), record.mean.layer(layer), strict=True):
            parts.append(Part("gradient", layer, what, *from_floats(array + noise * rng.normal(size=array.shape))))  # type: ignore[arg-type]
    given = given_of(record)
    assert search(given, parts) == ()
    return lambda: search(given, parts)


def from_the_shell(folder: Path) -> dict[str, Callable[[], object]]:
    """What a person types, right and wrong."""
    program, wrong, numbers = (folder / name for name in ("mine.py", "wrong.py", "mine.json"))
    program.write_text(TEMPLATE, encoding="utf-8")
    wrong.write_text(TEMPLATE.replace("delta.mean(axis=0)", "1.1 * delta.mean(axis=0) + 0.01"), encoding="utf-8")
    bptui = str(Path(sys.executable).with_name("bptui"))

    def run(*words: str, status: int = 0) -> None:
        done = subprocess.run([bptui, *words], stdout=subprocess.PIPE, check=False)
        assert done.returncode == status
        if words[0] == "trace":
            numbers.write_bytes(done.stdout)

    run("trace", "xor")
    return {
        "a right program": lambda: run("check", str(program)),
        "a program that no known mistake explains": lambda: run("check", str(wrong), status=1),
        "a file of numbers": lambda: run("check", "xor", "--with", str(numbers)),
    }


def main() -> None:
    for (sizes, n), most in SEARCHES.items():
        name = f"all mistakes and all pairs of them, {'-'.join(map(str, sizes))} at {n}"
        aim(name, timed(time.process_time, fruitless(sizes, n)), most)
    with tempfile.TemporaryDirectory() as folder:
        for what, run in from_the_shell(Path(folder)).items():
            aim(f"bptui check of {what}, from the shell to the answer", timed(time.perf_counter, run), SHELL)


if __name__ == "__main__":
    main()
