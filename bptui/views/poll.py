"""What a class has answered: how many are right, and which known mistake the others made, as bars; never who.

The lecturer may look before the number is told: it is ? here too.
"""

from dataclasses import dataclass

from bptui.diagnosis.miss import KNOWN
from bptui.explain import name
from bptui.session.poll import Tally
from bptui.session.prediction import Question, Told
from bptui.views.explain import prose, screen_number
from bptui.views.layers import fitting
from bptui.views.predict import told_of
from bptui.views.text import Row, cells, cut, left, right

BAR = "█"
RIGHT, WRONG, OTHER, NOTHING = "●×?·"
"""What an answer is, told by a glyph too."""
NARROW = 4  # a bar has at least so many columns
YOURS = "◂ yours"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the tally."""

    glyph: str
    role: str
    words: str
    count: int
    yours: bool = False


def answered_words(answered: int, seats: int) -> tuple[str, ...]:
    """How many have answered, in more words and in fewer."""
    have = "has" if answered == 1 else "have"
    return f"{answered} of {seats} {have} answered", f"{answered}/{seats} answered", f"{answered}/{seats}"


def poll_rows(question: Question, tally: Tally, width: int, height: int, seat: bool) -> list[Row]:
    """The number that was told, what this ``seat`` gave where it is one, and the bars."""
    told = question.prediction.told
    assert told is not None, "it was told"
    head = head_rows(question, told, tally, width, seat)
    return bars(head, lines_of(tally, told if seat else None), width, height)


def open_rows(question: Question, tally: Tally, width: int, height: int) -> list[Row]:
    """The same for a number that is still asked: it is ? here too."""
    asked = question.prediction.now
    assert asked is not None, "it is asked"
    head = [first_row(f" {name(asked, question.record.names)} = ?", tally, width), ((" not told yet", "notice"),)]
    return bars(head, lines_of(tally, None), width, height)


def bars(head: list[Row], lines: list[Line], width: int, height: int) -> list[Row]:
    """A line to each name above its bar where there is room, else beside it."""
    for make in (under, beside):
        rows = [*head, (), *make(lines, width)]
        if len(rows) <= height:
            return rows
    return within([*head, (), *beside(lines, width, wraps=False)], lines, width, height)


def first_row(words: str, tally: Tally, width: int) -> Row:
    """What was asked, and how many have answered it."""
    count = fitting(width - cells(words) - 3, *answered_words(tally.answered, tally.seats))
    return (left(words, max(width - cells(count) - 1, 0)), "strong"), (right(count, cells(count)), "text")


def head_rows(question: Question, told: Told, tally: Tally, width: int, seat: bool) -> list[Row]:
    it = told_of(question)
    first = first_row(f" {it.name} = {screen_number(it.result)}", tally, width)
    numbers = "" if it.numbers is None else f" = {it.formula(screen_number)}"
    formula = fitting(width, f" = {it.symbols}{numbers}", f" = {it.symbols}")  # a number is never cut
    rows: list[Row] = [first, ((cut(formula, width), "dim"),)]
    return [*rows, *yours_rows(told, width)] if seat else rows


def yours_rows(told: Told, width: int) -> list[Row]:
    """What this seat gave, and what that is."""
    if told.right is None:
        return [((" you gave no answer", "notice"),)]
    what = "right" if told.right else told.words or "no, and no known mistake gives it"
    role = "good" if told.right else "wrong"
    return [((f" {line}", role),) for line in prose(f"you gave {told.given}: {what}", width - 2)]


def lines_of(tally: Tally, own: Told | None) -> list[Line]:
    """What is right, known, unknown, and none; ``own`` is where one's own answer stands."""
    said = own is not None and own.right is not None
    words = own.words if own else ""
    lines = [Line(RIGHT, "good", "right", tally.right, bool(own and own.right))]
    lines += [
        Line(WRONG, "wrong", name.removeprefix(KNOWN), count, said and name == words) for name, count in tally.mistakes
    ]
    if tally.other:
        yours = said and not (own and own.right) and not words
        lines.append(Line(OTHER, "text", "another number", tally.other, yours))
    if tally.nothing:
        lines.append(Line(NOTHING, "dim", "no answer", tally.nothing, own is not None and own.right is None))
    return lines


def digits_of(lines: list[Line]) -> int:
    return max(len(str(line.count)) for line in lines)


def bar(line: Line, lines: list[Line], width: int) -> str:
    """As long as its share of the class; what there is at all has a column."""
    seats = sum(each.count for each in lines) or 1
    return BAR * -(-line.count * width // seats)


def under(lines: list[Line], width: int) -> list[Row]:
    """A name in full, its bar below it."""
    rows: list[Row] = []
    size = digits_of(lines)
    room = max(width - size - 5, NARROW)
    for line in lines:
        mark = f"  {YOURS}" if line.yours else ""
        names = prose(line.words + mark, room)
        rows.append(
            ((f" {line.glyph} ", line.role), (right(str(line.count), size), "strong"), (f" {names[0]}", "text"))
        )
        rows += [((" " * (size + 4) + name, "text"),) for name in names[1:]]
        rows.append(((" " * (size + 4) + bar(line, lines, room), line.role),))
    return rows


def beside(lines: list[Line], width: int, wraps: bool = True) -> list[Row]:
    """The bar before the name; a name that has no room goes on below, or is cut."""
    size = digits_of(lines)
    wide = max(width // 5, NARROW)
    before = size + 5 + wide
    rows: list[Row] = []
    for line in lines:
        mark = f"  {YOURS}" if line.yours else ""
        room = max(width - before - 1, 10)
        names = prose(line.words + mark, room) if wraps else [cut(line.words, max(room - cells(mark), 1)) + mark]
        drawn = left(bar(line, lines, wide), wide)
        number = right(str(line.count), size)
        rows.append(
            ((f" {line.glyph} ", line.role), (number, "strong"), (f" {drawn}", line.role), (f" {names[0]}", "text"))
        )
        rows += [((" " * before + name, "text"),) for name in names[1:]]
    return rows


def within(rows: list[Row], lines: list[Line], width: int, height: int) -> list[Row]:
    """As many lines as there is room for, and how many answers the others have."""
    if len(rows) <= height:
        return rows
    hidden = len(rows) - height + 1
    count = sum(line.count for line in lines[len(lines) - hidden :])
    words = fitting(width, f" … {hidden} lines more, of {count} seats", f" … {count} seats more")
    return [*rows[: max(height - 1, 0)], ((words, "dim"),)][:height]
