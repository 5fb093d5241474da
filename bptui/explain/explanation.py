"""explain(record, quantity): the formula, the numbers, the result, what it is made of, and what uses it."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from bptui.explain import backward, forward, update
from bptui.explain.edited import cause
from bptui.explain.expression import Expression, Write, quantities, text
from bptui.explain.formula import LISTED, Formula, given
from bptui.explain.quantity import GIVEN, Kind, Quantity, name, words
from bptui.explain.users import users
from bptui.explain.values import value
from bptui.training.record import GUEST, UpdateRecord

FORMULAS: dict[Kind, Callable[[UpdateRecord, Quantity], Formula]] = {
    "z": forward.z,
    "a": forward.a,
    "slope": forward.slope,
    "loss": forward.sample_loss,
    "loss-sum": forward.loss_sum,
    "loss-mean": forward.loss_mean,
    "upstream": backward.upstream,
    "delta": backward.delta,
    "contribution": backward.contribution,
    "sum": update.summed,
    "mean": update.mean,
    "regularisation": update.regularisation,
    "unclipped": update.unclipped,
    "norm": update.norm,
    "clip": update.clip,
    "reduced": update.reduced,
    "memory-after": update.memory_after,
    "corrected": update.corrected,
    "rate": update.learning_rate,
    "step": update.step,
    "after": update.after,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """``name`` = ``symbols`` = ``numbers`` = ``result``. ``numbers`` is None for what is given, not computed.

    ``terms`` are the quantities in the formula (those of a long sum from the largest on), ``used_by`` those whose
    formula has this one; both are cut where a large network has very many.
    """

    quantity: Quantity
    name: str
    words: str
    symbols: str
    numbers: Expression | None
    result: float
    note: str
    terms: tuple[Quantity, ...]
    used_by: tuple[Quantity, ...]

    def formula(self, write: Write) -> str:
        """The formula with numbers, each written by ``write``; empty where there is none."""
        return "" if self.numbers is None else text(self.numbers, write)


def explain(record: UpdateRecord, quantity: Quantity, users_listed: int = LISTED) -> Explanation:
    """Explain one number of a record, with so many of those that it goes into. Raises ValueError or IndexError where
    the record has no such number."""
    formula = formula_of(record, quantity)
    found = () if formula.numbers is None else tuple(dict.fromkeys(quantities(formula.numbers)))
    return Explanation(
        quantity,
        name(quantity, record.names),
        words(quantity, record.names),
        formula.symbols,
        formula.numbers,
        value(record, quantity),
        formula.note,
        found,
        tuple(islice(users(record, quantity), users_listed)),
    )


def formula_of(record: UpdateRecord, quantity: Quantity) -> Formula:
    """How the quantity comes about; what is given says where it comes from."""
    if quantity.kind not in GIVEN:
        return FORMULAS[quantity.kind](record, quantity)
    if by_hand := cause(record, quantity):
        return given(by_hand)
    if quantity.kind in ("input", "target"):
        row = record.indices[quantity.sample]
        return given(
            "given: a sample of your own, no row of the data" if row == GUEST else f"given: row {row} of the data"
        )
    if record.number > 1:
        return given(f"what update {record.number - 1} left")
    return given("given: the start weight" if quantity.kind == "weight" else "the memory begins at 0")
