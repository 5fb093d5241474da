"""The list of questions, each with the true answer in a sentence and where it is seen."""

from bptui.session.intents import Open
from bptui.session.questions import QUESTIONS
from bptui.views.keys_named import USUAL, Keys
from bptui.views.text import Row, wrapped


def question_rows(width: int, height: int = 0, keys: Keys = USUAL) -> list[Row]:
    """The list: key, question, answer, where it is seen; answers in short where all then have room in ``height``."""
    whole, short = (rows_of(width, keys, in_short) for in_short in (False, True))
    return short if len(short) <= height < len(whole) else whole


def rows_of(width: int, keys: Keys, in_short: bool) -> list[Row]:
    rows: list[Row] = []
    for number, question in enumerate(QUESTIONS, start=1):
        answer = question.short if in_short else question.answer
        first, *rest = wrapped(question.words, width - 4)
        rows.append(((f" {keys.get(f'question-{number}', number)}  ", "key"), (first, "strong")))
        rows += [(("    " + line, "strong"),) for line in rest]
        rows += [(("    " + line, "text"),) for line in wrapped(f"{answer} → {question.shown}", width - 4)]
    return rows


def asked_by(opening: Open, keys: Keys = USUAL) -> str:
    """The keys of the question that this answers, for its title: "w 3 · "; "" where no question opens it."""
    numbers = (number for number, question in enumerate(QUESTIONS, start=1) if opening in question.intents)
    door = keys.get("questions", "w")
    return "".join(f"{door} {keys.get(f'question-{number}', number)} · " for number in list(numbers)[:1])
