"""bptui against others, and against the aims it was built for: ``make bench``.

Every contestant is a process of its own with one thread. In each of several rounds all of them are measured one after
the other (A B C A B C …), so that whatever else the machine does hits them alike; a turn is the best of a few bursts.
Printed are medians over the rounds, and medians of the rounds' ratios to bptui. Time is that of the processor, all
threads of a process together: on an idle machine and with one thread it is the time on the clock. All is float64.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from typing import Any

from tests.bench import check, history, making, screen, travel

Sizes = tuple[int, int, int]

NETWORKS: tuple[Sizes, ...] = ((2, 3, 1), (64, 32, 10), (784, 128, 10))
SMALL, LARGE = NETWORKS[:2], NETWORKS[2]
BATCHES = (1, 32, 256, 1000)
CONTESTANTS = {
    "update": ("ours", "pytorch", "jax_", "scikit", "floor"),
    "statistics": ("ours", "pytorch", "backpack_", "jax_"),
}
COLUMNS = {
    "update": ("bptui", "PyTorch", "JAX jit", "scikit-learn", "matrix products only"),
    "statistics": ("bptui", "vmap(grad)", "BackPACK", "JAX vmap(grad)"),
}
ROUNDS = {"update": 11, "statistics": 3}
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}


class Worker:
    """A contestant's process."""

    def __init__(self, contestant: str) -> None:
        command = [sys.executable, "-m", "tests.bench.worker", contestant]
        environment = os.environ | ONE_THREAD
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, do: str, kind: str, sizes: Sizes, batch: int) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        request = {"do": do, "kind": kind, "sizes": sizes, "batch": batch}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


@dataclass(frozen=True)
class Measured:
    """Seconds of one call for every contestant: its median, and the median of its ratios to bptui's."""

    seconds: dict[str, float]
    ratios: dict[str, float]


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def same(mine: Iterable[Iterable[float]], other: Iterable[Iterable[float]]) -> bool:
    """Equal but for rounding."""
    return all(
        abs(a - b) <= 1e-12 + 1e-9 * abs(a)
        for ours, theirs in zip(mine, other, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )


def measure(workers: dict[str, Worker], kind: str, sizes: Sizes, batch: int) -> Measured:
    """Check that all compute the same, then time them in alternation."""
    answers = {name: worker.ask("check", kind, sizes, batch) for name, worker in workers.items()}
    for name, answer in answers.items():
        if name != "floor" and not same(answers["ours"], answer):
            raise SystemExit(f"{name} computes something else than bptui: {answer}, not {answers['ours']}")
    rounds = [
        {name: worker.ask("time", kind, sizes, batch) for name, worker in workers.items()} for _ in range(ROUNDS[kind])
    ]
    return Measured(
        {name: median(times[name] for times in rounds) for name in workers},
        {name: median(times[name] / times["ours"] for times in rounds) for name in workers},
    )


def measure_all(kind: str) -> dict[tuple[Sizes, int], Measured]:
    workers = {name: Worker(name) for name in CONTESTANTS[kind]}
    found = {(sizes, batch): measure(workers, kind, sizes, batch) for sizes in NETWORKS for batch in BATCHES}
    for worker in workers.values():
        worker.close()
    return found


def peak(contestant: str, batch: int) -> int:
    """Bytes that a fresh process needs at most for the statistics of the large network, over its baseline."""
    worker = Worker(contestant)
    extra: int = worker.ask("peak", "statistics", LARGE, batch)
    worker.close()
    return extra


def parameters(sizes: Sizes) -> int:
    i, h, o = sizes
    return (i + 1) * h + (h + 1) * o


def name_of(sizes: Sizes) -> str:
    return "-".join(map(str, sizes))


def duration(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.{2 if seconds < 1e-2 else 1}f} ms" if seconds < 1.0 else f"{seconds:.2f} s"


def times_over(ratio: float) -> str:
    return f"{ratio:.{2 if ratio < 10 else 0}f}×"


def row(cells: Iterable[str]) -> None:
    say("| " + " | ".join(cells) + " |")


def table(kind: str, found: dict[tuple[Sizes, int], Measured]) -> None:
    row(("network", "batch", *COLUMNS[kind]))
    row(("---", *("---:" for _ in (0, *COLUMNS[kind]))))
    for (sizes, batch), times in found.items():
        cells = [
            duration(times.seconds[name]) + ("" if name == "ours" else f" ({times_over(times.ratios[name])})")
            for name in CONTESTANTS[kind]
        ]
        row((name_of(sizes), str(batch), *cells))
    say()


def memory_table(peaks: dict[str, dict[int, int]]) -> None:
    row(("batch", "parameters × samples", *COLUMNS["statistics"]))
    row("---:" for _ in (0, 0, *COLUMNS["statistics"]))
    for batch in BATCHES:
        product = 8 * parameters(LARGE) * batch
        sizes = (product, *(peaks[name][batch] for name in CONTESTANTS["statistics"]))
        row((str(batch), *(f"{size / 1e6:.1f} MB" for size in sizes)))
    say()


def aim(text: str, met: bool, seen: str) -> None:
    say(f"- {'met' if met else 'NOT met'}: {text}: {seen}")


def check_aims(
    updates: dict[tuple[Sizes, int], Measured],
    statistics: dict[tuple[Sizes, int], Measured],
    peaks: dict[str, dict[int, int]],
) -> None:
    for other, least, text in (
        ("pytorch", 5.0, "an update at least 5 times faster than PyTorch's"),
        ("jax_", 1.0, "an update not slower than JAX's"),
    ):
        for sizes in SMALL:
            for batch in (1, 32):
                ratio = updates[sizes, batch].ratios[other]
                aim(f"{text}, {name_of(sizes)} at {batch}", ratio >= least, f"{ratio:.2f}×")
    for batch in (256, 1000):
        above = 1.0 / updates[LARGE, batch].ratios["floor"]
        aim(f"within 1.5 times the bare matrix products, {name_of(LARGE)} at {batch}", above <= 1.5, f"{above:.2f}×")
    for sizes, batch in statistics:
        ratio = statistics[sizes, batch].ratios["pytorch"]
        if batch >= 256:
            aim(
                f"statistics at least 20 times faster than vmap(grad), {name_of(sizes)} at {batch}",
                ratio >= 20,
                f"{ratio:.1f}×",
            )
    for (sizes, batch), times in statistics.items():
        ratio = times.ratios["backpack_"]
        aim(f"statistics faster than BackPACK, {name_of(sizes)} at {batch}", ratio > 1.0, f"{ratio:.2f}×")
    share = peaks["ours"][BATCHES[-1]] / (8 * parameters(LARGE) * BATCHES[-1])
    aim(
        "memory of the statistics does not grow with parameters × samples", share < 0.05, f"{share:.1%} of that product"
    )


def main() -> None:
    say(
        f"One thread each, float64. Python {sys.version.split()[0]}, "
        + ", ".join(
            f"{package} {version(package)}"
            for package in ("numpy", "torch", "jax", "scikit-learn", "backpack-for-pytorch")
        )
    )
    say()
    say("One training update (plain SGD, mean), the gathering of its batch and the reading of its loss included")
    say("for all but the bare matrix products; ratios to bptui in brackets.")
    say()
    updates = measure_all("update")
    table("update", updates)
    say("Forward and backward over a batch, then the length of each sample's gradient, and mean and variance over the")
    say("samples of every parameter.")
    say()
    statistics = measure_all("statistics")
    table("statistics", statistics)
    say(f"Peak memory of the statistics for {name_of(LARGE)}, over that of the process before them.")
    say()
    peaks = {name: {batch: peak(name, batch) for batch in BATCHES} for name in CONTESTANTS["statistics"]}
    memory_table(peaks)
    check_aims(updates, statistics, peaks)
    check.main()
    say()
    screen.main()
    say()
    travel.main()
    say()
    history.main()
    say()
    making.main()


if __name__ == "__main__":
    main()
