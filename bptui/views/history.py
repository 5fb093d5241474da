"""The history: when the selected weight did what, which samples moved it, and the biography of every sample."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bptui.data.digits import shortest
from bptui.session.answers import Answer, Lives, Order, lost_here
from bptui.training.passing import Passing
from bptui.training.past import Life, Past
from bptui.views.numbers import num
from bptui.views.text import Row, Span, left, right, window

NOT_ALL = "samples are not all: momentum, a penalty, clipping and edits move it too"
ORDER_WORDS: dict[Order, str] = {
    "hardest": "hardest first",
    "beside": "wrong here and right there first",
    "forgotten": "most forgotten first",
    "lost": "forgotten last first",
    "latest": "learned last first",
    "row": "by row",
}
WHEN = 14  # columns of an update
WHAT = 34  # and at most of what it was, where there is room for both
COLUMNS: Row = (
    (f"   {left('row', 7)}{right('wrong', 13)}{right('first right', WHEN)}{right('forgotten', 11)}", "dim"),
    (right("the last time", WHEN), "dim"),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of the fork laid beside, up to the same update: its number, and the samples' lives there."""

    fork: int = 0
    lives: Lives = field(default_factory=dict)

    @property
    def columns(self) -> Row:
        """The heads of the samples' columns."""
        return (*COLUMNS, (right(f"fork {self.fork}", 10), "dim")) if self.fork else COLUMNS

    def told(self, life: Life) -> Row:
        """The last answer there."""
        there = self.lives.get(life.row)
        words = "·" if there is None else "right" if there.right_now else "wrong"
        return ((right(words, 10), "wrong" if lost_here(life, self.lives) else "dim"),) if self.fork else ()


ALONE = Beside()


def history_rows(
    past: Past,
    answers: Sequence[Answer],
    chosen: int,
    order: Order,
    current: int,
    passing: str | Passing | None,
    height: int,
    beside: Beside = ALONE,
    width: int = 78,
) -> list[Row]:
    """The answers with the chosen one marked, under their heads; ``current`` is the row of the sample looked at,
    ``passing`` the rate that gets past where the run had to stop, or what is known of it; ``beside`` is the fork laid
    beside this one."""
    lines: list[Row | int] = []  # an answer by its place: of a million samples those shown are spelled
    at = listed = 0
    if passing is not None:
        lines += [((f" {passing.words if isinstance(passing, Passing) else passing}", "wrong"),), ()]
    for place, answer in enumerate(answers):
        lines += head(past, answers, place, order, current, beside)
        at = len(lines) if place <= chosen else at
        if answer.life:  # and so are all others
            listed, at = len(lines), at + max(chosen - place, 0)
            lines += range(place, len(answers))
            break
        lines.append(place)
    if not past.classes:
        lines += [(), ((" A regression has no right answers: there is nothing to forget.", "dim"),)]
    shown = window(len(lines), height, at) if at >= height else range(min(height, len(lines)))
    above: list[Row] = []
    if listed and shown.start >= listed:  # what the columns are is said above them on every page
        above, shown = [beside.columns], window(len(lines), height - 1, at)
    first = float(past.values[0])

    def row(line: Row | int) -> Row:
        if not isinstance(line, int):
            return line
        life = answers[line].life
        spans = (
            *spelled(answers[line], first, min(WHAT, max(width - WHEN - 3, 1))),
            *(beside.told(life) if life else ()),
        )
        return marked(spans, line == chosen, answers[line].row == current and life is not None)

    return [*above, *(row(lines[k]) for k in shown)]


def head(past: Past, answers: Sequence[Answer], place: int, order: Order, current: int, beside: Beside) -> list[Row]:
    """What stands above the first answer of a kind; that of the sample looked at comes before all others."""
    answer = answers[place]
    before = answers[place - 1] if place else None
    if before is None:
        return [((f" {past.run.start.architecture.names.symbol(past.weight)} up to update {past.last}", "title"),)]
    if answer.pull and not before.pull:
        said = "moved by samples, −γ × what each added to the gradient, all updates together"
        more: list[Row] = [] if past.adds_up else [((f" {NOT_ALL}", "dim"),)]
        return [(), ((f" {said}", "title"),), *more]
    if answer.life and not before.life:
        first = "the current one ◂, then " if answer.row == current else ""
        title = f" samples, each time in a batch: {first}{ORDER_WORDS[order]}"
        return [(), ((title, "title"),), beside.columns]
    return []


def marked(row: Row, chosen: bool, current: bool) -> Row:
    """With a mark before it where it is chosen, and one behind the sample one looks at."""
    spans: list[Span] = [("▸ " if chosen else "  ", "selected" if chosen else "text")]
    spans += [(text, "selected" if chosen else role) for text, role in row]
    return (*spans, (" ◂", "lit")) if current else tuple(spans)


def spelled(answer: Answer, began: float, what: int) -> Row:
    """What it says, without its mark; ``began`` is what the weight was at the start; what the weight did stands in
    ``what`` columns, behind it when."""
    value, when = num(answer.value, 8), f"update {answer.update}" if answer.update else "never"
    if answer.pull:
        pull = answer.pull
        moved = f"{left(f'row {pull.row}', 9)}{right(num(pull.total, 8, plus=True), 9)}"
        return (f" {moved}", "text"), (f"  most in update {pull.update}: {num(pull.most, 8, plus=True)}", "dim")
    if answer.life:
        life = answer.life
        first = f"update {life.first_right}" if life.first_right else "never"
        last = f"update {life.last_forgotten}" if life.last_forgotten else "never"
        said = f" {left(str(life.row), 7)}{right(f'{life.wrong} of {life.seen}', 13)}{right(first, WHEN)}"
        return ((f"{said}{right(str(life.forgotten), 11)}{right(last, WHEN)}", "text" if life.right_now else "wrong"),)
    start = when if answer.update else "at the start"
    words = {
        "sign": ("changed sign last", when),
        "crossed": (f"crossed {'its start ' * (answer.value == began)}{shortest(answer.value, 5)} last", when),
        "largest": (f"was largest, {value}", start),
        "smallest": (f"was smallest, {value}", start),
        "changed": (f"changed most, by {value}", when),
    }[answer.what]
    return ((f" {left(words[0], what - 1)} {words[1]}", "text"),)
