"""The one array type of the engine: float64, C order."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def read_only(array: Floats) -> Floats:
    """The same array, refusing to be written through this name."""
    array.flags.writeable = False
    return array
