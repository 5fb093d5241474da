"""The order in which a person's program meets the samples, epoch by epoch: does each epoch have one of its own, and is
every sample in it once? No single update can tell.

Of few samples two epochs may have the same order by chance; where that is not rare, it is said and called right.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import Any, Literal

from bptui.data.dataset import DataError
from bptui.diagnosis.leaves import Digits
from bptui.scenario.accept import shown
from bptui.training.run import Run

KEY = "order"
MOST_ROWS = 20_000_000
LARGEST_ROW = 10**9
NAMED = 6  # rows that are named, of more how many
RARE = 1e-3
NO_SET_EPOCH = "no-set-epoch", "the order is not drawn anew: no set_epoch, or the same seed each epoch"
PADDED = "padded-sampler", "first samples repeated to fill up the ranks: the sampler's padding"
RIGHT = {
    "fixed": "every epoch is in the data's own order",
    "replacement": "every epoch draws from the training samples",
    "shuffle": "every epoch has every sample once",
}
Epochs = tuple[tuple[int, ...], ...]
Finding = tuple[str, str, str, tuple[str, str] | None]
"""What differs, in one word and in a sentence; how it should be; the mistake that does so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``order`` as the settings have it; ``called`` are the person's numbers of the training samples, ``whole`` is how
    many of them an epoch has, ``ranks`` how many machines share the batches."""

    order: str
    called: list[int]
    whole: int
    ranks: int

    def named(self, places: Sequence[int]) -> str:
        """Some samples by their numbers."""
        more = f" and {len(places) - NAMED} more" if len(places) > NAMED else ""
        return f"row{'s' if len(places) > 1 else ''} {', '.join(str(self.called[k]) for k in places[:NAMED])}{more}"


@dataclass(frozen=True)
class OrderAnswer:
    """What an order says of a program. ``first`` is the epoch that differs ("order of epoch 2"), "" where all is right;
    ``line`` says how, ``wanted`` how it should be; ``mistakes`` are ids and names."""

    verdict: Literal["right", "wrong"]
    about: str
    first: str = ""
    line: str = ""
    wanted: str = ""
    mistakes: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Is it as it was asked for?"""
        return self.verdict == "right"

    def lines(self) -> Iterator[str]:
        """Plain text."""
        yield self.about
        if self.right:
            yield f"RIGHT: {self.line}."
        else:
            yield f"WRONG: the {self.first} is not what was asked for."
            yield f"  yours  {self.line}"
            yield f"  asked  {self.wanted}"
        if self.mistakes:
            yield "The known mistake that gives this order:"
        yield from (f"  - {name} ({key})" for key, name in self.mistakes)
        yield from (f"Note: {note}." for note in self.notes)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and words, with the names that the answer on numbers has."""
        return {
            "verdict": self.verdict,
            "first": self.first or None,
            "parts": {},
            "fits": [[key] for key, _ in self.mistakes],
            "taken": [],
            "line": self.wanted,
            "numbers": "",
            "yours": self.line,
            "notes": list(self.notes),
        }


def has_order(document: Any) -> bool:
    """Does a document give an order, and not an update's numbers?"""
    return isinstance(document, Mapping) and KEY in document


def of_lines(documents: Sequence[Any]) -> dict[str, Any] | None:
    """The order that several updates tell, each with its epoch and rows as ``bptui trace`` writes them; None where one
    does not."""
    epochs: dict[Any, list[Any]] = {}
    for each in documents:
        if not (isinstance(each, Mapping) and {"epoch", "indices"} <= set(each)):
            return None
        batches = epochs.setdefault(each["epoch"], [])
        if each["indices"] not in batches[-1:]:  # a batch may be used for several updates
            batches.append(each["indices"])
    return {KEY: list(epochs.values())}


def of_order(run: Run, document: Mapping[str, Any]) -> OrderAnswer:
    """The answer on the rows of each epoch, in their order; those of batches or ranks may stand in lists of their own.
    Raises DataError, one line."""
    if len(document) > 1:
        more = next(name for name in document if name != KEY)
        raise DataError(f"{KEY}: stands in a file of its own; {shown(str(more))} is of one update")
    settings, count = run.settings_at(1), run.problem.count
    size = settings.batch_size or count
    whole = count - count % size if settings.last_batch == "drop" else count
    rows = run.problem.split.train.tolist()
    places, called = places_of(epochs_in(document[KEY]), rows)
    asked = Asked(settings.order, called, whole, len(settings.rules.ranks))
    about = f"Compared the order of {len(places)} epochs: {count} training samples, order {settings.order}"
    found = next(findings(places, asked), None)
    if found is not None:
        first, line, wanted, mistake = found
        return OrderAnswer("wrong", about, first, line, wanted, (mistake,) if mistake else ())
    return OrderAnswer("right", about, line=RIGHT[settings.order], notes=tuple(notes(run, places)))


def epochs_in(raw: Any) -> Epochs:
    """The numbers of each epoch. Raises DataError."""
    raw = raw.tolist() if hasattr(raw, "tolist") else raw
    if not isinstance(raw, list | tuple) or len(raw) < 2:
        raise DataError(f"{KEY}: expected a list of the rows for each of two epochs or more: [[3, 0, 1], [1, 3, 0]]")
    epochs = tuple(tuple(flat(each, f"{KEY}[{k}]")) for k, each in enumerate(raw))
    if not all(epochs):
        raise DataError(f"{KEY}: an epoch without rows")
    if sum(map(len, epochs)) > MOST_ROWS:
        raise DataError(f"{KEY}: more than {MOST_ROWS} rows")
    return epochs


def flat(raw: Any, said: str, depth: int = 0) -> Iterator[int]:
    """Whole numbers from 0, out of lists in lists."""
    if hasattr(raw, "tolist"):
        raw = raw.tolist()
    if isinstance(raw, list | tuple) and depth < 4:
        for k, each in enumerate(raw):
            yield from flat(each, f"{said}[{k}]", depth + 1)
    elif (number := number_of(raw)) is not None:
        yield number
    else:
        raise DataError(f"{said}: expected the number of a row, got {shown(raw)}")


def number_of(raw: Any) -> int | None:
    """A whole number from 0; of an .npz file all are floats."""
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() and 0 <= raw < LARGEST_ROW else None
    printed = str(raw) if isinstance(raw, Digits | int) and not isinstance(raw, bool) else ""
    return int(printed) if printed.isdecimal() and len(printed) < len(str(LARGEST_ROW)) else None


def places_of(epochs: Epochs, rows: list[int]) -> tuple[Epochs, list[int]]:
    """Rows of the data as places among the training samples, which they may be already, and what each place is called
    by the person. Raises DataError."""
    for called in (rows, list(range(len(rows)))):
        place = {number: k for k, number in enumerate(called)}
        if all(each in place for epoch in epochs for each in epoch):
            return tuple(tuple(place[each] for each in epoch) for epoch in epochs), called
    known = set(rows)
    wrong = next(each for epoch in epochs for each in epoch if each not in known)
    raise DataError(f"{KEY}: row {wrong} is none of the {len(rows)} training samples")


def findings(epochs: Epochs, asked: Asked) -> Iterator[Finding]:
    """What is wrong, the first epoch first; the last epoch may have been left early."""
    by_chance = chance(epochs, asked)
    for k, epoch in enumerate(epochs):
        where = f"order of epoch {k + 1}"
        ended = k + 1 < len(epochs) or len(epoch) >= asked.whole
        if asked.order != "replacement":
            yield from of_epoch(where, epoch, ended, asked)
        if asked.order == "fixed" and epoch != tuple(range(len(epoch))):
            yield where, "another one than that of the data", "fixed: the data's own order", None
        before = earlier(epochs, k)
        if asked.order != "fixed" and before is not None and by_chance < RARE:
            yield where, f"that of epoch {before + 1} again", f"{asked.order}: drawn anew", NO_SET_EPOCH


def of_epoch(where: str, epoch: tuple[int, ...], ended: bool, asked: Asked) -> Iterator[Finding]:
    """Samples that are met twice in an epoch, or never in one that has ended."""
    times, count = Counter(epoch), len(asked.called)
    if twice := [each for each, n in times.items() if n > 1]:
        padding = asked.ranks > 1 and len(times) == count and len(epoch) == count + -count % asked.ranks
        yield where, f"{asked.named(twice)} more than once", "every sample once", PADDED if padding else None
    elif ended and asked.whole > len(times):
        yield where, f"no {asked.named([k for k in range(count) if k not in times])}", "every sample once", None


def earlier(epochs: Epochs, k: int) -> int | None:
    """The first epoch before this one (from 0) that begins with the same samples, as far as the shorter goes."""
    return next((j for j in range(k) if all(a == b for a, b in zip(epochs[j], epochs[k], strict=False))), None)


def chance(epochs: Epochs, asked: Asked) -> float:
    """How often orders that are drawn anew repeat those of epochs before them as often as these do."""
    count, share = len(asked.called), 1.0
    for k, epoch in enumerate(epochs):
        if earlier(epochs, k) is not None:
            drawn = min(len(epoch), count)
            kinds = lgamma(count + 1) - lgamma(count - drawn + 1)
            share *= min(k * exp(-(drawn * log(count) if asked.order == "replacement" else kinds)), 1.0)
    return share


def notes(run: Run, epochs: Epochs) -> Iterator[str]:
    """What else there is to know: a repetition that may be chance, and whether the order is bptui's."""
    order = run.settings_at(1).order
    again = [k + 1 for k in range(len(epochs)) if earlier(epochs, k) is not None]
    if again and order != "fixed":
        yield f"epoch {again[0]} has the order of one before, which so few samples may have by chance: give more epochs"
        return
    own = [tuple(run.problem.order(k + 1, order).tolist()) for k in range(len(epochs))]
    if not all(mine[: len(epoch)] == epoch for mine, epoch in zip(own, epochs, strict=True)):
        yield "it is not bptui's order: all numbers that follow differ for that alone"
