"""Explain: where a number comes from, with its own numbers, and what uses it. A panel that is walked through (rows
of :func:`explanation_rows`), and panel 6, which follows the phase (:func:`explain_panel`)."""

import re
from collections import deque
from dataclasses import replace

from bptui.diagnosis.number import Number
from bptui.explain import Explanation, Quantity, Walk, explain, name, value, words
from bptui.explain.expression import Number as Alone
from bptui.explain.formula import LISTED
from bptui.explain.quantity import GIVEN, OF_A_WEIGHT
from bptui.views.narrate import narrate, produced
from bptui.views.numbers import brief, factor, num, precise, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, cells, cut, fit_rows, in_lines, right, window

INDENT = 2
MOST_FORMULA = 6  # rows of one formula
LOW = 12  # rows below which formula and list leave no room for words
LEAST_WORDS = 20  # columns without which words in a list are left out
TIE = "\u00a0"  # a space at which no line is broken
TIES = rf"{TIE}\1{TIE}"
VALUES, SIGNS, TIED = map(re.compile, (r" ([=·÷×→]) ", r" ([+−/]) |(Σ_\w) ", r" (more:|·) "))


def screen_number(number: float) -> str:
    """Numbers inside formulas."""
    return factor(number, 8)


def reached(scene: Scene, q: Quantity) -> bool:
    """Has this number been computed at the scene's moment?"""
    kind = scene.phase.kind
    if q.kind == "after":
        return kind == "update"
    if q.kind in ("loss-sum", "loss-mean"):
        return scene.phase.per_batch
    if q.kind in ("norm", "clip") or (q.kind in OF_A_WEIGHT and q.kind not in ("weight", "memory", "contribution")):
        return scene.phase.per_batch
    if q.kind in ("z", "a"):
        return scene.reached(q.sample, "forward", q.layer)
    if q.kind in ("delta", "upstream", "slope"):
        return scene.reached(q.sample, "delta", q.layer)
    if q.kind in ("loss", "contribution"):
        return scene.reached(q.sample, "loss" if q.kind == "loss" else "gradient")
    return True


def yours_there(scene: Scene, q: Quantity) -> Number | None:
    """A person's own number beside one that is known at this moment."""
    return scene.yours_of(q) if reached(scene, q) else None


def explained(scene: Scene, q: Quantity, users_listed: int = LISTED) -> Explanation:
    """Where a number comes from; of an input that was scaled, what the file has."""
    it = explain(scene.record, q, users_listed)
    if q.kind != "input" or scene.data.scaling is None:
        return it
    return replace(it, note=f"{it.note}, {brief(scene.inputs[q.sample, q.unit], 9)} there, scaled")


def explanation_rows(scene: Scene, walk: Walk, width: int, height: int) -> list[Row]:
    """The panel: breadcrumb, words, formula in symbols and in numbers, result, the list, what uses it, checks."""
    it = explained(scene, walk.here)
    what: list[Row] = [((f" {line}", "dim"),) for line in prose(it.words, width - 1)]
    if height < LOW:
        what, it = [], replace(it, note="")  # the list one walks in must stay in sight
    top = [
        breadcrumb(scene, walk, width),
        *what,
        *([()] if what else []),
        *formula_rows(it, width, yours_there(scene, walk.here)),
    ]
    if not reached(scene, walk.here):
        top.append(((" not computed yet at this moment: a look ahead", "wrong"),))
    bottom = check_rows(walk, width)
    if not walk.up:
        bottom = [users_row(scene, it, width), *bottom]
    room = max(height - len(top) - len(bottom), 2)
    listed = list_rows(scene, it, walk, width, room)
    return [*top, *fit_rows(listed, width, room), *bottom][:height]


def breadcrumb(scene: Scene, walk: Walk, width: int) -> Row:
    """The trail, its beginning left out where it is too long."""
    names = [name(q, scene.record.names) for q in walk.trail]
    while len(names) > 1 and cells(" ▸ ".join(names)) + 4 > width:
        names = ["…", *names[2 if names[0] == "…" else 1 :]]
    *before, last = names
    return ((" " + "".join(f"{each} ▸ " for each in before), "dim"), (cut(last, max(width - 2, 1)), "selected"))


def formula_rows(it: Explanation, width: int, yours: Number | None = None) -> list[Row]:
    """``name = symbols``, ``= numbers``, ``= result``, a person's own number beside it, and the remark."""
    rows: list[Row] = []
    result = precise(it.result)
    if it.numbers is None:
        rows.append(((f" {it.name} = ", "text"), (result, sign_role(it.result))))
    else:
        rows += wrapped(f"{it.name} = ", it.symbols, width, "strong")
        if not isinstance(it.numbers, Alone):  # one number alone is the result
            rows += wrapped("= ", it.formula(screen_number), width, "text")
        rows.append((("   = ", "text"), (result, sign_role(it.result))))
    rows += [yours_spans(yours, it.result)] if yours else []
    if it.note:
        rows += [((f" {line}", "dim"),) for line in prose(it.note, width - 1)]
    return rows


def yours_spans(yours: Number, true: float) -> Row:
    """A person's own number, and how many times as large as the true one it is where it differs."""
    times = f", {num(yours.value / true, 6)} times" if not yours.right and true and yours.value else ""
    return (("   yours ", "dim"), (f"{precise(yours.value)}{times}", "good" if yours.right else "wrong"))


def wrapped(lead: str, formula: str, width: int, role: str) -> list[Row]:
    """A formula in rows, broken before its signs, continued under its own beginning; cut where it is far too long."""
    indent = INDENT + 1 if lead == "= " else 1
    whole = lead + formula
    lines = broken(TIED.sub(TIES, SIGNS.sub(tie, whole)), width - 1, indent)
    if any(cells(line) >= width for line in lines):
        lines = broken(whole, width - 1, indent)
    if len(lines) > MOST_FORMULA:
        lines = [*lines[: MOST_FORMULA - 1], " " * (indent + INDENT) + "…"]
    return [((line.replace(TIE, " "), role),) for line in lines]


def tie(sign: re.Match[str]) -> str:
    """A sign stays with what follows it."""
    return f" {sign[1]}{TIE}" if sign[1] else f"{sign[2]}{TIE}"


def prose(sentence: str, width: int) -> list[str]:
    """A sentence in rows; values stay with their names."""
    lines = in_lines(VALUES.sub(TIES, sentence), max(width, 10))
    return [line.replace(TIE, " ") for line in lines]


def broken(formula: str, width: int, indent: int) -> list[str]:
    return in_lines(formula, max(width, 10), " " * indent, " " * (indent + INDENT), cut_words=False)


def list_rows(scene: Scene, it: Explanation, walk: Walk, width: int, height: int) -> list[Row]:
    """A heading and the quantities that can be entered, around the cursor."""
    choices = walk.choices(it)
    if not choices:
        return [(), ((" no terms: the walk ends here", "dim"),)]
    heading = f" used by ({len(choices)}), choose:" if walk.up else f" made of ({len(choices)}):"
    shown = window(len(choices), max(height - 1, 1), min(walk.cursor, len(choices) - 1))
    left = min(max(cells(name(choices[k], scene.record.names)) for k in shown), max(width - 14, 1))
    rows = (choice_row(scene, choices[k], k == walk.cursor, left, width) for k in shown)
    return [((heading, "head"),), *rows]


def choice_row(scene: Scene, q: Quantity, chosen: bool, left: int, width: int) -> Row:
    """``left`` is the room for the symbol."""
    names = scene.record.names
    symbol = name(q, names)
    known = reached(scene, q)
    number = num(value(scene.record, q), 9) if known else "·"
    padded = cut(symbol, left) + " " * max(left - cells(symbol), 0)
    role = "selected" if chosen else "text" if known else "pending"
    told = words(q, names) if known else f"to come: {words(q, names)}"
    yours = yours_there(scene, q)
    own = yours_spans(yours, value(scene.record, q)) if yours else ()
    room = max(width - left - 15 - sum(cells(text) for text, _ in own), 0)
    return (
        (" ▸ " if chosen else "   ", role),
        (padded, role),
        (" " + right(number, 9), sign_role(value(scene.record, q)) if known else "pending"),
        *own,
        ("  " + cut(told, room) if room >= LEAST_WORDS else "", "dim"),
    )


def users_row(scene: Scene, it: Explanation, width: int) -> Row:
    """What uses the number, as many as fit."""
    if not it.used_by:
        return ((" used by: nothing further in this update", "dim"),)
    count = len(it.used_by)
    shown = [name(q, scene.record.names) for q in it.used_by[: max(width // 4, 1)]]
    while len(shown) > 1 and cells(users_words(shown, count)) > width:
        shown = shown[:-1]
    return ((users_words(shown, count), "dim"),)


def users_words(shown: list[str], count: int) -> str:
    total = f"{count} or more" if count >= LISTED else f"{count} in all"
    more = f" … {total}" if count > len(shown) else ""
    return f" used by: {', '.join(shown)}{more}"


def check_rows(walk: Walk, width: int) -> list[Row]:
    """What finite differences say, and the difference between the two."""
    rows: list[Row] = []
    for found in walk.checks:
        if isinstance(found, str):
            rows += [((f" {line}", "dim"),) for line in prose(f"check: {found}", width - 1)]
            continue
        worst = f", array by array; farthest apart at {found.worst}" if found.worst else ""
        rows.append(((f" check {found.what}{worst}", "head"),))
        spans = [
            ("  back-propagation ", "dim"),
            (precise(found.backprop), "text"),
            (" · central differences ", "dim"),
            (precise(found.differences), "text"),
        ]
        miss = ("differ by ", num(found.miss, 8))
        if found.relative is not None:
            miss = ("relative distance ", num(found.relative, 8))
        tail = (("  " + miss[0] + miss[1], "good" if found.agrees else "wrong"),)
        line: Row = (*spans, *tail)
        rows += [line] if sum(cells(text) for text, _ in line) <= width else [tuple(spans), tail]
        rows += [((f"  {line}", "dim"),) for line in prose(found.note, width - 2)] if found.note else []
    return rows


def explain_panel(scene: Scene, width: int, height: int) -> list[Row]:
    """Panel 6: what just happened, in a sentence; then the numbers it made for the selected unit or weight; where rows
    are left, how the numbers came about that they are made of."""
    if scene.question and scene.question.prediction.now:
        from bptui.views.predict import question_rows  # noqa: PLC0415  only while numbers are asked

        return question_rows(scene.question, width, height)
    sentence = prose(narrate(scene), width - 2)
    rows: list[Row] = [((f" {line}", "strong"),) for line in sentence]
    made = produced(scene.moment, scene.phase)
    blocks = [formula_rows(explained(scene, q, 0), width, yours_there(scene, q)) for q in made]
    while len(blocks) > 1 and len(rows) + sum(len(block) + 1 for block in blocks) > height:
        blocks = blocks[1:]  # the last says most
    for block in blocks:
        rows += [(), *block]
    return [*rows, *made_of(scene, made, width, height - len(rows))][:height]


def made_of(scene: Scene, made: tuple[Quantity, ...], width: int, height: int) -> list[Row]:
    """Below a heading the formulas of what these numbers are made of, and of what that is made of in turn, each whole;
    as many as have room."""
    rows: list[Row] = [(), ((" made of", "head"),)]
    if height <= len(rows):
        return []
    told, to_come = {*made}, deque(made)
    while to_come:
        for q in explained(scene, to_come.popleft(), 0).terms:
            if q in told or q.kind in GIVEN:
                continue
            block = formula_rows(explained(scene, q, 0), width, yours_there(scene, q))
            if len(rows) + len(block) > height:
                return rows if len(rows) > 2 else []
            told.add(q)
            to_come.append(q)
            rows += block
    return rows if len(rows) > 2 else []
