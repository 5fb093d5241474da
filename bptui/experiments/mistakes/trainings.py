"""The two trainings of the lab, and the update that both would make next."""

from dataclasses import dataclass

from bptui.engine.network import Network, Parameters
from bptui.engine.types import Floats
from bptui.engine.update import Divergence, UpdateRules
from bptui.experiments.mistakes.step import (
    NOTHING_CARRIED,
    Carried,
    Outcome,
    Rule,
    apply,
    true_reduced,
)
from bptui.training.history import Curve


class Training:
    """One of the two: its network, what its rule carries, its loss curve, and why it stopped ("": it has not)."""

    __slots__ = ("carried", "curve", "network", "stop")

    def __init__(self, start: Network) -> None:
        self.network = start
        self.carried: Carried = NOTHING_CARRIED
        self.curve = Curve(("loss",))
        self.stop = ""

    def make(self, outcome: Outcome | None, loss: float | None, at: tuple[float, float, float]) -> None:
        """Go on to the outcome, with the loss before it, at (update, epoch, seen); stay where there is none."""
        if outcome is not None and loss is not None:
            self.curve.append(at, (loss,))
            self.network, self.carried = outcome.after, outcome.carried


@dataclass(frozen=True, slots=True, eq=False)
class NextUpdate:
    """Made by neither side yet; None for a side that has stopped. ``truth`` is the true reduced gradient at the wrong
    side's own weights; the losses are means over the batch, before the update."""

    n: int
    rules: UpdateRules
    true: Outcome | None
    wrong: Outcome | None
    truth: Parameters | None
    true_loss: float | None
    wrong_loss: float | None


Batch = tuple[Floats, Floats]
"""x (n × i) and y (n × o)."""


def next_update(
    rule: Rule, batch: Batch, rules: UpdateRules, nominal: int, trainings: tuple[Training, Training], update: int
) -> NextUpdate:
    """What the true and the wrong training would do on this batch, ``rules`` with the current learning rate.

    A side whose numbers overflow is stopped before ``update``. Callers silence numpy's overflow warnings.
    """
    x, y = batch
    true_side, wrong_side = trainings
    true = wrong = truth = true_loss = wrong_loss = None
    if not true_side.stop:
        try:
            reduced, loss = true_reduced(true_side.network, x, y, rules)
            true, true_loss = apply(true_side.network, reduced, rules), loss
        except Divergence as divergence:
            true_side.stop = stopped(update, divergence)
    if not wrong_side.stop:
        try:
            here, loss = true_reduced(wrong_side.network, x, y, rules)
            wrong = rule(wrong_side.network, x, y, rules, nominal, wrong_side.carried)
            truth, wrong_loss = here, loss
        except Divergence as divergence:
            wrong_side.stop = stopped(update, divergence)
    return NextUpdate(len(x), rules, true, wrong, truth, true_loss, wrong_loss)


def stopped(update: int, divergence: Divergence) -> str:
    return f"stopped before update {update}: {divergence}"
