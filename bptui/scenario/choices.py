"""What a scenario chooses: its data and its network."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bptui.data import Dataset
    from bptui.data.inputs import Scale
    from bptui.data.table import Wish
    from bptui.training.settings import Order


@dataclass(frozen=True, slots=True)
class DataChoice:
    """[data]: a built-in ``name``, or a ``file`` with what was read from it as it was wished for (``table``: read once,
    and kept whatever becomes of the file), or numbers written out (``table`` alone)."""

    name: str = "digits"
    file: Path | None = None
    table: "Dataset | None" = None
    samples: int | None = None
    order: "Order" = "shuffle"
    test_fraction: float = 0.0
    seed: int = 7
    scale: "Scale" = "none"
    wish: "Wish | None" = None


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """[network]: sizes, activations, how it starts (``weights`` and ``biases`` win over ``init``), and what its units
    are called, the input's first (() where they have numbers only). ``notices``: how weights were understood."""

    layers: tuple[int, ...]
    activations: tuple[str, ...]
    bias: str = "trained"
    init: str = "glorot"
    weights: tuple[Any, ...] = ()
    biases: tuple[Any, ...] = ()
    units: tuple[tuple[str, ...], ...] = ()
    notices: tuple[str, ...] = field(default=(), compare=False)
