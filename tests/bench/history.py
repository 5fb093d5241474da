"""What questions to the history and breakpoints cost: ``python -m tests.bench.history``, and ``make bench``.

In one process with one thread, processor time, since others may be at work on the machine: all answers of the history
of a run on digits; and updates made while breakpoints look, in pairs with updates that nobody looks at.
"""

from statistics import median
from time import process_time

from bptui.data.digits import grouped
from bptui.engine.weight import Weight
from bptui.scenario import Scenario
from bptui.session.session import Session
from bptui.training.past import Past
from tests.bench.travel import say

UPDATES = 20_000
AIM = 3.0  # seconds for all answers
ROUNDS = 7
STRETCH = 2000
LOOKING = (
    *("w2[0>1] crosses 9", "batch_loss < 1e-9", "gradient > 1e9", "row {row} flips", "train_loss < 1e-9"),
    *("layer 1 unit 3 saturated", "update 999999999", "d1[3] of row {row} < -1e9"),
)
FASTEST = 0.7  # of the pace without breakpoints: the aim


def answers() -> float:
    """Seconds for the whole history of a run that is made."""
    run = Scenario.built_in("digits").begin()
    run.extend_to(UPDATES)
    start = process_time()
    past = Past(run, Weight(2, 0, 1), UPDATES)
    past.go_on()
    past.lives(), past.pulls(10), past.crossed(0.1)
    return process_time() - start


def stretch(breakpoints: int) -> float:
    """Seconds for a stretch of updates with so many breakpoints, none of which is hit."""
    session = Session(Scenario.built_in("digits"))
    row = int(session.run.problem.split.train[0])
    for words in LOOKING[:breakpoints]:
        session.stops.add(words.format(row=row), session.run)
    session.stops.ready(session.run)
    start = process_time()
    session.run.extend_to(STRETCH)
    return process_time() - start


def main() -> None:
    took = answers()
    say(f"All answers of the history of {grouped(UPDATES)} updates of digits: {took:.2f} s (aim: {AIM:.0f} s).")
    met = took <= AIM
    for count in (1, 2, len(LOOKING)):
        share = median(stretch(0) / stretch(count) for _ in range(ROUNDS))
        met = met and share >= FASTEST
        breakpoints = f"{count} breakpoint{'s' if count > 1 else ''}"
        say(f"Updates with {breakpoints}: {share:.0%} of the pace without (median of pairs).")
    say(f"{'met' if met else 'NOT met'}: {AIM:.0f} s, and {FASTEST:.0%} of the pace")


if __name__ == "__main__":
    main()
