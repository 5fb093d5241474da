"""Which network of bptui's a model is, once a first pass has gone through it."""

import torch
from torch import nn

from bptui.engine.network import Architecture
from bptui.scenario.reading import section
from bptui.scenario.scenario import MOST_PARAMETERS
from bptui.torch.chain import Chain
from bptui.torch.error import RecordingError
from bptui.torch.losses import OUTPUTS
from bptui.torch.model import Layers, bias_of
from bptui.torch.passes import Seen, activation_between


def architecture_of(layers: Layers, chain: Chain, loss: nn.Module, seen: Seen) -> Architecture:
    """Raises RecordingError where there is none."""
    activations = layers.activations or inferred(chain, seen)
    last = layers.last or f"the {activations[-1]}"
    if type(loss) in OUTPUTS:
        wanted, ours, why = OUTPUTS[type(loss)]
        if activations[-1] != wanted:
            raise RecordingError(why.format(last=last))
        activations = (*activations[:-1], ours)
    elif activations[-1] == "log-softmax":
        raise RecordingError("nn.LogSoftmax goes with nn.NLLLoss only; with another loss take nn.Softmax")
    try:
        section({"network": {"layers": list(chain.sizes)}}, "network")
        made = Architecture(chain.sizes, activations, bias_of(layers))
    except ValueError as problem:
        raise RecordingError(str(problem)) from None
    if made.parameters > MOST_PARAMETERS:
        raise RecordingError(f"{made.parameters} parameters; a recording has at most {MOST_PARAMETERS}")
    return made


def inferred(chain: Chain, seen: Seen) -> tuple[str, ...]:
    """The activations of a module that calls its layers itself, from what goes in and what comes out. Raises
    RecordingError."""
    assert isinstance(seen.output, torch.Tensor)
    found = []
    for place, (z, a) in enumerate(zip(seen.z, [*seen.a[1:], seen.output], strict=True), start=1):
        name = activation_between(z, a, chain.kind, place == len(chain))
        if not name:
            raise RecordingError(
                f"what comes behind layer {place} is no activation that bptui knows: a chain of nn.Linear and relu, "
                "leaky_relu (0.01), tanh, sigmoid, softplus, gelu, softmax can be recorded"
            )
        found.append(name)
    return tuple(found)
