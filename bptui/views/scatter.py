"""The noise screen: how far the samples' gradients differ, which samples stand out, and what larger batches gain."""

from math import isinf, isnan

import numpy as np

from bptui.engine.types import Integers
from bptui.experiments.root_law import Law
from bptui.experiments.scatter import ScatterNow
from bptui.views.batch import LONGEST_NAME, prediction, short_input, target
from bptui.views.charts import Chart, Series, Style, sign_of
from bptui.views.deltas import product_sign
from bptui.views.glyphs import BRAILLE_DOTS
from bptui.views.numbers import factor, num, share, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, beside, cells, cut, first_fitting, left, right, row_cells, window, wrapped

STRIP_FROM = 16  # rows of a box that has room for the strip of dots
TALL, MANY = 28, 24  # and for a higher one, where there are many samples
LAW_WIDTH, LAW_WIDE = 32, 40
SIDE_BY_SIDE = 64
CHART_LEAST = 7  # rows, its legend included
FEWEST_LAWS = 3  # points of a curve
LAW_NOTES = 4  # rows of the law that are no batch size
LAW_ROWS = 6  # fewest that the law is shown in where it stands below the samples
HEADS = {"batch": "#", "loss": "loss", "norm": "|∇L|", "cosine": "cos", "wrong": "answer"}


def scatter_rows(scene: Scene, now: ScatterNow, chosen: int, width: int, height: int) -> list[Row]:
    """The weight, the strip, its statistics, the noise scale; below, the samples and the law side by side. The rows of
    the law's curves stay free."""
    top = above(scene, now, chosen, width, height)
    room = max(height - chart_height(scene, now, width, height) - len(top), 1)
    if width >= SIDE_BY_SIDE:
        law_width = LAW_WIDE if width >= 100 else LAW_WIDTH
        blocks = [(samples(scene, now, chosen, width - law_width, room), width - law_width)]
        return [*top, *beside([*blocks, (law(now, law_width, room), law_width)], room)]
    below = max(room - len(now.rows) - 2, room // 2 if room >= 2 * LAW_ROWS else 0)
    rows = samples(scene, now, chosen, width, room - below if below >= LAW_ROWS else room)
    return [*top, *rows, *(law(now, width, below) if below >= LAW_ROWS else [])]


def above(scene: Scene, now: ScatterNow, chosen: int, width: int, height: int) -> list[Row]:
    """What stands over the samples."""
    rows: list[Row] = [heading(scene, now, width)]
    if height >= STRIP_FROM:
        rows += strip(now, chosen, width - 2, 4 if height >= TALL and scene.record.n >= MANY else 2)
    rows += statistics(now, width)
    if height >= STRIP_FROM:
        rows += [((f" {part}", "text"),) for part in wrapped(scale(now, width), width - 2)]
    return rows


def chart_height(scene: Scene, now: ScatterNow, width: int, height: int) -> int:
    """Rows that samples and law leave for the law's curves; 0 where they are few."""
    if len(now.laws) < FEWEST_LAWS or width < SIDE_BY_SIDE:
        return 0
    needed = max(len(now.rows) + 1, len(now.laws) + LAW_NOTES)
    left_over = height - len(above(scene, now, 0, width, height)) - needed
    return left_over if left_over >= CHART_LEAST else 0


def heading(scene: Scene, now: ScatterNow, width: int) -> Row:
    n = scene.record.n
    what = f"{product_sign(scene)} of {n} sample{'s' if n > 1 else ''}, update {scene.record.number}"
    title: Row = (
        (f" {scene.weight_name} ", "strong"),
        (what if width >= 50 else f"update {scene.record.number}", "text"),
    )
    mark: Row = (("  ! |∇L| above mean + 2 deviations", "dim"),) if now.outliers else ()
    return first_fitting(((*title, *mark), title), width)


# --- the strip of dots ---


def strip(now: ScatterNow, chosen: int, width: int, height: int) -> list[Row]:
    """A dot for each sample above an axis that holds 0 and all of them; below it the mean ± deviation and error."""
    spread = now.spread
    low, high = spread.ends
    if not (np.isfinite(low) and np.isfinite(high)):
        return [((" these numbers are too large to draw", "dim"),)]
    if high <= low:
        return [((" the gradient of this weight is 0 for every sample: no dots, no noise", "dim"),)]
    dots = spread.counts(2 * width)
    each = -(-int(dots.max()) // (4 * height))
    at, zero = spread.place(float(spread.values[chosen]), width), spread.place(0.0, width)
    tag = f"#{chosen + 1}"
    pointer = " " * at + "↓" + tag if at < width // 2 else right(tag + "↓", at + 1)
    many = f"   a dot is {each} samples" if each > 1 and at < width // 2 else ""
    rows: list[Row] = [((" " + pointer, "selected"), (many, "dim"))]
    for line in range(height):
        spans: list[Span] = [(" ", "text")]
        for column in range(width):
            text = dot_cell(-(-dots[2 * column : 2 * column + 2] // each), height - 1 - line)
            role = "selected" if column == at else "negative" if column < zero else "positive"
            spans.append((text, role))
        rows.append(tuple(spans))
    rows.append((((" " + axis(now, width)), "dim"),))
    return [*rows, band(now, width)]


def axis(now: ScatterNow, width: int) -> str:
    """┼ at 0, and the numbers at both ends; one that is not 0 stands behind the 0 where it has no room before it."""
    zero, (low, high) = now.spread.place(0.0, width), now.spread.ends
    line = ["─"] * width
    line[zero] = "┼"
    first, last = ("" if end == 0 else num(end, 8) for end in (low, high))
    if len(first) < zero:
        line[: len(first)] = first
        first = ""
    if last and len(last) < width - 1 - zero:
        line[width - len(last) :] = last
        last = ""
    beside_zero = " ".join(part for part in ("0", first and f"from {first}", last and f"to {last}") if part)
    start = zero + 1 if zero + 1 + len(beside_zero) <= width else zero - len(beside_zero)
    if all(char == "─" for char in line[start : start + len(beside_zero)]):
        line[start : start + len(beside_zero)] = beside_zero
    return "".join(line)


def dot_cell(stacks: Integers, line: int) -> str:
    """Two stacks of dots as one character of line ``line``, counted from the bottom."""
    code = 0x2800
    for side, stack in enumerate(stacks.tolist()):
        for level in range(min(max(stack - 4 * line, 0), 4)):
            code |= BRAILLE_DOTS[3 - level][side]
    return chr(code) if code > 0x2800 else " "


def band(now: ScatterNow, width: int) -> Row:
    """◆ at the mean, ├ ┤ at one deviation, [ ] at one standard error."""
    spread, line = now.spread, [" "] * width

    def place(away: float) -> int:
        return spread.place(spread.mean + away, width)

    first, last = place(-spread.deviation), place(spread.deviation)
    line[first : last + 1] = "─" * (last + 1 - first)
    line[first], line[last] = "├", "┤"
    if not isnan(spread.standard_error):
        line[place(-spread.standard_error)], line[place(spread.standard_error)] = "[", "]"
    line[place(0.0)] = "◆"
    return ((" " + "".join(line), "lit-text"),)


def statistics(now: ScatterNow, width: int) -> list[Row]:
    """Sum, mean, deviation and standard error of this batch, each by its name."""
    spread, n = now.spread, len(now.norms)
    first: list[Span] = [
        (" this batch: SUM " if width >= SIDE_BY_SIDE else " SUM ", "dim"),
        (factor(spread.total, 8, plus=True), sign_role(spread.total)),
        (f" · MEAN ÷{n} ", "dim"),
        (factor(spread.mean, 8, plus=True), sign_role(spread.mean)),
        (" ◆", "lit-text"),
    ]
    choices = deviations(now, "its deviation" if width >= SIDE_BY_SIDE else "deviation")
    second = next((spans for spans in choices if row_cells(spans) <= width), choices[-1])
    both = [*first, (" ·", "dim"), *second]
    return [tuple(both)] if row_cells(both) <= width else [tuple(first), tuple(second)]


def deviations(now: ScatterNow, name: str) -> list[list[Span]]:
    """The deviation of the batch's samples, and the standard error of their mean with the sample deviation it comes
    from: in ever fewer words."""
    spread, n = now.spread, len(now.norms)
    own: list[Span] = [(f" {name} ", "dim"), (factor(spread.deviation, 8), "strong"), (" ├┤", "lit-text")]
    if n == 1:
        return [[*own, (" · standard error unknown from one sample", "dim")], [*own, (" · [ ] unknown", "dim")]]
    error: list[Span] = [(factor(spread.standard_error, 8), "strong"), (" [ ]", "lit-text")]
    sample: list[Span] = [(f" · sample deviation s (÷{n - 1}) ", "dim"), (factor(spread.sample_deviation, 8), "strong")]
    return [
        [*own, *sample, (f" · standard error s/√{n} = ", "dim"), *error],
        [*own, (f" · standard error s/√{n} = ", "dim"), *error, (f", s by ÷{n - 1}", "dim")],
        [*own, (f" · s/√{n} ", "dim"), *error],
        own,
    ]


def by_this_batch(now: ScatterNow) -> str:
    """What the batch alone says of the noise scale."""
    if isnan(now.batch_noise_scale):
        return "one sample alone cannot tell it"
    if isinf(now.batch_noise_scale):
        return "this batch is too small to tell it"
    return f"estimated from this batch {num(now.batch_noise_scale, 5)}"


def scale(now: ScatterNow, width: int) -> str:
    """The simple noise scale (McCandlish et al. 2018), and what it means."""
    if now.population == 1:
        return "one sample has no noise: every batch is that sample. bptui xor has four."
    batch = by_this_batch(now)
    if not now.laws:
        return f"noise scale tr(Σ)/|G|²: {batch}; measuring {now.measured} of {now.count} training samples …"
    of = f"all {now.count}" if now.count == now.population else str(now.count)
    meaning = "" if width < 100 else " there the noise of a batch's mean is as long as the gradient;"
    return (
        f"noise scale tr(Σ)/|G|² = {num(now.noise_scale, 5)} samples (of {of}; {batch}):{meaning} "
        f"batches far smaller are mostly noise, far larger ones gain little."
    )


# --- the samples ---


def samples(scene: Scene, now: ScatterNow, chosen: int, width: int, height: int) -> list[Row]:
    """A header and the batch's samples in the order asked for, around the chosen one."""
    if not now.rows:
        return [((" every answer of this batch is right", "good"),)]
    at = now.rows.index(chosen) if chosen in now.rows else 0
    shown = window(len(now.rows), max(height - 1, 1), at)
    columns = Columns(scene, width)
    return [columns.head(now), *(columns.row(scene, now, now.rows[k], chosen) for k in shown)]


class Columns:
    """Widths of the columns that fit, the others 0: the row number, the answer, the input, and bars of the norms."""

    def __init__(self, scene: Scene, width: int) -> None:
        data = scene.data
        room = width - (2 + 4 + 9 + 8 + 8)  # marker, #, norm, cosine, loss
        name = min(max((cells(word) for word in data.classes), default=6), 8)
        self.target = max(name, 6) + 1
        many = len(data.classes) > 2
        self.answer = (min(max(name, 2), 6) + 6 if many else 8) if room >= self.target + 8 else 0
        self.target = self.target if self.answer and room >= self.target + self.answer else 0
        room -= self.answer + self.target
        self.index = max(len(str(len(data) - 1)), 3) + 1
        self.index = self.index if room >= self.index else 0
        room -= self.index
        self.input = 12 if room >= 13 else 0
        room -= self.input
        self.bar = min(room - 1, 20) if room >= 8 else 0
        self._spread_out(scene, room - self.bar - 1)

    def _spread_out(self, scene: Scene, spare: int) -> None:
        """What is left goes to names that would be cut, then to inputs."""
        if spare <= 0 or not self.input:
            return
        longest = min(max((cells(word) for word in scene.data.classes), default=0), LONGEST_NAME)
        if len(scene.data.classes) > 2:
            more = min(max(longest + 1 - self.target, 0), spare)
            self.target, spare = self.target + more, spare - more
            more = min(max(longest + 6 - self.answer, 0), spare)
            self.answer, spare = self.answer + more, spare - more
        if not scene.data.image:
            self.input += min(max(8 * scene.data.x.shape[1] + 1 - self.input, 0), spare)

    def head(self, now: ScatterNow) -> Row:
        def name(key: str) -> str:
            words = HEADS[key]
            return words + ("↑" if key == "cosine" else "↓") if key == now.key and key != "batch" else words

        spans: list[Span] = [(f"  {name('batch'):>4}", "head"), (right("row", self.index), "head")]
        spans.append((f"{name('norm'):>9}" + left("", self.bar + (self.bar > 0)), "head"))
        spans.append((f"{name('cosine'):>8}{name('loss'):>8}", "head"))
        spans.append((right("target", self.target) + right(name("wrong"), self.answer), "head"))
        spans.append((left(" input" if self.input else "", self.input), "head"))
        return tuple(spans)

    def row(self, scene: Scene, now: ScatterNow, m: int, chosen: int) -> Row:
        record = scene.record
        role = "selected" if m == chosen else "text"
        norm, cosine = float(now.norms[m]), float(now.cosines[m])
        long = m in now.outliers
        spans: list[Span] = [("▶ " if m == chosen else "  ", role), (f"{m + 1:>4}", role)]
        if self.index:
            spans.append((right(scene.row_of(m), self.index), role))
        spans.append((right(("!" if long else "") + num(norm, 7), 9), "wrong" if long else role))
        if self.bar:
            spans.append((" " + left(self._bar(norm, float(now.norms.max())), self.bar), "wrong" if long else "dim"))
        spans.append((right(num(cosine, 7, plus=True), 8), sign_role(cosine)))
        spans.append((right(num(record.passed.loss[m], 7), 8), role))
        if self.answer:
            said, is_right = prediction(scene, m, self.answer - 1)
            if self.target:
                spans.append((right(" " + cut(target(scene, m), self.target - 1), self.target), role))
            spans.append((right(said, self.answer), role if is_right else "wrong"))
        if self.input:
            spans.append((" " + left(short_input(scene, m, self.input - 1), self.input - 1), "dim"))
        return tuple(spans)

    def _bar(self, norm: float, largest: float) -> str:
        return "█" * round(norm / largest * self.bar) if 0 < largest < float("inf") else ""


# --- the law ---


def law(now: ScatterNow, width: int, height: int) -> list[Row]:
    """Measured against expected deviation of the batch mean, a row per batch size."""
    if not now.laws:
        done = share(now.measured / now.count)
        return [(("  measuring batches …", "dim"),), ((f"  {done} of the training set", "dim"),)]
    wide = width >= LAW_WIDE
    of = f"all {now.count}" if now.count == now.population else str(now.count)
    of = f"{of} samples" if now.count > 1 else "the one sample"
    what = f"{'deviation of means' if wide else 'batch means'}, {of}"
    head = f"  {'batch':>5} {'measured':>8} {'dev/√n':>7} {'× f':>7}"
    rows: list[Row] = [((head + (f"{'ratio':>7}" if wide else ""), "head"),)]
    rows += [law_row(now, line, wide) for line in now.laws]
    if len(rows) < height:
        rows.insert(0, ((f"  {what}", "text"),))
    population = f"{now.count} of {now.population}" if now.count < now.population else str(now.count)
    notes = [f"f = √((N−n)/(N−1)), N = {population}:", "drawn without replacement"] if now.population > 1 else []
    return [*rows, *(((f"  {note}", "dim"),) for note in notes)][:height]


def law_row(now: ScatterNow, line: Law, wide: bool) -> Row:
    own = line.size == len(now.norms)
    role = "selected" if own else "text"
    spans: list[Span] = [
        ("▸" if own else " ", role),
        (f" {line.size:>5}", role),
        (right(num(line.measured, 8), 9), "strong"),
        (right(num(line.root_law, 7), 8), "dim"),
        (right(num(line.expected, 7), 8), role),
    ]
    if wide:
        spans.append((right("" if np.isnan(line.ratio) else num(line.ratio, 6), 7), role))
    return tuple(spans)


LAW_CURVES: tuple[tuple[str, str, str, Style], ...] = (
    ("dev/√n", "root_law", "series-0", "line"),
    ("dev/√n × f", "expected", "series-4", "line"),
    ("measured", "measured", "series-5", "dashes"),
)
"""Name, figure of the law, role and style of each curve."""


def law_legend(colour: bool) -> Row:
    """What the curves are, and what each is drawn with."""
    marks = ((f" {sign_of(role, style, colour)}{name}", role) for name, _, role, style in LAW_CURVES)
    return ((" deviation of the batch's mean by batch size 2ˣ:", "dim"), *marks)


def law_chart(now: ScatterNow) -> Chart:
    """The deviations over the logarithm of the batch size, to base 2."""
    x = np.log2([line.size for line in now.laws])
    drawn = []
    for name, figure, role, style in LAW_CURVES:
        y = np.array([getattr(line, figure) for line in now.laws])
        drawn.append(Series(name, role, x, y, y, style))
    return Chart(tuple(drawn), False)
