"""What training costs, counted: multiply-adds a sample, bytes a batch."""

from math import ceil

from bptui.engine.network import Architecture
from bptui.engine.parts import rank_sizes
from bptui.training.settings import Settings


def multiply_adds(architecture: Architecture, checked: bool = False) -> int:
    """Multiply-adds of one sample's forward and backward pass, over the weights of layers 1 … L with i × o each.

    forward Σ_l i·o; gradient of the weights a ⊗ δ: Σ_l i·o; δ handed down, from layer L to layer 2: Σ_{l≥2} i·o.
    ``checked``: one forward pass more, Σ_l i·o, by which drilling asks whether the sample is right by now.
    Biases, activation functions and the optimizer's step (once an update) are not counted.
    """
    products = [i * o for i, o in zip(architecture.sizes, architecture.sizes[1:], strict=False)]
    return 2 * sum(products) + sum(products[1:]) + checked * sum(products)


def memory_bytes(architecture: Architecture, settings: Settings, count: int) -> int:
    """Bytes that a batch's activations (input included) and deltas take: 8 · n · (Σ_{l=0…L} s_l + Σ_{l=1…L} s_l),
    s_l the units of layer l, 8 bytes a float64. With micro-batches or ranks n is the size of the largest part: no
    other part's rows are needed at the same time."""
    n = min(settings.batch_size or count, count)
    ranks = settings.rules.ranks
    n = max(rank_sizes(n, ranks)) if ranks else ceil(n / settings.rules.micro_batches)
    return 8 * n * (sum(architecture.sizes) + sum(architecture.sizes[1:]))
