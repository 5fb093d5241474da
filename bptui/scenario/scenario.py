"""A scenario: data, network and training settings, frozen, read from a TOML file; it begins a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

import bptui.data  # the readers come when there is a file to read
from bptui.data import BUILT_IN, DataError, Dataset, Split, load, split
from bptui.data.bounded import Tell, silent
from bptui.data.clean import clean
from bptui.data.inputs import Scale
from bptui.data.notices import LARGE, needs_scaling
from bptui.data.shipped import asset
from bptui.data.toml_file import read_toml
from bptui.engine.html import table
from bptui.engine.losses import LOSSES
from bptui.engine.network import Architecture, Network, explicit, initialise
from bptui.engine.optimizers import READ
from bptui.engine.update import UpdateRules
from bptui.engine.weight import Names
from bptui.scenario.accept import ScenarioError, nearest, shown
from bptui.scenario.arrays import parts_of
from bptui.scenario.choices import DataChoice, NetworkChoice
from bptui.scenario.document import document_of, toml
from bptui.scenario.keys import KEYS
from bptui.scenario.names import built_in_names
from bptui.scenario.reading import (
    check_version,
    data_choice,
    network_choice,
    section,
    settings_choice,
    unknown_keys,
    wish_of,
)
from bptui.training.recording import Recording
from bptui.training.run import Run
from bptui.training.schedule import why_no_batch
from bptui.training.settings import Settings

LARGEST_FILE = 16 * 2**20  # bytes of a scenario file
MOST_PARAMETERS = 5_000_000
LONGEST_NAME = 20  # characters of a column's name in a sentence
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Scenario:
    """The whole set-up. ``origin`` is the file it came from, for messages; where that is a ``recording`` the run is
    read from it, and ``told`` is what the file says to whoever opens it."""

    data: DataChoice
    network: NetworkChoice
    settings: Settings = field(default_factory=Settings)
    origin: str = "scenario"
    recording: Recording | None = field(default=None, compare=False, repr=False)
    told: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_arrays(cls, x: Any, y: Any, layers: Any = None, *, name: str = "arrays", **settings: Any) -> "Scenario":
        """From arrays in memory, which are copied. Raises ScenarioError saying what does not fit.

        x is N × i (or (N,): one feature). y in one dimension with whole numbers, words or booleans holds class labels;
        floats, or two dimensions (N × o), are targets. ``layers`` are the sizes, the input first: without them the
        input, 8 tanh units and the outputs that y needs. Two classes may share one output: end the layers with 1.

        ``settings`` are the keys of a scenario file, whatever its section: ``learning_rate=0.5, optimizer="adam",
        batch_size="all", activations=["tanh", "softmax"], test_fraction=0.2, seed=3``. Batches are of ten samples,
        the loss is cross-entropy for classes and half the squared error for targets, unless they say otherwise.
        """
        name = clean(str(name))
        try:
            return cls(*parts_of(x, y, layers, name, settings), origin=name)
        except ValueError as problem:
            raise ScenarioError(f"{name}: {one_line(problem)}") from None

    @classmethod
    def built_in(cls, name: str) -> "Scenario":
        """The scenario that bptui ships under this name. Raises ScenarioError, naming the nearest.

        ``bptui datasets`` lists the data sets; the worked examples are mazur, trask and han-kamber."""
        if name not in built_in_names():
            known = built_in_names()
            raise ScenarioError(f"no built-in set or file named {shown(name)}{nearest(name, known)}")
        return replace(cls.read(asset("scenarios", f"{name}.toml")), origin=name)

    @classmethod
    def read(
        cls, path: Path | str, *, anywhere: bool = False, said: Mapping[str, Any] = NOTHING, tell: Tell = silent
    ) -> "Scenario":
        """Read a TOML file. Raises ScenarioError for anything that is not right in it.

        Its data file lies in the same folder or below it; ``anywhere`` is for a scenario whose author you trust.
        ``said`` are checked values of [data] that win over the file's; ``tell`` is told how much of the data is read.
        """
        path = Path(path)
        try:
            document = read_toml(path, LARGEST_FILE)
        except DataError as problem:
            raise ScenarioError(str(problem)) from None
        return cls.from_document(document, str(path), path.parent, anywhere=anywhere, said=said, tell=tell)

    @classmethod
    def of_file(
        cls, path: Path | str, *, anywhere: bool = False, said: Mapping[str, Any] = NOTHING, tell: Tell = silent
    ) -> "Scenario":
        """A scenario file (.toml), a recording of bptui.torch's, or data with a network that fits them; ``said`` and
        ``tell`` as for :meth:`read`. Raises ScenarioError."""
        from bptui.scenario.recorded import is_recording, scenario_of_recording  # noqa: PLC0415  it makes scenarios

        path = Path(path)
        if is_recording(path):
            return scenario_of_recording(path, tell)
        if path.suffix.lower() == ".toml":
            return cls.read(path, anywhere=anywhere, said=said, tell=tell)
        return cls.of_data(path, said=said, tell=tell)

    @classmethod
    def of_data(cls, path: Path | str, *, said: Mapping[str, Any] = NOTHING, tell: Tell = silent) -> "Scenario":
        """Data with a network that fits them: eight tanh units, batches of ten, a fifth held back for testing unless
        they bring their own test samples; pixels up to 255 are brought to 1."""
        path, wish = Path(path), wish_of(said, Path(), True)
        try:
            data = bptui.data.read_data(path, wish, tell)
        except DataError as problem:
            raise ScenarioError(str(problem)) from None
        loss, last = ("cross-entropy", "softmax") if data.classes else ("half-squared-error", "identity")
        network = NetworkChoice((data.x.shape[1], 8, data.y.shape[1]), ("tanh", last))
        share = 0.2 if len(data) >= 20 and not data.tests else 0.0
        scale: Scale = data.white if data.image and data.white > LARGE else "none"
        chosen = DataChoice(path.name, path, data, test_fraction=share, scale=scale, wish=wish)
        return cls(chosen, network, Settings(UpdateRules(loss=loss), batch_size=10), str(path))

    @classmethod
    def from_document(
        cls,
        document: dict[str, Any],
        origin: str,
        folder: Path | str,
        *,
        anywhere: bool = False,
        said: Mapping[str, Any] = NOTHING,
        tell: Tell = silent,
    ) -> "Scenario":
        """Check the parsed document; ``folder`` is where file names in it start, the others as for :meth:`read`."""
        try:
            check_version(document)
            sections = {name: section(document, name) for name in KEYS}
            unknown_keys(document, "")
            data = data_choice({**sections["data"], **said}, Path(folder), anywhere, tell)
            settings = settings_choice(sections["training"], data.order)
            return cls(data, network_choice(sections["network"], settings.rules.loss), settings, origin)
        except (ValueError, DataError) as problem:
            raise ScenarioError(f"{origin}: {one_line(problem)}") from None

    def document(self, *, whole: bool = False, folder: Path | None = None) -> dict[str, Any]:
        """The document it would be read from: what differs from the defaults, or with ``whole`` every key in force.

        A data file is named from ``folder`` on (the current one) where it lies in it, else by its absolute path.
        Reading the document begins the same run bit for bit; of data in numbers the names of classes are lost.
        """
        return document_of(self.data, self.network, self.settings, whole, folder or Path())

    def toml(self, *, whole: bool = False, folder: Path | None = None) -> str:
        """The document as the text of a scenario file. Raises ScenarioError where it could not be read again."""
        if self.settings.rules.optimizer.name == READ.name:
            self._refuse(
                "its steps were read, and bptui does not know the rule of the optimizer that made them; "
                "a recording of SGD, RMSprop, Adam or AdamW, one γ for all weights, gives a scenario"
            )
        try:
            written = toml(self.document(whole=whole, folder=folder))
        except UnicodeEncodeError:
            self._refuse("the name of its data file is no text that a scenario file could hold; rename it")
        if len(written.encode()) > LARGEST_FILE:
            self._refuse(f"its numbers take more than {LARGEST_FILE >> 20} MB written out; keep the data in a CSV file")
        return written

    @property
    def title(self) -> str:
        """The name people see: of the scenario file, or of the data set."""
        return title_of(self.origin)

    def _repr_html_(self) -> str:
        """What a notebook shows: every key in force, and how many samples and weights in numbers there are."""
        data, network = replace(self.data, table=None, file=None), replace(self.network, weights=(), biases=())
        sections = document_of(data, network, self.settings, True, Path())
        sections["data"] |= {} if self.data.table is None else {"x": "×".join(map(str, self.data.table.x.shape))}
        if len(self.network.weights):
            sections["network"] |= {"weights": "given in numbers"}
            del sections["network"]["init"]
        rows = (
            (f"{title}.{key}", ", ".join(map(str, value)) if isinstance(value, list) else value)
            for title in KEYS
            for key, value in sections[title].items()
        )
        return table(f"scenario {self.title}", (), rows)

    def seeded(self, seed: int) -> "Scenario":
        """The same scenario with another seed for split, start weights and order."""
        return replace(self, data=replace(self.data, seed=seed), recording=None)

    def start(self, seed: int) -> Network:
        """The start weights that a seed gives: where the scenario has weights of its own, always these."""
        return self.seeded(seed)._start(self.architecture())

    def under(self, settings: Settings) -> "Scenario":
        """The same scenario with other settings of training; of a recording what bptui would train."""
        return replace(self, settings=settings, recording=None)

    def dataset(self) -> Dataset:
        """Load the data. Raises ScenarioError."""
        choice = self.data
        try:
            if choice.table is not None:
                return choice.table
            size = BUILT_IN[choice.name].size
            return load(choice.name, None if size else choice.samples, choice.seed)
        except DataError as problem:
            raise ScenarioError(str(problem)) from None

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know before they train, the gravest first."""
        return *self.told, *notices_of(self.data), *self.network.notices

    def begin(self) -> Run:
        """A run before its first update. Raises ScenarioError when data, network and loss do not fit together."""
        architecture = self.architecture()
        data = single_output(self.dataset(), architecture)
        architecture = naming(architecture, data)
        self.check_fit(architecture, data)
        try:
            rows = self._split(data)
            data = data.scaled(rows.train, self.data.scale)
            start = self._start(architecture)
        except (ValueError, DataError) as problem:
            raise ScenarioError(f"{self.origin}: {problem}") from None
        if self.recording is not None:
            return Run.read(data, rows, start, self.recording)
        no_batch = why_no_batch(self.settings, len(rows.train))
        if no_batch is not None:
            self._refuse(no_batch)
        return Run.begin(data, rows, start, self.settings, self.data.seed)

    def architecture(self) -> Architecture:
        """Sizes and activations of the network. Raises ScenarioError where these fit no network."""
        network = self.network
        try:
            architecture = Architecture(network.layers, network.activations, network.bias, Names(network.units))  # type: ignore[arg-type]
        except ValueError as problem:
            raise ScenarioError(f"{self.origin}: network: {problem}") from None
        if architecture.parameters > MOST_PARAMETERS:
            raise ScenarioError(
                f"{self.origin}: network.layers: {architecture.parameters} parameters; at most {MOST_PARAMETERS}"
            )
        return architecture

    def samples(self) -> tuple[Dataset, Split]:
        """The data, scaled for the samples to train on, and how they are split. Raises ScenarioError."""
        data = self.dataset()
        try:
            rows = self._split(data)
        except DataError as problem:
            raise ScenarioError(f"{self.origin}: {problem}") from None
        return data.scaled(rows.train, self.data.scale), rows

    def _split(self, data: Dataset) -> Split:
        return split(data, self.data.samples, self.data.test_fraction, self.data.seed)

    def _start(self, architecture: Architecture) -> Network:
        network = self.network
        if network.weights:
            weights = [np.array(layer, dtype=np.float64) for layer in network.weights]
            biases = [np.array(layer, dtype=np.float64) for layer in network.biases]
            return explicit(architecture, weights, biases)
        return initialise(architecture, network.init, np.random.default_rng([self.data.seed, 0]))

    def check_fit(self, architecture: Architecture, data: Dataset) -> None:
        """Raises ScenarioError where data, network and loss do not fit together."""
        inputs, outputs = architecture.sizes[0], architecture.sizes[-1]
        if inputs != data.x.shape[1]:
            self._refuse(f"{data.name} has {data.x.shape[1]} features, the network expects {inputs}")
        if outputs != data.y.shape[1]:
            columns = data.y.shape[1]
            what = f"{columns} target column{'s' if columns > 1 else ''}"
            what += f" for its {len(data.classes)} classes" if data.classes else ""
            self._refuse(f"{data.name} has {what}, the network gives {outputs}; end the layers with {columns}")
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

    def _refuse(self, why: str) -> NoReturn:
        raise ScenarioError(f"{self.origin}: {why}")


@lru_cache(maxsize=4)  # every frame says it
def title_of(origin: str) -> str:
    return clean(Path(origin).stem)


def naming(architecture: Architecture, data: Dataset) -> Architecture:
    """The same architecture that knows what the data call its inputs and outputs."""
    ends = architecture.sizes[0], architecture.sizes[-1]
    found = data.features, data.classes or data.outputs
    columns, answers = (
        tuple(clean(name, LONGEST_NAME) for name in names) if len(names) == size else ()
        for names, size in zip(found, ends, strict=True)
    )
    return replace(architecture, names=replace(architecture.names, columns=columns, answers=answers))


def notices_of(choice: DataChoice) -> tuple[str, ...]:
    """What a person should know of data of their own, scaled as is chosen."""
    data, scale = choice.table, choice.scale
    if data is None:
        return ()
    told = data.notices
    if scale == "none" and choice.file is not None:
        unscaled = needs_scaling(data)
        return (unscaled, *told) if unscaled else told
    if data.image and scale == data.white:
        return *told, f"pixels are divided by {scale:g}; --scale none leaves them as they are"
    return told


def single_output(data: Dataset, architecture: Architecture) -> Dataset:
    """Two classes for a network with one output: a target of 0 or 1, the second class being 1."""
    if len(data.classes) == 2 and data.y.shape[1] == 2 and architecture.sizes[-1] == 1:
        return replace(data, y=data.y[:, 1:].copy())
    return data


def one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())
