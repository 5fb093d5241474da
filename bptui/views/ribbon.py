"""The ribbon: the phases of the current update in order, the samples of its batch, and what has been applied."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from bptui.engine.weight import sub
from bptui.session.moment import Phase, phases
from bptui.views.text import Row, Span, cells, first_fitting, fit, row_cells
from bptui.views.whose import ranks_of, whose

if TYPE_CHECKING:
    from bptui.views.scene import Scene

NAMES = {"input": "input", "loss": "loss", "gradient": "gradient", "reduce": "reduce", "update": "update θ"}
NOT_YET: tuple[str, ...] = ("nothing of this batch applied yet", "nothing applied yet")
"""The plainer one wherever there is room for it: of other batches much may have been applied."""


def ribbon(scene: "Scene", width: int, height: int) -> list[Row]:
    """Three rows: phases, samples, what is applied; the phases alone where there is room for one."""
    layers, n = scene.record.layers, scene.record.n
    at, all_done = phases(layers).index(scene.phase), scene.phase.per_batch or scene.done == n
    rows = [
        phase_row(layers, at, width),
        shared_row(scene, sample_row(n, scene.moment.sample, n if all_done else scene.done, width), width),
        first_fitting(applied_rows(scene), width),
    ]
    return [fit(row, width) for row in rows[: max(height, 1)]]


def phase_name(phase: Phase) -> str:
    if phase.kind == "forward":
        return f"forward {phase.layer}"
    if phase.kind == "delta":
        return f"δ{sub(phase.layer)}"
    return NAMES[phase.kind]


@lru_cache(maxsize=64)  # most steps end in the same phase
def phase_row(layers: int, at: int, width: int) -> Row:
    """All phases, the one at place ``at`` lit; of a deep network those around it."""
    every = phases(layers)
    each, once = every[:-2], every[-2:]
    for spell in (phase_name, shorter_name, shortest_name):
        row = (
            (" each sample", "dim"),
            *chips(each, at, spell, 0),
            (" ┃ once a batch", "dim"),
            *chips(once, at, spell, len(each)),
        )
        if row_cells(row) <= width:
            return row
    row = (*chips(each, at, shortest_name, 0), (" ┃", "dim"), *chips(once, at, shortest_name, len(each)))
    return around(row, width)


def phase_at(scene: "Scene", row: Row, x: int) -> Phase | None:
    """The phase whose name stands in a column of the first row."""
    for text, _ in row:
        if x < cells(text):
            name = text.lstrip("▸> ")
            spells = (phase_name, shorter_name, shortest_name)
            return next((it for it in phases(scene.record.layers) if name in [spell(it) for spell in spells]), None)
        x -= cells(text)
    return None


def shorter_name(phase: Phase) -> str:
    return f"fwd {phase.layer}" if phase.kind == "forward" else phase_name(phase).removesuffix(" θ")


def shortest_name(phase: Phase) -> str:
    short = {"input": "in", "gradient": "grad", "update": "upd"}
    return f"f{sub(phase.layer)}" if phase.kind == "forward" else short.get(phase.kind, shorter_name(phase))


def chips(some: tuple[Phase, ...], at: int, spell: Callable[[Phase], str], first: int) -> tuple[Span, ...]:
    """The phases by name, the one at place ``at`` lit; ``first`` is the place of the first of them."""
    spans: list[Span] = []
    for place, phase in enumerate(some, start=first):
        role = "lit" if place == at else "done" if place < at else "pending"
        spans.append((f"{'▸' if place == at else ' '}{spell(phase)}", role))
    return tuple(spans)


def around(row: Row, width: int) -> Row:
    """The part of a row too long that has the lit span in its middle."""
    lit = next((k for k, (_, role) in enumerate(row) if role == "lit"), 0)
    first = lit
    while first > 0 and row_cells(row[first - 1 : lit + 1]) <= width // 2:
        first -= 1
    return row[first:]


def sample_row(n: int, current: int, done: int, width: int) -> Row:
    """A mark per sample of n: ■ done, ▣ current, □ to come; counts where the batch is too large for marks."""
    all_done = done == n
    head = f" sample {current + 1} of {n} "
    if len(head) + n + 1 > width:
        bar = max(width - len(head) - 34, 8)
        filled = done * bar // n
        here = 0 if all_done else 1
        counts = f" {done} done, {n - done} to come" if width >= 60 else f" {done} done"
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


def shared_row(scene: "Scene", row: Row, width: int) -> Row:
    """The row of the samples, and behind it whose the current one is, where machines share the batch."""
    return first_fitting(((*row, (words, "dim")) for words in whose(scene)), width)


def applied_rows(scene: "Scene") -> Iterator[Row]:
    """Plain words, the longest wording first: which weights are in force, how many gradients have been added, what
    has been applied."""
    record, n, done, k = scene.record, scene.record.n, scene.done, scene.record.number
    if scene.phase.kind == "update":
        whole = f"{n} × forward, {n} × backward, 1 × change of the weights"
        looked = record.following.looked - record.position.looked
        short = f"{n} passes, 1 change"
        told: tuple[str, ...] = (whole, short)
        if looked:  # a pass that the header counts is never left out here
            shorter = f"{n} × forward, {n} × backward, 1 × change; {looked} × forward to look"
            told = (f"{whole}; {looked} × forward to see whether it is learnt", shorter, f"{short} + {looked} forward")
        for words in told:
            yield ((f" update {k} applied: {words}", "good"),)
        return
    not_yet, added = NOT_YET, f"{done} of {n} gradients added"
    if scene.phase.kind == "reduce":
        samples = ("1 sample" if n == 1 else f"{n} samples") + (
            f" of {ranks_of(record)} ranks" if record.shares else ""
        )
        how = f"÷ {n} = mean" if record.settings.rules.reduction == "mean" else "kept as sum"
        not_yet, added = ("not applied yet",), f"{samples} added, {how}"
    since = f"since update {k - 1}" if k > 1 else "as they started"
    yield from nothing_applied(not_yet, added, since)


def nothing_applied(not_yet: tuple[str, ...], added: str, since: str) -> Iterator[Row]:
    """The best wording first: that it is this batch of which nothing is applied says more than since when all rests."""
    frozen = f" · weights frozen {since}", " · weights frozen"
    for words, rest in (*product(not_yet, frozen), *product(not_yet, ("",))):
        yield ((f" {words}", "strong"), (f" · {added}", "text"), (rest, "text"))
    yield ((" not applied", "strong"), (f" · {added.replace(' samples', '')}", "text"))
