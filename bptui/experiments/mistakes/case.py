"""A set-up of the lab: the run as it stands, or one made from it in which a mistake does no harm or is seen."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bptui.engine.network import Network
from bptui.engine.optimizers import OptimizerSettings
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.schedule import Position
from bptui.training.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Where both rules start. ``words`` say what was changed, or why the rule does no harm here; ``first`` is the
    number of the first update; ``limit`` the number of updates for which it stays harmless (None: for ever);
    ``left_out`` names what the run does besides plain SGD with its L2: here neither side does."""

    title: str
    words: str
    harmless: bool
    start: Network
    settings: Settings
    position: Position
    first: int
    seed: int
    count: int
    limit: int | None = None
    left_out: tuple[str, ...] = ()

    @property
    def nominal(self) -> int:
        """The batch size asked for."""
        return self.settings.batch_size or self.count

    @property
    def size(self) -> int:
        """The batch size of a whole batch."""
        return min(self.nominal, self.count)

    @property
    def sizes(self) -> set[int]:
        """Sizes of all batches that occur, in what is left of the first epoch and in the epochs after it."""
        sizes = set()
        for start in (self.position.start, 0):
            whole, rest = divmod(self.count - start, self.nominal)
            sizes |= {self.nominal} if whole else set()
            sizes |= {rest} if rest and self.settings.last_batch == "keep" else set()
        return sizes


def run_case(problem: Problem, record: UpdateRecord) -> Case:
    """The network, the batch and the settings of a recorded update, with plain SGD; L2 stays, as there are mistakes of
    it."""
    return Case(
        title="as the run",
        words="",
        harmless=False,
        start=record.before,
        settings=plain_sgd(record.settings),
        position=record.position._replace(repeat=1),
        first=record.number,
        seed=problem.seed,
        count=problem.count,
        left_out=(*besides_sgd(record.settings), *(("your own sample",) if record.guests else ())),
    )


def besides_sgd(settings: Settings) -> tuple[str, ...]:
    """What these settings do that plain SGD with L2 does not, each in a word."""
    rules = settings.rules
    said = {
        rules.optimizer.name: rules.optimizer.name != "sgd",
        "L1": rules.l1 > 0,
        "clipping": rules.clip_norm > 0,
        "repeats": settings.repeats > 1,
    }
    return tuple(words for words, does in said.items() if does)


def plain_sgd(settings: Settings) -> Settings:
    rules = replace(settings.rules, optimizer=OptimizerSettings("sgd"), l1=0.0, clip_norm=0.0)
    return replace(settings, rules=rules, repeats=1, repeat_until=0.0)


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a mistake does no harm. ``why_harmless`` says why it does none in a case ("" where it does some);
    ``harmless`` changes a case so that it does none, ``showing`` so that it is seen (None where nothing helps)."""

    why_harmless: Callable[[Case], str]
    harmless: Callable[[Case], Case | None]
    showing: Callable[[Case], Case | None]


def cases(when: Conditions, run: Case) -> tuple[Case, ...]:
    """The run's own case first; then the one that differs from it in doing harm or not, where there is one."""
    reason = when.why_harmless(run)
    if not reason:
        other = when.harmless(run)
        return (run,) if other is None else (run, replace(other, title="harmless", harmless=True))
    other = when.showing(run)
    own = replace(run, words=f"harmless here: {reason}", harmless=True)
    return (own,) if other is None else (own, replace(other, title="where it shows"))
