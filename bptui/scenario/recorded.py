"""Recordings: the file in which a training in PyTorch stands update by update, and the scenario that is read from it.

It is an .npz file of numpy's. ``bptui_recording`` holds JSON as bytes: what was trained, in the words of a scenario
file. The others, U updates of p parameters on N samples: x (N × i), y (N × o); theta (U + 1) × p and memory
(U + 1) × k × p, before the first update and after each; gradients U × p, reduced, as PyTorch had them; losses, rates
and sizes (U,) of the batches; epochs (U,) from 1; rows of all batches, one behind the other. θ stands in bptui's order:
of each layer the weights [from][to], then the biases.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from bptui.data import DataError, Dataset
from bptui.data.bounded import Tell, opened, silent
from bptui.data.clean import clean
from bptui.data.inputs import ROWS, kept_kind
from bptui.data.numpy_file import DAMAGED, array_of, members_of
from bptui.data.output import write_whole
from bptui.engine.network import Architecture
from bptui.engine.optimizers import READ, OptimizerSettings, optimizer_named
from bptui.scenario.accept import Check, ScenarioError, choice, integer, list_of, shown, text
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.scenario.keys import MOST_UNITS
from bptui.scenario.names import ORDERS
from bptui.scenario.reading import network_choice, section, settings_choice
from bptui.scenario.scenario import Scenario
from bptui.training.recording import Recording
from bptui.training.settings import Settings

HEAD = "bptui_recording"
FORMAT = 1
BEGINS = re.compile(rb"PK\x03\x04.{26}%b\.npy" % HEAD.encode(), re.DOTALL)
"""How the file begins as numpy writes it: its first member is the head."""
MEGABYTES = 256  # of numbers that may be recorded
LARGEST = (MEGABYTES + 16) * 2**20  # bytes of a file
LONGEST_HEAD = 2**20
MOST_UPDATES = 1_000_000
MOST_NAMES = 1000
Arrays = Mapping[str, NDArray[Any]]
SHAPES = {
    **dict.fromkeys(("x", "y", "theta", "gradients"), 2),
    "memory": 3,
    **dict.fromkeys(("losses", "rates", "sizes", "epochs", "rows"), 1),
}
"""Dimensions of each array."""
TOLD = {
    "network": ("layers", "activations", "bias"),
    "training": (
        *("loss", "reduction", "batch_size", "last_batch", "l2", "clip_norm", "optimizer"),
        *("momentum", "beta1", "beta2", "decay", "epsilon", "weight_decay"),
    ),
}
"""Keys of a scenario that the head may say: γ stands in the arrays."""
WHOLE = ("sizes", "epochs", "rows")
"""Those of whole numbers."""


def a_flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"expected true or false, got {shown(raw)}")
    return raw


def a_section(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"expected an object, got {shown(raw)}")
    return raw


CHECKS: dict[str, Check] = {
    "by": text,
    "network": a_section,
    "training": a_section,
    "order": choice(ORDERS),
    "steps_known": a_flag,
    "classes": list_of(text, 0, MOST_NAMES),
    "features": list_of(text, 0, MOST_UNITS),
    "image": list_of(integer(1, MOST_UNITS), 0, 2),
    "notices": list_of(text, 0, 20),
}
"""What the JSON says besides its format."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a file holds: the ``head`` by the keys of CHECKS, and the arrays."""

    head: Mapping[str, Any]
    arrays: Arrays


def write_recording(path: Path, recorded: Recorded) -> int:
    """Write it whole or not at all; how many bytes. Raises OSError, ScenarioError where it is too large."""
    head = json.dumps({HEAD: FORMAT, **recorded.head}, allow_nan=False).encode()
    packed = io.BytesIO()
    np.savez(packed, **{HEAD: np.frombuffer(head, np.uint8), **recorded.arrays})  # type: ignore[arg-type]
    if packed.tell() > LARGEST:
        refuse(path, f"a recording of {packed.tell() >> 20} MB; at most {LARGEST >> 20} MB are written")
    write_whole(path, packed.getvalue())
    return packed.tell()


def is_recording(path: Path) -> bool:
    """Is it one, by what is in it, or by how it begins: the list of what is in it stands at its end, which may be cut
    off? Raises nothing."""
    try:
        with opened(path, LARGEST) as stream:
            if BEGINS.match(stream.read(len(HEAD) + 64)):
                return True
            with zipfile.ZipFile(stream) as packed:
                return f"{HEAD}.npy" in packed.namelist()
    except (DataError, OSError, ValueError, *DAMAGED):
        return False


def scenario_of_recording(path: Path, tell: Tell = silent) -> Scenario:
    """The scenario that begins the run which was recorded. Raises ScenarioError: damaged, or what does not fit."""
    try:
        recorded = read(path, tell)
        return scenario_of(path, recorded)
    except (ValueError, DataError) as problem:
        words = " ".join(str(problem).split())
        raise ScenarioError(words if words.startswith(f"{path}: ") else f"{path}: {words}") from None


def read(path: Path, tell: Tell) -> Recorded:
    """Head and arrays, each of its kind; whether they fit together is seen later. Raises DataError, ValueError."""
    try:
        with opened(path, LARGEST) as stream, zipfile.ZipFile(stream) as packed:
            members = members_of(path, packed)
            if set(members) != {HEAD, *SHAPES}:
                wrong = min({HEAD, *SHAPES} ^ set(members))
                raise ValueError(f"no recording of bptui.torch's, or a damaged one: {shown(wrong)}")
            if members[HEAD].file_size > LONGEST_HEAD:
                raise ValueError(f"a head of {members[HEAD].file_size} bytes")
            head = head_of(array_of(path, packed, members[HEAD], silent))
            arrays = {name: array_of(path, packed, members[name], silent) for name in SHAPES if name != "theta"}
            arrays["theta"] = array_of(path, packed, members["theta"], tell)
    except DAMAGED as problem:
        raise ValueError(f"a recording, cut off or damaged: {clean(str(problem))}; copy or record it again") from None
    return Recorded(head, {name: of_kind(name, array) for name, array in arrays.items()})


def head_of(packed: NDArray[Any]) -> dict[str, Any]:
    """The JSON, value by value. Raises ValueError."""
    if packed.dtype != np.uint8:
        raise ValueError("damaged: its head is no bytes")
    try:
        raw = json.loads(packed.tobytes().decode())
    except (ValueError, RecursionError):
        raise ValueError("damaged: its head is no JSON") from None
    if not isinstance(raw, dict) or not isinstance(raw.get(HEAD), int):
        raise ValueError("no recording of bptui.torch's")
    version = raw.pop(HEAD)
    if version > FORMAT:
        raise ValueError(f"recording format {shown(version)} is newer than this bptui knows ({FORMAT}); update it")
    if version != FORMAT or set(raw) != set(CHECKS):
        raise ValueError("damaged, or changed by hand: its head is not as it was written")
    for key, check in CHECKS.items():
        try:
            raw[key] = check(raw[key])
        except ValueError as problem:
            raise ValueError(f"{key}: {problem}") from None
    return raw


def of_kind(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Of the dimensions and kind that it must have, and finite. Raises ValueError."""
    kinds = "iu" if name in WHOLE else "fiu" if name == "x" else "f"
    coarse = name == "theta" and array.dtype.itemsize < 4
    if array.ndim != SHAPES[name] or array.dtype.kind not in kinds or array.dtype.itemsize > 8 or coarse:
        raise ValueError(f"{name}: {array.ndim} dimensions of {array.dtype}, as no recording has them")
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    parts = (array[k : k + ROWS] for k in range(0, len(array), ROWS))
    if array.dtype.kind == "f" and not all(np.isfinite(part).all() for part in parts):
        raise ValueError(f"{name}: a number that is not finite")
    return array.astype(np.int64) if name in WHOLE else array


# --- from what was read to a scenario ---


def scenario_of(path: Path, recorded: Recorded) -> Scenario:
    """Raises ValueError, DataError where something does not fit the rest."""
    head, arrays = recorded.head, recorded.arrays
    for what, keys in TOLD.items():
        others = set(head[what]) - set(keys)
        if others:
            raise ValueError(f"{what}: {shown(min(others))} is nothing that a recording says")
    training = section({"training": head["training"]}, "training")
    settings = settings_choice(training, head["order"])
    network = network_choice(section({"network": head["network"]}, "network"), settings.rules.loss)
    if not head["steps_known"]:
        settings = replace(settings, rules=replace(settings.rules, optimizer=OptimizerSettings(READ.name)))
    architecture = Architecture(network.layers, network.activations, network.bias)  # type: ignore[arg-type]
    require_fit(arrays, architecture, settings)
    data = dataset_of(path, recorded)
    recording = Recording(
        name=clean(path.name),
        by=clean(head["by"], 200),
        settings=settings,
        theta=arrays["theta"],
        memory=arrays["memory"],
        gradients=arrays["gradients"],
        losses=arrays["losses"].astype(np.float64),
        rates=arrays["rates"].astype(np.float64),
        places=arrays["rows"],
        sizes=arrays["sizes"],
        epochs=arrays["epochs"],
    )
    return Scenario(
        DataChoice(clean(path.stem), None, data, order=settings.order),
        started(network, architecture, arrays["theta"][0].astype(np.float64)),
        replace(settings, rules=replace(settings.rules, learning_rate=float(recording.rates[0]))),
        str(path),
        recording,
        tuple(clean(each, 500) for each in head["notices"]),
    )


def started(network: NetworkChoice, architecture: Architecture, theta: NDArray[Any]) -> NetworkChoice:
    """The network with the start weights written out."""
    weights, biases = (tuple(each.tolist() for each in part) for part in architecture.views(theta))
    return replace(network, weights=weights, biases=biases)


def dataset_of(path: Path, recorded: Recorded) -> Dataset:
    head, y = recorded.head, recorded.arrays["y"].astype(np.float64)
    x = kept_kind(recorded.arrays["x"])
    image = tuple(head["image"]) or None
    if image and (len(image) != 2 or image[0] * image[1] != x.shape[1]):
        raise ValueError(f"image: {shown(image)} does not have {x.shape[1]} pixels")
    if x.min() < 0:  # brought to a mean of 0: nothing says how dark that is
        image = None
    if head["classes"] and len(head["classes"]) != max(y.shape[1], 2):
        raise ValueError(f"classes: {len(head['classes'])} names for {y.shape[1]} outputs")
    if head["features"] and len(head["features"]) != x.shape[1]:
        raise ValueError(f"features: {len(head['features'])} names for {x.shape[1]} inputs")
    return Dataset(
        path.stem, x, y, tuple(head["classes"]), tuple(head["features"]), image, "a recording", "your own",
        white=float(max(x.max(), 1.0)) if image else 1.0,
    )  # fmt: skip


def require_fit(arrays: Arrays, architecture: Architecture, settings: Settings) -> None:
    """Raises ValueError for shapes that are not those of one training, and for numbers out of their range."""
    updates, p, samples = len(arrays["sizes"]), architecture.parameters, len(arrays["x"])
    if not 1 <= updates <= MOST_UPDATES:
        raise ValueError(f"{updates} updates; 1 to {MOST_UPDATES} are read")
    slots = len(optimizer_named(settings.rules.optimizer.name).memory)
    inputs, outputs = architecture.sizes[0], architecture.sizes[-1]
    wanted = {
        "x": (samples, inputs),
        "y": (samples, outputs),
        "theta": (updates + 1, p),
        "memory": (updates + 1, slots, p),
        "gradients": (updates, p),
        **dict.fromkeys(("losses", "rates", "sizes", "epochs"), (updates,)),
        "rows": (int(arrays["sizes"].sum()),),
    }
    for name, shape in wanted.items():
        if arrays[name].shape != shape:
            raise ValueError(f"{name}: shape {arrays[name].shape}, {shape} would fit the rest")
    sizes, epochs, rows = (arrays[name] for name in WHOLE)
    if sizes.min() < 1 or sizes.max() > len(rows):
        raise ValueError("sizes: a batch without samples")
    if rows.min() < 0 or rows.max() >= samples:
        raise ValueError(f"rows: one that is not among the {samples} samples")
    steps = {b - a for a, b in pairwise(epochs.tolist())}
    if epochs[0] != 1 or not steps <= {0, 1}:
        raise ValueError("epochs: they do not count from 1, each after the one before")
    if len(np.unique(np.repeat(epochs, sizes) * samples + rows)) < len(rows):
        raise ValueError("rows: one that comes twice in an epoch")
    if arrays["rates"].min() < 0:
        raise ValueError("rates: a learning rate below 0")


def refuse(path: Path, why: str) -> NoReturn:
    raise ScenarioError(f"{path}: {why}")
