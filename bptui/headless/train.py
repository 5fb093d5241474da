"""``bptui train``: train for some epochs and print the losses and accuracies at the end of each."""

import json
import math
from collections.abc import Callable, Iterator
from time import monotonic

from bptui.engine.network import Network
from bptui.experiments.symptoms import Watch
from bptui.headless.progress import Interrupt, ProgressLine
from bptui.training.passing import Search
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.watching.until import Until

LONG = 5000
"""Updates that are not made anew some ten times only to say which learning rate would have done."""


def epochs(
    run: Run,
    count: int,
    as_json: bool,
    interrupt: Interrupt,
    progress: ProgressLine,
    tell: Callable[[str], None],
    until: Until | None = None,
) -> Iterator[str]:
    """A line for the start (epoch 0) and for the end of each epoch; ``tell`` is told what begins to be wrong. Stops
    early where the run had to stop, after the update in hand where that is asked for, and ``until`` something came."""
    watch, until = Watch(), until or Until(run, ())
    if not as_json:
        yield head(run)
    yield line(run, 0, as_json)

    def between_updates() -> bool:
        if progress.due:
            progress.paint(*how_far(run, count, progress.started))
        return interrupt.asked

    for epoch in range(1, count + 1):
        if until.reached:
            break
        ends = beyond(epoch)
        whole = run.extend(until.or_when(ends), between_updates)
        progress.clear()
        if run.stop or not whole:
            break
        if ends(run.frontier, run.next_position):
            yield line(run, epoch, as_json)
            for symptom in watch.news(run, run.frontier, epoch):
                tell(f"after epoch {epoch}: {symptom.words}; cure: {symptom.cure}")
    if until.reached and as_json:
        yield json.dumps(reached(until))


def cure(run: Run) -> str:
    """Which learning rate gets past the stop, as the end of a sentence; "" where none does, or it takes long."""
    if run.stop is None or run.stop.update > LONG:
        return ""
    search = Search(run)
    search.go_on()
    return f"; {search.found.words}" if search.found else ""


def reached(until: Until) -> dict[str, object]:
    """What training was stopped by, for a program."""
    assert until.hit is not None
    return {"until": until.hit.condition.words(), "updates": until.hit.update, "value": until.hit.value}


def why_ended(run: Run, count: int, until: Until) -> str:
    """A sentence on what was waited for, "" where that was nothing."""
    if until.hit is None:
        waited = " or ".join(f"'{condition.words()}'" for condition in until.conditions)
        return f"{waited} did not come in {count} epoch{'s' if count > 1 else ''}" if waited else ""
    if run.stop is not None:
        return f"{until.hit.words}: {run.stop}"
    if until.hit.update == 0:
        return f"nothing was trained: {until.hit.words} before the first update"
    position = run.record(until.hit.update).position
    return (
        f"stopped after update {until.hit.update} (epoch {position.epoch}, batch {position.batch}): {until.hit.words}"
    )


def how_far(run: Run, count: int, started: float) -> tuple[float, str]:
    """Epochs made so far with the part of the one in hand, and words with the rate."""
    position, settings = run.next_position, run.settings_at(run.frontier + 1)
    batches = position.batches(settings, run.problem.count)
    done = position.epoch - 1 + (position.batch - 1) / batches
    rate = run.frontier / max(monotonic() - started, 1e-3)
    return done, f"epoch {position.epoch} of {count}, {rate:.0f} updates/s"


def where(run: Run, count: int) -> str:
    """What is done, for who stopped it."""
    whole = run.next_position.epoch - 1
    return f"stopped after update {run.frontier}, {whole} of {count} epochs complete"


def network_at_end(run: Run) -> Network:
    """The network as the last update made left it."""
    return run.record(run.frontier).after if run.frontier else run.start


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
    end = run.epoch_end(run.frontier)
    values = {name: float(getattr(end, name)) for name in run.history.epochs.names}
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
