"""The way back: from a scenario to the document it would be read from, and that document as TOML."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bptui.data.dataset import Dataset, one_hot
from bptui.data.table import Column, Wish
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.scenario.defaults import default_activations
from bptui.scenario.keys import FORMAT_VERSION, USED_BY
from bptui.training.settings import Settings

WIDTH = 100
ESCAPED = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {ord('"'): '\\"', ord("\\"): "\\\\"}
"""What may not stand in a TOML text as it is."""


def document_of(
    data: DataChoice, network: NetworkChoice, settings: Settings, whole: bool, folder: Path
) -> dict[str, Any]:
    """Sections as :data:`keys.KEYS` names them; ``whole``: also what is as it would be without being written.

    A data file is named from ``folder`` on where it lies in it, else by its absolute path.
    """
    return {
        "format_version": FORMAT_VERSION,
        "data": data_section(data, settings, whole, folder),
        "network": network_section(network, settings.rules.loss, whole),
        "training": training_section(settings, whole),
    }


def data_section(data: DataChoice, settings: Settings, whole: bool, folder: Path) -> dict[str, Any]:
    if data.file is not None:
        out: dict[str, Any] = {"file": name_from(folder, data.file)}
    else:
        out = {"name": data.name} if data.table is None else numbers_of(data.table)
    if data.wish is not None:
        out |= wish_values(data.wish, folder)
    is_numbers = data.table is not None and data.file is None
    silent = Settings(order="fixed") if is_numbers else Settings()
    values, plain = data_values(data, settings), data_values(DataChoice(), silent)
    if is_numbers and data.table and data.table.image:
        out["image"] = list(data.table.image)
    return out | {key: value for key, value in values.items() if whole or value != plain[key]}


def data_values(data: DataChoice, settings: Settings) -> dict[str, Any]:
    return {
        "samples": "all" if data.samples is None else data.samples,
        "order": settings.order,
        "test_fraction": data.test_fraction,
        "seed": data.seed,
        "scale": data.scale,
    }


def wish_values(wish: Wish, folder: Path) -> dict[str, Any]:
    """How the data file is read, as far as something is said of it."""
    values = {
        "target": listed(wish.target),
        "as": wish.kind,
        "drop": listed(wish.drop),
        "missing": wish.missing if wish.missing != "refuse" else None,
        "image": None if wish.image is None else list(wish.image) or "none",
        "test": None if wish.test is None else name_from(folder, wish.test),
    }
    return {key: value for key, value in values.items() if value is not None}


def listed(columns: tuple[Column, ...]) -> Any:
    """One column, a list of several, None for none."""
    return (columns[0] if len(columns) == 1 else list(columns)) if columns else None


def name_from(folder: Path, file: Path) -> str:
    path = file.resolve()
    return (path.relative_to(folder.resolve()) if path.is_relative_to(folder.resolve()) else path).as_posix()


def numbers_of(table: Dataset) -> dict[str, Any]:
    """x with labels where the targets are classes by number, else with targets; names of classes are not written."""
    labels = table.labels
    if labels is not None and (labels >= 0).all():
        columns = table.y.shape[1]
        encoded = one_hot(labels, int(labels.max()) + 1)
        if encoded.shape[1] == columns and np.array_equal(encoded, table.y):
            return {"x": table.x.tolist(), "labels": labels.tolist()}
    return {"x": table.x.tolist(), "targets": table.y.tolist()}


def network_section(network: NetworkChoice, loss: str, whole: bool) -> dict[str, Any]:
    plain = NetworkChoice(network.layers, default_activations(network.layers, loss))
    out: dict[str, Any] = {"layers": list(network.layers)}
    for key in ("activations", "bias", "init"):
        value = getattr(network, key)
        if whole or value != getattr(plain, key):
            out[key] = list(value) if isinstance(value, tuple) else value
    for key in ("weights", "biases"):
        if len(getattr(network, key)):
            out[key] = [np.asarray(layer, dtype=np.float64).tolist() for layer in getattr(network, key)]
    if network.units:
        out["units"] = [list(names) for names in network.units]
    return out


def training_section(settings: Settings, whole: bool) -> dict[str, Any]:
    """Constants that the optimizer or the schedule does not use are left out: reading refuses them."""
    values, plain = training_values(settings), training_values(Settings())
    return {
        key: value
        for key, value in values.items()
        if (key not in USED_BY or values[USED_BY[key][0]] in USED_BY[key][1]) and (whole or value != plain[key])
    }


def training_values(settings: Settings) -> dict[str, Any]:
    """Every key of [training], in the file's order."""
    rules = settings.rules
    schedule, optimizer = rules.schedule, rules.optimizer
    return {
        "loss": rules.loss,
        "batch_size": "all" if settings.batch_size is None else settings.batch_size,
        "reduction": rules.reduction,
        "learning_rate": rules.learning_rate,
        "schedule": schedule.name,
        "schedule_length": schedule.length,
        "schedule_factor": schedule.factor,
        "optimizer": optimizer.name,
        **{key: getattr(optimizer, key) for key, (chooser, _) in USED_BY.items() if chooser == "optimizer"},
        "micro_batches": rules.micro_batches,
        "ranks": list(rules.ranks) if set(rules.ranks) - {1} else len(rules.ranks) or 1,
        "last_batch": settings.last_batch,
        "repeats": settings.repeats,
        "repeat_until": settings.repeat_until,
        "l1": rules.l1,
        "l2": rules.l2,
        "clip_norm": rules.clip_norm,
    }


def toml(document: dict[str, Any]) -> str:
    """The document as TOML; every number comes back exactly. Raises ValueError for a text that is no Unicode."""
    return "\n".join(lines(document)) + "\n"


def lines(document: dict[str, Any]) -> Iterator[str]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield f"\n[{key}]"
            yield from lines(value)
        else:
            yield f"{key} = {written(value, len(key) + 3)}"


def written(value: Any, column: int, indent: str = "") -> str:
    """A text, a number or a list; a list that does not fit behind ``column`` gets lines for its items."""
    if isinstance(value, str):
        value.encode()
        return f'"{value.translate(ESCAPED)}"'
    if not isinstance(value, list):
        return repr(value)
    inner = indent + "  "
    nested = any(isinstance(item, list) for item in value)
    items = [written(item, len(inner) + 1, inner) for item in value]
    row = f"[{', '.join(items)}]"
    if "\n" not in row and len(row) + column <= WIDTH:
        return row
    return "[\n" + "".join(f"{inner}{line},\n" for line in (items if nested else filled(items, inner))) + f"{indent}]"


def filled(items: list[str], indent: str) -> Iterator[str]:
    """As many items on a line as it has room for."""
    line = ""
    for item in items:
        if line and len(indent) + len(line) + len(item) + 3 > WIDTH:
            yield line
            line = ""
        line += f", {item}" if line else item
    yield line
