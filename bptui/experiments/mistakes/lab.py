"""The mistakes lab: the true rule and a wrong one train side by side from the same start over the same batches."""

from collections.abc import Callable
from dataclasses import replace

from bptui.engine.network import Parameters
from bptui.engine.types import quiet
from bptui.engine.update import UpdateRules
from bptui.engine.weight import Weight
from bptui.engine.wrong_rules import Rule, Workings
from bptui.experiments.mistakes.case import Case, cases, run_case
from bptui.experiments.mistakes.distance import distance, distances_by_layer
from bptui.experiments.mistakes.figures import Change, Figures, most_different, weights_into
from bptui.experiments.mistakes.own import Own, own_of
from bptui.experiments.mistakes.step import RIGHT, Outcome
from bptui.experiments.mistakes.table import ROWS, Mistake
from bptui.experiments.mistakes.trainings import Batch, NextUpdate, Training, next_of, next_update
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.schedule import Position

LOOKED_AT = 64
"""Updates at most in which a difference is looked for."""
ROUNDING = 1e-12
"""A relative difference below is one of rounding."""


class Lab:
    """Begins before a recorded update: same network, same order of samples, same learning rate, reduction and batch
    size; plain SGD, with the run's L2. ``weight`` is the one looked at first where the rules differ on several
    alike."""

    def __init__(
        self, problem: Problem, record: UpdateRecord, weight: Weight, mistakes: tuple[Mistake, ...] = ROWS
    ) -> None:
        self.mistakes = mistakes
        self._problem = problem
        self._run = run_case(problem, record)
        self._wanted = weight
        self.is_chosen = False  # by the person: then it stays
        self.number = 0
        self.choose(0)

    # --- what is compared ---

    def choose(self, number: int) -> None:
        """The mistake in this place of the table (wrapping round), as the run, from the start; the selection goes to
        the weight on which it is seen best, unless a person has chosen one."""
        self.number = number % len(self.mistakes)
        self.cases = cases(self.mistake.when, self._run)
        self._at = 0
        self.restart()

    def choose_by_id(self, mistake: str) -> None:
        """The mistake with this id, as :meth:`choose` does. Raises ValueError for an unknown one."""
        self.choose([each.id for each in self.mistakes].index(mistake))

    def next_case(self) -> None:
        """The other case: the harmless one, or the one where the mistake shows."""
        self._at = (self._at + 1) % len(self.cases)
        self.restart()

    def restart(self) -> None:
        """Both sides back at the start of the case."""
        self._seen_best: Weight | None = None
        self.made = 0
        self.position = self.case.position.under(self.case.settings, self.case.count)
        self.true, self.wrong = Training(self.case.start), Training(self.case.start)
        self.worst = (0.0, 0)
        self._differs_from: int | None = None
        self._next: NextUpdate | None = None
        self._figures: Figures | None = None

    @property
    def mistake(self) -> Mistake:
        return self.mistakes[self.number]

    @property
    def case(self) -> Case:
        return self.cases[self._at]

    # --- training ---

    @property
    def update(self) -> int:
        """The number, in the run, of the coming update."""
        return self.case.first + self.made

    @property
    def at_limit(self) -> bool:
        """The case says no more than this."""
        return self.case.limit is not None and self.made >= self.case.limit

    @property
    def ended(self) -> bool:
        """Nothing more to make: the case's limit, or both sides have stopped."""
        self._prepared()
        return self.at_limit or bool(self.true.stop and self.wrong.stop)

    @property
    def left_in_epoch(self) -> int:
        """Updates to the end of the epoch."""
        return self.position.batches(self.case.settings, self.case.count) - self.position.batch + 1

    def advance(self, updates: int, pause: Callable[[], bool] = lambda: False) -> int:
        """Make n updates on both sides and return how many were made: fewer when the lab has ended, or when
        ``pause()``, asked after each, says so. A side that diverges stays where it is, the other goes on."""
        made = 0
        while made < updates and not self.ended:
            self._make(self._prepared())
            made += 1
            if pause():
                break
        return made

    def _make(self, coming: NextUpdate) -> None:
        settings, count = self.case.settings, self.case.count
        if coming.truth is not None and coming.wrong is not None:
            miss = distance(coming.truth.flat, coming.wrong.believed.flat).relative_error
            if miss > self.worst[0]:
                self.worst = (miss, self.update)
        done = (self.position.start + coming.n) / count
        at = (self.update, self.position.epoch - 1 + done, self.position.seen + coming.n)
        self.true.make(coming.true, coming.true_loss, at)
        self.wrong.make(coming.wrong, coming.wrong_loss, at)
        self.made += 1
        self.position = self.position.after(settings, count)
        self._next = self._figures = None

    def _prepared(self) -> NextUpdate:
        if self._next is None:
            with quiet():
                self._next = next_update(
                    self.mistake.rule, self.batch(), self._rules_at(self.update), self.case.nominal,
                    (self.true, self.wrong), self.update,
                )  # fmt: skip
            truth, wrong = self._next.truth, self._next.wrong
            if self._seen_best is None and truth is not None and wrong is not None:
                self._seen_best = most_different(truth, wrong.believed, self._fitting(self._wanted))
            if self.made == 0 and not self.case.harmless and differ(truth, wrong):
                self._differs_from = self.update
        return self._next

    def batch(self) -> Batch:
        """The samples of the coming update."""
        return self._batch_at(self.position)

    def _batch_at(self, position: Position) -> Batch:
        settings, problem = self.case.settings, self._problem
        order = problem.order(position.epoch, settings.order)
        rows = order[position.start : position.start + position.size(settings, problem.count)]
        return problem.train_x[rows], problem.train_y[rows]

    def _rules_at(self, update: int) -> UpdateRules:
        """The rules with the learning rate that the schedule gives an update."""
        rules = self.case.settings.rules
        if rules.schedule.name == "constant":
            return rules
        return replace(rules, learning_rate=rules.rate(update))

    def differs_from(self) -> int | None:
        """The number of the first update in which the wrong rule believes in something else than the truth: None
        where it does in none that was looked at, up to the end of the coming epoch and one beyond, at most LOOKED_AT.

        Until they differ both sides are the same network, so that one training finds it.
        """
        if self._differs_from is None:
            self._differs_from = self._first_difference()
        return self._differs_from or None

    def _first_difference(self) -> int:
        if self.case.harmless:
            return 0
        case, position = self.case, self.case.position.under(self.case.settings, self.case.count)
        side = Training(case.start)
        most = position.batches(case.settings, case.count) - position.batch + 2 if case.limit is None else case.limit
        with quiet():
            for update in range(case.first, case.first + min(most, LOOKED_AT)):
                made = next_of(
                    side, self.mistake.rule, self._batch_at(position), self._rules_at(update), case.nominal, update
                )
                if made is None:
                    return update
                wrong, truth, loss = made
                if differ(truth.believed, wrong):
                    return update
                side.make(wrong, loss, (update, 0.0, 0.0))
                position = position.after(case.settings, case.count)
        return 0

    # --- what is shown ---

    @property
    def weight(self) -> Weight:
        """The weight a person chose, or the nearest there is in this case's network; until one is chosen the weight
        that the two rules disagreed most on when they first did."""
        self._prepared()
        return self._fitting(self._wanted) if self.is_chosen or self._seen_best is None else self._seen_best

    def _fitting(self, wanted: Weight) -> Weight:
        return wanted.within(self.case.start.architecture)

    def select(self, layer: int = 0, unit: int = 0, source: int = 0) -> None:
        """Move to another weight, by layers, units and inputs; units and inputs wrap round."""
        self.look_at(self.weight.moved(self.case.start.architecture, layer, unit, source))

    def look_at(self, weight: Weight) -> None:
        """That one. Raises IndexError where there is none."""
        architecture = self.case.start.architecture
        weight.require(architecture.sizes, architecture.bias != "none")
        self._wanted, self.is_chosen, self._figures = weight, True, None

    def figures(self) -> Figures:
        """Everything to be shown of the coming update."""
        if self._figures is None:
            self._figures = self._figured(self._prepared(), self.case)
        return self._figures

    def _figured(self, coming: NextUpdate, case: Case) -> Figures:
        truth, wrong = coming.truth, coming.wrong
        both = truth is not None and wrong is not None
        return Figures(
            mistakes=self.mistakes,
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
            layers=distances_by_layer(truth, wrong.believed) if both else (),  # type: ignore[arg-type, union-attr]
            overall=distance(truth.flat, wrong.believed.flat) if both else None,  # type: ignore[union-attr]
            true_change=self._change(self.true, coming.true),
            wrong_change=self._change(self.wrong, wrong),
            true_here=None if truth is None else truth[self.weight],
            into_unit=self._into_unit(truth, None if wrong is None else wrong.believed),
            true_own=self._own(RIGHT, coming.true_workings, coming.true),
            wrong_own=self._own(self.mistake.rule, coming.wrong_workings, wrong),
            differs_from=self.differs_from(),
            true_loss=coming.true_loss,
            wrong_loss=coming.wrong_loss,
            worst=self.worst,
            true_stop=self.true.stop,
            wrong_stop=self.wrong.stop,
            ended=self.ended,
        )

    def _into_unit(
        self, truth: Parameters | None, believed: Parameters | None
    ) -> tuple[tuple[Weight, float, float], ...]:
        if truth is None or believed is None:
            return ()
        weights = weights_into(self.weight, truth.architecture)
        return tuple((weight, truth[weight], believed[weight]) for weight in weights)

    def _own(self, rule: Rule, workings: Workings, outcome: Outcome | None) -> Own | None:
        if outcome is None:
            return None
        with quiet():
            return own_of(rule, workings, self.weight, outcome.believed[self.weight])

    def _change(self, training: Training, outcome: Outcome | None) -> Change | None:
        if outcome is None:
            return None
        vectors = training.network, outcome.believed, outcome.step, outcome.after
        return Change(*(vector[self.weight] for vector in vectors))


def differ(truth: Parameters | None, wrong: Outcome | None) -> bool:
    """Does a rule believe in something else than the truth, or come to nothing?"""
    if truth is None or wrong is None:
        return True
    return distance(truth.flat, wrong.believed.flat).relative_error > ROUNDING
