"""Weights in a file of their own: read without running anything of it, written whole or not at all.

A ``.json`` file holds {"weights": [layer][from][to], "biases": [layer][to]}, as a scenario's keys do; a ``.npz`` file
of numpy the arrays W1 (i × o), b1 (o), W2, b2 …; a network without biases has no b. A ``.safetensors`` file is written
for PyTorch: its state of the Sequential that ``bptui export --torch`` builds, weights [to][from].
"""

import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from bptui.data.bounded import bytes_of, text_of
from bptui.data.dataset import DataError, Floats
from bptui.data.numpy_file import header_of
from bptui.data.output import write_whole
from bptui.engine.network import Architecture, Parameters
from bptui.scenario.accept import ScenarioError, nearest, shown
from bptui.scenario.keys import KEYS
from bptui.scenario.scenario import MOST_PARAMETERS, Scenario

LARGEST_ARRAY = 8 * MOST_PARAMETERS + 10_000  # bytes with numpy's own header
NAMES = ("weights", "biases")
Numbers = tuple[list[Any], list[Any]]
"""Weights [layer][from][to] and biases [layer][to]."""


def started_from(scenario: Scenario, path: Path) -> Scenario:
    """The scenario with start weights from a file. Raises ScenarioError: unreadable, or of another shape."""
    reader, _ = kind_of(path)
    try:
        weights, biases = reader(path)
    except DataError as problem:
        raise ScenarioError(str(problem)) from None
    refuse_other_shapes(path, scenario, weights, biases)
    return replace(scenario, network=replace(scenario.network, weights=tuple(weights), biases=tuple(biases)))


def save(path: Path, network: Parameters) -> None:
    """Write a network's weights and biases, over those of a file that is there; every number comes back exactly.
    Raises ScenarioError, OSError."""
    write_whole(path, body_of(path, network))


def body_of(path: Path, network: Parameters) -> str | bytes:
    """What a file of this name holds of a network. Raises ScenarioError for an end that is none of weights."""
    _, written = kind_of(path)
    return written(network)


def kind_of(path: Path) -> tuple[Callable[[Path], Numbers], Callable[[Parameters], str | bytes]]:
    """How files with this end are read and written. Raises ScenarioError for another end."""
    if path.suffix.lower() not in KINDS:
        code = "; such a file can run code" if path.suffix.lower() in (".pt", ".pth", ".pkl", ".pickle") else ""
        raise ScenarioError(f"{path}: weights are in a .npz or .json file (.safetensors is written too){code}")
    return KINDS[path.suffix.lower()]


def refuse_other_shapes(path: Path, scenario: Scenario, weights: list[Any], biases: list[Any]) -> None:
    sizes = scenario.network.layers
    given = (len(weights[0]), *(len(layer[0]) for layer in weights))
    there = "-".join(map(str, given))
    if given != sizes:
        fits = (given[0], given[-1]) == (sizes[0], sizes[-1])
        cure = f"; add --layers {there}" if fits else "; PyTorch's are [to][from]" if given == sizes[::-1] else ""
        raise ScenarioError(f"{path}: weights of a network {there}, this one is {'-'.join(map(str, sizes))}{cure}")
    for place, (layer, size) in enumerate(zip(weights, sizes, strict=False), start=1):
        if len(layer) != size or any(len(row) != sizes[place] for row in layer):
            raise ScenarioError(f"{path}: the weights of layer {place} are not {size} × {sizes[place]}")
    if not biases:
        return
    if scenario.network.bias == "none":
        raise ScenarioError(f"{path}: biases for a network without any (bias = none)")
    if [len(layer) for layer in biases] != list(sizes[1:]):
        raise ScenarioError(f"{path}: {[len(layer) for layer in biases]} biases, expected {list(sizes[1:])}")


def read_json(path: Path) -> Numbers:
    raw = document_in(path)
    if not isinstance(raw, dict) or not raw.get("weights"):
        raise DataError(f'{path}: expected {{"weights": …, "biases": …}}, got {shown(raw)}')
    for key in raw:
        if key not in NAMES:
            raise DataError(f"{path}: unknown key {shown(key)}{nearest(key, NAMES)}")
    weights, biases = (checked(path, key, raw.get(key) or []) for key in NAMES)
    return weights, biases


def checked(path: Path, key: str, raw: Any) -> list[Any]:
    try:
        numbers: list[Any] = KEYS["network"][key].check(raw) if raw != [] else []
    except ValueError as problem:
        raise DataError(f"{path}: {key}: {problem}") from None
    return numbers


def document_in(path: Path) -> Any:
    """The JSON in a file. Raises DataError."""
    body = text_of(path)
    try:
        return json.loads(body, parse_constant=not_finite)
    except RecursionError:
        raise DataError(f"{path}: nested too deeply") from None
    except json.JSONDecodeError as problem:
        raise DataError(f"{path}:{problem.lineno}: no JSON: {problem.msg}") from None
    except ValueError as problem:  # a number of thousands of digits, or one that is none
        raise DataError(f"{path}: {problem}") from None


def not_finite(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a finite number")


def read_npz(path: Path) -> Numbers:
    body = bytes_of(path)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            arrays = {info.filename.removesuffix(".npy"): array_in(packed, info) for info in of_ours(packed)}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as problem:
        raise DataError(f"{path}: no .npz file of numpy's that can be read: {problem}") from None
    except ValueError as problem:
        raise DataError(f"{path}: {problem}") from None
    layers = sum(name.startswith("W") for name in arrays)
    wanted = [f"W{layer}" for layer in range(1, layers + 1)]
    biases = [f"b{layer}" for layer in range(1, layers + 1)] if any(name[0] == "b" for name in arrays) else []
    if not layers or set(arrays) != {*wanted, *biases}:
        raise DataError(f"{path}: expected the arrays W1, b1, W2, b2 …; it has {shown(sorted(arrays))}")
    for name, array in arrays.items():
        if array.ndim != (2 if name[0] == "W" else 1) or array.size == 0 or not np.isfinite(array).all():
            raise DataError(f"{path}: {name}: expected {'i × o' if name[0] == 'W' else 'o'} finite numbers")
    return [arrays[name].tolist() for name in wanted], [arrays[name].tolist() for name in biases]


def of_ours(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members, if they are arrays by our names and of a size that weights may have. Raises ValueError."""
    members = packed.infolist()
    for info in members:
        if not re.fullmatch(r"[Wb][1-9]\d?\.npy", info.filename):
            raise ValueError(
                f"expected the arrays W1, b1, W2, b2 …; it has {shown(info.filename.removesuffix('.npy'))}"
            )
    if sum(info.file_size for info in members) > LARGEST_ARRAY:
        raise ValueError(f"more than {MOST_PARAMETERS} numbers")
    return members


def array_in(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Floats:
    """One array, its header believed only as far as the bytes that are there. No pickle is read. Raises ValueError."""
    name = info.filename.removesuffix(".npy")
    with packed.open(info) as stream:
        try:
            shape, by_column, kind = header_of(stream)
        except ValueError as problem:
            raise ValueError(f"{name}: {problem}") from None
        if kind.kind not in "fiu" or kind.itemsize > 8:
            raise ValueError(f"{name}: expected an array of numbers, got one of {shown(str(kind))}")
        length = math.prod(shape) * kind.itemsize
        if not 0 <= length <= info.file_size:
            raise ValueError(f"{name}: cut off")
        body = stream.read(length)
    if len(body) != length:
        raise ValueError(f"{name}: cut off")
    numbers: Floats = np.frombuffer(body, kind).reshape(shape, order="F" if by_column else "C").astype(np.float64)
    return numbers


def json_of(network: Parameters) -> str:
    parts = {"weights": [w.tolist() for w in network.weights], "biases": [b.tolist() for b in network.biases]}
    return json.dumps(parts, allow_nan=False) + "\n"


def npz_of(network: Parameters) -> bytes:
    arrays = {f"W{layer}": w for layer, w in enumerate(network.weights, start=1)}
    arrays |= {f"b{layer}": b for layer, b in enumerate(network.biases, start=1)}
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def safetensors_of(network: Parameters) -> bytes:
    """Eight bytes that say how long the JSON of names, types and places is, that, and the numbers
    (github.com/huggingface/safetensors, "Format")."""
    arrays: dict[str, Floats] = {}
    for layer, w in enumerate(network.weights):
        arrays[f"{module_of(network.architecture, layer)}.weight"] = w.T
    for layer, b in enumerate(network.biases):
        arrays[f"{module_of(network.architecture, layer)}.bias"] = b
    head: dict[str, Any] = {}
    body = b""
    for name, array in arrays.items():
        start, body = len(body), body + array.astype("<f8").tobytes()
        head[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [start, len(body)]}
    packed = json.dumps(head, separators=(",", ":")).encode()
    packed += b" " * (-len(packed) % 8)
    return len(packed).to_bytes(8, "little") + packed + body


def module_of(architecture: Architecture, layer: int) -> int:
    """The place of a layer (from 0) in a Sequential of linear layers and activations, where identities are left out."""
    return layer + sum(name != "identity" for name in architecture.activations[:layer])


def no_reading(path: Path) -> NoReturn:
    raise DataError(f"{path}: .safetensors is written, not read; start weights are in a .npz or .json file")


KINDS: dict[str, tuple[Callable[[Path], Numbers], Callable[[Parameters], str | bytes]]] = {
    ".npz": (read_npz, npz_of),
    ".json": (read_json, json_of),
    ".safetensors": (no_reading, safetensors_of),
}
