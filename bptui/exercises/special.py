"""What two families have besides numbers of the record: a difference quotient, and a program's wrong numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bptui.diagnosis.search import singles
from bptui.engine.network import explicit
from bptui.engine.types import Floats, quiet
from bptui.engine.weight import Weight
from bptui.engine.wrong_rules import Change, Rule, Workings
from bptui.exercises.exercise import Blank, Choice, Option, Table, Wrong
from bptui.exercises.selecting import Candidate
from bptui.exercises.written import fixed
from bptui.explain import value
from bptui.explain.quantity import Quantity
from bptui.scenario.accept import ScenarioError
from bptui.scenario.scenario import Scenario

EPSILON = 0.01
OPTIONS = 5
MORE = 2
"""Decimals more for the numbers of a program, so that mistakes are far apart."""


# --- a difference quotient ---


def moved(scenario: Scenario, weight: Weight, by: float) -> float:
    """The mean loss of the batch with one weight moved."""
    start = scenario.begin().start
    theta = explicit(start.architecture, start.weights, start.biases)
    weights, biases = ([np.array(part) for part in parts] for parts in (theta.weights, theta.biases))
    (biases[weight.layer - 1] if weight.is_bias else weights[weight.layer - 1][weight.source])[weight.unit] += by
    network = replace(
        scenario.network,
        weights=tuple(w.tolist() for w in weights),
        biases=tuple(b.tolist() for b in biases),
    )
    return replace(scenario, network=network).begin().record(1).loss_mean


def losses(it: Candidate, weight: Weight) -> tuple[float, float, float]:
    """At w − ε, w and w + ε."""
    return moved(it.scenario, weight, -EPSILON), it.record.loss_mean, moved(it.scenario, weight, EPSILON)


def loss_table(it: Candidate, weight: Weight, decimals: int) -> Table:
    """The three losses, with digits enough for their difference."""
    symbol = it.record.names.symbol(weight)
    head = (f"{symbol} − {EPSILON}", symbol, f"{symbol} + {EPSILON}")
    return Table("mean loss L at", head, (tuple(fixed(each, decimals + 4) for each in losses(it, weight)),))


def quotient(it: Candidate, weight: Weight, least: float, decimals: int) -> Blank:
    """Of central differences, with the two ways to get it wrong that people have."""
    below, here, above = losses(it, weight)
    right = (above - below) / (2 * EPSILON)
    wrong = (
        ((above - below) / EPSILON, "divided by ε, where w was moved by 2ε in all"),
        ((above - here) / EPSILON, "the difference to one side only, (L(w + ε) − L(w)) / ε, which is less exact"),
    )
    symbol = it.record.names.symbol(weight)
    up, down = fixed(above, decimals + 4), fixed(below, decimals + 4)
    return Blank(
        f"quotient of {symbol}",
        f"the difference quotient for {symbol}, with ε = {EPSILON}",
        right,
        "(L(w + ε) − L(w − ε)) / 2ε",
        f"({up} − {down}) / {2 * EPSILON:g}",
        tuple(Wrong(number, said=said) for number, said in wrong if abs(number - right) > least),
    )


# --- a program with a mistake ---


def printed_of(workings: Workings, rule: Rule) -> Floats:
    """The gradients of all weights, in the order of θ."""
    architecture = workings.given.network.architecture
    with quiet():
        parts = (
            workings.quantity(rule, "gradient", layer, what).ravel()
            for layer in range(1, architecture.layers + 1)
            for what in ("weights", "biases")
        )
        return np.concatenate(list(parts))


def told_apart(it: Candidate, asked: Sequence[Quantity], least: float) -> list[tuple[Change, Floats]]:
    """The mistakes whose numbers are neither the right ones, in one of these weights at least, nor another mistake's;
    with their numbers."""
    every = [(change, printed_of(it.workings, change.rule)) for change in singles(it.workings.given)]
    every = [(change, numbers) for change, numbers in every if np.isfinite(numbers).all()]
    return [
        (change, numbers)
        for change, numbers in every
        if where_it_shows(it, asked, numbers, least)
        and all(far(numbers, other, least) for one, other in every if one is not change)
    ]  # fmt: skip


def far(one: Floats, other: Floats, least: float) -> bool:
    return bool(np.abs(one - other).max() > least)


def program(
    it: Candidate, asked: Sequence[Quantity], rng: np.random.Generator, least: float
) -> list[tuple[Change, Floats]]:
    """Some mistakes that these numbers tell apart; the first is the program's. Raises ScenarioError where there are not
    two."""
    apart = told_apart(it, asked, least)
    if len(apart) < 2:
        raise ScenarioError("find-mistake: in so small a network no two mistakes can be told apart; take more --layers")
    return [apart[k] for k in rng.permutation(len(apart))[:OPTIONS]]


def program_table(it: Candidate, numbers: Floats, decimals: int) -> Table:
    """What the program printed, a row for each weight."""
    addresses = it.record.before.architecture.addresses()
    rows = [(it.record.names.symbol(w), fixed(float(g), decimals)) for w, g in zip(addresses, numbers, strict=True)]
    half = (len(rows) + 1) // 2
    left, right = rows[:half], [*rows[half:], *[("", "")] * (2 * half - len(rows))]
    both = tuple((*one, *other) for one, other in zip(left, right, strict=True))
    return Table("the program printed", ("weight", "gradient", "weight", "gradient"), both)


def choice(it: Candidate, rows: list[tuple[Change, Floats]], rng: np.random.Generator, decimals: int) -> Choice:
    """Which of them is it? Of each other one the number that gives it away."""
    (right, numbers), *others = rows
    addresses = list(it.record.before.architecture.addresses())
    reduction = it.record.settings.rules.reduction
    options = [Option(right.named(reduction), "These are its numbers in every weight.", right=True)]
    for change, its in others:
        place = int(np.abs(its - numbers).argmax())
        symbol, would = it.record.names.symbol(addresses[place]), fixed(float(its[place]), decimals)
        options.append(Option(change.named(reduction), f"With it the gradient of {symbol} would be {would}."))
    return Choice(
        "the mistake", "what the program does wrong", tuple(options[k] for k in rng.permutation(len(options)))
    )


def where_it_shows(it: Candidate, asked: Sequence[Quantity], numbers: Floats, least: float) -> Quantity | None:
    """The first of these gradients that is off; None where none is."""
    addresses = list(it.record.before.architecture.addresses())
    for q in asked:
        if abs(float(numbers[addresses.index(q.weight)]) - value(it.record, q)) > least:
            return q
    return None
