"""The table of panels, a row each: whoever titles, paints, scrolls, explains or tests panels reads it here.

A view is imported when its panel is painted: frames and titles wait for none of them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from bptui.views.arrange import BATCH, DELTAS, EXPLAIN, LOSS, MAP, NETWORK, UPDATE, WATCHES
from bptui.views.reads import AllBut, of_the_losses, of_the_record, of_the_watches
from bptui.views.text import Row

if TYPE_CHECKING:
    from bptui.explain.quantity import Quantity
    from bptui.views.scene import Scene

View = Callable[["Scene", int, int], list[Row]]
Samples = Callable[["Scene", int, int], range]
SORTED = {"loss": "by loss", "norm": "by |∇L|", "cosine": "by cosine", "wrong": "wrong only"}


def no_samples(scene: "Scene", width: int, height: int) -> range:
    return range(0)


def sample_rows(scene: "Scene", width: int, height: int) -> range:
    """Places, in the order shown, of the samples in a list of this height."""
    from bptui.views.batch import OTHER_ROWS

    return scene.places_shown(max(height - OTHER_ROWS, 1))


def ledger_entries(scene: "Scene", width: int, height: int) -> range:
    from bptui.views.update import entries

    return entries(scene, width, height)


def what_happened(scene: "Scene") -> "Quantity":
    """What the phase just made for the selection."""
    from bptui.views.narrate import produced

    return produced(scene.moment, scene.phase)[-1]


def loss_of_sample(scene: "Scene") -> "Quantity":
    from bptui.explain.quantity import Quantity

    known = scene.reached(scene.moment.sample, "loss")
    return Quantity("loss", sample=scene.moment.sample) if known else what_happened(scene)


def delta_of_sample(scene: "Scene") -> "Quantity":
    """δ of the selected unit, once the sample's backward pass is done."""
    from bptui.explain.quantity import Quantity

    moment = scene.moment
    known = scene.reached(moment.sample, "gradient")
    return Quantity("delta", moment.layer, moment.unit, sample=moment.sample) if known else what_happened(scene)


def loss_of_batch(scene: "Scene") -> "Quantity":
    from bptui.explain.quantity import LOSS_MEAN

    return LOSS_MEAN if scene.phase.per_batch else what_happened(scene)


class PanelSpec(NamedTuple):
    """``view`` makes the rows, ``title`` what the title says besides the name, ``samples`` the places of the samples
    that a list of this size shows; all are made of what ``reads`` gives of the scene, and anew where that has changed.
    In a panel with ``chooses_samples`` ↑ and ↓ choose one. ``explained`` is the number that Enter explains."""

    number: int
    name: str
    about: str
    view: View
    title: Callable[["Scene"], str]
    reads: AllBut
    explained: Callable[["Scene"], "Quantity"] = what_happened
    samples: Samples = no_samples
    chooses_samples: bool = False

    @property
    def scrolls(self) -> bool:
        return self.samples is not no_samples

    @property
    def id(self) -> str:
        return self.name.lower()


def ordered(scene: "Scene") -> str:
    """How the samples are sorted, for a title."""
    return f", {SORTED[scene.sort]}" if scene.sort != "batch" and scene.phase.per_batch else ""


def network_title(scene: "Scene") -> str:
    m = scene.moment.sample
    return f" · sample {m + 1}, {scene.row_words(m)}"


def batch_title(scene: "Scene") -> str:
    return f" · {scene.record.n} sample{'s' if scene.record.n > 1 else ''}{ordered(scene)}"


def deltas_title(scene: "Scene") -> str:
    return f" · layer {scene.moment.layer}{ordered(scene) or ', per sample'}"


def update_title(scene: "Scene") -> str:
    when = "in force" if scene.done == scene.record.n else "when all are in"
    return f" · {scene.record.settings.rules.reduction} {when}"


def loss_title(scene: "Scene") -> str:
    from bptui.views.loss import AXIS_NAMES

    scale = "accuracy" if scene.accuracy else "log" if scene.log else "linear"
    return f" · by {AXIS_NAMES[scene.axis]}, {scale}"


def map_title(scene: "Scene") -> str:
    from bptui.views.map import map_title as title

    return title(scene)


def explain_title(scene: "Scene") -> str:
    return " · what just happened"


def network_rows(scene: "Scene", width: int, height: int) -> list[Row]:
    from bptui.views.network import network

    return network(scene, width, height)


def batch_rows(scene: "Scene", width: int, height: int) -> list[Row]:
    from bptui.views.batch import batch

    return batch(scene, width, height)


def deltas_rows(scene: "Scene", width: int, height: int) -> list[Row]:
    from bptui.views.deltas import deltas

    return deltas(scene, width, height)


def update_rows(scene: "Scene", width: int, height: int) -> list[Row]:
    from bptui.views.update import update

    return update(scene, width, height)


def loss_numbers(scene: "Scene", width: int, height: int) -> list[Row]:
    """The rows above the chart."""
    from bptui.views.loss import loss_rows

    return loss_rows(scene, width)


def explain_rows(scene: "Scene", width: int, height: int) -> list[Row]:
    from bptui.views.explain import explain_panel

    return explain_panel(scene, width, height)


def map_rows(scene: "Scene", width: int, height: int) -> list[Row]:
    from bptui.views.map import map_panel

    return map_panel(scene, width, height)


def watch_rows(scene: "Scene", width: int, height: int) -> list[Row]:
    from bptui.views.watches import watches

    return watches(scene, width, height)


def watches_title(scene: "Scene") -> str:
    count = len(scene.watches)
    return f" · {count} number{'s' if count > 1 else ''}" if count else ""


PANELS = (
    PanelSpec(NETWORK, "Network", "units, activations, deltas, weights", network_rows, network_title, of_the_record),
    PanelSpec(BATCH, "Batch", "samples, answers, losses", batch_rows, batch_title, of_the_record, loss_of_sample,
              sample_rows, True),
    PanelSpec(DELTAS, "Deltas", "each sample's δ and what it adds to the selected weight", deltas_rows, deltas_title,
              of_the_record, delta_of_sample, sample_rows, True),
    PanelSpec(UPDATE, "Update", "sum, mean, and the one change of the weights", update_rows, update_title,
              of_the_record, samples=ledger_entries),
    PanelSpec(LOSS, "Loss", "curves of loss per update and per epoch", loss_numbers, loss_title, of_the_losses,
              loss_of_batch),
    PanelSpec(EXPLAIN, "Explain", "what just happened in a sentence, and the numbers of it", explain_rows,
              explain_title, of_the_record),
    PanelSpec(MAP, "Map", "the plane or curve of the answers with the samples; images and a unit's weights", map_rows,
              map_title, of_the_record),
    PanelSpec(WATCHES, "Watches", "the numbers that are watched: now, and over the updates known", watch_rows,
              watches_title, of_the_watches),
)  # fmt: skip
BY_NUMBER = {panel.number: panel for panel in PANELS}
NUMBERS = {panel.id: panel.number for panel in PANELS}
