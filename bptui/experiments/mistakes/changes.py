"""Changes of a set-up: another batch size, other parts, another network; each says in words what it changed."""

from dataclasses import replace

import numpy as np

from bptui.data.digits import shortest
from bptui.engine.network import Architecture, Network, initialise
from bptui.experiments.mistakes.case import Case
from bptui.training.schedule import Position


def with_batch(case: Case, size: int, words: str) -> Case:
    """Another batch size, from the start of the same epoch."""
    position = Position(case.position.epoch, seen=case.position.seen)
    return replace(case, settings=replace(case.settings, batch_size=size), position=position, words=words)


def as_mean(case: Case) -> Case:
    """MEAN with n times the rate, which is the same training as SUM as long as batches are whole."""
    rules = case.settings.rules
    if rules.reduction == "mean":
        return case
    rules = replace(rules, reduction="mean", learning_rate=rules.learning_rate * case.size)
    words = f"{case.words}, MEAN with γ × {case.size}".removeprefix(", ")
    return replace(case, settings=replace(case.settings, rules=rules), words=words)


def with_parts(case: Case, parts: int, words: str) -> Case:
    rules = replace(case.settings.rules, micro_batches=parts, ranks=())
    return replace(case, settings=replace(case.settings, rules=rules), words=words)


def reshaped(case: Case, sizes: tuple[int, ...], activations: tuple[str, ...], words: str) -> Case:
    """A network of another shape with start weights of its own."""
    architecture = Architecture(sizes, activations, case.start.architecture.bias)
    start = initialise(architecture, "glorot", np.random.default_rng([case.seed, 0]))
    return replace(case, start=start, words=words)


def with_hidden(case: Case, name: str, words: str) -> Case:
    """The same weights with another activation in hidden layers."""
    old = case.start.architecture
    new = Architecture(old.sizes, (*(name for _ in old.activations[:-1]), old.activations[-1]), old.bias, old.names)
    return replace(case, start=Network(new, case.start.flat), words=words)


def gently(case: Case) -> Case:
    """At most the rate 0.1 per mean: a larger one, good for units that saturate, makes linear ones diverge."""
    rules = case.settings.rules
    most = 0.1 if rules.reduction == "mean" else 0.1 / case.size
    if rules.learning_rate <= most:
        return case
    gentle = replace(case.settings, rules=replace(rules, learning_rate=most))
    return replace(case, settings=gentle, words=f"{case.words}, γ = {shortest(most, 3)}")


def with_output(case: Case, name: str, loss: str, words: str) -> Case:
    """The same weights with another activation at the output and another loss."""
    old = case.start.architecture
    new = Architecture(old.sizes, (*old.activations[:-1], name), old.bias, old.names)
    rules = replace(case.settings.rules, loss=loss)
    settings = replace(case.settings, rules=rules)
    return replace(case, start=Network(new, case.start.flat), settings=settings, words=words)
