"""From a document of a person's (of a file, or of arguments) to its arrays, each with what it stands for."""

from collections.abc import Iterator, Mapping
from typing import Any

from bptui.data.dataset import DataError
from bptui.diagnosis.leaves import Leaf, depth_of, is_array, leaf_of, refuse_what_is_no_number
from bptui.diagnosis.naming import Address, Meaning, Reduction, address_of, of_module
from bptui.scenario.accept import nearest, shown

Item = tuple[Address, Leaf]
Raw = tuple[Address, str, Any]
"""What an array is of, what the person calls it, and the array as it was given."""
SECTIONS: dict[str, Meaning] = {
    **dict.fromkeys(("gradient", "gradients", "grad", "grads"), "gradient"),
    **dict.fromkeys(("step", "steps"), "step"),
    **dict.fromkeys(("after", "new"), "after"),
    "before": "before",
    "samples": "samples",
    **dict.fromkeys(("z", "zs"), "z"),
    **dict.fromkeys(("a", "as", "activations"), "a"),
    **dict.fromkeys(("delta", "deltas"), "delta"),
    **dict.fromkeys(("loss", "losses"), "loss"),
}
"""Keys that hold a quantity of all layers."""
REDUCTIONS: dict[str, Reduction] = {"sum": "sum", "mean": "mean", "reduced": ""}
WEIGHTS, BIASES = ("weights", "weight", "W", "w"), ("biases", "bias", "b")
LAYER = {*WEIGHTS, *BIASES}
KNOWN = ("gradient", "delta", "z", "a", "loss", "samples", "step", "after", "W1", "b1", "dW1", "delta1", "z1", "a1")


def gathered(document: Any, layers: int) -> list[Item]:
    """The arrays of a document for a network of so many layers. Raises DataError, one line that names the key."""
    if not isinstance(document, Mapping):
        raise DataError(f'expected names with their numbers, like {{"dW1": …, "db1": …}}, got {shown(document)}')
    items = list(_of_document(document, layers))
    items = [(address, leaf) for address, leaf in items if address.meaning != "nothing"]
    if all(address.meaning == "before" for address, _ in items):
        raise DataError(f"no quantity to compare; names are {', '.join(KNOWN)} …")
    for address, leaf in items:
        if not 0 <= address.layer <= layers:
            raise DataError(f"{leaf.said}: the network has {layers} layer{'s' if layers > 1 else ''}")
    seen: dict[Address, str] = {}
    for address, leaf in items:
        if address in seen:
            raise DataError(f"{leaf.said}: given twice, as {seen[address]} too")
        seen[address] = leaf.said
    return items


def _of_document(document: Mapping[str, Any], layers: int) -> Iterator[Item]:
    modules = of_module([str(name) for name in document])
    numbers = {key.lower(): key for key in map(str, document)}
    if "weights" in numbers and set(numbers) <= {"weights", "biases"}:
        yield from of_weights("", document, "weights", layers)
        return
    for name, raw in document.items():
        said = str(name)
        if modules:
            yield modules[said], leaf_of(said, raw)
        elif said.lower() in SECTIONS:
            yield from _of_section(said, raw, SECTIONS[said.lower()], layers)
        else:
            address = address_of(said)
            if address is None:
                raise DataError(f"unknown name {shown(said)}{nearest(said, KNOWN)}; names are {', '.join(KNOWN)} …")
            if address.meaning != "nothing":
                yield address, leaf_of(said, raw)


def _of_section(said: str, raw: Any, meaning: Meaning, layers: int) -> Iterator[Item]:
    if meaning == "loss":
        yield from of_loss(said, raw)
    elif meaning == "samples":
        yield from of_samples(said, raw, layers)
    elif meaning in ("z", "a", "delta"):
        yield from of_units(said, raw, meaning, layers)
    else:
        yield from of_weights(said, raw, meaning, layers)


def of_loss(said: str, raw: Any) -> Iterator[Item]:
    """A number, a number for each sample, or {"sum": …, "mean": …}, with the penalty beside them as a trace has it."""
    if not isinstance(raw, Mapping):
        yield Address("loss"), leaf_of(said, raw)
        return
    for key, value in raw.items():
        if key in ("sum", "mean"):
            yield Address("loss", 0, "", key), leaf_of(f"{said}.{key}", value)
        elif key not in ("penalty", "with_penalty"):
            raise DataError(f"{said}: unknown name {shown(key)}; a loss has sum or mean")


def of_units(said: str, raw: Any, meaning: Meaning, layers: int) -> Iterator[Item]:
    """z, a or δ: a table for each layer; a may begin with the inputs."""
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            address = address_of(f"{said[0] if meaning != 'delta' else 'delta'}{name}") or address_of(str(name))
            if address is None or address.meaning != meaning:
                raise DataError(f"{said}: unknown name {shown(name)}")
            yield address, leaf_of(f"{said}.{name}", value)
        return
    tables = [raw] if layers == 1 and depth_of(raw) < 3 else raw
    if not isinstance(tables, list | tuple):
        raise DataError(f"{said}: expected a list with a table for each layer")
    inputs = 1 if meaning == "a" and len(tables) == layers + 1 else 0
    _require(said, len(tables) - inputs, layers)
    for layer, table in enumerate(tables[inputs:], start=1):
        yield Address(meaning, layer), leaf_of(f"{said}[{layer - 1 + inputs}]", table)


def of_samples(said: str, raw: Any, layers: int) -> Iterator[Item]:
    """Samples as ``bptui trace`` writes them, one after the other; or their gradients alone, by layer or by sample."""
    by_layer = isinstance(raw, list | tuple) and all(isinstance(each, Mapping) and each.keys() & LAYER for each in raw)
    if not isinstance(raw, list | tuple) or not raw or by_layer:
        yield from of_weights(said, raw, "samples", layers)
        return
    rows = [each if isinstance(each, Mapping) else {"gradient": each} for each in raw]
    for key in rows[0]:
        if not all(key in row for row in rows):
            raise DataError(f"{said}: {shown(key)} is not there for every sample")
        yield from _of_rows(f"{said}.{key}", key, [row[key] for row in rows], layers)


def _of_rows(said: str, key: str, rows: list[Any], layers: int) -> Iterator[Item]:
    """One quantity of all samples, from what each of them has of it."""
    if key == "loss":
        yield Address("loss"), leaf_of(said, rows)
    elif key in ("z", "a", "delta"):
        meaning: Meaning = key  # type: ignore[assignment]
        count = layers + 1 if key == "a" else layers
        lengths = {len(row) if isinstance(row, list | tuple) else 0 for row in rows}
        if lengths != {count}:
            raise DataError(f"{said}: expected {count} lists for each sample, got {sorted(lengths)}")
        yield from of_units(said, [[row[k] for row in rows] for k in range(count)], meaning, layers)
    elif key == "gradient":
        every = [{address: value for address, _, value in _raw_weights(said, row, "samples", layers)} for row in rows]
        for address in every[0]:
            if not all(address in one for one in every):
                raise DataError(f"{said}: the samples' gradients have different layers")
            yield address, leaf_of(said, [one[address] for one in every])


def of_weights(said: str, raw: Any, meaning: Meaning, layers: int) -> Iterator[Item]:
    """A quantity of the weights in any of the forms people have: a mapping of names, {"weights", "biases"}, a list of
    layers' parts, a list of arrays, two lists, a module of PyTorch."""
    for address, name, value in _raw_weights(said, raw, meaning, layers):
        yield address, leaf_of(name, _grad_of(value) if meaning == "gradient" else value)


def _grad_of(value: Any) -> Any:
    """The ``.grad`` of a tensor that has one; a tensor may be the gradient itself."""
    found = getattr(value, "grad", None) if hasattr(value, "detach") else None
    return value if found is None else found


def _raw_weights(said: str, raw: Any, meaning: Meaning, layers: int) -> Iterator[Raw]:
    if hasattr(raw, "named_parameters"):
        raw = dict(raw.named_parameters())
    if hasattr(raw, "weights") and hasattr(raw, "biases"):
        raw = {"weights": list(raw.weights), "biases": list(raw.biases)}
    if isinstance(raw, Mapping):
        yield from _raw_mapping(said, raw, meaning, layers)
    elif isinstance(raw, list | tuple):
        yield from _raw_list(said, list(raw), meaning, layers)
    elif raw is None:
        raise DataError(f"{said}: None, where numbers are expected")
    else:
        raise DataError(f"{said}: expected the weights and biases of each layer, got a {type(raw).__name__}")


def _raw_mapping(said: str, raw: Mapping[str, Any], meaning: Meaning, layers: int) -> Iterator[Raw]:
    if raw and set(raw) <= set(REDUCTIONS):
        for key, value in raw.items():
            for address, name, array in _raw_weights(f"{said}.{key}", value, meaning, layers):
                yield Address(address.meaning, address.layer, address.what, REDUCTIONS[key]), name, array
        return
    if raw and set(raw) <= LAYER:
        for key, value in raw.items():
            yield from _raw_arrays(f"{said}.{key}" if said else key, key, value, meaning, layers)
        return
    modules = of_module(list(map(str, raw)), meaning)
    for key, value in raw.items():
        found = modules[str(key)] if modules else address_of(str(key), meaning)
        if found is None or found.what == "":
            raise DataError(f"{said}: unknown name {shown(key)}; names are W1, b1, W2, b2 …")
        yield Address(meaning, found.layer, found.what, found.reduction), f"{said}.{key}", value


def _raw_arrays(said: str, key: str, value: Any, meaning: Meaning, layers: int) -> Iterator[Raw]:
    """The weights, or the biases, of all layers in a list."""
    arrays = [value] if is_array(value) and layers == 1 else value
    if not isinstance(arrays, list | tuple):
        raise DataError(f"{said}: expected a list with an array for each layer")
    if key in BIASES and not arrays:
        return
    _require(said, len(arrays), layers)
    for layer, array in enumerate(arrays, start=1):
        yield Address(meaning, layer, "weights" if key in WEIGHTS else "biases"), f"{said}[{layer - 1}]", array


def _raw_list(said: str, raw: list[Any], meaning: Meaning, layers: int) -> Iterator[Raw]:
    if raw and all(isinstance(each, Mapping) for each in raw):
        _require(said, len(raw), layers)
        for layer, parts in enumerate(raw, start=1):
            yield from _raw_layer(f"{said}[{layer - 1}]", parts, meaning, layer)
        return
    pairs: list[tuple[Any, Any]]
    tables = [depth_of(each) == 2 + (meaning == "samples") for each in raw]
    if len(raw) == 2 * layers and tables == [True, False] * layers:  # W1, b1, W2, b2 …
        pairs = list(zip(raw[::2], raw[1::2], strict=True))
    elif len(raw) == layers and all(tables):  # W1, W2 …, the biases in them or away
        pairs = [(weights, None) for weights in raw]
    elif len(raw) == 2 and _are_lists(raw, layers):  # (W1, W2 …), (b1, b2 …)
        pairs = list(zip(raw[0], raw[1], strict=True))
    elif len(raw) == 2 and isinstance(raw[1], list | tuple) and not raw[1] and isinstance(raw[0], list | tuple):
        pairs = [(weights, None) for weights in raw[0]]  # no biases
        _require(said, len(pairs), layers)
    elif len(raw) == layers and all(isinstance(each, list | tuple) and len(each) == 2 for each in raw):
        pairs = [(each[0], each[1]) for each in raw]
    else:
        refuse_what_is_no_number(said, raw)
        count = f"{len(raw)} item{'s' if len(raw) != 1 else ''}"
        raise DataError(
            f"{said}: {count} for a network of {layers} layer{'s' if layers > 1 else ''}; "
            "give the weights and biases of every layer, or names like W1, b1"
        )
    for layer, (weights, biases) in enumerate(pairs, start=1):
        yield Address(meaning, layer, "weights"), f"{said} W{layer}", weights
        if biases is not None:
            yield Address(meaning, layer, "biases"), f"{said} b{layer}", biases


def _are_lists(raw: list[Any], layers: int) -> bool:
    """Two lists, of which the first holds a table for each layer?"""
    first, second = raw
    if not (isinstance(first, list | tuple) and isinstance(second, list | tuple)):
        return False
    return len(first) == len(second) == layers and all(depth_of(each) == 2 for each in first)


def _raw_layer(said: str, parts: Mapping[str, Any], meaning: Meaning, layer: int) -> Iterator[Raw]:
    for key, value in parts.items():
        if key not in (*WEIGHTS, *BIASES):
            raise DataError(f"{said}: unknown name {shown(key)}; a layer has weights and biases")
        if key in BIASES and isinstance(value, list | tuple) and not value:
            continue
        yield Address(meaning, layer, "weights" if key in WEIGHTS else "biases"), f"{said}.{key}", value


def _require(said: str, given: int, layers: int) -> None:
    if given != layers:
        what = f"{given} layer{'s' if given != 1 else ''}"
        raise DataError(f"{said}: {what}, the network has {layers}")
