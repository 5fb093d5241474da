"""Samples that a network is judged by: its mean loss over all of them, and the share of them that it gets right."""

from collections.abc import Generator, Iterable

import numpy as np

from bptui.engine.backprop import Pass
from bptui.engine.evaluate import Chunk, chunks, losses_of_pass
from bptui.engine.network import Network
from bptui.engine.reduce import share_of_samples
from bptui.engine.types import HALF, Floats, Integers, Rows, read_only

KEPT = 4096  # samples whose chunks are cut once: of more it would take long, and beside their arithmetic it is nothing


class Judged:
    """x (N × i) and y (N × o), evaluated in a ``room`` for networks of one architecture, again and again. There is a
    right answer where ``classes`` says so."""

    def __init__(self, x: Rows, y: Floats, classes: bool, room: Pass) -> None:
        self._x, self._y, self._room = x, y, room
        self._wanted = read_only(chosen_class(y)) if classes else None
        self._kept = list(chunks(x, y, room)) if isinstance(x, np.ndarray) and len(x) <= KEPT else None

    def _chunks(self) -> Iterable[Chunk]:
        return self._kept if self._kept is not None else chunks(self._x, self._y, self._room)

    def walk(self, network: Network, loss: str) -> Generator[None, None, tuple[float, float]]:
        """Mean loss and share; nan without samples or right answers. They are given back at the end of a walk from
        chunk to chunk that can be broken off. Callers silence numpy's warnings."""
        count = len(self._x)
        if count == 0:
            return float("nan"), float("nan")
        total, right, wanted = 0.0, 0, self._wanted
        for part, passed, y in self._chunks():
            total += float(losses_of_pass(network, loss, y, passed).sum())
            if wanted is not None:
                right += int(np.count_nonzero(chosen_class(passed.a[-1]) == wanted[part]))
            yield
        return share_of_samples(total, count), share_of_samples(right, count) if wanted is not None else float("nan")


def chosen_class(outputs: Floats) -> Integers:
    """The class each row says: the largest of several outputs, or 1 for a single output above one half."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > HALF).astype(np.int64)
    return outputs.argmax(axis=1)
