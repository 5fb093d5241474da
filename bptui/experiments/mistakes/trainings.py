"""The two trainings of the lab, and the update that both would make next."""

from dataclasses import dataclass

from bptui.engine.network import Network, Parameters
from bptui.engine.types import Floats
from bptui.engine.update import Divergence, UpdateRules
from bptui.engine.wrong_rules import NOTHING_CARRIED, Carried, Given, Rule, Workings
from bptui.experiments.mistakes.step import RIGHT, Outcome, outcome_of, true_outcome
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
    side's own weights; the losses are means over the batch, before the update; the workings are at each side's."""

    n: int
    rules: UpdateRules
    true: Outcome | None
    wrong: Outcome | None
    truth: Parameters | None
    true_loss: float | None
    wrong_loss: float | None
    true_workings: Workings
    wrong_workings: Workings


Batch = tuple[Floats, Floats]
"""x (n × i) and y (n × o)."""


def next_update(
    rule: Rule, batch: Batch, rules: UpdateRules, nominal: int, trainings: tuple[Training, Training], update: int
) -> NextUpdate:
    """What the true and the wrong training would do on this batch, ``rules`` with the current learning rate.

    A side whose numbers overflow is stopped before ``update``. Callers silence numpy's overflow warnings.
    """
    true_side, wrong_side = trainings
    of_true, of_wrong = (
        workings_of(side, its_rule, batch, rules, nominal)
        for side, its_rule in zip(trainings, (RIGHT, rule), strict=True)
    )
    true = None if true_side.stop else attempt(true_side, RIGHT, of_true, update)
    known = (true[1], true[2]) if true and wrong_side.network is true_side.network else None
    wrong = None if wrong_side.stop else attempt(wrong_side, rule, of_wrong, update, known)
    return NextUpdate(
        len(batch[0]),
        rules,
        true=true and true[0],
        wrong=wrong and wrong[0],
        truth=wrong and wrong[1].believed,
        true_loss=true and true[2],
        wrong_loss=wrong and wrong[2],
        true_workings=of_true,
        wrong_workings=of_wrong,
    )


def next_of(
    side: Training, rule: Rule, batch: Batch, rules: UpdateRules, nominal: int, update: int
) -> tuple[Outcome, Outcome, float] | None:
    """What one side would do by its rule and by the true one, as :func:`attempt` has it."""
    return attempt(side, rule, workings_of(side, rule, batch, rules, nominal), update)


def workings_of(side: Training, rule: Rule, batch: Batch, rules: UpdateRules, nominal: int) -> Workings:
    """Of the batch, at a side's weights and with what it has carried over."""
    return Workings(Given(side.network, *batch, rules, nominal, carried=side.carried), rule)


def attempt(
    side: Training, rule: Rule, workings: Workings, update: int, known: tuple[Outcome, float] | None = None
) -> tuple[Outcome, Outcome, float] | None:
    """By the side's rule and by the true one (which may be ``known`` at these weights), with the mean loss of the
    batch; None where the numbers overflow."""
    try:
        truth, loss = known or true_outcome(workings.given)
        return (truth if rule == RIGHT else outcome_of(rule, workings)), truth, loss
    except Divergence as divergence:
        side.stop = stopped(update, divergence)
        return None


def stopped(update: int, divergence: Divergence) -> str:
    return f"stopped before update {update}: {divergence}"
