"""Choices that make no difference in a given update, told by its shape alone: a rule is there the same as a simpler."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bptui.engine.wrong_rules.given import Given
from bptui.engine.wrong_rules.rule import Rule

RIGHT = Rule()
ONLY_JOINED = ("∂L/∂a alone", "element of ∂L/∂a")
WITH_JOINED = ("right", "element by element", *ONLY_JOINED)
WITH_SOFTMAX = ("right", "left out", "φ", "element by element")
TOGETHER = ("mean sample", "mean activations", "last activations")
OF_SEVERAL = ("divided twice", "undivided", "last", "last divided")
"""What biases may be that one sample alone makes right."""


def settled(rule: Rule, given: Given) -> Rule:
    """The rule with every choice that cannot matter here as it is right."""
    inert = {name for names in inert_choices(rule, given) for name in names.split()}
    changed: dict[str, Any] = {name: getattr(RIGHT, name) for name in inert}
    if rule.pairing in {"before", "reversed"} and given.n == 2:
        changed["pairing"] = "next"
    return replace(rule, **changed) if changed else rule


def inert_choices(rule: Rule, given: Given) -> Iterator[str]:
    """Names of the choices that make no difference, some at a time."""
    architecture = given.network.architecture
    if given.layers == 1:
        yield "hidden_factor hidden_slope hidden_where handed through"
    elif given.layers == 2 or rule.hidden_slope == "right":
        yield "hidden_where"
    if not output_slope_matters(rule, given):
        yield "output_slope"
    if architecture.activations[-1] != "softmax":
        yield "softmax"
    if architecture.sizes[-1] == 1:
        yield "outputs"
    elif rule.pairing == "every":
        yield "pairing"
    if architecture.bias != "trained":
        yield "biases"
    if not given.rules.l2 or (rule.l2 == "on biases" and architecture.bias != "trained"):
        yield "l2"
    if given.rules.optimizer.name not in {"momentum", "nesterov"} or (
        given.t > 1 and rule.momentum.startswith("first")
    ):
        yield "momentum"
    yield from inert_samples(rule, given)


def output_slope_matters(rule: Rule, given: Given) -> bool:
    """Can a wrong slope at the output be one here?"""
    name = given.network.architecture.activations[-1]
    if given.loss.joined is not None:
        return rule.output_slope in WITH_JOINED
    if rule.output_slope in ONLY_JOINED or (
        name == "identity" and rule.output_slope not in {"φ", "element by element"}
    ):
        return False
    return rule.output_slope in WITH_SOFTMAX if name == "softmax" else True


def inert_samples(rule: Rule, given: Given) -> Iterator[str]:
    """What is inert for the number of samples in the batch, or in each update of it."""
    nothing = given.carried.total is None
    short = given.n < (given.nominal or given.n)
    if given.n == 1 or rule.step == "each sample":
        if given.n == 1 or rule.pairing in TOGETHER:
            yield "pairing"
        yield "softmax" if rule.softmax == "batch" else ""
        if rule.reduction != "nominal":
            yield "reduction part_size"
        if rule.biases in OF_SEVERAL:
            yield "biases"
    if rule.reduction == "nominal" and given.nominal in {0, given.n}:
        yield "reduction"
    if given.rules.reduction == "sum" and rule.reduction in {"nominal", "mean of means", "sum of means"}:
        yield "reduction part_size"
    if (
        (rule.step == "each sample" and given.n == 1)
        or (rule.step == "never cleared" and nothing)
        or (rule.step == "carried" and nothing and not short)
    ):
        yield "step"
