"""What a model of PyTorch's is made of: linear layers and activations between them, or why it cannot be recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from bptui.engine.activations import LEAK
from bptui.engine.network import Bias
from bptui.torch.error import RecordingError

ACTIVATIONS: dict[type[nn.Module], str] = {
    nn.Identity: "identity",
    nn.Sigmoid: "sigmoid",
    nn.Tanh: "tanh",
    nn.ReLU: "relu",
    nn.LeakyReLU: "leaky-relu",
    nn.Softplus: "softplus",
    nn.GELU: "gelu",
    nn.Softmax: "softmax",
    nn.LogSoftmax: "log-softmax",
}
KNOWN = "nn.Linear, nn.Flatten and the activations ReLU, LeakyReLU, Tanh, Sigmoid, Softplus, GELU, Softmax"
COUPLES = "it couples the samples of a batch, so that none has a gradient of its own; take it out"
COMPILED = "torch.compile makes one kernel of the layers, which hooks do not see; record the model as it was before"
ELSE = f"bptui knows {KNOWN}"
OF_PARTS = (
    ("BatchNorm", COUPLES),
    ("InstanceNorm", "it is no layer that bptui knows; take it out"),
    ("LayerNorm", "it is no layer that bptui knows; take it out"),
    ("GroupNorm", "it is no layer that bptui knows; take it out"),
    ("RMSNorm", "it is no layer that bptui knows; take it out"),
    ("Dropout", "every pass goes through another network; take it out, or record with p=0"),
    ("Attention", "each of its outputs is made of several inputs times each other; bptui knows a chain of layers only"),
    ("Embedding", "its gradients are sparse, rows of a table; give nn.Linear one-hot inputs instead"),
    ("DataParallel", "record the module inside it, in one process"),
    ("Lazy", "its sizes are not known yet; give it one batch before the recording begins"),
    ("Quant", "its weights are rounded; record the model before it is quantized"),
)
"""Part of a class's name → why, and what to do."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The linear layers in their order. ``activations``: behind each, () where a forward of the model's own decides;
    ``last`` is how the module behind the last layer is called, "" for none."""

    linear: tuple[nn.Linear, ...]
    activations: tuple[str, ...]
    last: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        return (self.linear[0].in_features, *(layer.out_features for layer in self.linear))

    @property
    def parameters(self) -> list[torch.Tensor]:
        """In bptui's order: weights and biases, layer by layer."""
        return [p for layer in self.linear for p in (layer.weight, layer.bias) if p is not None]


def layers_of(model: Any) -> Layers:
    """Raises RecordingError for a model that is not of linear layers and activations alone, one behind the other."""
    if not isinstance(model, nn.Module):
        raise RecordingError(f"the model is {type(model).__name__}, no nn.Module")
    if hasattr(model, "_orig_mod") or getattr(model, "_compiled_call_impl", None) is not None:
        raise RecordingError(
            "torch.compile makes one kernel of the layers, which hooks do not see; record the model as it was"
        )
    for name, module in model.named_modules():
        refuse_unknown(name or "the model", module)
    if isinstance(model, nn.Sequential):
        layers = in_sequence(list(flattened(model, "")))
    else:
        layers = Layers(tuple(module for module in model.modules() if isinstance(module, nn.Linear)), ())
    if not layers.linear:
        raise RecordingError("there is no nn.Linear in the model")
    refuse_parameters(model, layers)
    return layers


def refuse_unknown(name: str, module: nn.Module) -> None:
    """Raises RecordingError for a module that is none of those that can be told."""
    kind = type(module).__name__
    if hasattr(module, "parametrizations"):
        raise RecordingError(f"{name}: its weights are computed from others (parametrizations); remove that first")
    if is_dropout(module) and not (module.training and module.p):
        return
    for part, why in OF_PARTS:
        if part in kind:
            raise RecordingError(f"{name} is nn.{kind}: {why}")
    refuse_options(name, module)
    if not list(module.children()) and type(module) not in (nn.Linear, nn.Flatten, *ACTIVATIONS):
        own = not type(module).__module__.startswith("torch.")
        why = "a module of your own without layers; write its activation as one of PyTorch's" if own else ELSE
        raise RecordingError(f"{name} is {'' if own else 'nn.'}{kind}: {why}")


def refuse_options(name: str, module: nn.Module) -> None:
    """Raises RecordingError for an activation that has other constants than bptui's."""
    if isinstance(module, nn.LeakyReLU) and module.negative_slope != LEAK:
        raise RecordingError(f"{name}: nn.LeakyReLU({module.negative_slope:g}); bptui's has the slope {LEAK} below 0")
    if isinstance(module, nn.Softplus) and module.beta != 1:
        raise RecordingError(f"{name}: nn.Softplus(beta={module.beta:g}); bptui's has beta 1")
    if isinstance(module, nn.GELU) and module.approximate != "none":
        raise RecordingError(f"{name}: nn.GELU(approximate={module.approximate!r}); bptui's is the exact one")
    if isinstance(module, nn.Softmax | nn.LogSoftmax) and module.dim not in (1, -1):
        raise RecordingError(f"{name}: {module}; over the outputs of a sample it is dim=1")


def refuse_modes(model: nn.Module) -> None:
    """Before a pass; raises RecordingError for what changes how PyTorch computes."""
    if torch.is_autocast_enabled(next(model.parameters()).device.type):
        raise RecordingError("autocast (AMP) computes in half precision, too coarse to compare with; leave it out")
    if torch.compiler.is_compiling():
        raise RecordingError(COMPILED)
    for name, module in model.named_modules():
        if is_dropout(module) and module.training and module.p:
            raise RecordingError(f"{name}: {dict(OF_PARTS)['Dropout']}")


def image_of(x: torch.Tensor) -> tuple[int, int] | None:
    """Rows and columns where a batch is of grey pictures: n × 1 × rows × columns, or n × rows × columns."""
    if x.ndim == 3 or (x.ndim == 4 and x.shape[1] == 1):
        return int(x.shape[-2]), int(x.shape[-1])
    return None


def is_dropout(module: nn.Module) -> bool:
    return "Dropout" in type(module).__name__


def flattened(model: nn.Sequential, name: str) -> Iterator[tuple[str, nn.Module]]:
    """The modules of a Sequential, of those in it too, in order and with their names."""
    for key, module in model._modules.items():  # named_children tells a module that is there twice only once
        inside = f"{name}.{key}" if name else key
        if isinstance(module, nn.Sequential):
            yield from flattened(module, inside)
        elif module is not None:
            yield inside, module


def in_sequence(modules: list[tuple[str, nn.Module]]) -> Layers:
    """Raises RecordingError where modules follow each other in a way that no network of bptui's has."""
    linear: list[nn.Linear] = []
    activations: list[str] = []
    last = ""
    for name, module in modules:
        if is_dropout(module):
            continue
        if isinstance(module, nn.Linear):
            refuse_shared(name, module, linear)
            linear.append(module)
            activations.append("identity")
            last = ""
        elif isinstance(module, nn.Flatten):
            if linear:
                raise RecordingError(f"{name}: nn.Flatten behind a layer; it is read as the first module only")
        elif type(module) in ACTIVATIONS:
            if not linear:
                raise RecordingError(f"{name}: an activation before the first nn.Linear; do that to the data instead")
            if last and ACTIVATIONS[type(module)] != "identity":
                raise RecordingError(f"{name}: a second activation behind {last}; bptui's layers have one each")
            if ACTIVATIONS[type(module)] != "identity":
                activations[-1], last = ACTIVATIONS[type(module)], f"nn.{type(module).__name__}"
        else:
            raise RecordingError(f"{name} is {type(module).__name__} in a Sequential: {ELSE}")
    return Layers(tuple(linear), tuple(activations), last)


def refuse_shared(name: str, module: nn.Linear, before: list[nn.Linear]) -> None:
    if any(module is other or module.weight is other.weight for other in before):
        raise RecordingError(
            f"{name}: a layer that stands in the model twice; its gradient is a sum over both places, which no number "
            "of bptui's is. Give each place a layer of its own"
        )


def refuse_parameters(model: nn.Module, layers: Layers) -> None:
    """Raises RecordingError for parameters that are shared, frozen, of a small kind, or in no linear layer."""
    for place, layer in enumerate(layers.linear):
        refuse_shared(f"layer {place + 1}", layer, list(layers.linear[:place]))
    with_bias = {layer.bias is not None for layer in layers.linear}
    if len(with_bias) > 1:
        raise RecordingError("some layers have a bias and others have none; bptui's networks have all or none")
    ours = {id(p) for p in layers.parameters}
    for name, p in model.named_parameters():
        if id(p) not in ours:
            raise RecordingError(f"{name}: a parameter that is no weight or bias of an nn.Linear")
        if p.is_meta:
            raise RecordingError(
                f"{name} is on the device meta, which has no numbers; model.to_empty(device='cpu') gives it room, then "
                "set its start weights"
            )
        if p.dtype not in (torch.float32, torch.float64):
            raise RecordingError(f"{name} is {p.dtype}: half precision is too coarse to compare with; train in float32")
    if any(not layer.weight.requires_grad for layer in layers.linear):
        raise RecordingError("a layer's weight is frozen (requires_grad=False); bptui trains all layers")
    trained = {layer.bias.requires_grad for layer in layers.linear if layer.bias is not None}
    if len(trained) > 1:
        raise RecordingError("some biases are frozen (requires_grad=False); bptui freezes all or none")


def bias_of(layers: Layers) -> Bias:
    """What becomes of the biases, in bptui's word."""
    first = layers.linear[0].bias
    return "none" if first is None else "trained" if first.requires_grad else "frozen"
