"""What a key, a question or a script asks for, as values: each is carried out by the screen it is handed to."""

from dataclasses import dataclass
from typing import Literal

from bptui.session.moves import Move

PanelName = Literal["network", "batch", "deltas", "update", "loss", "explain", "map", "watches"]
ScreenName = Literal["lab", "race", "drill", "draw", "noise", "confusion", "gradients", "matrices"]


@dataclass(frozen=True, slots=True)
class Step:
    """Move in time."""

    move: Move


@dataclass(frozen=True, slots=True)
class GoTo:
    """Stand at an update (``120``), an epoch (``e3``) or one of its batches (``e3 b5``)."""

    words: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Stand in this update where every sample has been through: the last gradient just added, or the batch reduced."""

    at: Literal["gradient", "reduce"]


@dataclass(frozen=True, slots=True)
class SelectTelling:
    """Select a weight of the first layer whose inputs differ most among the samples of the batch."""


@dataclass(frozen=True, slots=True)
class SelectOutput:
    """Select a weight of the output layer."""


@dataclass(frozen=True, slots=True)
class Focus:
    """Look at a panel."""

    panel: PanelName


@dataclass(frozen=True, slots=True)
class Open:
    """Open a screen: the lab at a rule's id, a race by its name, the drill ``until right``, the gradient table with
    a sentence about the ``errors``."""

    screen: ScreenName
    at: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Show a notice; ``{n}`` in it is the number of samples in the batch, ``{samples}`` says it in words, and the id of
    a key is that key."""

    words: str


Intent = Step | GoTo | Stand | SelectTelling | SelectOutput | Focus | Open | Say
