"""The keys of a scenario file: what each accepts, and what they say once checked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bptui.data import BUILT_IN, Dataset
from bptui.data.clean import clean
from bptui.data.dataset import one_hot
from bptui.data.files import read_data
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.network import BIASES, INITIALISATIONS
from bptui.engine.optimizers import OPTIMIZERS, OptimizerSettings
from bptui.engine.rates import SCHEDULES, RateSchedule
from bptui.engine.reduce import REDUCTIONS
from bptui.engine.update import UpdateRules
from bptui.scenario.accept import Check, choice, integer, list_of, nearest, number, or_word, shown, text
from bptui.training.settings import LAST_BATCH, ORDERS, Order, Settings

FORMAT_VERSION = 1
MOST_UNITS = 10_000


@dataclass(frozen=True, slots=True)
class DataChoice:
    """[data]: a built-in ``name``, or a ``file`` with what was read from it (``table``: read once, and kept whatever
    becomes of the file), or numbers written out (``table`` alone)."""

    name: str = "digits"
    file: Path | None = None
    table: Dataset | None = None
    samples: int | None = None
    order: Order = "shuffle"
    test_fraction: float = 0.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """[network]: sizes, activations, how it starts (``weights`` and ``biases`` win over ``init``), and what its units
    are called, the input's first (() where they have numbers only)."""

    layers: tuple[int, ...]
    activations: tuple[str, ...]
    bias: str = "trained"
    init: str = "glorot"
    weights: tuple[Any, ...] = ()
    biases: tuple[Any, ...] = ()
    units: tuple[tuple[str, ...], ...] = ()


REAL = number(-1e300, 1e300)
COUNT = integer(1, 1_000_000_000)
TABLE = list_of(list_of(REAL, 1, MOST_UNITS), 1, 1_000_000)
KEYS: dict[str, dict[str, Check]] = {
    "data": {
        "name": choice(BUILT_IN),
        "file": text,
        "x": TABLE,
        "targets": TABLE,
        "labels": list_of(integer(0, 999), 1, 1_000_000),
        "samples": or_word("all", COUNT),
        "order": choice(ORDERS),
        "test_fraction": number(0, 1, below=True),
        "seed": integer(0, 2**63 - 1),
    },
    "network": {
        "layers": list_of(integer(1, MOST_UNITS), 2, 20),
        "activations": list_of(choice(ACTIVATIONS), 1, 19),
        "bias": choice(BIASES),
        "init": choice(INITIALISATIONS),
        "weights": list_of(TABLE, 1, 19),
        "biases": list_of(list_of(REAL, 1, MOST_UNITS), 1, 19),
        "units": list_of(list_of(text, 1, MOST_UNITS), 2, 20),
    },
    "training": {
        "loss": choice(LOSSES),
        "batch_size": or_word("all", COUNT),
        "reduction": choice(REDUCTIONS),
        "learning_rate": number(0),
        "schedule": choice(SCHEDULES),
        "schedule_length": COUNT,
        "schedule_factor": number(0, 1),
        "optimizer": choice(OPTIMIZERS),
        "momentum": number(0, 1, below=True),
        "beta1": number(0, 1, below=True),
        "beta2": number(0, 1, below=True),
        "decay": number(0, 1, below=True),
        "epsilon": number(0),
        "weight_decay": number(0),
        "micro_batches": COUNT,
        "last_batch": choice(LAST_BATCH),
        "repeats": COUNT,
        "repeat_until": number(0),
        "l1": number(0),
        "l2": number(0),
        "clip_norm": number(0),
    },
}


def output_activation(loss: str, wanted: str) -> str:
    """The activation the loss needs at the output; else the wanted one, softmax giving way to sigmoid."""
    return LOSSES[loss].joined or ("sigmoid" if wanted == "softmax" else wanted)


def default_activations(layers: tuple[int, ...], loss: str) -> tuple[str, ...]:
    """What layers compute unless they say so: tanh, and at the output what goes with the loss."""
    return (*("tanh",) * (len(layers) - 2), output_activation(loss, "identity"))


def check_version(document: dict[str, Any]) -> None:
    version = document.get("format_version")
    if version is None:
        raise ValueError(f"format_version is missing; write format_version = {FORMAT_VERSION} on the first line")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError(f"format_version: expected {FORMAT_VERSION}, got {shown(version)}")
    if version > FORMAT_VERSION:
        raise ValueError(
            f"format_version {shown(version)} is newer than this bptui knows ({FORMAT_VERSION}); update it"
        )


def section(document: dict[str, Any], name: str) -> dict[str, Any]:
    """One section with every value checked; errors name the key's path."""
    raw = document.get(name, {})
    if not isinstance(raw, dict):
        raise ValueError(f"{name}: expected a section [{name}], got {shown(raw)}")
    unknown_keys(raw, set(KEYS[name]), f"{name}.")
    checked = {}
    for key, value in raw.items():
        try:
            checked[key] = KEYS[name][key](value)
        except ValueError as problem:
            raise ValueError(f"{name}.{key}: {problem}") from None
    return checked


def unknown_keys(raw: dict[str, Any], known: set[str], where: str) -> None:
    for key in raw:
        if key not in known:
            raise ValueError(f"unknown key {shown(where + key)}{nearest(key, sorted(known))}")


def data_choice(raw: dict[str, Any], folder: Path) -> DataChoice:
    given = [key for key in ("name", "file", "x") if key in raw]
    if len(given) != 1:
        raise ValueError(f"data: give one of name, file and x; got {' and '.join(given) or 'none'}")
    chosen = {key: raw[key] for key in ("samples", "order", "test_fraction", "seed") if key in raw}
    if "x" in raw:
        return DataChoice(name="table", table=written_out(raw), **chosen)
    if "targets" in raw or "labels" in raw:
        raise ValueError("data: targets and labels go with x only")
    if "file" in raw:
        path = inside(folder, raw["file"])
        return DataChoice(raw["file"], path, read_data(path), **chosen)
    return DataChoice(name=raw["name"], **chosen)


def inside(folder: Path, name: str) -> Path:
    """A file in the scenario's own folder or below it: a scenario from elsewhere reads nothing else."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"data.file: {shown(name)} is outside the scenario's folder")
    return path


def written_out(raw: dict[str, Any]) -> Dataset:
    """Data given as numbers in the scenario itself."""
    if ("targets" in raw) == ("labels" in raw):
        raise ValueError("data: x needs either targets or labels")
    x = rectangle(raw["x"], "data.x")
    if "targets" in raw:
        return Dataset("table", x, rectangle(raw["targets"], "data.targets"), source="written in the scenario")
    labels = np.array(raw["labels"])
    classes = int(labels.max()) + 1
    names = tuple(str(label) for label in range(classes))
    return Dataset("table", x, one_hot(labels, classes), names, source="written in the scenario")


def rectangle(rows: list[list[float]], key: str) -> Any:
    for place, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"{key}: row {place} has {len(row)} numbers, row 0 has {len(rows[0])}")
    return np.array(rows, dtype=np.float64)


def network_choice(raw: dict[str, Any], loss: str) -> NetworkChoice:
    if "layers" not in raw:
        raise ValueError("network.layers is missing; for example layers = [2, 3, 1]")
    layers = tuple(raw["layers"])
    activations = tuple(raw.get("activations", default_activations(layers, loss)))
    if "biases" in raw and "weights" not in raw:
        raise ValueError("network.biases: start biases in numbers need network.weights in numbers too")
    rest: dict[str, Any] = {key: raw[key] for key in ("bias", "init") if key in raw}
    rest |= {key: tuple(raw[key]) for key in ("weights", "biases") if key in raw}
    return NetworkChoice(layers, activations, units=unit_names(raw.get("units", []), layers), **rest)


def unit_names(raw: list[list[str]], layers: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """A name for every unit of every layer, or none at all. Raises ValueError."""
    if raw and len(raw) != len(layers):
        raise ValueError(f"network.units: names for {len(raw)} layers, the network has {len(layers)} with its input")
    for place, (names, size) in enumerate(zip(raw, layers, strict=False)):
        if len(names) != size:
            raise ValueError(f"network.units: item {place} has {len(names)} names, the layer has {size} units")
    return tuple(tuple(map(clean, names)) for names in raw)


USED_BY = {
    "momentum": ("optimizer", ("momentum", "nesterov")),
    "beta1": ("optimizer", ("adam", "adamw")),
    "beta2": ("optimizer", ("adam", "adamw")),
    "decay": ("optimizer", ("rmsprop",)),
    "epsilon": ("optimizer", ("rmsprop", "adam", "adamw")),
    "weight_decay": ("optimizer", ("adamw",)),
    "schedule_length": ("schedule", ("step", "cosine", "warm-up")),
    "schedule_factor": ("schedule", ("step", "cosine")),
}


def refuse_unused(raw: dict[str, Any]) -> None:
    """A constant that the chosen optimizer or schedule does not use would be ignored in silence."""
    for key, (chooser, users) in USED_BY.items():
        chosen = raw.get(chooser, {"optimizer": "sgd", "schedule": "constant"}[chooser])
        if key in raw and chosen not in users:
            raise ValueError(f"training.{key}: used by {chooser} {' and '.join(users)} only, not by {chosen}")


def settings_choice(raw: dict[str, Any], order: Order) -> Settings:
    def pick(*keys: str) -> dict[str, Any]:
        return {key: raw[key] for key in keys if key in raw}

    refuse_unused(raw)
    schedule = {"name": raw.get("schedule", "constant")}
    schedule |= {key: raw[f"schedule_{key}"] for key in ("length", "factor") if f"schedule_{key}" in raw}
    constants = pick("momentum", "beta1", "beta2", "decay", "epsilon", "weight_decay")
    rules = UpdateRules(
        schedule=RateSchedule(**schedule),
        optimizer=OptimizerSettings(raw.get("optimizer", "sgd"), **constants),
        **pick("loss", "reduction", "learning_rate", "micro_batches", "l1", "l2", "clip_norm"),
    )
    return Settings(rules, order=order, **pick("batch_size", "last_batch", "repeats", "repeat_until"))
