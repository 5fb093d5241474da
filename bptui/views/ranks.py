"""Several machines in one batch: what each rank has, and what an all-reduce makes of it."""

from bptui.engine.network import Parameters
from bptui.engine.parts import ring_bytes
from bptui.training.record import UpdateRecord
from bptui.training.shares import Share
from bptui.views.numbers import counted, factor, sign_role
from bptui.views.scene import Scene
from bptui.views.text import Row, left, right, window
from bptui.views.whose import of_rank, owner, ranks_of

NUMBERS = (9, 8, 7, 6, 5)
"""Columns of a number, from the widest on."""


def rank_rows(scene: Scene, room: int) -> tuple[list[list[Row]], list[list[Row]]]:
    """In at most ``room`` rows: what each rank has, and below the sum what the mean of their means would be."""
    record = scene.record
    if not ranks_of(record):
        return [], []
    beside = compared(scene) if scene.done == record.n else []
    count = len(record.shares)
    if count + len(beside) > room:
        here, _ = owner(record, scene.moment.sample)
        shown = window(count, max(room - min(len(beside), 2), 0), here)
    else:
        shown = range(count)
    return [row_of(scene, record.shares[rank]) for rank in shown], beside[: max(room - len(shown), 0)]


def most_rows(record: UpdateRecord) -> int:
    """Rows that all of it takes."""
    return len(record.shares) + 3 if ranks_of(record) else 0


def row_of(scene: Scene, share: Share) -> list[Row]:
    """A rank's Σ, n and mean of the selected weight, once all its samples are in."""
    head = f" {of_rank(scene.record, share.rank)}"
    if share.mean is None:
        return [((head + "no samples of this batch", "dim"),), ((head + "no samples", "dim"),)]
    if scene.done < share.rows.stop:
        some = "1 is" if share.n == 1 else f"{share.n} are"
        return [((f"{head}Σ ·{when}", "pending"),) for when in (f" when its {some} in", "")]
    weight = scene.moment.weight
    total, mean = share.summed[weight], share.mean[weight]
    return [
        (
            (f"{head}Σ ", "text"),
            (right(factor(total, size, plus=True), size), sign_role(total)),
            (f" ÷{share.n} = ", "text"),
            (factor(mean, size, plus=True), sign_role(mean)),
        )
        for size in NUMBERS
    ]


def compared(scene: Scene) -> list[list[Row]]:
    """The mean of the ranks' means beside the mean, by how much it is off, and what goes over the wire."""
    record = scene.record
    means = sum(share.mean is not None for share in record.shares)
    bytes_sent = counted(round(ring_bytes(len(record.shares), record.before.architecture.parameters)))
    return [
        number(scene, f"Σmean ÷{means}", record.mean_of_means, ("  if each loss is a mean", "  mean of means", "")),
        number(scene, "off by", record.means_off, ("  from the mean", "")),
        [
            ((f" ring: 2·(W−1)/W of all θ = {bytes_sent} bytes a rank", "dim"),),
            ((f" ring: each rank sends {bytes_sent} bytes", "dim"),),
            ((f" ring: {bytes_sent} bytes a rank", "dim"),),
        ],
    ]


def number(scene: Scene, words: str, vector: Parameters, notes: tuple[str, ...]) -> list[Row]:
    """A number of the selected weight that no step is made of."""
    shown = right(factor(vector[scene.moment.weight], 9, plus=True), 9)
    return [((" " + left(words, 10), "dim"), (shown, "dim"), (note, "dim")) for note in notes]


def all_reduced() -> list[Row]:
    """What stands above the sum of the ranks' sums."""
    spelled = (
        " ALL-REDUCE ΣΣ ÷ Σn: computed here, in rank order",
        " ALL-REDUCE: computed here, in rank order",
        " ALL-REDUCE: made here, in rank order",
        " ALL-REDUCE here, in rank order",
        " ALL-REDUCE here",
    )
    return [((words, "text"),) for words in spelled]
