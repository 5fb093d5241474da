"""The linear layers of a model in the order in which they are called, and their numbers in bptui's order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bptui.torch.error import RecordingError
from bptui.torch.model import Layers

Numbers = NDArray[Any]
"""In PyTorch's own kind, float32 or float64."""


class Chain:
    """``layers`` stand as they are called: of an nn.Sequential as they stand in it, of another module as its first pass
    calls them, which ``is_known`` after that."""

    def __init__(self, layers: Layers) -> None:
        self.layers = list(layers.linear)
        self.is_known = bool(layers.activations)
        self.kind = str(self.layers[0].weight.dtype).removeprefix("torch.")
        self.trained = [p for p in layers.parameters if p.requires_grad]

    def __len__(self) -> int:
        return len(self.layers)

    @property
    def sizes(self) -> tuple[int, ...]:
        return (self.layers[0].in_features, *(layer.out_features for layer in self.layers))

    def call(self, layer: nn.Linear, place: int) -> None:
        """A layer is called, as number ``place`` (from 0) of a pass. Raises RecordingError."""
        if any(layer is other for other in self.layers[:place]):
            raise RecordingError(
                f"layer {self.layers.index(layer) + 1} is used twice in one forward pass; its gradient is a sum over "
                "both places. Give each place a layer of its own"
            )
        if layer is self.layers[place]:
            return
        if self.is_known:
            raise RecordingError("the layers are not called in the order of the passes before; they must be one chain")
        self.layers.remove(layer)
        self.layers.insert(place, layer)

    def flat(self, of: Callable[[torch.Tensor], torch.Tensor]) -> Numbers:
        """Something of every parameter, (p,): of each layer the weights [from][to], then the biases."""
        parts = []
        for layer in self.layers:
            parts.append(as_numbers(of(layer.weight)).T.ravel())
            if layer.bias is not None:
                parts.append(as_numbers(of(layer.bias)))
        return np.concatenate(parts)

    def theta(self) -> Numbers:
        """The weights and biases, (p,)."""
        return self.flat(lambda p: p)

    def gradient(self) -> Numbers:
        """What stands in .grad, (p,)."""
        return self.flat(grad)

    def memory(self, optimizer: torch.optim.Optimizer, slots: tuple[str, ...]) -> Numbers:
        """What the optimizer remembers by these names, k × p; 0 where it has nothing yet."""

        def slot_of(name: str) -> Callable[[torch.Tensor], torch.Tensor]:
            def of(p: torch.Tensor) -> torch.Tensor:
                found = optimizer.state.get(p, {}).get(name)
                return torch.zeros_like(p) if found is None else found

            return of

        rows = [self.flat(slot_of(name)) for name in slots]
        return (
            np.stack(rows)
            if rows
            else np.zeros((0, sum(p.numel() for layer in self.layers for p in layer.parameters())))
        )


def grad(p: torch.Tensor) -> torch.Tensor:
    """Its .grad; 0 where it has none."""
    return torch.zeros_like(p) if p.grad is None else p.grad


def as_numbers(tensor: torch.Tensor) -> Numbers:
    """A copy on the CPU."""
    return np.array(tensor.detach().cpu().numpy())
