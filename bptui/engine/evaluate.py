"""The one forward-only pass: losses and outputs of any samples, with nothing kept for a backward pass."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bptui.engine.backprop import Pass, forward
from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network
from bptui.engine.types import Floats, Rows, quiet, read_only

CHUNK = 256  # samples evaluated at once: little memory, and most of it stays in the cache


def losses_of_pass(network: Network, loss: str, y: Floats, passed: Pass) -> Floats:
    """Forward over the inputs that ``passed`` holds, into its z and a: the loss of each sample, (n,); y is n × o."""
    forward(network, passed)
    return LOSSES[loss].value(passed.z[-1], passed.a[-1], y)


class Chunk(NamedTuple):
    """Some samples that are evaluated at once: which rows of all, the pass that holds their inputs, their targets."""

    part: slice
    passed: Pass
    y: Floats


def room_for(architecture: Architecture, samples: int) -> Pass:
    """Where what is found of so many samples is put, chunk by chunk. To keep it spares the next evaluation a quarter of
    its time: the memory is the process's already."""
    return Pass.forward_only(architecture, np.empty((min(samples, CHUNK), 0)))


def chunks(x: Rows, y: Floats, room: Pass) -> Iterator[Chunk]:
    """x (N × i) and y (N × o), cut; all chunks share a room, so the next one overwrites what was found of one."""
    for start in range(0, len(x), CHUNK):
        part = slice(start, start + CHUNK)
        yield Chunk(part, room.with_inputs(x[part]), y[part])


def evaluate(network: Network, loss: str, x: Rows, y: Floats) -> Iterator[tuple[slice, Floats, Floats]]:
    """For x (N × i) and y (N × o), chunk by chunk: which rows, their losses (n,) and their outputs (n × o), which the
    next chunk overwrites."""
    for part, passed, targets in chunks(x, y, room_for(network.architecture, len(x))):
        with quiet():
            losses = losses_of_pass(network, loss, targets, passed)
        yield part, losses, passed.a[-1]


def activations(network: Network, layer: int, x: Floats) -> Floats:
    """What layer 1 … L answers to each of x (N × i): N × o."""
    passed = Pass.forward_only(network.architecture, x)
    with quiet():
        forward(network, passed)
    return read_only(passed.a[layer])


def sample_losses(network: Network, loss: str, x: Rows, y: Floats) -> Floats:
    """The loss of each sample, (N,), for x (N × i) and y (N × o)."""
    out = np.empty(len(x))
    for part, losses, _ in evaluate(network, loss, x, y):
        out[part] = losses
    return read_only(out)
