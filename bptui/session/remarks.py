"""What is worth a remark though nothing is wrong: an update from which nothing is learnt."""

from bptui.training.record import UpdateRecord


def of_batch(record: UpdateRecord) -> str:
    """Of a batch all of whose samples are in; "" for nothing."""
    activations = record.before.architecture.activations
    for layer in range(1, record.layers):
        if activations[layer - 1] == "relu" and not record.passed.a[layer].any():
            return f"layer {layer} is dead: every ReLU of it is 0 for every sample, and no gradient gets through"
    return ""
