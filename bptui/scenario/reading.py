"""From a parsed document to the choices it makes; every error names the key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import bptui.data  # the readers come when there is a file to read
from bptui.data import Dataset
from bptui.data.bounded import Tell, silent
from bptui.data.clean import clean
from bptui.data.dataset import one_hot
from bptui.data.pictures import recognised
from bptui.data.table import Wish
from bptui.engine.optimizers import OptimizerSettings
from bptui.engine.rates import RateSchedule
from bptui.engine.update import UpdateRules
from bptui.scenario.accept import nearest, shown
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.scenario.defaults import default_activations
from bptui.scenario.keys import FORMAT_VERSION, KEYS, OTHER_NAMES, READING, USED_BY
from bptui.scenario.sheets import as_typed
from bptui.training.settings import Order, Settings


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
    unknown_keys(raw, name)
    checked = {}
    for key, value in raw.items():
        try:
            checked[key] = KEYS[name][key].check(value)
        except ValueError as problem:
            raise ValueError(f"{name}.{key}: {problem}") from None
    return checked


def unknown_keys(raw: dict[str, Any], title: str) -> None:
    """Raises ValueError for a key that the section ("": the document) has not, with what is meant or accepted."""
    known = KEYS[title] if title else {"format_version": None} | KEYS
    for key in raw:
        if key not in known:
            place = f"{title}.{key}" if title else key
            raise ValueError(
                f"unknown key {shown(place)}{meant(key, title) or nearest(key, known) or list_of_keys(title)}"
            )


def meant(key: str, title: str) -> str:
    """``; here it is …`` for a name that another section has, or that other programs use; else nothing."""
    name = key.lower().replace("-", "_")
    ours = OTHER_NAMES.get(name, name)
    if " " in ours:
        return f"; {ours}"
    if ours in KEYS:
        return f"; here it is the section [{ours}]"
    home = next((section for section, keys in KEYS.items() if ours in keys), None)
    if home is None or (home == title and ours == key):
        return ""
    return f"; here it is {ours}" if home == title else f"; here it is {ours} in [{home}]"


def list_of_keys(title: str) -> str:
    if title:
        return f"; [{title}] has {', '.join(KEYS[title])}"
    return f"; a scenario has {', '.join(('format_version', *(f'[{name}]' for name in KEYS)))}"


def data_choice(raw: dict[str, Any], folder: Path, anywhere: bool, tell: Tell = silent) -> DataChoice:
    given = [key for key in ("name", "file", "x") if key in raw]
    if len(given) != 1:
        raise ValueError(f"data: give one of name, file and x; got {' and '.join(given) or 'none'}")
    chosen: dict[str, Any] = {
        key: raw[key] for key in ("samples", "order", "test_fraction", "seed", "scale") if key in raw
    }
    if "file" in raw:
        path = inside(folder, "file", raw["file"], anywhere)
        wish = wish_of(raw, folder, anywhere)
        return DataChoice(raw["file"], path, bptui.data.read_data(path, wish, tell), wish=wish, **chosen)
    for key in READING:
        if key in raw and not (key == "image" and "x" in raw):
            raise ValueError(f"data.{key}: it says how a data file is read, and there is no file")
    if "x" in raw:
        chosen = {"order": "fixed", **chosen}
        return DataChoice(name="table", table=written_out(raw), **chosen)
    if "targets" in raw or "labels" in raw:
        raise ValueError("data: targets and labels go with x only")
    return DataChoice(name=raw["name"], **chosen)


def wish_of(raw: Mapping[str, Any], folder: Path, anywhere: bool) -> Wish:
    """How a data file is to be read."""
    return Wish(
        target=tuple(raw.get("target", ())),
        kind=raw.get("as"),
        drop=tuple(raw.get("drop", ())),
        missing=raw.get("missing", "refuse"),
        image=tuple(raw["image"]) if "image" in raw else None,
        test=inside(folder, "test", raw["test"], anywhere) if "test" in raw else None,
    )


def inside(folder: Path, key: str, name: str, anywhere: bool) -> Path:
    """A file in the scenario's own folder or below it: a scenario from elsewhere reads nothing else."""
    path = (folder / name).resolve()
    if not anywhere and not path.is_relative_to(folder.resolve()):
        raise ValueError(f"data.{key}: {shown(name)} is outside the scenario's folder")
    return path


def written_out(raw: dict[str, Any]) -> Dataset:
    """Data given as numbers in the scenario itself."""
    if ("targets" in raw) == ("labels" in raw):
        raise ValueError("data: x needs either targets or labels")
    x = rectangle(raw["x"], "data.x")
    names: tuple[str, ...] = ()
    if "targets" in raw:
        y = rectangle(raw["targets"], "data.targets")
    else:
        labels = np.array(raw["labels"])
        classes = int(labels.max()) + 1
        y, names = one_hot(labels, classes), tuple(str(label) for label in range(classes))
    data = Dataset("table", x, y, names, source="written in the scenario")
    return recognised(data, tuple(raw["image"])) if "image" in raw else data


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
    for key in ("orientation", "bias_row"):
        if key in raw and "weights" not in raw:
            raise ValueError(f"network.{key}: it says how network.weights is written, and there are none")
    if "weights" in raw:
        numbers, rest["notices"] = as_typed(raw, layers)
        rest |= numbers
    return NetworkChoice(layers, activations, units=unit_names(raw.get("units", []), layers), **rest)


def unit_names(raw: list[list[str]], layers: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """A name for every unit of every layer, or none at all. Raises ValueError."""
    if raw and len(raw) != len(layers):
        raise ValueError(f"network.units: names for {len(raw)} layers, the network has {len(layers)} with its input")
    for place, (names, size) in enumerate(zip(raw, layers, strict=False)):
        if len(names) != size:
            raise ValueError(f"network.units: item {place} has {len(names)} names, the layer has {size} units")
    return tuple(tuple(map(clean, names)) for names in raw)


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
    if raw.get("ranks") and raw.get("micro_batches", 1) > 1:
        raise ValueError("training.ranks: ranks cut a batch into parts, and so do micro_batches; give one of them")
    schedule = {"name": raw.get("schedule", "constant")}
    schedule |= {key: raw[f"schedule_{key}"] for key in ("length", "factor") if f"schedule_{key}" in raw}
    constants = pick("momentum", "beta1", "beta2", "decay", "epsilon", "weight_decay")
    rules = UpdateRules(
        schedule=RateSchedule(**schedule),
        optimizer=OptimizerSettings(raw.get("optimizer", "sgd"), **constants),
        **pick("loss", "reduction", "learning_rate", "micro_batches", "ranks", "l1", "l2", "clip_norm"),
    )
    return Settings(rules, order=order, **pick("batch_size", "last_batch", "repeats", "repeat_until"))
