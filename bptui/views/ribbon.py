"""The ribbon: the phases of the current update in order, the samples of its batch, and what has been applied."""

from collections.abc import Callable

from bptui.engine.weight import sub
from bptui.session.moment import Phase, phases
from bptui.views.scene import Scene
from bptui.views.text import Row, Span, fit, row_cells

NAMES = {"input": "input", "loss": "loss", "gradient": "gradient", "reduce": "reduce", "update": "update θ"}


def ribbon(scene: Scene, width: int, height: int) -> list[Row]:
    """Three rows: phases, samples, what is applied; the phases alone where there is room for one."""
    rows = [phase_row(scene, width), sample_row(scene, width), applied_row(scene)]
    return [fit(row, width) for row in rows[: max(height, 1)]]


def phase_name(phase: Phase) -> str:
    if phase.kind == "forward":
        return f"forward {phase.layer}"
    if phase.kind == "delta":
        return f"δ{sub(phase.layer)}"
    return NAMES[phase.kind]


def phase_row(scene: Scene, width: int) -> Row:
    """All phases, the current one lit; of a deep network those around it."""
    every, beat = phases(scene.record.layers), scene.moment.beat
    each, once = every[:-2], every[-2:]
    for spell in (phase_name, shorter_name, shortest_name):
        row = (
            (" each sample", "dim"),
            *chips(each, beat, spell, 0),
            (" ┃ once a batch", "dim"),
            *chips(once, beat, spell, len(each)),
        )
        if row_cells(row) <= width:
            return row
    row = (*chips(each, beat, shortest_name, 0), (" ┃", "dim"), *chips(once, beat, shortest_name, len(each)))
    return around(row, width)


def shorter_name(phase: Phase) -> str:
    return f"fwd {phase.layer}" if phase.kind == "forward" else phase_name(phase).removesuffix(" θ")


def shortest_name(phase: Phase) -> str:
    return f"f{sub(phase.layer)}" if phase.kind == "forward" else shorter_name(phase).replace("gradient", "grad")


def chips(some: tuple[Phase, ...], beat: int, spell: Callable[[Phase], str], first: int) -> tuple[Span, ...]:
    """The phases by name, the one at ``beat`` lit; ``first`` is the place of the first of them."""
    spans: list[Span] = []
    for place, phase in enumerate(some, start=first):
        role = "lit" if place == beat else "done" if place < beat else "pending"
        spans.append((f"{'▸' if place == beat else ' '}{spell(phase)}", role))
    return tuple(spans)


def around(row: Row, width: int) -> Row:
    """The part of a row too long that has the lit span in its middle."""
    lit = next((k for k, (_, role) in enumerate(row) if role == "lit"), 0)
    first = lit
    while first > 0 and row_cells(row[first - 1 : lit + 1]) <= width // 2:
        first -= 1
    return row[first:]


def sample_row(scene: Scene, width: int) -> Row:
    """A mark per sample: ■ done, ▣ current, □ to come; counts where the batch is too large for marks."""
    n, done, current = scene.record.n, scene.done, scene.moment.sample
    all_done = scene.phase.per_batch or done == n
    head = f" sample {current + 1} of {n} "
    if len(head) + n + 1 > width:
        bar = max(width - len(head) - 34, 8)
        filled = done * bar // n
        here = 0 if all_done else 1
        counts = f" {done} done, {n - done} to come"
        return (
            (head, "text"),
            ("■" * (filled - here * (filled == bar)), "done"),
            ("▣" * here, "lit-text"),
            ("□" * (bar - filled - here), "pending"),
            (counts, "dim"),
        )
    before, after = current, n - current - 1
    mark = ("■", "done") if all_done else ("■" if done > current else "▣", "lit-text")
    rest = ("■", "done") if all_done else ("□", "pending")
    return ((head, "text"), ("■" * before, "done"), mark, (rest[0] * after, rest[1]))


def applied_row(scene: Scene) -> Row:
    """Plain words: which weights are in force, how many gradients have been added, what has been applied."""
    record, n, done = scene.record, scene.record.n, scene.done
    reduction = record.settings.rules.reduction
    k = record.number
    samples = "1 sample" if n == 1 else f"{n} samples"
    if scene.phase.kind == "update":
        return ((f" update {k} applied: {n} × forward, {n} × backward, 1 × change of the weights", "good"),)
    since = f"since update {k - 1}" if k > 1 else "as they started"
    frozen: Span = (f" · weights frozen {since}", "text")
    if scene.phase.kind == "reduce":
        how = f"÷ {n} = mean" if reduction == "mean" else "kept as sum"
        return ((" not applied yet", "strong"), (f" · {samples} added, {how}", "text"), frozen)
    return ((" nothing applied yet", "strong"), (f" · {done} of {n} gradients added", "text"), frozen)
