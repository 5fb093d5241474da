"""What becomes of the updates that were seen: arrays in bptui's order, within the bytes that are allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.scenario.recorded import Recorded
from bptui.torch.epochs import epochs_of, is_fixed, rows_of
from bptui.torch.error import RecordingError
from bptui.torch.passes import Seen

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """A pass that was checked, and what the step is made of: θ, the optimizer's memory, the gradient and γ."""

    seen: Seen
    before: Numbers
    memory: Numbers
    gradient: Numbers
    rate: float


def refuse_names(
    sizes: tuple[int, ...], classes: tuple[str, ...], features: tuple[str, ...], image: tuple[int, int] | None
) -> None:
    """Raises RecordingError where there are not as many as the network has inputs and outputs."""
    if features and len(features) != sizes[0]:
        raise RecordingError(f"features: {len(features)} named, the model has {sizes[0]} inputs")
    if classes and len(classes) != max(sizes[-1], 2):
        raise RecordingError(f"classes: {len(classes)} named, for {max(sizes[-1], 2)} there are outputs")
    if image and image[0] * image[1] != sizes[0]:
        raise RecordingError(f"image: {image[0]} × {image[1]} pixels for {sizes[0]} inputs")


class Contents:
    """Takes updates, at most so many ``bytes`` of them."""

    def __init__(
        self, classes: tuple[str, ...], features: tuple[str, ...], image: tuple[int, int] | None, most: int
    ) -> None:
        self.classes, self.features = classes, features
        self.updates: list[tuple[Numbers, float, float]] = []  # gradient, loss, γ
        self.full = ""
        self._most, self._taken = most, 0
        self._theta: list[Numbers] = []
        self._memory: list[Numbers] = []
        self._samples: dict[bytes, int] = {}
        self._x: list[Numbers] = []
        self._y: list[Numbers] = []
        self._batches: list[NDArray[np.int64]] = []
        self._begins: list[int] = []  # updates with which an epoch begins, where that was said
        self._image = image

    def begin_epoch(self) -> None:
        self._begins.append(len(self.updates))

    def add(self, update: Update, after: Numbers, memory: Numbers) -> None:
        """An update, and θ and the memory that it left; ``full`` says then why there is no room for another."""
        seen, kind = update.seen, update.before.dtype
        if not self._theta:
            self._theta.append(update.before)
            self._memory.append(update.memory.astype(kind))
            flattened = seen.image is not None and seen.image[0] * seen.image[1] == seen.a[0].shape[1]
            self._image = self._image or (seen.image if flattened else None)
        x, y = seen.a[0].cpu().numpy(), np.asarray(seen.targets, dtype=kind)
        self._batches.append(np.array([self._sample(*pair) for pair in zip(x, y, strict=True)], dtype=np.int64))
        self._theta.append(after)
        self._memory.append(memory.astype(kind))
        self.updates.append((update.gradient, seen.loss, update.rate))
        each = after.nbytes + update.gradient.nbytes + self._memory[-1].nbytes + 8 * len(x) + 32
        self._taken += each
        if self._taken + each > self._most:
            self.full = f"{self._most >> 20} MB are full (megabytes=…)"

    def _sample(self, x: Numbers, y: Numbers) -> int:
        """The number of a sample, told by its numbers."""
        key = x.tobytes() + y.tobytes()
        if key not in self._samples:
            self._samples[key] = len(self._x)
            self._x.append(x)
            self._y.append(y)
            self._taken += x.nbytes + y.nbytes
        return self._samples[key]

    # --- at the end ---

    def recorded(self, head: dict[str, Any], labels: bool, why: str) -> Recorded:
        """All of it as a file holds it; ``why`` the optimizer's rule is not known ("" where it is)."""
        epochs = self._epochs()
        rows, samples = rows_of(self._batches, epochs)
        y = np.stack([self._y[k] for k in samples])
        sizes = np.array([len(batch) for batch in self._batches], dtype=np.int64)
        gradients, losses, rates = zip(*self.updates, strict=True)
        memory = np.stack(self._memory)
        arrays = {
            "x": np.stack([self._x[k] for k in samples]),
            "y": y,
            "theta": np.stack(self._theta),
            "memory": memory[:, :0] if why else memory,
            "gradients": np.stack(gradients),
            "losses": np.array(losses, dtype=np.float64),
            "rates": np.array(rates, dtype=np.float64),
            "sizes": sizes,
            "epochs": epochs,
            "rows": np.concatenate(rows),
        }
        notices = [f"the steps are read, not explained: {why}"] if why else []
        notices += [f"only the first {len(sizes)} updates: {self.full}"] if self.full else []
        head = {
            **head,
            "training": head["training"] | batches_of(sizes, epochs, len(samples)),
            "order": "fixed" if is_fixed(rows, epochs) else "shuffle",
            "classes": list(self.classes) or names_of(y, labels),
            "features": list(self.features),
            "image": list(self._image or ()),
            "notices": notices,
        }
        return Recorded(head, arrays)

    def _epochs(self) -> NDArray[np.int64]:
        """As they were marked, or else as they can be seen."""
        if not self._begins:
            return epochs_of(self._batches)
        marks = np.zeros(len(self._batches), dtype=np.int64)
        marks[[k for k in self._begins if k < len(marks)]] = 1
        marks[0] = 1
        return np.cumsum(marks)


def batches_of(sizes: NDArray[np.int64], epochs: NDArray[np.int64], samples: int) -> Mapping[str, Any]:
    """The usual size of a batch, and what becomes of a short last one, as a scenario says them."""
    counts = np.bincount(sizes)
    usual = int(counts.argmax())
    whole = int((sizes[epochs == 1]).sum())
    drops = len(np.unique(epochs)) > 1 and bool((sizes == usual).all()) and 0 < samples - whole < usual
    return {"batch_size": "all" if usual == samples else usual} | ({"last_batch": "drop"} if drops else {})


def names_of(y: Numbers, labels: bool) -> list[str]:
    """Numbers of classes, where the targets are such."""
    if labels and ((y == 0) | (y == 1)).all():
        return [str(k) for k in range(y.shape[1])] if y.shape[1] > 1 else []
    single = y.shape[1] == 1 and bool(((y == 0) | (y == 1)).all())
    return ["0", "1"] if single else []
