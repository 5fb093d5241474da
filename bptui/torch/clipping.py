"""What clip_grad_norm_ of PyTorch has done to a gradient between backward and step, told from the gradient alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bptui.torch.error import RecordingError
from bptui.torch.passes import SAME

EPSILON = 1e-6
"""PyTorch divides by the length and this."""
CLOSE = {"float32": 1e-4, "float64": 1e-9}
"""How far a length that PyTorch has added up may be off, as a share of it."""
DIGITS = range(1, 7)
"""Of the length that a person has written, as far as they can be seen."""


class Clipping:
    """The one length to which gradients are clipped throughout a recording: ``norm``, 0 as long as none was."""

    def __init__(self, kind: str) -> None:
        self.norm = 0.0
        self._kind = kind
        self._longest = 0.0  # of those that were left as they were

    def note(self, gradient: NDArray[Any], used: NDArray[Any]) -> None:
        """Of a backward and of the step after it. Raises RecordingError where another change was made, or the same with
        another length; then nothing is noted."""
        g, u = (each.astype(np.float64) for each in (gradient, used))
        length = float(np.sqrt(g @ g))
        norm, longest = self.norm, self._longest
        if np.array_equal(gradient, used):
            longest = max(longest, length)
        else:
            norm = self._clipped_to(length, g, u)
        if norm and longest > norm * (1 + CLOSE[self._kind]):
            raise RecordingError(
                f"a gradient was clipped to the length {norm:g}, and one of {longest:g} was not clipped; clip before "
                "every step of a recording, or before none"
            )
        self.norm, self._longest = norm, longest

    def _clipped_to(self, length: float, g: NDArray[Any], u: NDArray[Any]) -> float:
        """The length to which g was brought. Raises RecordingError."""
        factor = float(u @ g) / length**2 if length else 1.0
        if not 0 < factor < 1 or np.abs(u - factor * g).max() > SAME[self._kind] * np.abs(u).max():
            raise RecordingError(
                "the gradients were changed between backward and step, and not by one clip_grad_norm_ of all "
                "parameters; take that out to record"
            )
        norm = factor * (length + EPSILON)
        known = self.norm or written(norm, CLOSE[self._kind])
        if abs(norm / known - 1) > CLOSE[self._kind]:
            raise RecordingError(
                f"the gradients were scaled, once to the length {known:g}, now to {norm:g}; what can be recorded is "
                "clip_grad_norm_ with one max_norm throughout (and norm_type 2)"
            )
        return known

    def applied(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        """As bptui clips it."""
        length = float(np.sqrt(gradient @ gradient))
        return gradient * (self.norm / length) if 0 < self.norm < length else gradient

    def off(self, gradient: NDArray[np.float64]) -> float:
        """How far that is from what PyTorch makes of it, as a share."""
        length = float(np.sqrt(gradient @ gradient))
        return EPSILON / length if 0 < self.norm < length else 0.0


def written(norm: float, close: float) -> float:
    """The shortest number as near as that."""
    return next((short for k in DIGITS if abs((short := float(f"{norm:.{k}g}")) / norm - 1) <= close), norm)
