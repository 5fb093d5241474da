"""What a run costs beside its updates: ``python -m tests.bench.making``, and ``make bench``.

In one process with one thread, processor time, in pairs: a stretch of updates as a run makes them, with its curves, its
states to go back to and the ends of its epochs evaluated, beside as many bare ones of the same network and batch. Where
samples are few the ends are evaluated when the curves are read: what that takes is told beside.
"""

from statistics import median
from time import process_time
from typing import NamedTuple

from bptui.data.digits import grouped
from bptui.engine.types import quiet
from bptui.scenario import Scenario
from tests.bench.travel import say

AIM = 1.5


class Part(NamedTuple):
    """So many ``pairs`` of stretches of a run that has ``made`` updates behind it. A stretch has more updates than
    orders of epochs are remembered: of xor one side would find what the other has drawn."""

    scenario: str
    made: int
    stretch: int = 250
    pairs: int = 21


PARTS = (
    Part("xor", 20, 90, 11),  # each update ends an epoch, and each of the first 1 024 is kept
    Part("xor", 2_000),
    Part("xor", 30_000),
    Part("iris", 100),
    Part("iris", 20_000),
    Part("digits", 100),
    Part("digits", 30_000),
)


class Cost(NamedTuple):
    """Seconds of an update, how many times a bare one that is, and seconds an update when the curves are then read."""

    update: float
    times: float
    read: float


def cost(part: Part) -> Cost:
    """Medians."""
    run = Scenario.built_in(part.scenario).begin()
    run.extend_to(part.made)
    bare, costs = run.after(part.made), []
    for _ in range(part.pairs):
        start = process_time()
        with quiet():
            for _ in range(part.stretch):
                bare.step()
        plain = process_time()
        run.extend_to(run.frontier + part.stretch)
        made = process_time()
        run.history.epochs.last("train_loss")
        took, read = (made - plain) / part.stretch, (process_time() - made) / part.stretch
        costs.append(Cost(took, (made - plain) / (plain - start), read))
    return Cost(*(median(column) for column in zip(*costs, strict=True)))


def main() -> None:
    say("An update in a run, and how many times a bare update that is: median of pairs.")
    say()
    say("| scenario | after | an update | beside a bare one | when the curves are read |")
    say("| --- | ---: | ---: | ---: | ---: |")
    met = True
    for part in PARTS:
        found = cost(part)
        met = met and found.times <= AIM
        cells = f"{found.update * 1e6:.1f} µs | {found.times:.2f}× | {found.read * 1e6:.1f} µs"
        say(f"| {part.scenario} | {grouped(part.made)} updates | {cells} |")
    say()
    say(f"{'met' if met else 'NOT met'}: {AIM} times a bare update")


if __name__ == "__main__":
    main()
