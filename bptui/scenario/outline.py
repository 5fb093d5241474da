"""What a scenario says of itself before anything of it is computed: enough for the first frame, and no numpy."""

import tomllib
from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from bptui.data.bounded import text_of
from bptui.data.clean import clean
from bptui.data.shipped import asset
from bptui.scenario.keys import KEYS
from bptui.scenario.names import BY_WRITER, SIZES, built_in_names

SMALL = 64 * 2**10  # bytes of a scenario file that is read twice; of a larger one only the name is known at first
Sections = Mapping[str, Mapping[str, Any]]
"""Section → key → value."""


class Outline(NamedTuple):
    """(), "" and None stand for what is not known yet. ``batch`` is the first batch's samples, ``batches`` how many
    there are in an epoch; ``batch_size`` as it is asked for, a number or ``all``."""

    title: str
    layers: tuple[int, ...] = ()
    activations: tuple[str, ...] = ()
    loss: str = ""
    batch_size: str = ""
    reduction: str = ""
    learning_rate: float | None = None
    batch: int | None = None
    batches: int | None = None


def outline_of(name: str, said: Sections, hidden: str | None = None) -> Outline:
    """Of a built-in set, a scenario file or data, with what is ``said`` laid over it; ``hidden`` is an activation said
    for all hidden layers. What cannot be right is left out: who reads the scenario refuses it."""
    path = Path(name)
    raw: Sections = {}
    if name in built_in_names():
        raw = tomllib.loads(asset("scenarios", f"{name}.toml").read_text(encoding="utf-8"))
    elif path.suffix.lower() == ".toml":
        raw = in_file(path)
    return outlined(clean(path.stem), raw, said, hidden)


def outlined(title: str, raw: Sections, said: Sections, hidden: str | None = None) -> Outline:
    """As outline_of, of sections that were read already."""
    sections = {name: checked(raw.get(name), name) | dict(said.get(name, {})) for name in KEYS}
    data, network, training = (sections[name] for name in ("data", "network", "training"))
    unsure = hidden or "layers" in said.get("network", {}) or "loss" in said.get("training", {})
    activations = (said.get("network", {}) if unsure else network).get("activations", ())
    size = training.get("batch_size", 0)
    batch, batches = counts(data, training)
    return Outline(
        title=title,
        layers=tuple(network.get("layers", ())),
        activations=tuple(activations),
        loss=training.get("loss", ""),
        batch_size="all" if size is None else str(size or ""),
        reduction=training.get("reduction", ""),
        learning_rate=training.get("learning_rate"),
        batch=batch,
        batches=batches,
    )


def in_file(path: Path) -> dict[str, Any]:
    """The parsed file; {} where it is large, or cannot be read."""
    try:
        return tomllib.loads(text_of(path, SMALL))
    except (ValueError, RecursionError):  # DataError among them
        return {}


def checked(raw: Any, title: str) -> dict[str, Any]:
    """The values of a section that are as they must be."""
    out = {}
    for key, value in raw.items() if isinstance(raw, dict) else ():
        try:
            out[key] = KEYS[title][key].check(value)
        except (ValueError, KeyError):
            continue
    return out


def counts(data: Mapping[str, Any], training: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Samples of the first batch and batches of an epoch, as far as they can be told without the data."""
    size, share = training.get("batch_size", 0), data.get("test_fraction", 0.0)
    stored = len(data["x"]) if "x" in data else SIZES.get(data.get("name", ""))
    total = data.get("samples") or stored
    by_writer = share and data.get("name") in BY_WRITER
    if size == 0 or total is None or by_writer or not {"name", "x"} & data.keys():
        return None, None
    count = max(total - round(total * share), 1)
    batch = count if size is None else min(size, count)
    return batch, ceil(count / batch) if training.get("last_batch") != "drop" else count // batch
