"""What a run costs beside its updates: ``python -m tests.bench.making``, and ``make bench``.

In one process with one thread, processor time, in pairs: a stretch of updates as a run makes them, with its curves, its
states to go back to and the ends of its epochs evaluated, beside as many bare ones of the same network and batch.
"""

from statistics import median
from time import process_time

from bptui.data.digits import grouped
from bptui.engine.types import quiet
from bptui.scenario import Scenario
from tests.bench.travel import say

RUNS = (("xor", 2_000), ("xor", 30_000), ("iris", 2_000), ("iris", 20_000), ("digits", 2_000), ("digits", 30_000))
STRETCH, PAIRS = 250, 21
AIM = 1.5


def cost(name: str, made: int) -> tuple[float, float]:
    """Seconds of an update in a run that has so many behind it, and how many times a bare one that is: medians."""
    run = Scenario.built_in(name).begin()
    run.extend_to(made)
    bare, pairs = run.after(made), []
    for _ in range(PAIRS):
        start = process_time()
        with quiet():
            for _ in range(STRETCH):
                bare.step()
        between = process_time()
        run.extend_to(run.frontier + STRETCH)
        pairs.append((between - start, process_time() - between))
    return median(ours for _, ours in pairs) / STRETCH, median(ours / plain for plain, ours in pairs)


def main() -> None:
    say("An update in a run, and how many times a bare update that is: median of pairs.")
    say()
    say("| scenario | after | an update | beside a bare one |")
    say("| --- | ---: | ---: | ---: |")
    met = True
    for name, made in RUNS:
        took, times = cost(name, made)
        met = met and times <= AIM
        say(f"| {name} | {grouped(made)} updates | {took * 1e6:.1f} µs | {times:.2f}× |")
    say()
    say(f"{'met' if met else 'NOT met'}: {AIM} times a bare update")


if __name__ == "__main__":
    main()
