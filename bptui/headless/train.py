"""``bptui train``: train for some epochs and print the losses and accuracies at the end of each."""

import json
import math
import sys
from collections.abc import Callable, Iterator
from time import monotonic

from bptui.training.run import Run
from bptui.training.schedule import Position

BAR = 24
EVERY = 0.1  # seconds between two paintings of the bar


def epochs(run: Run, count: int, as_json: bool) -> Iterator[str]:
    """A line for the start (epoch 0) and for the end of each epoch. Stops early where the run had to stop."""
    if not as_json:
        yield head(run)
    yield line(run, 0, as_json)
    bar = Bar(run, count)
    for epoch in range(1, count + 1):
        run.extend(beyond(epoch), bar.moved)
        bar.clear()
        if run.stop:
            return
        yield line(run, epoch, as_json)


def penalised(run: Run) -> bool:
    """Do L1 or L2 add to the loss?"""
    rules = run.settings_at(run.frontier).rules
    return bool(rules.l1 or rules.l2)


def head(run: Run) -> str:
    losses = f"{'epoch':>6} {'updates':>9} {'train loss':>12} {'test loss':>12} {'train acc':>10} {'test acc':>10}"
    if not penalised(run):
        return losses
    return losses + f" {'penalty':>12}" + (f" {'train + it':>12}" if averaged(run) else "")


def averaged(run: Run) -> bool:
    """Is the penalty one of the mean loss? Under SUM it belongs to the sum over a batch, which an epoch has not."""
    return run.settings_at(run.frontier).rules.reduction == "mean"


def beyond(epoch: int) -> Callable[[int, Position], bool]:
    """The goal of a whole epoch."""
    return lambda _, following: following.epoch > epoch


def line(run: Run, epoch: int, as_json: bool) -> str:
    curve = run.history.epochs
    values = {name: float(curve.last(name)[-1]) for name in curve.names}
    if as_json:
        if not penalised(run):
            del values["penalty"]
        shown = {name: value if math.isfinite(value) else None for name, value in values.items()}
        return json.dumps({"epoch": epoch, "updates": run.frontier, "samples_seen": run.next_position.seen} | shown)
    cells = (f"{values[name]:.6g}" if not math.isnan(values[name]) else "" for name in ("train_loss", "test_loss"))
    shares = (
        f"{100 * values[name]:.2f}%" if not math.isnan(values[name]) else ""
        for name in ("train_accuracy", "test_accuracy")
    )
    losses = " ".join(f"{cell:>12}" for cell in cells)
    line = f"{epoch:>6} {run.frontier:>9} {losses} {' '.join(f'{share:>10}' for share in shares)}"
    if penalised(run):
        line += f" {values['penalty']:>12.6g}"
        line += f" {values['train_loss'] + values['penalty']:>12.6g}" if averaged(run) else ""
    return line.rstrip()


class Bar:
    """A progress bar on stderr, on a terminal only, painted a few times a second."""

    def __init__(self, run: Run, count: int) -> None:
        self.run, self.count = run, count
        self.shown = sys.stderr.isatty()
        self.painted = 0.0
        self.on_screen = False

    def moved(self) -> bool:
        """Asked between two updates: paint if it is time; never pauses the run."""
        if self.shown and monotonic() - self.painted > EVERY:
            self.painted, self.on_screen = monotonic(), True
            position, settings = self.run.next_position, self.run.settings_at(self.run.frontier + 1)
            batches = position.batches(settings, self.run.problem.count)
            done = (position.epoch - 1 + (position.batch - 1) / batches) / self.count
            filled = int(done * BAR)
            words = f"epoch {position.epoch} of {self.count}, batch {position.batch} of {batches}"
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {words}\x1b[K")
            sys.stderr.flush()
        return False

    def clear(self) -> None:
        if self.on_screen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.on_screen = False
