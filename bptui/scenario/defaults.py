"""What layers compute where nothing is said of it."""

from bptui.engine.losses import LOSSES


def output_activation(loss: str, wanted: str) -> str:
    """The activation the loss needs at the output; else the wanted one, softmax giving way to sigmoid."""
    return LOSSES[loss].joined or ("sigmoid" if wanted == "softmax" else wanted)


def default_activations(layers: tuple[int, ...], loss: str) -> tuple[str, ...]:
    """What layers compute unless they say so: tanh, and at the output what goes with the loss."""
    return (*("tanh",) * (len(layers) - 2), output_activation(loss, "identity"))
