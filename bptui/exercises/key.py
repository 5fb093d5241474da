"""What a key says besides the answers, in every format: which mistake gives which number, and which gives none."""

from collections.abc import Iterator, Sequence

from bptui.engine.wrong_rules import Change
from bptui.exercises.exercise import Blank, Exercise, Table, Wrong
from bptui.exercises.written import fixed

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def title_of(every: Sequence[Exercise]) -> str:
    """Of the whole sheet."""
    return f"Exercises: {every[0].title if len({it.kind for it in every}) == 1 else 'back-propagation'}"


def notation(every: Sequence[Exercise]) -> str:
    """How numbers are named and how exactly they are asked for."""
    wanted = every[0].wanted
    return (
        "Samples count from 1, units and inputs from 0: `w₂[1→0]` is the weight from unit 1 of layer 1 to unit 0 of "
        "layer 2, `b₂[0]` the bias of that unit, `δ₂[0][#1] = ∂L/∂z` of it for sample #1. "
        f"Give {wanted.decimals} decimals; keep more on the way."
    )


def mistakes(it: Exercise) -> Iterator[Table]:
    """A row for each mistake (or several that are the same here), a column for each answer that it changes."""
    lettered = zip(LETTERS, it.items, strict=False)
    blanks = {f"{letter})": item for letter, item in lettered if isinstance(item, Blank) and item.wrong}
    if not blanks:
        return
    rows: dict[str, dict[str, str]] = {}
    for letter, blank in blanks.items():
        for wrong in blank.wrong:
            for words in wrong.names(it.reduction):
                rows.setdefault(words, {})[letter] = fixed(wrong.value, it.wanted.decimals)
    cells = ((words, *(numbers.get(letter, "") for letter in blanks)) for words, numbers in _merged(rows))
    yield Table("what mistakes give", ("mistake", *blanks), tuple(cells))


def _merged(rows: dict[str, dict[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Mistakes with the same numbers throughout in one row."""
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for words, numbers in rows.items():
        alike.setdefault(tuple(numbers.items()), []).append(words)
    for cells, names in alike.items():
        yield "; or: ".join(names), dict(cells)


def same_here(it: Exercise) -> Iterator[str]:
    """Mistakes that an answer cannot show."""
    for blank in it.blanks:
        if blank.same:
            yield f"{blank.name} does not show: {names(blank.same, it.reduction)}."


def names(changes: Sequence[Change], reduction: str) -> str:
    """Their names, one after the other."""
    return "; ".join(change.named(reduction) for change in changes)


def said_of(wrongs: Sequence[Wrong], reduction: str) -> str:
    """What is said of a wrong number, which may be any of these: another sample's number before mistakes."""
    own = dict.fromkeys(words for wrong in wrongs for words in wrong.own)
    mistaken = dict.fromkeys(words for wrong in wrongs for words in wrong.names(reduction) if words not in own)
    return f"{'This is' if own else 'A known mistake gives this:'} {', or: '.join([*own, *mistaken])}."


def near(blank: Blank, value: float, tolerance: float) -> list[Wrong]:
    """All whose number an answer near this one may be: no digit tells them apart."""
    return [wrong for wrong in blank.wrong if abs(wrong.value - value) <= 2 * tolerance]
