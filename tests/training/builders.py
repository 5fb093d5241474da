"""Small runs for the tests of training, and what it means that two records are the same."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bptui.data import Dataset, Split
from bptui.engine import Architecture, Network, OptimizerSettings, UpdateRules, initialise
from bptui.training import Curve, History, Position, Run, Settings, UpdateRecord
from bptui.training.causes import Change
from bptui.training.checkpoints import Checkpoints
from bptui.training.ends import epoch_values
from bptui.training.schedule import epoch_order
from bptui.training.settings import LAST_BATCH, Order
from bptui.training.stepper import fresh_state

SEED = 5


def regression(count: int, inputs: int = 2) -> Dataset:
    rng = np.random.default_rng(17)
    x = rng.uniform(-1.0, 1.0, (count, inputs))
    return Dataset("slope", x, np.sin(2 * x[:, :1]) - 0.3 * x[:, -1:])


def network(sizes: tuple[int, ...] = (2, 3, 1), output: str = "identity") -> Network:
    architecture = Architecture(sizes, (*("tanh",) * (len(sizes) - 2), output))
    return initialise(architecture, "glorot", np.random.default_rng(23))


def begin(settings: Settings | None = None, count: int = 10, start: Network | None = None, held_out: int = 0) -> Run:
    """A run on a regression with so many samples to train on, and the first rows of the data held out."""
    data = regression(count + held_out)
    rows = Split(np.arange(held_out, count + held_out), np.arange(held_out))
    return Run.begin(data, rows, start or network(), settings or Settings(), SEED)


def planned(run: Run) -> Run:
    """A run that knew all changes of settings from its beginning: no fork, no shared checkpoint."""
    state = fresh_state(run.start, run.causes.settings_at(1))
    history = History.empty()
    history.epochs.append((0, 0, 0), epoch_values(run.problem, run.start, run.causes.settings_at(1).rules))
    return Run(run.problem, run.start, run.causes, Checkpoints(state), history, state)


def with_changes(first: Settings, *changes: tuple[int, Change]) -> Run:
    """A run that was made as far as each change, and went on from there with it."""
    run = begin(first)
    for update, change in changes:
        run.extend_to(update - 1)
        run = run.fork(update, change)
    return run


def assert_as_planned(first: Settings, changes: Sequence[tuple[int, Change]]) -> None:
    """Changed on the way or planned so from the start: every bit of records and curves is the same."""
    run = with_changes(first, *sorted(changes, key=lambda change: change[0]))
    last = max(update for update, _ in changes) + 5
    run.extend_to(last)
    run.record(max(last // 2, 1))  # going back must not disturb what comes later
    afresh = planned(run)
    afresh.extend_to(last)
    assert fingerprints(run, 1, last) == fingerprints(afresh, 1, last)
    assert run.history.updates.axis("seen").tolist() == afresh.history.updates.axis("seen").tolist()
    for name in ("updates", "epochs"):
        here, there = getattr(run.history, name), getattr(afresh.history, name)
        for series in here.names:
            assert here.last(series).tobytes() == there.last(series).tobytes()


def fingerprint(record: UpdateRecord) -> dict[str, Any]:
    """All bits of a record, by name."""
    passed = record.passed
    arrays = {
        "indices": record.indices,
        "targets": record.targets,
        "memory": record.memory,
        "loss": passed.loss,
        **{name: getattr(record, name).flat for name in ("before", "after", "summed", "reduced", "step")},
        **{f"a{layer}": a for layer, a in enumerate(passed.a)},
        **{f"z{layer}": z for layer, z in enumerate(passed.z)},
        **{f"delta{layer}": delta for layer, delta in enumerate(passed.delta)},
    }
    return {
        **{name: (array.shape, array.tobytes()) for name, array in arrays.items()},
        "place": (record.number, record.position, record.following, record.batches),
        "settings": (record.settings, record.learning_rate),
    }


def fingerprints(run: Run, first: int, last: int) -> list[dict[str, Any]]:
    return [fingerprint(run.record(update)) for update in range(first, last + 1)]


def curve_rows(curve: Curve) -> tuple[Any, ...]:
    """Everything a curve shows, as plain lists."""
    axes = [curve.axis(name).tolist() for name in ("update", "epoch", "seen")]
    series = [[f(name).tolist() for f in (curve.low, curve.high, curve.last)] for name in curve.names]
    return axes, repr(series)  # repr: two nan are one


def positions(settings: Settings, count: int, updates: int) -> list[Position]:
    """Where the first updates stand, by the schedule alone."""
    places = [Position()]
    while len(places) < updates:
        places.append(places[-1].after(settings, count))
    return places


def visits(run: Run, epoch: int, order: Order = "shuffle") -> list[int]:
    """Rows of the data in the order of an epoch, from the seed alone."""
    rows: list[int] = run.problem.split.train[epoch_order(SEED, epoch, run.problem.count, order)].tolist()
    return rows


def updates_of_epoch(run: Run, epoch: int) -> list[UpdateRecord]:
    """The records of an epoch that was made to its end."""
    run.extend(lambda _, following: following.epoch > epoch)
    records, update = [], run.first_update_of(epoch)
    while update <= run.frontier and run.record(update).position.epoch == epoch:
        records.append(run.record(update))
        update += 1
    return records


def with_rate(settings: Settings, learning_rate: float) -> Settings:
    return replace(settings, rules=replace(settings.rules, learning_rate=learning_rate))


def optimized(name: str, **changes: Any) -> Settings:
    return Settings(UpdateRules(learning_rate=0.05, optimizer=OptimizerSettings(name)), **changes)


ANY_SETTINGS = st.builds(
    Settings,
    rules=st.builds(
        UpdateRules,
        learning_rate=st.sampled_from([0.01, 0.1]),
        reduction=st.sampled_from(["sum", "mean"]),
        optimizer=st.builds(OptimizerSettings, name=st.sampled_from(["sgd", "momentum", "adam"])),
        micro_batches=st.integers(1, 3),
    ),
    batch_size=st.sampled_from([None, 1, 3, 4, 20]),
    order=st.sampled_from(["shuffle", "fixed", "replacement"]),
    last_batch=st.sampled_from(LAST_BATCH),
    repeats=st.integers(1, 3),
    repeat_until=st.sampled_from([0.0, 0.05]),
)
