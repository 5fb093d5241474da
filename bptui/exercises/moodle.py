"""Questions for Moodle: its XML, each exercise one Cloze question with its numbers typed into the text.

The format is the one of Moodle's documentation ("Moodle XML format", "Embedded Answers (Cloze) question type") and of
its reader, question/type/multianswer/questiontype.php: a blank is ``{1:NUMERICAL:=right:tolerance#said~%0%wrong:…}``.
"""

from collections.abc import Iterator, Sequence
from html import escape

from bptui.exercises.exercise import Blank, Choice, Exercise, Table
from bptui.exercises.key import LETTERS, near, notation, said_of, title_of
from bptui.exercises.written import fixed, plain

SAID_RIGHT = "Right."
NOT_IN_TEXT = str.maketrans({sign: f"\\{sign}" for sign in "}#~"})
"""What would end a blank, or a part of it."""


def quiz(every: Sequence[Exercise]) -> str:
    """The whole file."""
    return "\n".join(_quiz(every)) + "\n"


def _quiz(every: Sequence[Exercise]) -> Iterator[str]:
    wanted = every[0].wanted
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<quiz>"
    yield '<question type="category"><category>'
    yield f"<text>$course$/top/bptui/{escape(title_of(every))}, seed {wanted.seed}</text>"
    yield "</category></question>"
    for it in every:
        yield '<question type="cloze">'
        yield f"<name><text>{it.number:02d} {escape(it.title)}</text></name>"
        yield f'<questiontext format="html"><text>{cdata(_text(it))}</text></questiontext>'
        yield f'<generalfeedback format="html"><text>{cdata(_solution(it))}</text></generalfeedback>'
        yield "<penalty>0.3333333</penalty><hidden>0</hidden>"
        yield "</question>"
    yield "</quiz>"


def cdata(html: Iterator[str]) -> str:
    """Text that XML takes as it is. Escaped HTML has no ``>`` of its own that could end it."""
    return f"<![CDATA[{''.join(html)}]]>"


def _text(it: Exercise) -> Iterator[str]:
    yield f"<p>{sentence(it.task)}</p>"
    for part in it.given:
        yield from table(part) if isinstance(part, Table) else [f"<p>{sentence(part)}</p>"]
    for letter, item in zip(LETTERS, it.items, strict=False):
        words = escape(item.words, quote=False)
        if isinstance(item, Blank):
            yield f"<p>{letter}) {escape(item.name, quote=False)} = {numerical(item, it)} ({words})</p>"
        else:
            yield f"<p>{letter}) {words[0].upper()}{words[1:]}: {multiple(item)}</p>"
    yield f"<p><small>{sentence(notation([it]))}</small></p>"


def _solution(it: Exercise) -> Iterator[str]:
    for letter, item in zip(LETTERS, it.items, strict=False):
        answer = (
            f"{item.name} = {item.symbols} = {item.numbers} = {item.printed(it.wanted.decimals)}"
            if isinstance(item, Blank)
            else item.right.words
        )
        yield f"<p>{letter}) {escape(answer, quote=False)}</p>"
    yield f"<p>Step by step: <code>{escape(it.open_command, quote=False)}</code></p>"


def sentence(text: str) -> str:
    """In HTML, formulas in italics."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<i>{part}</i>" if k % 2 else part for k, part in enumerate(parts))


def table(it: Table) -> Iterator[str]:
    """In HTML."""
    yield f"<p><b>{escape(it.title[0].upper() + it.title[1:], quote=False)}</b></p>"
    yield '<table border="1" cellpadding="4">'
    for tag, rows in (("th", (it.head,)), ("td", it.rows)):
        for row in rows:
            yield f"<tr>{''.join(f'<{tag}>{escape(cell, quote=False)}</{tag}>' for cell in row)}</tr>"
    yield "</table>"


def numerical(blank: Blank, it: Exercise) -> str:
    """A blank for a number: the right one, then every wrong one with the mistakes that give it."""
    decimals, tolerance = it.wanted.decimals, it.wanted.tolerance
    parts = [_alternative("=", blank.value, decimals, tolerance, SAID_RIGHT)]
    for wrong in blank.wrong:
        said = said_of(near(blank, wrong.value, tolerance), it.reduction)
        parts.append(_alternative("%0%", wrong.value, decimals, tolerance, said))
    return f"{{1:NUMERICAL:{'~'.join(parts)}}}"


def _alternative(mark: str, value: float, decimals: int, tolerance: float, words: str) -> str:
    number, room = plain(fixed(value, decimals)), f"{tolerance:.{decimals}f}"
    return f"{mark}{number}:{room}#{feedback(words)}"


def feedback(words: str) -> str:
    """Words that stand inside a blank."""
    return escape(words, quote=False).translate(NOT_IN_TEXT)


def multiple(choice: Choice) -> str:
    """A list to choose from."""
    parts = (
        f"{'=' if option.right else '%0%'}{feedback(option.words)}#{feedback(option.said)}" for option in choice.options
    )
    return f"{{1:MULTICHOICE:{'~'.join(parts)}}}"
