"""Panel 3: of every sample its own input, its own δ and their product for the selected weight, and δ of the layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bptui.engine.weight import BIAS, Weight, sub
from bptui.explain.quantity import Kind, Quantity, of_unit, of_weight
from bptui.session.moment import Phase
from bptui.views.batch import OTHER_ROWS, state
from bptui.views.glyphs import EDITED, PENDING, largest_of, signed
from bptui.views.kept import OfRecord
from bptui.views.layers import fitting, listed
from bptui.views.numbers import brief, num, sign_role
from bptui.views.sample import with_more
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, cells, grow, left, right, window

STATE = 5  # glyph and number of a sample
COSINE = 7
OWN = 6
OF_SAMPLES: tuple[Kind, ...] = ("delta", "contribution")
SYMBOL = 3  # columns of an input's symbol
LEAST_NAME = 6  # columns more from which its name in the data is shown too
LEAST_STRIP, SOME_UNITS = 4, 8
CELL = 8  # columns of a number of the current sample's share of the layer


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the strip of cells, of x (the weight's input), δ, a · δ, the norm, the cosine, and a person's own
    number; 0 for a strip, a cosine or an own number left out."""

    strip: int
    x: int
    delta: int
    product: int
    norm: int
    cosine: int
    own: int


def columns(scene: Scene, width: int) -> Columns:
    """The weight's input, its δ, their product and the norm in short always; then what the rows are sorted by, longer
    products, some cells of the layer, the cosine, all cells, and longer numbers, as there is room."""
    units = scene.record.before.architecture.sizes[scene.moment.layer]
    sizes = [0, 5, 6, 6, 6, 0, 0]
    strip, norm, cosine, own = 0, 4, 5, 6
    spare = width - STATE - sum(sizes) - 3
    if own_kind(scene) and spare > OWN:
        sizes[own] = OWN
        spare -= OWN + 1
    if scene.phase.per_batch and scene.sort == "cosine" and spare >= COSINE:
        sizes[cosine] = COSINE - 1
        spare -= COSINE
    spare = grow(sizes, {2: 7, 3: 7}, spare)
    wishes = [(strip, min(units, SOME_UNITS)), (cosine, COSINE - 1)]
    for place, wanted in wishes if scene.phase.per_batch and not sizes[cosine] else wishes[:1]:
        least = min(wanted, LEAST_STRIP) if place == strip else wanted
        if spare > least:  # and a space
            sizes[place] = min(wanted, spare - 1)
            spare -= sizes[place] + 1
    if sizes[strip]:
        spare = grow(sizes, {strip: units}, spare)
    grow(sizes, {1: 7, 2: 8, 3: 8, norm: 7}, spare)
    return Columns(*sizes)


def own_kind(scene: Scene) -> Kind | None:
    """What a person's own numbers of each sample stand beside: its δ, else what it adds; None where there are none."""
    return next((kind for kind in OF_SAMPLES if scene.yours_of(own_quantity(scene, kind, 0)) is not None), None)


def own_quantity(scene: Scene, kind: Kind, m: int) -> Quantity:
    moment = scene.moment
    if kind == "delta":
        return of_unit("delta", moment.layer, moment.unit, m)
    return of_weight("contribution", moment.layer, moment.source, moment.unit, m)


def own_number(scene: Scene, m: int, width: int) -> Span:
    """A person's number of one sample, once the true one is known."""
    kind = own_kind(scene)
    known = scene.reached(m, "gradient")
    own = scene.yours_of(own_quantity(scene, kind, m)) if kind and known else None
    if own is None:
        return " " + right(PENDING, width), "pending"
    return " " + right(num(own.value, width, plus=True), width), "good" if own.right else "wrong"


def deltas(scene: Scene, width: int, height: int) -> list[Row]:
    """A header and as many samples as fit around the current one; what the current one adds to the whole layer, below
    or beside them where there is room; two lines that say what the columns are."""
    c = columns(scene, width)
    units = strip_units(scene, c.strip)
    made = ROWS.get(scene.record, (units, c, scene.moment.weight, scene.yours), dict)
    rows: list[Row] = [((head(scene, c, units), "head"),)]
    rows += [sample_row(scene, m, units, c, made) for m in scene.rows_shown(max(height - OTHER_ROWS, 1))]
    rows = with_more(rows, width, height - 2, 4 + 3 * CELL, partial(gradient_map, scene))
    return [*rows, *[()] * (height - 2 - len(rows)), *caption(scene, width)]


def strip_units(scene: Scene, size: int) -> range:
    """Which units the cells stand for: those around the selected one."""
    units = scene.record.before.architecture.sizes[scene.moment.layer]
    first = min(max(scene.moment.unit - size // 2, 0), units - size)
    return range(first, first + size)


def product_sign(scene: Scene) -> str:
    """What a sample adds to the selected weight, in symbols."""
    return "x·δ" if scene.moment.layer == 1 and scene.moment.source >= 0 else "a·δ"


def head(scene: Scene, c: Columns, units: range) -> str:
    layer, unit = scene.moment.layer, scene.moment.unit
    symbol = f"δ{sub(layer)}"
    words = f"{'#':>4} "
    if units:
        all_units = scene.record.before.architecture.sizes[layer]
        shown = [f"{symbol} {units.start}–{units.stop - 1} of {all_units}", f"{symbol} …", "δ…"]
        some = shown if len(units) < all_units else []
        words += left(fitting(c.strip, *some, symbol, "δ"), c.strip) + " "
    words += right(fitting(c.x, input_name(scene), "x" if layer == 1 else "a"), c.x)
    words += " " + right(fitting(c.delta, f"{symbol}[{scene.record.names.unit(layer, unit)}]", symbol), c.delta)
    if c.own and own_kind(scene) == "delta":
        words += " " + right("yours", c.own)
    words += " " + right(product_sign(scene), c.product)
    if c.own and own_kind(scene) == "contribution":
        words += " " + right("yours", c.own)
    return words + " " + right("|∇L|", c.norm) + (" " + right("cos", c.cosine)) * bool(c.cosine)


def input_name(scene: Scene) -> str:
    """The input of the selected weight: a feature's number, a unit's activation, or the 1 of the bias."""
    layer, source = scene.moment.layer, scene.moment.source
    if source < 0:
        return "1"
    called = scene.record.names.source(layer, source)
    return called if layer == 1 else f"a{sub(layer - 1)}[{called}]"


def input_told(scene: Scene) -> str:
    """The same with the name of its column."""
    layer, source = scene.moment.layer, scene.moment.source
    return scene.record.names.input_told(source) if layer == 1 and source >= 0 else input_name(scene)


def input_of(scene: Scene, m: int, source: int) -> float | None:
    """What a sample brings to a weight of the selected layer; None while it is not computed yet."""
    layer = scene.moment.layer
    if source < 0:
        return 1.0
    if layer > 1 and not scene.reached(m, "forward", layer - 1):
        return None
    return float(scene.record.passed.a[layer - 1][m, source])


def input_was(scene: Scene, m: int, source: int) -> float | None:
    """What an input was before it was set by hand; None where it was not: what a hidden layer is given never is."""
    return scene.was(Quantity("input", unit=source, sample=m)) if scene.moment.layer == 1 and source >= 0 else None


def input_words(scene: Scene, m: int, source: int, size: int) -> str:
    """The same as it is now, in so many columns, marked where it was set by hand."""
    given = input_of(scene, m, source)
    if given is None:
        return right(PENDING, size)
    mark = EDITED if input_was(scene, m, source) is not None else ""
    return right(brief(given, size - len(mark)) + mark, size)


Rows = dict[tuple[int, Phase | bool, bool], Row]
"""By sample, how far it is on its way, and whether it is the current one."""
ROWS, LARGEST = OfRecord[Rows](), OfRecord[float]()


def sample_row(scene: Scene, m: int, units: range, c: Columns, made: Rows) -> Row:
    """Of the samples that have not been stepped through meanwhile the row stays."""
    moment = scene.moment
    read = m, moment.way(m), m == moment.sample
    row = made.get(read)
    if row is None:
        row = made[read] = made_row(scene, m, units, c)
    return row


def made_row(scene: Scene, m: int, units: range, c: Columns) -> Row:
    record, moment = scene.record, scene.moment
    added = scene.reached(m, "gradient")
    role = "selected" if m == moment.sample else "text" if added else "pending"
    glyph, _, state_role = state(scene, m)
    layer = record.passed.delta[moment.layer - 1]
    delta = float(layer[m, moment.unit]) if scene.reached(m, "delta", moment.layer) else None
    given = input_of(scene, m, moment.source)
    spans: list[Span] = [(glyph, state_role), (f"{m + 1:>3} ", role)]
    if units:
        scale = LARGEST.get(record, moment.layer, lambda: largest_of(layer))
        spans += [(PENDING, "pending") if delta is None else signed(float(layer[m, j]), scale) for j in units]
        spans.append((" ", "text"))
    spans += [
        (input_words(scene, m, moment.source, c.x), "pending" if given is None else "text"),
        signed_number(delta, c.delta),
        signed_number(record.contribution(moment.weight, m) if added else None, c.product),
    ]
    if c.own:
        place = -1 if own_kind(scene) == "delta" else len(spans)
        spans.insert(place, own_number(scene, m, c.own))
    spans.append((" " + right(num(record.gradient_norms[m], c.norm) if added else PENDING, c.norm), role))
    if c.cosine:
        spans.append(signed_number(float(record.cosines[m]), c.cosine))
    return tuple(spans)


def signed_number(value: float | None, width: int) -> Span:
    """A space and the number in ``width`` columns, or that it is not known yet."""
    if value is None:
        return " " + right(PENDING, width), "pending"
    return " " + right(num(value, width, plus=True), width), sign_role(value)


def gradient_map(scene: Scene, width: int, height: int) -> list[Row]:
    """What the current sample adds to every weight of the layer: its a down, its δ across, their products."""
    record, moment, m = scene.record, scene.moment, scene.moment.sample
    inputs, all_units = record.before.architecture.sizes[moment.layer - 1 : moment.layer + 1]
    units = window(all_units, max((width - 4 - CELL) // CELL, 1), moment.unit)
    names = grown_names(scene, width - 4 - CELL * (1 + len(units)))
    sources = [*range(inputs), *([BIAS] if record.before.biases else [])]
    symbol = f"δ{sub(moment.layer)}"
    known = scene.reached(m, "delta", moment.layer)
    row = record.passed.delta[moment.layer - 1][m]
    some = f", units {units.start}–{units.stop - 1} of {all_units}" if len(units) < all_units else ""
    return [
        ((fitting(width, f" sample {m + 1}, each a · each δ{some}", f" sample {m + 1}{some}"), "strong"),),
        (
            (right(symbol, 1 + names + CELL), "dim"),
            *(signed_number(float(row[j]) if known else None, CELL - 1) for j in units),
        ),
        *listed(
            len(sources),
            height - 2,
            sources.index(moment.source),
            width,
            lambda place: source_row(scene, sources[place], units, names),
        ),
    ]


def grown_names(scene: Scene, spare: int) -> int:
    """Columns of the inputs' names: those of a symbol, or with the names in the data where there is room for some."""
    sizes = scene.record.before.architecture.sizes
    if scene.moment.layer > 1 or spare < LEAST_NAME:
        return SYMBOL
    longest = max(cells(scene.record.names.input_told(k)) for k in range(sizes[0]))
    return max(min(longest, SYMBOL + spare), SYMBOL)


def source_row(scene: Scene, source: int, units: Sequence[int], names: int) -> Row:
    """One input of the layer and what the current sample adds to the weights that lead from it."""
    record, moment, m = scene.record, scene.moment, scene.moment.sample
    added = scene.reached(m, "gradient")
    symbol = "b" if source < 0 else record.names.source(moment.layer, source)
    told = record.names.input_told(source) if names > SYMBOL and source >= 0 else symbol
    spans: list[Span] = [
        (" " + left(told, names), "selected" if source == moment.source else "dim"),
        (" " + input_words(scene, m, source, CELL - 1), "text"),
    ]
    for unit in units:
        weight = Weight(moment.layer, source, unit)
        text, role = signed_number(record.contribution(weight, m) if added else None, CELL - 1)
        spans.append((text, "selected" if weight == moment.weight else role))
    return tuple(spans)


def caption(scene: Scene, width: int) -> list[Row]:
    """Which weight the products belong to, and that they use each sample's own input."""
    moment = scene.moment
    delta = f"δ{sub(moment.layer)}[{scene.record.names.unit(moment.layer, moment.unit)}]"
    products = [f"{called} · {delta}" for called in dict.fromkeys((input_told(scene), input_name(scene)))]
    own = "x" if moment.layer == 1 and moment.source >= 0 else "a"
    told = f" each its own {own} and δ: no average", f" own {own}, own δ"
    frozen = scene.record.before.architecture.bias == "frozen"
    frozen_too = ("; |∇L| with the frozen biases", "; |∇L| with frozen biases", "") if frozen else ("",)
    words: list[str] = [text + tail for tail in frozen_too for text in told]
    if scene.phase.per_batch:
        one = one_vector(scene, own)
        words = [*(one + tail for tail in frozen_too if tail or not frozen), *words]
    ends = f", for {scene.weight_name}", ""
    return [
        ((fitting(width, *(f" {own}·δ = {it}{end}" for end in ends for it in products)), "text"),),
        ((fitting(width, *words), "dim"),),
    ]


def one_vector(scene: Scene, own: str) -> str:
    """What the samples' vectors become: the selected entry and the length of their sum or mean, the one in force."""
    record = scene.record
    mean = record.settings.rules.reduction == "mean"
    vector = record.mean if mean else record.summed
    name = f"MEAN ÷{record.n}" if mean else "SUM"
    entry, length = vector[scene.moment.weight], float(np.linalg.norm(vector.flat))
    return f" {name}: {own}·δ {num(entry, 8, plus=True)}, |∇L| {num(length, 7)}"
