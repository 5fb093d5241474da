"""The arithmetic of back-propagation: pure numpy, no clock, no input or output, no hidden chance.

Axes are named once and for all: n samples, i inputs of a layer, o outputs of a layer.
Weights are ``W[i, o]``, from input i to unit o; a layer computes ``z = a W + b`` and ``a' = φ(z)``.
The sample axis n is kept until :mod:`bptui.engine.reduce` sums or averages over it.
"""

from typing import TYPE_CHECKING

from bptui.lazy import lazily

if TYPE_CHECKING:
    from bptui.engine.activations import ACTIVATIONS, Activation
    from bptui.engine.backprop import Pass, backward, forward, sum_gradients
    from bptui.engine.differences import Check, check
    from bptui.engine.losses import LOSSES, Loss
    from bptui.engine.network import Architecture, Network, initialise
    from bptui.engine.optimizers import OPTIMIZERS, OptimizerSettings
    from bptui.engine.reduce import reduce_over_samples
    from bptui.engine.statistics import BatchStatistics, batch_statistics, sample_gradient
    from bptui.engine.update import Divergence, UpdateRules, Workspace, compute_update
    from bptui.engine.weight import Weight

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "OPTIMIZERS",
    "Activation",
    "Architecture",
    "BatchStatistics",
    "Check",
    "Divergence",
    "Loss",
    "Network",
    "OptimizerSettings",
    "Pass",
    "UpdateRules",
    "Weight",
    "Workspace",
    "backward",
    "batch_statistics",
    "check",
    "compute_update",
    "forward",
    "initialise",
    "reduce_over_samples",
    "sample_gradient",
    "sum_gradients",
]

HOMES = {
    "activations": ("ACTIVATIONS", "Activation"),
    "backprop": ("Pass", "backward", "forward", "sum_gradients"),
    "differences": ("Check", "check"),
    "losses": ("LOSSES", "Loss"),
    "network": ("Architecture", "Network", "initialise"),
    "optimizers": ("OPTIMIZERS", "OptimizerSettings"),
    "reduce": ("reduce_over_samples",),
    "statistics": ("BatchStatistics", "batch_statistics", "sample_gradient"),
    "update": ("Divergence", "UpdateRules", "Workspace", "compute_update"),
    "weight": ("Weight",),
}

# What a weight is called is known before there is anything to compute: numpy waits until there is.
__getattr__ = lazily(__name__, {name: f"{__name__}.{home}" for home, names in HOMES.items() for name in names})
