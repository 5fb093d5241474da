"""Aims: the words that say where to go, ``e3 b5 s17``, ``250``, ``+20``, ``50%``, and those that lead to a moment."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from bptui.data.clean import clean
from bptui.engine.weight import Weight
from bptui.session.goal import Goal
from bptui.session.moment import GRADIENT, INPUT, UPDATE, Moment, Phase
from bptui.session.moves import begins_batch, end_of, to_goal
from bptui.training.run import Run

ACCEPTED = "write 120, +20, -5, 50%, start, end, e3, e3 b5; and s17, input, f1, loss, d1, gradient, reduce"
DIGITS = 7
"""Of a number, at most: no run is known to more updates than that."""
TOO_LONG = re.compile(rf"[a-z+-]*\s*[0-9]{{{DIGITS + 1}}}")
TOKEN = re.compile(
    r"""(?:
    w(?P<layer>[0-9]{1,3})\[x?(?P<source>[0-9]{1,6})(?:→|->|>)(?P<to>[0-9]{1,6})\]
  | b(?P<of>[0-9]{1,3})\[(?P<bias>[0-9]{1,6})\]
  | (?P<unit>epoch|batch|sample|update|forward|delta|[ebsufd])\s*(?P<number>[0-9]{1,7})(?![0-9.%])
  | (?P<by>[+-][0-9]{1,7})(?![\w.%])
  | (?P<share>[0-9]{1,3}(?:\.[0-9]{1,3})?)\s*%
  | (?P<word>start|end|input|loss|gradient|reduce|update)(?!\w)
  | (?P<plain>[0-9]{1,7})(?![\w.%])
    )[\s,]*""",
    re.VERBOSE,
)
SPELT = str.maketrans("₀₁₂₃₄₅₆₇₈₉−", "0123456789-")
TIMES = ("update", "epoch", "by", "share", "edge")
"""Of these an aim says one at most."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A place in time, as far as it is said: an ``update`` or ``epoch`` and ``batch`` (from 1; a batch alone is one
    of the epoch one stands in), ``by`` so many updates, a ``share`` of the known run, its ``edge``; then the ``sample``
    (from 1), the ``phase``, and the ``weight`` selected. Where no time is said it is the update one stands in."""

    update: int = 0
    epoch: int = 0
    batch: int = 0
    by: int | None = None
    share: float | None = None
    edge: Literal["", "start", "end"] = ""
    sample: int = 0
    phase: Phase | None = None
    weight: Weight | None = None

    @property
    def of_known_run(self) -> bool:
        """Does it mean nothing where no updates have been made yet?"""
        return self.share is not None or self.edge == "end"

    @property
    def says_time(self) -> bool:
        """Does it name an update, in one way or another?"""
        return bool(self.update or self.epoch or self.batch or self.edge) or self.by is not None or self.of_known_run

    def goal(self, run: Run, moment: Moment) -> Goal:
        """How far the run must be known, from where one stands."""
        if self.epoch or self.batch:
            epoch = self.epoch or run.record(moment.update).position.epoch
            return Goal(epoch=epoch, batch=self.batch or 1)
        made = moment.update - (moment.phase != UPDATE)
        if self.by is not None:
            return Goal(max(made + self.by, 0))
        if self.share is not None:
            return Goal(round(self.share * run.frontier))
        return Goal({"start": 0, "end": run.frontier}.get(self.edge, self.update or moment.update))

    def arrive(self, run: Run, moment: Moment) -> Moment:
        """The moment meant; without sample and phase the end of its update, as near as the run can come.

        Raises IndexError where the epoch has no such batch, its update no such sample, or the network no such layer or
        weight.
        """
        there = moment
        if self.says_time:
            goal = self.goal(run, moment)
            there = to_goal(run, moment, goal) if goal.update or goal.epoch else end_of(run, moment, 0)
            if self.batch and not run.stop:
                require_batch(run, there, goal)
        record = run.record(there.update)
        if self.sample or self.phase:
            first = 0 if self.says_time else there.sample
            phase = self.phase or GRADIENT
            unsaid = record.n - 1 if phase.per_batch else first
            there = replace(there, phase=phase, sample=self.sample - 1 if self.sample else unsaid)
        if there.sample >= record.n:
            raise IndexError(
                f"update {there.update} has {record.n} sample{'s' if record.n > 1 else ''}, no {self.sample}"
            )
        if there.phase.layer > record.layers:
            raise IndexError(f"no layer {there.phase.layer}: the network has {record.layers}")
        if self.weight:
            weight, architecture = self.weight, run.start.architecture
            weight.require(architecture.sizes, architecture.bias != "none")
            there = replace(there, layer=weight.layer, unit=weight.unit, source=weight.source)
        return there


def require_batch(run: Run, there: Moment, goal: Goal) -> None:
    """Raises IndexError where the epoch has ended before the batch that was meant."""
    batches = run.record(there.update).position.batch
    if batches < goal.batch:
        raise IndexError(f"epoch {goal.epoch} has {batches} batch{'es' if batches > 1 else ''}, no {goal.batch}")


def parse_aim(words: str) -> Aim:
    """What a line asks for. Raises ValueError saying what was not understood, and what is accepted."""
    text = " ".join(words.lower().translate(SPELT).replace(",", " ").split())
    said: dict[str, object] = {}
    place = 0
    while place < len(text) or not said:
        found = TOKEN.match(text, place)
        if found is None:
            raise ValueError(f"{not_understood(text[place:])}; {ACCEPTED}")
        name, value = meaning(found)
        if name in said:
            raise ValueError(f"{name} is said twice; {ACCEPTED}")
        if value == 0 and name in ("update", "epoch", "batch", "sample"):
            raise ValueError(f"{name} counts from 1; {ACCEPTED}")
        said[name] = value
        place = found.end()
    times = [name for name in said if name in TIMES]
    if "batch" in said and "epoch" not in said:
        times.append("batch")
    if len(times) > 1:
        raise ValueError(f"two places in time; {ACCEPTED}")
    return Aim(**said)  # type: ignore[arg-type]


def not_understood(rest: str) -> str:
    word = clean(rest.split(" ", maxsplit=1)[0], 20)
    if TOO_LONG.match(rest):
        return f'a number has at most {DIGITS} digits: "{word}"'
    return f'not understood: "{word}"' if word else "nothing is said"


def meaning(found: re.Match[str]) -> tuple[str, object]:
    """The field of an aim that a piece of the line fills, and what with. Raises ValueError for layer 0."""
    part = {key: value for key, value in found.groupdict().items() if value is not None}
    if "layer" in part:
        return "weight", Weight(int(part["layer"]), int(part["source"]), int(part["to"]))
    if "of" in part:
        return "weight", Weight(int(part["of"]), -1, int(part["bias"]))
    if "by" in part:
        return "by", int(part["by"])
    if "share" in part:
        share = float(part["share"]) / 100
        if share > 1:
            raise ValueError(f"more than 100 % of the known run; {ACCEPTED}")
        return "share", share
    if "plain" in part:
        return "update", int(part["plain"])
    if "word" in part:
        word = part["word"]
        return ("edge", word) if word in ("start", "end") else ("phase", Phase(word))  # type: ignore[arg-type]
    number, unit = int(part["number"]), part["unit"][0]
    if unit in "fd":
        if number < 1:
            raise ValueError(f"layers count from 1; {ACCEPTED}")
        return "phase", Phase("forward" if unit == "f" else "delta", number)
    return {"e": "epoch", "b": "batch", "s": "sample", "u": "update"}[unit], number


def words_of(run: Run, moment: Moment) -> str:
    """The words of an aim that leads exactly here from anywhere in the run: ``e3 b2 s4 d1``; a weight is named where
    another one than at the beginning is selected."""
    return " ".join([*words_of_time(run, moment), *words_of_weight(run, moment)])


def words_of_time(run: Run, moment: Moment) -> list[str]:
    if moment.update == 1 and moment.phase == INPUT and moment.sample == 0:
        return ["start"]
    record = run.record(moment.update)
    place = record.position
    begins = begins_batch(run, moment.update)
    words = [f"e{place.epoch}", f"b{place.batch}"] if begins else [f"u{moment.update}"]
    phase = moment.phase
    if not (phase.per_batch and moment.sample == record.n - 1):
        words.append(f"s{moment.sample + 1}")
    if phase.layer:
        words.append(f"{phase.kind[0]}{phase.layer}")
    elif phase != GRADIENT and (phase != UPDATE or words[-1].startswith("s")):
        words.append(phase.kind)
    return words


def words_of_weight(run: Run, moment: Moment) -> list[str]:
    layer, source, unit = moment.layer, moment.source, moment.unit
    if (layer, source, unit) == (run.start.architecture.layers, 0, 0):
        return []
    return [f"b{layer}[{unit}]" if source < 0 else f"w{layer}[{source}>{unit}]"]
