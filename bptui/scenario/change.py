"""A scenario with some of its settings said anew, as a command line does."""

from dataclasses import replace
from typing import Any

from bptui.scenario.choices import NetworkChoice
from bptui.scenario.defaults import output_activation
from bptui.scenario.document import training_section
from bptui.scenario.keys import USED_BY
from bptui.scenario.reading import section, settings_choice
from bptui.scenario.scenario import Scenario
from bptui.training.settings import Settings

Given = dict[str, dict[str, Any]]
"""Section → key → the checked value that is to hold instead."""


def changed(scenario: Scenario, given: Given, hidden: str | None = None) -> Scenario:
    """The scenario with these values; ``hidden`` is an activation for all hidden layers.

    Other layers or another way to draw weights give up those in numbers; another loss gets the output activation it
    needs. Raises ValueError for a constant that the optimizer or schedule then in force does not use.
    """
    training, network, data = (given.get(name, {}) for name in ("training", "network", "data"))
    settings = changed_settings(scenario.settings, training, data)
    return replace(
        scenario,
        data=replace(scenario.data, **data),
        network=changed_network(scenario.network, network, training.get("loss"), hidden),
        settings=settings,
    )


def changed_settings(settings: Settings, training: dict[str, Any], data: dict[str, Any]) -> Settings:
    """What is said anew over what was; of that, constants of an optimizer or schedule now given up are forgotten."""
    before = section({"training": training_section(settings, whole=False)}, "training")
    kept = {key: value for key, value in before.items() if key not in USED_BY or is_used(key, training)}
    return settings_choice(kept | training, data.get("order", settings.order))


def is_used(key: str, training: dict[str, Any]) -> bool:
    """Does the constant still belong to what is chosen, as far as something else is chosen?"""
    chooser, users = USED_BY[key]
    return chooser not in training or training[chooser] in users


def changed_network(
    network: NetworkChoice, given: dict[str, Any], loss: str | None, hidden: str | None
) -> NetworkChoice:
    if loss:
        last = output_activation(loss, network.activations[-1])
        network = replace(network, activations=(*network.activations[:-1], last))
    if "layers" in given:
        network = resized(network, tuple(given["layers"]))
    if hidden:
        network = replace(network, activations=(*(hidden,) * (len(network.layers) - 2), network.activations[-1]))
    if "init" in given:
        network = replace(network, weights=(), biases=(), notices=())
    if given.get("bias") == "none":
        network = replace(network, biases=())
    rest: dict[str, Any] = {key: given[key] for key in ("bias", "init") if key in given}
    if "activations" in given:
        rest["activations"] = tuple(given["activations"])
    return replace(network, **rest)


def resized(network: NetworkChoice, layers: tuple[int, ...]) -> NetworkChoice:
    """Other layer sizes: written-out weights and names no longer fit, hidden activations follow the first one."""
    first = network.activations[0] if len(network.activations) > 1 else "tanh"
    activations = (*((first,) * (len(layers) - 2)), network.activations[-1])
    return replace(network, layers=layers, activations=activations, weights=(), biases=(), units=(), notices=())
