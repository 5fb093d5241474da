"""The answer as a value: what a person's numbers say of their program; it writes itself as text and for a notebook."""

from dataclasses import dataclass
from typing import Any, Literal

from bptui.diagnosis.compare import Compared
from bptui.diagnosis.fits import differ_somewhere, telling_apart
from bptui.diagnosis.search import Fit
from bptui.scenario.scenario import Scenario
from bptui.training.record import UpdateRecord


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
    def can_be_told_apart(self) -> bool:
        """Is there an update in which two of the mistakes differ?"""
        return differ_somewhere(self.record, self.mistakes)

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        """Name of a quantity → its state, factor and rule where there is one, whether it is its own way to write
        what is right, and the largest difference."""
        out = {}
        for each in self.compared:
            entry: dict[str, Any] = {"state": each.state}
            entry |= {} if each.factor is None else {"factor": each.factor}
            entry |= {"rule": " or ".join(" + ".join(fit.ids) for fit in each.fits)} if each.fits else {}
            entry |= {"own_way": True} if each.own_way else {}
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


def called(compared: Compared) -> str:
    """The constant in words: its names, or its digits."""
    if compared.constants:
        return " = ".join(compared.constants[:3])
    return f"{compared.factor:.4g}".replace("-", "−")
