"""A matrix product drawn with its own numbers: the second factor above the result, the first beside it."""

import re

from bptui.views.explain import prose
from bptui.views.glyphs import EDITED, PENDING
from bptui.views.layers import fitting
from bptui.views.numbers import brief, factor, num, sign_role
from bptui.views.products import Axis, Kind, Matrix, Product, by_hand, nothing_back, product
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, beside, grow, right, window

SIZE = 7  # columns of a number
LABEL = 6  # columns before a matrix
GAP = 2
LEAST_ACROSS = 20  # columns of the first matrix, for its name and its shape
HEADS = 2  # rows over a matrix: its name and shape, its columns
SUM_ROWS = 2  # of the chosen sum spelled out
LAST_TERM = re.compile(r" [+−] [^ ]+$")
FEW = 3  # lines or columns that a matrix has before another one gets more


def matrix_rows(scene: Scene, kind: Kind, width: int, height: int) -> list[Row]:
    """The second factor above the result, the first beside it: a row of the one and a column of the other cross where
    their sum of products stands. Below it that sum spelled out, and where the transpose comes from."""
    it = product(scene, kind)
    if it is None:
        told: list[Row] = [((f" {line}", "text"),) for line in prose(nothing_back(scene), width - 2)]
        return told[:height]
    changed = by_hand(it) if scene.record.originals or scene.record.edits else ""
    below = [*spelled(it, width), *(((f" {line}", "dim"),) for line in prose(changed + it.said, width - 2))]
    room = height - 2 * HEADS - len(below)
    if room < 2:
        below, room = below[:SUM_ROWS], max(height - 2 * HEADS - SUM_ROWS, 2)
    rows, inner, columns = windows(it, width, room)
    across = max(LABEL + len(inner) * (SIZE + 1), LEAST_ACROSS)
    beyond = width - across - GAP
    upper = block(it.second, inner, columns, beyond, lit_column=True)
    lower = beside(
        [
            (block(it.first, rows, inner, across, lit_row=True), across + GAP),
            (block(it.result, rows, columns, beyond, lit_row=True, lit_column=True), beyond),
        ],
        HEADS + len(rows),
    )
    corner: list[Row] = [((line, "dim"),) for line in equation(it, across)]
    stacked = beside([(corner, across + GAP), (upper, beyond)], HEADS + len(inner))
    spare = height - len(stacked) - len(lower) - len(below)
    return [*stacked, *lower, *[()] * min(max(spare, 0), 1), *below][:height]


def windows(it: Product, width: int, height: int) -> tuple[range, range, range]:
    """Which rows, inner places and columns have room, each the page of its chosen one: the inner axis takes columns of
    the first matrix and rows of the second."""
    across = max((width - 2 * LABEL - GAP) // (SIZE + 1), 2)
    rows, inner, columns = it.result.rows, it.inner, it.result.columns
    lines, wide = [min(FEW, rows.size), 0], [min(FEW, columns.size), 0]
    left_over = min(height - lines[0], across - wide[0])
    lines[1] = wide[1] = max(min(inner.size, left_over), 1)
    grow(lines, {0: rows.size}, height - sum(lines))
    grow(wide, {0: columns.size}, across - sum(wide))
    sizes = (rows, max(lines[0], 1)), (inner, lines[1]), (columns, max(wide[0], 1))
    first, second, third = (window(axis.size, size, axis.at) for axis, size in sizes)
    return first, second, third


def block(
    matrix: Matrix, rows: range, columns: range, width: int, lit_row: bool = False, lit_column: bool = False
) -> list[Row]:
    """Name and shape, the heads of the columns, and the rows; what is chosen is lit, and its head in brackets."""
    spans: list[Span] = [(right(arrows(matrix, rows, columns), LABEL), "dim")]
    for c in columns:
        chosen = lit_column and c == matrix.columns.at
        spans.append((right(called(matrix.columns, c, chosen), SIZE + 1), "lit-text" if chosen else "head"))
    out: list[Row] = [((f" {matrix.title(width - 2)}", "strong"),), tuple(spans)]
    for r in rows:
        chosen = lit_row and r == matrix.rows.at
        line: list[Span] = [(right(called(matrix.rows, r, chosen), LABEL), "lit-text" if chosen else "head")]
        line += [cell(matrix, r, c, lit_row, lit_column) for c in columns]
        out.append(tuple(line))
    return out


def called(axis: Axis, place: int, chosen: bool) -> str:
    return f"[{axis.labels[place]}]" if chosen else axis.labels[place]


def arrows(matrix: Matrix, rows: range, columns: range) -> str:
    """Which ways a matrix goes on."""
    marks = (
        ("↑", rows.start > 0),
        ("↓", rows.stop < matrix.rows.size),
        ("‹", columns.start > 0),
        ("›", columns.stop < matrix.columns.size),
    )
    return "".join(mark for mark, there in marks if there)


def cell(matrix: Matrix, r: int, c: int, lit_row: bool, lit_column: bool) -> Span:
    number = matrix.cell(r, c)
    on = [r == matrix.rows.at] * lit_row + [c == matrix.columns.at] * lit_column
    if number is None:
        return right(PENDING, SIZE + 1), "selected" if all(on) and len(on) == 2 else "pending"
    mark = EDITED if matrix.was(r, c) is not None else ""
    size = SIZE - len(mark)
    words = (num(number, size, plus=True) if matrix.signed else brief(number, size)) + mark
    if all(on):
        return right(words, SIZE + 1), "selected" if len(on) == 2 else "lit-text"
    return right(words, SIZE + 1), sign_role(number) if matrix.signed else "text"


def equation(it: Product, width: int) -> list[str]:
    """The product in symbols and in shapes, for the corner that no matrix takes."""
    rows, inner, columns = it.first.rows.letter, it.inner.letter, it.second.columns.letter
    letters = f"{rows} × {inner} · {inner} × {columns} = {rows} × {columns}"
    shapes = f"{it.first.shape} · {it.second.shape} = {it.result.shape}"
    names = f"{it.first.name} · {it.second.name}"
    lines = (names, letters, shapes, f"{inner} is summed away")
    return [f" {fitting(width - 1, line, '')}" for line in lines]


def spelled(it: Product, width: int) -> list[Row]:
    """The chosen cell as its sum of products: as many of these as have room, from the first."""
    r, c = it.result.rows.at, it.result.columns.at
    result = it.result.cell(r, c)
    total: Span = (PENDING if result is None else factor(result, 9, plus=True), "pending")
    total = total if result is None else (total[0], sign_role(result))
    head = f" row {it.first.rows.labels[r]} · column {it.second.columns.labels[c]}: "
    words, shown = head, 0
    lines: list[str] = []
    for text in (term(it, r, k, c) for k in range(it.known)):
        joined = (" − " if text.startswith("−") else " + ") if shown else ""
        text = text.removeprefix("−") if shown else text
        if len(words) + len(joined) + len(text) > width - 2:
            if len(lines) + 1 == SUM_ROWS:
                break
            lines, words = [*lines, words], "   "
        words, shown = words + joined + text, shown + 1
    while len(words) + len(tail := ending(it.known - shown)) + len(total[0]) > width - 1 and LAST_TERM.search(words):
        words, shown = LAST_TERM.sub("", words), shown - 1
    nothing = "" if it.known else PENDING
    rows: list[Row] = [((line, "text"),) for line in lines]
    return [*rows, ((words + nothing + tail, "text"), total)]


def ending(more: int) -> str:
    return f" + … {more} more = " if more else " = "


def term(it: Product, r: int, k: int, c: int) -> str:
    a, b = it.first.cell(r, k), it.second.cell(k, c)
    first = PENDING if a is None else factor(a, 8) if it.first.signed else plain(a)
    second = PENDING if b is None else factor(b, 8)
    return f"{first}×({second})" if second.startswith("−") else f"{first}×{second}"


def plain(number: float) -> str:
    """A whole input without decimals."""
    return brief(number, 8) if float(number).is_integer() else factor(number, 8)
