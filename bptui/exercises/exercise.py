"""What an exercise is, whatever it is written as: a task, what is given, what is asked, and the whole way to it."""

from dataclasses import dataclass

from bptui.engine.wrong_rules import Change
from bptui.exercises.written import fixed
from bptui.explain.quantity import OF_A_UNIT, Quantity
from bptui.scenario.scenario import Scenario
from bptui.training.record import UpdateRecord


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line; exercise ``number`` is the same whatever the others are.

    Attributes:
        kind: a family, or ``mixed``: one of each in turn.
        layers, samples: () and 0 for the family's own.
        decimals: of the answers.
    """

    kind: str
    count: int = 10
    seed: int = 1
    layers: tuple[int, ...] = ()
    samples: int = 0
    decimals: int = 4

    @property
    def command(self) -> str:
        """The command that makes the same exercises again."""
        said = [f"bptui exercise --kind {self.kind} --count {self.count} --seed {self.seed}"]
        said += [f"--layers {'-'.join(map(str, self.layers))}"] if self.layers else []
        said += [f"--samples {self.samples}"] if self.samples else []
        said += [f"--decimals {self.decimals}"] if self.decimals != 4 else []
        return " ".join(said)

    @property
    def tolerance(self) -> float:
        """How far an answer may be from the right one: two units in its last decimal."""
        return round(2 * 10.0**-self.decimals, self.decimals)


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of columns, and rows of cells."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A number that is not the right one, and the known mistakes that give it; ``said``: it is none of those; ``own``:
    what it is as it stands, another sample's number."""

    value: float
    changes: tuple[Change, ...] = ()
    said: str = ""
    own: tuple[str, ...] = ()

    def names(self, reduction: str) -> tuple[str, ...]:
        """What is nearest at hand first."""
        return self.own + ((self.said,) if self.said else tuple(change.named(reduction) for change in self.changes))

    def words(self, reduction: str) -> str:
        """``drop φ′, or: y − a, then subtracted``."""
        return ", or: ".join(self.names(reduction))


@dataclass(frozen=True, slots=True)
class Blank:
    """A number that is asked for.

    Attributes:
        name, words: in symbols, and what it is.
        symbols, numbers: the formula, and the same with its numbers.
        wrong: what mistakes give in its place, every number once.
        same: known mistakes that bear on it and give the right number here.
        quantity: which number of the record it is; None where it is none.
    """

    name: str
    words: str
    value: float
    symbols: str
    numbers: str
    wrong: tuple[Wrong, ...] = ()
    same: tuple[Change, ...] = ()
    quantity: Quantity | None = None

    def printed(self, decimals: int) -> str:
        """The answer as it stands in the key."""
        return fixed(self.value, decimals)


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose; ``said`` is what is said of it."""

    words: str
    said: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers is right."""

    name: str
    words: str
    options: tuple[Option, ...]

    @property
    def right(self) -> Option:
        """The right one."""
        return next(option for option in self.options if option.right)


@dataclass(frozen=True, eq=False)
class Exercise:
    """``at`` are the words of the moment (``e1 b1 s1 d2``) at which the explorer shows what is asked.

    Attributes:
        start: those of the moment before anything of its update is computed.
        kind, title, task: the family, and what is to be done; formulas in sentences stand between backticks.
        given: what the sheet gives, tables and sentences.
        worked: every number on the way, for the key.
    """

    wanted: Wanted
    number: int
    kind: str
    title: str
    task: str
    scenario: Scenario
    record: UpdateRecord
    at: str
    start: str
    given: tuple[Table | str, ...]
    items: tuple[Blank | Choice, ...]
    worked: tuple[Table, ...]

    @property
    def open_command(self) -> str:
        """The command that opens it in the explorer, at its start; with ``--key`` behind it, at its solution."""
        return f"{self.wanted.command} --open {self.number}"

    @property
    def look(self) -> str:
        """How the explorer is looked at there, in the words of ``--look``: what a sample adds in the panel of deltas,
        what is made of the whole batch in the ledger, a number of a unit in the network beside its formula."""
        asked = next((blank.quantity for blank in self.blanks if blank.quantity), None)
        if asked is None or asked.kind in OF_A_UNIT or asked.kind == "loss":
            return "6 1"
        return "3" if asked.kind == "contribution" else "4"

    @property
    def reduction(self) -> str:
        """Sum or mean, as is in force."""
        return self.record.settings.rules.reduction

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """The numbers asked for."""
        return tuple(item for item in self.items if isinstance(item, Blank))
