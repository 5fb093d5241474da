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
RIGHT_FOR = {("sigmoid", "element of ∂L/∂a")}
RIGHT_FOR_ONE = {
    ("sigmoid", "element by element"),
    *(("identity", kind) for kind in ("left out", "at a", "of z", "at the error")),
}
"""Slopes that are right for an activation, where loss and activation are joined and where they are not."""
TOGETHER = ("mean sample", "mean activations", "last activations")
OF_RANKS = ("by ranks", "times ranks", "padded")
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
    yield from inert_layers(rule, given)
    yield from inert_outputs(rule, given)
    yield from inert_samples(rule, given)
    rules, no_biases = given.rules, given.network.architecture.bias != "trained"
    if no_biases:
        yield "biases"
    if not rules.l2 or (rule.l2 == "on biases" and no_biases):
        yield "l2"
    first = rule.momentum == "first without γ"
    if rules.optimizer.name not in {"momentum", "nesterov"} or (first and given.t > 1):
        yield "momentum"


def inert_layers(rule: Rule, given: Given) -> Iterator[str]:
    """What is inert for the number of layers and the shapes of their weights."""
    if given.layers == 1:
        yield "hidden_factor hidden_slope hidden_where handed through"
    elif given.layers == 2 or rule.hidden_slope == "right":
        yield "hidden_where"
    shapes = [weights.shape for weights in given.network.weights]
    if all(inputs != units for inputs, units in shapes):
        yield "outer"
    if rule.through == "untransposed" and all(inputs != units for inputs, units in shapes[1:]):
        yield "through"


def inert_outputs(rule: Rule, given: Given) -> Iterator[str]:
    """What is inert for the output and its loss."""
    architecture = given.network.architecture
    if not output_slope_matters(rule, given):
        yield "output_slope"
    if given.loss.joined is not None and rule.output_slope == "right":
        yield from inert_errors(rule, given)
    if architecture.activations[-1] != "softmax":
        yield "softmax"
    if architecture.sizes[-1] == 1:
        yield "outputs"
    elif rule.pairing == "every":
        yield "pairing"


def inert_errors(rule: Rule, given: Given) -> Iterator[str]:
    """What is inert where the output's error is its δ."""
    if rule.weights_from == "output error" or given.layers == 1:
        yield "weights_from"
    if rule.handed == "error" and given.layers == 2:
        yield "handed"
    if rule.biases == "before φ′" and given.layers == 1:
        yield "biases"


def output_slope_matters(rule: Rule, given: Given) -> bool:
    """Can a wrong slope at the output be one here?"""
    name, kind = given.network.architecture.activations[-1], rule.output_slope
    if given.loss.joined is not None:
        return kind in WITH_JOINED and (name, kind) not in RIGHT_FOR
    if name == "softmax":
        return kind in WITH_SOFTMAX
    return kind not in ONLY_JOINED and (name, kind) not in RIGHT_FOR_ONE


def inert_samples(rule: Rule, given: Given) -> Iterator[str]:
    """What is inert for the number of samples in the batch, or in each update of it."""
    nothing = given.carried.total is None
    short = given.n < (given.nominal or given.n)
    if given.n == 1 or rule.step == "each sample":
        if given.n == 1 or rule.pairing in TOGETHER:
            yield "pairing"
        yield "softmax" if rule.softmax == "batch" else ""
        if rule.reduction not in ("nominal", *OF_RANKS):
            yield "reduction part_size"
        if rule.biases in OF_SEVERAL:
            yield "biases"
    if rule.reduction == "nominal" and given.nominal in {0, given.n}:
        yield "reduction"
    if rule.reduction in OF_RANKS and not ranks_matter(rule, given):
        yield "reduction"
    if given.rules.reduction == "sum" and rule.reduction in {"nominal", "mean of means", "sum of means"}:
        yield "reduction part_size"
    if (
        (rule.step == "each sample" and given.n == 1)
        or (rule.step == "never cleared" and nothing)
        or (rule.step == "carried" and nothing and not short)
    ):
        yield "step"


def ranks_matter(rule: Rule, given: Given) -> bool:
    """Can what a program does wrong with its ranks be wrong here?"""
    ranks, n = given.ranks, 1 if rule.step == "each sample" else given.n
    mean = given.rules.reduction == "mean" and rule.step != "carried"
    match rule.reduction:
        case "by ranks":
            return ranks > 1 and not (mean and n == ranks)
        case "padded":
            return n % ranks > 0 and not (mean and -n % ranks % n == 0)
    return ranks > 1
