"""What is seen before there is a session: header, ribbon and frames, of what a scenario says of itself."""

from bptui.scenario.outline import Outline
from bptui.views.header import Counts, about, chosen, counters, titled
from bptui.views.numbers import rate
from bptui.views.ribbon import NOT_YET, nothing_applied, phase_row, sample_row
from bptui.views.text import Row, first_fitting, fit

PENDING = "·"
"""What is not known yet."""


def first_header(outline: Outline, width: int, height: int) -> list[Row]:
    """As the header of the first moment, as far as it is known."""
    gamma = PENDING if outline.learning_rate is None else rate(outline.learning_rate)
    batch, reduction, step = chosen(outline.batch_size or PENDING, outline.reduction or PENDING, gamma)
    told = about(outline.layers, outline.activations, outline.loss)
    setup = titled(outline.title, [("", words, "") for words in told], [*batch, *reduction, *step], width)
    known = Counts(1, 1, str(outline.batches or PENDING), 1, str(outline.batch or PENDING))
    rows = [setup, first_fitting(counters(known), width)]
    return [fit(row, width, "bar") for row in (rows if height > 1 else rows[1:])]


def first_ribbon(outline: Outline, width: int, height: int) -> list[Row]:
    """As the ribbon of the first moment; no phases where it is not known how many layers there are."""
    layers, n = len(outline.layers) - 1, outline.batch
    added = f"0 of {n or PENDING} gradients added"
    rows = [
        phase_row(layers, 0, width) if layers > 0 else (),
        sample_row(n, 0, 0, width) if n else ((f" sample 1 of {PENDING}", "text"),),
        first_fitting(nothing_applied(NOT_YET, added, "as they started"), width),
    ]
    return [fit(row, width) for row in rows[: max(height, 1)]]


def progress(outline: Outline, share: float | None, stops: str, waiting: int) -> list[str]:
    """What is said where the session takes its time to begin, the longest first; ``share`` of a file is read, None
    where there is none to read; ``stops`` is the key that stops it, ``waiting`` how many keys were typed for later."""
    what = "is made ready" if share is None else f"is read: {share:.0%}"
    end = f" · {stops} stops"
    keys = f" · {waiting} key{'s' if waiting > 1 else ''} wait{'' if waiting > 1 else 's'}" if waiting else ""
    return [f"{outline.title} {what}{keys}{end}", f"{what}{keys}{end}", f"{what}{end}", end.removeprefix(" · ")]
