"""From a person's numbers and an update's record to the answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.choosing import choose
from bptui.diagnosis.compare import Compared
from bptui.diagnosis.gathering import Item, gathered
from bptui.diagnosis.layout import Laid, asked_of, layouts, one_of_each
from bptui.diagnosis.notes import left_out, notes_of
from bptui.diagnosis.place import line_of, numbers_of, yours_of
from bptui.diagnosis.search import Fit
from bptui.scenario.names import built_in_names
from bptui.scenario.scenario import Scenario
from bptui.training.record import UpdateRecord
from bptui.training.run import Run


def diagnose(
    record: UpdateRecord | Scenario | str,
    *,
    gradient: Any = None,
    delta: Any = None,
    after: Any = None,
    z: Any = None,
    a: Any = None,
    loss: Any = None,
    samples: Any = None,
    step: Any = None,
    update: int = 1,
) -> Diagnosis:
    """Compare numbers of your own with an update's record, part by part; of a scenario, or of what a built-in set or a
    scenario file has under this name, with that of update ``update``.

    ``gradient``, ``step`` and ``after`` (the weights after the update) are lists with the arrays of each layer: W1, b1,
    W2, b2 …, pairs, or two lists; names with their arrays; or a module of PyTorch, whose ``.grad`` is taken. ``delta``,
    ``z`` and ``a`` have an array (n × o) for each layer, ``loss`` is a number or one for each sample, ``samples`` are
    the gradients of every sample. Raises ValueError, one line, for what is no such thing or has another shape.
    """
    given = {
        "gradient": gradient, "delta": delta, "after": after, "z": z, "a": a, "loss": loss,
        "samples": samples, "step": step,
    }  # fmt: skip
    document = {name: value for name, value in given.items() if value is not None}
    if isinstance(record, UpdateRecord):
        return of_document(record, document)
    run = scenario_called(record).begin()
    return of_document(run.record(update), document, past=past_of(run, update))


def scenario_called(name: Scenario | str) -> Scenario:
    """A scenario, the built-in one of this name, or the one in this file. Raises ScenarioError."""
    if isinstance(name, Scenario):
        return name
    return Scenario.built_in(name) if name in built_in_names() else Scenario.of_file(name)


def past_of(run: Run, update: int) -> UpdateRecord | None:
    """The update before the second: what a program has kept of more than one, its own weights would tell too."""
    return run.record(1) if update == 2 else None


def of_document(
    record: UpdateRecord, document: Any, *, as_given: bool = False, past: UpdateRecord | None = None
) -> Diagnosis:
    """The diagnosis of a document of numbers. ``as_given``: the arrays lie as bptui's own, wherever their shapes allow.
    ``past`` is the update before the second one, for programs that keep something of it. Raises DataError."""
    items, left = one_of_each(gathered(document, record.layers), record)
    every = layouts(items, record)
    if as_given and every[0].layout.bias == "apart" and not every[0].layout.turned:
        every = [laid for laid in every if laid.layout == replace(every[0].layout, bare=laid.layout.bare)]
    chosen, compared, fits = choose(record, every, past)
    taken = _taken(record, items, chosen)
    notes = (*notes_of(record, chosen, compared), *left_out(left))
    return _answer(record, chosen, compared, fits, taken, notes)


def _taken(record: UpdateRecord, items: Sequence[Item], chosen: Laid) -> tuple[str, ...]:
    return chosen.layout.words(asked_of(items, record))


def _answer(
    record: UpdateRecord, chosen: Laid, compared: tuple[Compared, ...], fits: tuple[Fit, ...], taken: tuple[str, ...],
    notes: tuple[str, ...],
) -> Diagnosis:  # fmt: skip
    first = next((each for each in compared if not each.right), None)
    if first is None:
        return Diagnosis(record, "right", "", compared, (), taken, notes=notes, called=_called(chosen))
    reduction = chosen.reductions.get(first.name, "")
    line = line_of(record, first, {each.name for each in compared}, reduction)
    numbers = numbers_of(record, first, reduction)
    return Diagnosis(
        record, "wrong", first.name, compared, fits, taken, line, numbers, yours_of(first), notes, _called(chosen)
    )


def _called(chosen: Laid) -> str:
    return next((word for name, word in chosen.reductions.items() if name != "loss"), "")
