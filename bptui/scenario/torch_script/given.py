"""The numbers that stand in a script: start weights and samples, written out or packed."""

import base64
import io
from textwrap import wrap

import numpy as np

from bptui.data.dataset import Floats
from bptui.engine.network import Network
from bptui.training.problem import Problem

WRITTEN_OUT = 400  # numbers of one kind that are printed as such; more are packed


def given(problem: Problem, network: Network) -> str:
    """The start weights [from][to], and the samples as the network gets them."""
    weights = {f"W{layer}": w for layer, w in enumerate(network.weights, 1)}
    biases = {f"B{layer}": b for layer, b in enumerate(network.biases, 1)}
    samples = {"X": problem.train_x, "Y": problem.train_y, "TEST_X": problem.test_x, "TEST_Y": problem.test_y}
    pairs = [f"(W{k}, B{k})" if biases else f"W{k}" for k in range(1, network.architecture.layers + 1)]
    return f"{_arrays(weights | biases)}\nSTART = [{', '.join(pairs)}]\n\n" + _arrays(
        {name: np.asarray(array[:], dtype=np.float64) for name, array in samples.items()}
    )


def _arrays(arrays: dict[str, Floats]) -> str:
    if sum(array.size for array in arrays.values()) <= WRITTEN_OUT:
        return "\n".join(f"{name} = torch.tensor({_listed(array)})" for name, array in arrays.items())
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]
    text = "\n".join(wrap(base64.b64encode(packed.getvalue()).decode("ascii"), 110))
    names = ", ".join(arrays)
    listed = ", ".join(f'"{name}"' for name in arrays)
    return (
        f'PACKED = """\n{text}\n"""  # numpy\'s .npz, as base64\n'
        f"PACKED = np.load(io.BytesIO(base64.b64decode(PACKED)))\n"
        f"{names} = (torch.from_numpy(PACKED[name]) for name in ({listed}))"
    )


def _listed(array: Floats) -> str:
    """Rows below each other; every number comes back exactly."""
    if array.ndim == 1 or not array.size:
        return repr(array.tolist()) if array.size else f"[]).reshape({array.shape[0]}, {array.shape[1]}"
    return "[\n" + "".join(f"    {row!r},\n" for row in array.tolist()) + "]"
