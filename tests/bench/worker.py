"""One contestant in a process of its own: requests come in as lines of JSON, answers go out the same way.

    python -m tests.bench.worker CONTESTANT

A request names what to do (check, time or peak), the kind of work (update or statistics), the network and the batch.
"""

import importlib
import json
import resource
import sys
from collections.abc import Callable
from time import process_time
from typing import Any

from tests.bench.task import Statistics, Task

BURST = 0.01  # seconds at least, of processor time: what other programs take does not count
BURSTS = 5  # of a turn, of which the best counts: other programs only ever make it slower


def seconds_per_call(work: Callable[[], object]) -> float:
    """The best burst's time for one call."""
    calls, best, done = 1, float("inf"), 0
    while done < BURSTS:
        begin = process_time()
        for _ in range(calls):
            work()
        spent = process_time() - begin
        if spent < BURST:
            calls = max(2 * calls, int(1.1 * calls * BURST / max(spent, 1e-6)))
            continue
        best, done = min(best, spent / calls), done + 1
        if spent > 10 * BURST:
            break
    return best


def digest(answer: float | Statistics | None) -> list[float]:
    if isinstance(answer, Statistics):
        return answer.digest()
    return [] if answer is None else [answer]


def peak_bytes() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(contestant: str) -> None:
    module = importlib.import_module(f"tests.bench.{contestant}")
    built: dict[tuple[Any, ...], Callable[[], Any]] = {}
    answer: object
    for line in sys.stdin:
        request = json.loads(line)
        build, sizes, batch = getattr(module, request["kind"]), tuple(request["sizes"]), request["batch"]
        if request["do"] == "peak":  # in a fresh process: what one sample needs belongs to the baseline
            build(Task.of(sizes, 1))()
            work = build(Task.of(sizes, batch))
            baseline = peak_bytes()
            for _ in range(3):
                work()
            answer = peak_bytes() - baseline
        else:
            key = (request["kind"], sizes, batch)
            if key not in built:
                built = {key: build(Task.of(sizes, batch))}
            work = built[key]
            answer = seconds_per_call(work) if request["do"] == "time" else [digest(work()) for _ in range(3)]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
