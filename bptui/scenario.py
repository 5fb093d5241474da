"""A scenario: data, network and training settings, frozen, read from a TOML file; it begins a run."""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bptui.checks import Check, choice, integer, list_of, nearest, number, or_word, shown, text
from bptui.data import BUILT_IN, DataError, Dataset, Split, load, split
from bptui.data.dataset import one_hot
from bptui.data.readers import read_csv
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.network import BIASES, INITIALISATIONS, Architecture, Network, explicit, initialise
from bptui.engine.optimizers import OPTIMIZERS, OptimizerSettings
from bptui.engine.rates import SCHEDULES, RateSchedule
from bptui.engine.reduce import REDUCTIONS
from bptui.engine.update import UpdateRules
from bptui.shelf import asset
from bptui.training.run import Run
from bptui.training.settings import LAST_BATCH, ORDERS, Order, Settings

FORMAT_VERSION = 1
LARGEST_FILE = 16 * 2**20  # bytes of a scenario file
MOST_PARAMETERS = 5_000_000
MOST_UNITS = 10_000


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message is one line that names the file and the key."""


@dataclass(frozen=True, slots=True)
class DataChoice:
    """[data]: a built-in ``name``, or a ``file``, or numbers written out (``table``)."""

    name: str = "digits"
    file: Path | None = None
    table: Dataset | None = None
    samples: int | None = None
    order: Order = "shuffle"
    test_fraction: float = 0.0
    seed: int = 7


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """[network]: sizes, activations, and how it starts (``weights`` and ``biases`` win over ``init``)."""

    layers: tuple[int, ...]
    activations: tuple[str, ...]
    bias: str = "trained"
    init: str = "glorot"
    weights: tuple[Any, ...] = ()
    biases: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """The whole set-up. ``origin`` is the file it came from, for messages."""

    data: DataChoice
    network: NetworkChoice
    settings: Settings = field(default_factory=Settings)
    origin: str = "scenario"

    @classmethod
    def built_in(cls, name: str) -> "Scenario":
        """The scenario that bptui ships under this name. Raises ScenarioError, naming the nearest."""
        if name not in built_in_names():
            known = built_in_names()
            raise ScenarioError(f"no built-in set or file named {shown(name)}{nearest(name, known)}")
        return cls.read(asset("scenarios", f"{name}.toml"))

    @classmethod
    def read(cls, path: Path) -> "Scenario":
        """Read a TOML file. Raises ScenarioError for anything that is not right in it."""
        try:
            with path.open("rb") as stream:
                raw = stream.read(LARGEST_FILE + 1)
        except OSError as problem:
            raise ScenarioError(f"{path}: {problem.strerror or 'cannot be read'}") from None
        if len(raw) > LARGEST_FILE:
            raise ScenarioError(f"{path}: larger than {LARGEST_FILE >> 20} MB; put the data into a file of its own")
        try:
            document = tomllib.loads(raw.decode("utf-8"))
        except UnicodeDecodeError:
            raise ScenarioError(f"{path}: not UTF-8 text; save it as UTF-8") from None
        except RecursionError:
            raise ScenarioError(f"{path}: nested too deeply") from None
        except ValueError as problem:  # tomllib.TOMLDecodeError, or an integer with too many digits
            raise ScenarioError(f"{path}: {one_line(problem)}") from None
        return cls.from_document(document, str(path), path.parent)

    @classmethod
    def from_document(cls, document: dict[str, Any], origin: str, folder: Path) -> "Scenario":
        """Check the parsed document; ``folder`` is where file names in it start."""
        try:
            check_version(document)
            sections = {name: section(document, name) for name in KEYS}
            unknown_keys(document, {"format_version", *KEYS}, "")
            data = data_choice(sections["data"], folder)
            settings = settings_choice(sections["training"], data.order)
            return cls(data, network_choice(sections["network"], settings.rules.loss), settings, origin)
        except (ValueError, DataError) as problem:
            raise ScenarioError(f"{origin}: {one_line(problem)}") from None

    @property
    def title(self) -> str:
        """The name people see: of the scenario file, or of the data set."""
        return Path(self.origin).stem

    def seeded(self, seed: int) -> "Scenario":
        """The same scenario with another seed for split, start weights and order."""
        return replace(self, data=replace(self.data, seed=seed))

    def dataset(self) -> Dataset:
        """Load the data. Raises ScenarioError."""
        choice = self.data
        try:
            if choice.table is not None:
                return choice.table
            if choice.file is not None:
                return read_csv(choice.file)
            size = BUILT_IN[choice.name].size
            return load(choice.name, None if size else choice.samples, choice.seed)
        except DataError as problem:
            raise ScenarioError(str(problem)) from None

    def begin(self) -> Run:
        """A run before its first update. Raises ScenarioError when data, network and loss do not fit together."""
        data = self.dataset()
        architecture = self.architecture()
        self._check_fit(architecture, data)
        try:
            return Run.begin(data, self._split(data), self._start(architecture), self.settings, self.data.seed)
        except (ValueError, DataError) as problem:
            raise ScenarioError(f"{self.origin}: {problem}") from None

    def architecture(self) -> Architecture:
        network = self.network
        try:
            architecture = Architecture(network.layers, network.activations, network.bias)  # type: ignore[arg-type]
        except ValueError as problem:
            raise ScenarioError(f"{self.origin}: network: {problem}") from None
        if architecture.parameters > MOST_PARAMETERS:
            raise ScenarioError(
                f"{self.origin}: network.layers: {architecture.parameters} parameters; at most {MOST_PARAMETERS}"
            )
        return architecture

    def _split(self, data: Dataset) -> Split:
        return split(data, self.data.samples, self.data.test_fraction, self.data.seed)

    def _start(self, architecture: Architecture) -> Network:
        network = self.network
        if network.weights:
            weights = [np.array(layer, dtype=np.float64) for layer in network.weights]
            biases = [np.array(layer, dtype=np.float64) for layer in network.biases]
            return explicit(architecture, weights, biases)
        return initialise(architecture, network.init, np.random.default_rng([self.data.seed, 0]))

    def _check_fit(self, architecture: Architecture, data: Dataset) -> None:
        inputs, outputs = architecture.sizes[0], architecture.sizes[-1]
        if inputs != data.x.shape[1]:
            self._refuse(f"{data.name} has {data.x.shape[1]} features, the network expects {inputs}")
        if outputs != data.y.shape[1]:
            self._refuse(f"{data.name} has {data.y.shape[1]} target columns, the network gives {outputs}")
        needs = LOSSES[self.settings.rules.loss].joined
        if needs is not None and architecture.activations[-1] != needs:
            self._refuse(f"the loss {self.settings.rules.loss} needs {needs} at the output layer")
        one_of_several = np.allclose(data.y.sum(axis=1), 1.0) and data.y.min() >= 0
        if needs == "softmax" and not one_of_several:
            self._refuse(
                f"cross-entropy needs one output per class and {data.name} has {outputs} target column(s) "
                "that are no classes; take half-squared-error or binary-cross-entropy"
            )
        if needs == "sigmoid" and not (data.y.min() >= 0 and data.y.max() <= 1):
            self._refuse(f"binary-cross-entropy needs targets from 0 to 1, which {data.name} has not")

    def _refuse(self, why: str) -> None:
        raise ScenarioError(f"{self.origin}: {why}")


def built_in_names() -> tuple[str, ...]:
    """Names of the shipped scenarios: the data sets first, then the worked examples."""
    shipped = sorted(path.stem for path in asset("scenarios").glob("*.toml"))
    return (*(name for name in BUILT_IN if name in shipped), *(name for name in shipped if name not in BUILT_IN))


def output_activation(loss: str, wanted: str) -> str:
    """The activation the loss needs at the output; else the wanted one, softmax giving way to sigmoid."""
    return LOSSES[loss].joined or ("sigmoid" if wanted == "softmax" else wanted)


# --- the keys of a scenario file -----------------------------------------------------------------

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
        return DataChoice(name=raw["file"], file=inside(folder, raw["file"]), **chosen)
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
    hidden = ("tanh",) * (len(layers) - 2)
    activations = tuple(raw.get("activations", (*hidden, output_activation(loss, "identity"))))
    rest: dict[str, Any] = {key: raw[key] for key in ("bias", "init") if key in raw}
    rest |= {key: tuple(raw[key]) for key in ("weights", "biases") if key in raw}
    return NetworkChoice(layers, activations, **rest)


def settings_choice(raw: dict[str, Any], order: Order) -> Settings:
    def pick(*keys: str) -> dict[str, Any]:
        return {key: raw[key] for key in keys if key in raw}

    schedule = {"name": raw.get("schedule", "constant")}
    schedule |= {key: raw[f"schedule_{key}"] for key in ("length", "factor") if f"schedule_{key}" in raw}
    constants = pick("momentum", "beta1", "beta2", "decay", "epsilon", "weight_decay")
    rules = UpdateRules(
        schedule=RateSchedule(**schedule),
        optimizer=OptimizerSettings(raw.get("optimizer", "sgd"), **constants),
        **pick("loss", "reduction", "learning_rate", "micro_batches", "l1", "l2", "clip_norm"),
    )
    return Settings(rules, order=order, **pick("batch_size", "last_batch", "repeats", "repeat_until"))


def one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())
