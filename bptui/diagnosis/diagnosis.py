"""The answer: a person's numbers beside an update's record, the first that differs, the mistakes that give them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bptui.diagnosis.compare import Compared, beside, compare
from bptui.diagnosis.fits import Mistakes, telling_apart, under_other_losses
from bptui.diagnosis.gathering import Item, gathered
from bptui.diagnosis.layout import Laid, asked_of, layouts, one_of_each
from bptui.diagnosis.numbers import Part
from bptui.diagnosis.place import line_of, numbers_of, yours_of
from bptui.diagnosis.search import Fit
from bptui.engine.reduce import share_of_samples
from bptui.scenario.names import built_in_names
from bptui.scenario.scenario import Scenario
from bptui.training.record import UpdateRecord
from bptui.training.run import Run

MOST_TRIED = 4
"""Layouts in which known mistakes are looked for, those first under which most is right."""


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """What a person's numbers say of their program.

    Attributes:
        verdict: right, or wrong.
        first: the first quantity on the way that differs (``W1``, ``delta2`` …); "" where all is right.
        compared: every quantity, in the order of computation: forward, loss, from the loss back, step, after.
        mistakes: the known mistakes that give exactly these numbers, single ones or, where there are none, pairs.
        taken: how the arrays were read, where they could have been read otherwise.
        line, numbers, yours: the line of the true formula that makes the first quantity, the same with the numbers of
            the place that differs most, and the number there as it was given.
        notes: what else there is to know.
        called: sum or mean, where the person's name of the gradient says so.
    """

    record: UpdateRecord
    verdict: Literal["right", "wrong"]
    first: str
    compared: tuple[Compared, ...]
    mistakes: tuple[Fit, ...] = ()
    taken: tuple[str, ...] = ()
    line: str = ""
    numbers: str = ""
    yours: str = ""
    notes: tuple[str, ...] = ()
    called: str = ""

    @property
    def right(self) -> bool:
        """Is every quantity right?"""
        return self.verdict == "right"

    @property
    def fits(self) -> tuple[tuple[str, ...], ...]:
        """Ids of the mistakes; those that have to come together stand together."""
        return tuple(fit.ids for fit in self.mistakes)

    def telling_apart(self) -> Scenario | None:
        """A scenario on which the mistakes differ that give the same numbers here; None where there are not several,
        or where they are the same everywhere."""
        return telling_apart(self.record, self.mistakes) if len(self.mistakes) > 1 else None

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        """Name of a quantity → its state, factor and rule where there is one, and the largest difference."""
        out = {}
        for each in self.compared:
            entry: dict[str, Any] = {"state": each.state}
            entry |= {} if each.factor is None else {"factor": each.factor}
            entry |= {"rule": each.rule} if each.rule else {}
            out[each.name] = entry | {"max_difference": each.max_difference}
        return out

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, as ``bptui check --json`` writes them."""
        return {
            "verdict": self.verdict,
            "first": self.first or None,
            "parts": self.parts,
            "fits": [list(fit) for fit in self.fits],
            "taken": list(self.taken),
            "line": self.line,
            "numbers": self.numbers,
            "yours": self.yours,
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        return f"<Diagnosis: {self.verdict}{f', first {self.first}' if self.first else ''}, fits {list(self.fits)}>"

    def __str__(self) -> str:
        from bptui.diagnosis.words import lines  # noqa: PLC0415

        return "\n".join(lines(self))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from bptui.diagnosis.words import as_html  # noqa: PLC0415

        return as_html(self)


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
    chosen, compared, fits = _choose(record, every, past)
    taken = _taken(record, items, chosen)
    notes = (*_notes(record, chosen, compared), *_left_out(left))
    return _answer(record, chosen, compared, fits, taken, notes)


def _left_out(left: Sequence[str]) -> Sequence[str]:
    """Of what was given twice, as the sum and as the mean, one is enough."""
    more = f" and {len(left) - 3} more" if len(left) > 3 else ""
    return [f"not compared, as it is given in another form: {', '.join(left[:3])}{more}"] if left else []


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


def _choose(
    record: UpdateRecord, every: Sequence[Laid], past: UpdateRecord | None
) -> tuple[Laid, tuple[Compared, ...], tuple[Fit, ...]]:
    """The layout under which all is right; else, from the one under which most is, the first that a known mistake
    explains."""
    tried = [(laid, compare_all(record, laid)) for laid in every]
    tried.sort(key=lambda each: _distance(each[1]))
    if all(each.state == "exact" or each.own_way for each in tried[0][1]):
        return *tried[0], ()
    mistakes = Mistakes(record, past)
    for laid, compared in tried[:MOST_TRIED]:
        fits = mistakes.of([as_searched(record, laid, each) for each in compared if not _is_other_loss(each)])
        if fits:
            return laid, _under(compared, fits), fits
    laid, compared = tried[0]
    return laid, tuple(_alone(record, laid, each, mistakes) for each in compared), ()


def _is_other_loss(each: Compared) -> bool:
    """A loss that is off by a constant (½, or the sum) says nothing of the way back."""
    return each.part.kind == "loss" and each.state == "factor"


def _distance(compared: Sequence[Compared]) -> tuple[int, int, float]:
    """How far a reading is from right: how many quantities are wrong, how many of them by no constant, how much."""
    wrong = [each for each in compared if not each.right]
    apart = 0.0
    for each in wrong:
        length = float(np.linalg.norm(each.true)) + float(np.linalg.norm(each.part.middle))
        apart += float(np.linalg.norm(each.part.middle - each.true)) / length if length else 0.0
    return len(wrong), sum(each.state == "different" for each in wrong), apart


def compare_all(record: UpdateRecord, laid: Laid) -> tuple[Compared, ...]:
    """Every part beside the record, and which are right in another way of writing."""
    plain = [compare(record, part, laid.reductions.get(part.name, "")) for part in laid.parts]
    return _own_ways(record, [beside(each, plain) for each in plain])


def _own_ways(record: UpdateRecord, compared: list[Compared]) -> tuple[Compared, ...]:
    """A constant that a program's δ hold and its gradient does not is its own way to write what is right."""
    later: list[Compared] = []
    for kinds in (("after", "step"), ("gradient",), ("samples",), ("delta",)):
        here = [each for each in compared if each.part.kind in kinds]
        factors = {each.constants[:1] or each.factor for each in here}
        same = bool(here) and all(each.state == "factor" for each in here) and len(factors) == 1
        told = bool(later) and all(each.right for each in later)
        shared = kinds[0] in ("samples", "delta") and record.settings.rules.reduction == "mean"
        if same and (told or (shared and "1/n" in here[0].constants)):
            compared = [replace(each, own_way=True) if each in here else each for each in compared]
            here = [each for each in compared if each.part.kind in kinds]
        later += here
    return tuple(compared)


def as_searched(record: UpdateRecord, laid: Laid, each: Compared) -> Part:
    """The quantity as bptui writes it: δ without a constant of the program's own, the gradient as it is reduced."""
    part, scale = each.part, 1.0
    if each.own_way and each.factor:
        scale = 1.0 / each.factor
    called, in_force = laid.reductions.get(part.name, ""), record.settings.rules.reduction
    if part.kind == "gradient" and called and called != in_force:
        scale = share_of_samples(1.0, record.n) if called == "sum" else float(record.n)
    if scale == 1.0:
        return part
    ends = np.sort(np.stack([part.low * scale, part.high * scale]), axis=0)
    return replace(part, low=ends[0], high=ends[1])


def _under(compared: Sequence[Compared], fits: Sequence[Fit]) -> tuple[Compared, ...]:
    """What is wrong is so under the mistakes found; all are named."""
    rule = _named(fits)
    return tuple(
        each if each.state == "exact" or each.own_way
        else replace(each, rule=rule, state="factor" if each.state == "factor" else "rule")
        for each in compared
    )  # fmt: skip


def _alone(record: UpdateRecord, laid: Laid, each: Compared, mistakes: Mistakes) -> Compared:
    """Where no mistake gives all of the numbers, one may give this quantity."""
    fits = mistakes.of_one(as_searched(record, laid, each)) if each.state == "different" else ()
    return replace(each, rule=_named(fits), state="rule") if fits else each


def _named(fits: Sequence[Fit]) -> str:
    return " or ".join(" + ".join(fit.ids) for fit in fits)


def _notes(record: UpdateRecord, laid: Laid, compared: Sequence[Compared]) -> tuple[str, ...]:
    own = [each for each in compared if each.own_way]
    notes = []
    if own:
        names = ", ".join(each.name for each in own)
        notes.append(
            f"{names}: × {called(own[0])} of bptui's, with what follows right: another way to write it, no mistake"
        )
    notes += [note for note in (_other_reduction(record, laid, compared), _other_loss(record, laid, compared)) if note]
    if laid.starts:
        names = ", ".join(part.name.removeprefix("after_") for part in laid.starts)
        notes.insert(
            0, f"your {names} before the update are not the scenario's: all that follows differs for that alone"
        )
    if record.n == 1:
        notes.append(
            "a batch of one sample cannot tell mistakes of the batch apart (sum or mean, 1/n, averages): "
            "check a larger one"
        )
    return tuple(notes)


def _other_reduction(record: UpdateRecord, laid: Laid, compared: Sequence[Compared]) -> str:
    """Is the gradient right but for sum and mean?"""
    here = [each for each in compared if each.part.kind == "gradient"]
    if record.n == 1 or not here or all(each.right for each in here) or laid.reductions:
        return ""
    in_force = record.settings.rules.reduction
    other = "sum" if in_force == "mean" else "mean"
    if not all(compare(record, each.part, other).right for each in here):
        return ""
    return (
        f"this is the {other} over the batch, where the {in_force} is asked for: with --reduction {other} it is right"
    )


def _other_loss(record: UpdateRecord, laid: Laid, compared: Sequence[Compared]) -> str:
    """Is everything right, but for another loss?"""
    if all(each.right for each in compared) or all(each.part.kind in ("z", "a") for each in compared):
        return ""
    others = under_other_losses(record)
    found = [it.settings.rules.loss for it in others if all(each.right for each in compare_all(it, laid))]
    return f"with --loss {' or '.join(found)} all of it is right" if found else ""


def called(compared: Compared) -> str:
    """The constant in words: its names, or its digits."""
    if compared.constants:
        return " = ".join(compared.constants[:3])
    return f"{compared.factor:.4g}".replace("-", "−")
