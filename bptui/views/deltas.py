"""Panel 3: the deltas of every sample for the selected layer, and what each adds to the selected weight."""

from dataclasses import dataclass

from bptui.engine.weight import sub
from bptui.views.batch import OTHER_ROWS, state
from bptui.views.glyphs import PENDING, largest_of, signed
from bptui.views.numbers import num, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, left, right


@dataclass(frozen=True, slots=True)
class Widths:
    """Columns of the numbers: δ of the selected unit, the norm, the contribution."""

    delta: int
    norm: int
    product: int

    @property
    def total(self) -> int:
        """All columns but the strip's: state and number of the sample, the numbers, the spaces between."""
        return 5 + 1 + self.delta + 1 + self.norm + 1 + self.product


WIDE, NARROW = Widths(8, 7, 8), Widths(7, 6, 7)
COSINE_WIDTH = 7


def deltas(scene: Scene, width: int, height: int) -> list[Row]:
    """A header and as many samples as fit around the current one: δ of the layer's units as signed cells, δ of
    the selected unit, the norm of the sample's whole gradient, and a_i · δ_j of the selected weight."""
    record, moment = scene.record, scene.moment
    layer, unit = moment.layer, moment.unit
    all_units = record.before.architecture.sizes[layer]
    w = WIDE if width >= WIDE.total + min(all_units, 16) else NARROW
    room = width >= w.total + COSINE_WIDTH + min(all_units, 8) or scene.sort == "cosine"
    cosines = scene.phase.per_batch and room
    spare = width - w.total - COSINE_WIDTH * cosines
    strip = max(min(all_units, spare), 0) if spare >= 4 else 0
    first = min(max(unit - strip // 2, 0), all_units - strip)
    units = range(first, first + strip)
    some = f"δ{sub(layer)}" if strip == all_units else f"δ{sub(layer)} {first}–{first + strip - 1} of {all_units}"
    some = some if len(some) <= strip else f"δ{sub(layer)}" if strip > 1 else "δ"
    head = f"{'#':>4} " + (left(some, strip) + " " if units else "")
    head += f"{f'δ{sub(layer)}[{unit}]':>{w.delta}} {'|∇L|':>{w.norm}} {'a·δ':>{w.product}}"
    rows: list[Row] = [((head + ("    cos" if cosines else ""), "head"),)]
    contributions = record.contributions(moment.weight)
    for m in scene.rows_shown(max(height - OTHER_ROWS, 1)):
        rows.append(sample_row(scene, m, units, float(contributions[m]), w, cosines))
    rows += [()] * (height - len(rows) - 2)
    return [*rows, *caption(scene)]


def sample_row(scene: Scene, m: int, units: range, contribution: float, w: Widths, cosines: bool) -> Row:
    record, moment = scene.record, scene.moment
    current = m == moment.sample
    role = "selected" if current else "text" if scene.reached(m, "gradient") else "pending"
    glyph, _, state_role = state(scene, m)
    spans: list[Span] = [(glyph, state_role), (f"{m + 1:>3} ", role)]
    delta = record.passed.delta[moment.layer - 1]
    known = scene.reached(m, "delta", moment.layer)
    if units:
        scale = largest_of(delta)
        spans += [signed(float(delta[m, j]), scale) if known else (PENDING, "pending") for j in units]
        spans.append((" ", "text"))
    value = float(delta[m, moment.unit])
    spans.append(
        (right(num(value, w.delta, plus=True) if known else "·", w.delta), sign_role(value) if known else "pending")
    )
    added = scene.reached(m, "gradient")
    spans.append(
        (" " + right(num(record.gradient_norms[m], w.norm) if added else "·", w.norm), role if added else "pending")
    )
    words = right(num(contribution, w.product, plus=True) if added else "·", w.product)
    spans.append((" " + words, sign_role(contribution) if added else "pending"))
    if cosines:
        spans.append((" " + right(num(record.cosines[m], 6, plus=True), 6), sign_role(float(record.cosines[m]))))
    return tuple(spans)


def caption(scene: Scene) -> list[Row]:
    """Which weight the contributions belong to, and that they use each sample's own input."""
    layer, source = scene.moment.layer, scene.moment.source
    a = "1" if source < 0 else f"x{source}" if layer == 1 else f"a{sub(layer - 1)}[{source}]"
    unit = scene.moment.unit
    return [
        ((f" a·δ = {a} · δ{sub(layer)}[{unit}]", "text"),),
        ((" each with its own a and δ: no average", "dim"),),
    ]
