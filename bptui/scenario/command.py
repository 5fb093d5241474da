"""From a scenario to the words of the command line that choose it again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bptui.data.toml_file import read_toml
from bptui.scenario.document import training_values, wish_values
from bptui.scenario.keys import KEYS
from bptui.scenario.names import built_in_names
from bptui.scenario.reading import section
from bptui.scenario.scenario import LARGEST_FILE, Scenario
from bptui.training.settings import Settings


def command_words(scenario: Scenario) -> list[str]:
    """The name or file, and an option for everything that is not as it would be by this alone.

    Raises ValueError where no options say it: data made in memory, start weights from elsewhere.
    """
    origin, said, told = scenario.origin, dict[str, Any](), dict[str, Any]()
    if origin in built_in_names():
        plain = Scenario.built_in(origin)
    elif Path(origin).is_file():
        said = wish_values(scenario.data.wish, Path()) if scenario.data.wish else {}
        plain = Scenario.of_file(origin, anywhere=True, said=section({"data": said}, "data"))
        told = read_toml(Path(origin), LARGEST_FILE).get("data", {}) if Path(origin).suffix.lower() == ".toml" else {}
    else:
        raise ValueError("its data are in memory only: no command begins with them")
    if not alike(plain, scenario):
        raise ValueError("its start weights or names are in no file that a command could name")
    here = f"./{origin}" if origin.startswith("-") else origin
    return [here, *options("data", told, said), *differences(plain, scenario)]


def alike(plain: Scenario, scenario: Scenario) -> bool:
    """Are the parts that no option says the same, or gone because of options?"""
    one, other = (each.document(whole=True)["network"] for each in (plain, scenario))
    return all(other.get(key) in (None, one.get(key)) for key in ("weights", "biases", "units"))


def differences(plain: Scenario, scenario: Scenario) -> Iterator[str]:
    before, now = plain.document(whole=True), scenario.document(whole=True)
    network = dict(before["network"])
    if "weights" in network and "weights" not in now["network"]:
        network.pop("init", None)  # to draw them is to be said
    if now["training"]["loss"] != before["training"]["loss"] or now["network"]["layers"] != network["layers"]:
        network.pop("activations", None)  # either option would choose others
    yield from options("data", before["data"], now["data"])
    yield from options("network", network, now["network"])
    yield from options("training", training_values(Settings()) | before["training"], now["training"])


def options(name: str, before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """An option for every value of a section that is another one."""
    for key, value in now.items():
        spelt = KEYS[name][key].options(key)
        if spelt and value != before.get(key):
            words = value_words(key, value)
            yield from [f"{spelt[0]}={words}"] if words.startswith("-") else [spelt[0], words]


def value_words(key: str, value: Any) -> str:
    if isinstance(value, list):
        return ("-" if key == "layers" else ",").join(map(str, value))
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if not isinstance(value, float) or float(short) == value else repr(value)
