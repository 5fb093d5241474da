"""The mistakes lab: the true rule and a wrong one train side by side from the same start over the same batches."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bptui.engine.network import Network, Parameters
from bptui.engine.types import Floats
from bptui.engine.update import Divergence, UpdateRules
from bptui.engine.weight import Weight
from bptui.experiments.mistakes import (
    NOTHING,
    WRONG_RULES,
    Carried,
    Outcome,
    WrongRule,
    compare,
    compare_layers,
    descend,
    true_reduced,
)
from bptui.experiments.mistakes.cases import Case, cases, run_case
from bptui.experiments.mistakes.figures import Change, Figures, most_different
from bptui.training.history import Curve
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.schedule import epoch_order

RULES: tuple[WrongRule, ...] = tuple(WRONG_RULES.values())


class Side:
    """One of the two trainings: its network, what its rule carries, its loss curve, and why it stopped."""

    __slots__ = ("carried", "curve", "network", "stop")

    def __init__(self, start: Network) -> None:
        self.network = start
        self.carried: Carried = NOTHING
        self.curve = Curve(("loss",))
        self.stop = ""


@dataclass(frozen=True, slots=True, eq=False)
class Coming:
    """The update that both sides would make next; None for a side that has stopped."""

    n: int
    rules: UpdateRules
    true: Outcome | None
    wrong: Outcome | None
    truth: Parameters | None
    true_loss: float | None
    wrong_loss: float | None


class Lab:
    """Begins before a recorded update: same network, same order of samples, same learning rate, reduction and batch
    size; plain SGD. ``weight`` is the one looked at first where the rules differ on several alike."""

    def __init__(self, problem: Problem, record: UpdateRecord, weight: Weight) -> None:
        self._problem = problem
        self._run = run_case(problem, record)
        self._wanted = weight
        self._is_chosen = False  # by the person: then it stays
        self.number = 0
        self.choose(0)

    # --- what is compared ---

    def choose(self, number: int) -> None:
        """The rule in this place of RULES (wrapping round), as the run, from the start; the selection goes to the
        weight on which the mistake is seen best, unless a person has chosen one."""
        self.number = number % len(RULES)
        self.cases = cases(self.rule.id, self._run)
        self._at = 0
        self.restart()

    def choose_by_id(self, rule: str) -> None:
        """The rule with this id, as :meth:`choose` does. Raises ValueError for an unknown one."""
        self.choose([each.id for each in RULES].index(rule))

    def next_case(self) -> None:
        """The other case: the harmless one, or the one where the rule shows."""
        self._at = (self._at + 1) % len(self.cases)
        self.restart()

    def restart(self) -> None:
        """Both sides back at the start of the case."""
        self._seen_best: Weight | None = None
        self.made = 0
        self.position = self.case.position.under(self.case.settings, self.case.count)
        self.true, self.wrong = Side(self.case.start), Side(self.case.start)
        self.worst = (0.0, 0)
        self._coming: Coming | None = None

    @property
    def rule(self) -> WrongRule:
        return RULES[self.number]

    @property
    def case(self) -> Case:
        return self.cases[self._at]

    # --- training ---

    @property
    def update(self) -> int:
        """The number, in the run, of the coming update."""
        return self.case.first + self.made

    @property
    def ended(self) -> bool:
        """Nothing more to make: the case's limit, or both sides have stopped."""
        self._prepared()
        limited = self.case.limit is not None and self.made >= self.case.limit
        return limited or bool(self.true.stop and self.wrong.stop)

    @property
    def left_in_epoch(self) -> int:
        """Updates to the end of the epoch."""
        return self.position.batches(self.case.settings, self.case.count) - self.position.batch + 1

    def advance(self, updates: int, pause: Callable[[], bool] = lambda: False) -> int:
        """Make so many updates on both sides and return how many were made: fewer when the lab has ended, or when
        ``pause()``, asked after each, says so. A side that diverges stays where it is, the other goes on."""
        made = 0
        while made < updates and not self.ended:
            self._apply(self._prepared())
            made += 1
            if pause():
                break
        return made

    def _apply(self, coming: Coming) -> None:
        settings, count = self.case.settings, self.case.count
        if coming.truth is not None and coming.wrong is not None:
            miss = compare(coming.truth.flat, coming.wrong.believed.flat).relative_error
            if miss > self.worst[0]:
                self.worst = (miss, self.update)
        done = (self.position.start + coming.n) / count
        seen = self.position.seen + coming.n
        at = (self.update, self.position.epoch - 1 + done, seen)
        for side, outcome, loss in (
            (self.true, coming.true, coming.true_loss),
            (self.wrong, coming.wrong, coming.wrong_loss),
        ):
            if outcome is not None and loss is not None:
                side.curve.append(at, (loss,))
                side.network, side.carried = outcome.after, outcome.carried
        self.made += 1
        self.position = self.position.after(settings, count)
        self._coming = None

    def _prepared(self) -> Coming:
        if self._coming is None:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                self._coming = self._prepare()
            truth, wrong = self._coming.truth, self._coming.wrong
            if self._seen_best is None and truth is not None and wrong is not None:
                self._seen_best = most_different(truth, wrong.believed, self._fitting(self._wanted))
        return self._coming

    def _prepare(self) -> Coming:
        x, y = self._batch()
        rules = self._rules_now()
        true = wrong = truth = true_loss = wrong_loss = None
        if not self.true.stop:
            try:
                reduced, loss = true_reduced(self.true.network, x, y, rules)
                true, true_loss = descend(self.true.network, reduced, rules), loss
            except Divergence as divergence:
                self.true.stop = self._stopped(divergence)
        if not self.wrong.stop:
            try:
                here, loss = true_reduced(self.wrong.network, x, y, rules)
                wrong = self.rule.step(self.wrong.network, x, y, rules, self.case.nominal, self.wrong.carried)
                truth, wrong_loss = here, loss
            except Divergence as divergence:
                self.wrong.stop = self._stopped(divergence)
        return Coming(len(x), rules, true, wrong, truth, true_loss, wrong_loss)

    def _stopped(self, divergence: Divergence) -> str:
        return f"stopped before update {self.update}: {divergence}"

    def _batch(self) -> tuple[Floats, Floats]:
        settings, problem = self.case.settings, self._problem
        order = epoch_order(problem.seed, self.position.epoch, problem.count, settings.order)
        rows = order[self.position.start : self.position.start + self.position.size(settings, problem.count)]
        return problem.train_x[rows], problem.train_y[rows]

    def _rules_now(self) -> UpdateRules:
        """The rules with the learning rate that the schedule gives this update."""
        rules = self.case.settings.rules
        if rules.schedule.name == "constant":
            return rules
        return replace(rules, learning_rate=rules.rate(self.update))

    # --- what is shown ---

    @property
    def weight(self) -> Weight:
        """The weight a person chose, or the nearest there is in this case's network; until one is chosen the weight
        that the two rules disagreed most on when they first did."""
        self._prepared()
        return self._fitting(self._wanted) if self._is_chosen or self._seen_best is None else self._seen_best

    def _fitting(self, wanted: Weight) -> Weight:
        return wanted.within(self.case.start.architecture)

    def select(self, layer: int = 0, unit: int = 0, source: int = 0) -> None:
        """Move to another weight, so many layers, units and inputs on; units and inputs wrap round."""
        self._wanted = self.weight.moved(self.case.start.architecture, layer, unit, source)
        self._is_chosen = True

    def figures(self) -> Figures:
        """Everything to be shown of the coming update."""
        coming, case = self._prepared(), self.case
        truth, wrong = coming.truth, coming.wrong
        both = truth is not None and wrong is not None
        return Figures(
            rule=self.rule,
            number=self.number,
            case=case,
            cases=len(self.cases),
            architecture=case.start.architecture,
            data=self._problem.data,
            rules=coming.rules,
            update=self.update,
            made=self.made,
            position=self.position,
            batches=self.position.batches(case.settings, case.count),
            n=coming.n,
            weight=self.weight,
            layers=compare_layers(truth, wrong.believed) if both else (),  # type: ignore[arg-type, union-attr]
            overall=compare(truth.flat, wrong.believed.flat) if both else None,  # type: ignore[union-attr]
            true_change=self._change(self.true, coming.true),
            wrong_change=self._change(self.wrong, wrong),
            true_here=None if truth is None else truth[self.weight],
            true_loss=coming.true_loss,
            wrong_loss=coming.wrong_loss,
            worst=self.worst,
            true_stop=self.true.stop,
            wrong_stop=self.wrong.stop,
            ended=self.ended,
        )

    def _change(self, side: Side, outcome: Outcome | None) -> Change | None:
        if outcome is None:
            return None
        vectors = side.network, outcome.believed, outcome.step, outcome.after
        return Change(*(vector[self.weight] for vector in vectors))
