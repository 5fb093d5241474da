"""When mistakes about biases, targets, penalties and steps do no harm."""

from dataclasses import replace

from bptui.engine.network import Architecture, explicit
from bptui.experiments.mistakes.case import Case, Conditions
from bptui.experiments.mistakes.changes import as_mean
from bptui.experiments.mistakes.conditions import add_hidden, frozen_biases, one_by_one, several, single

PENALTY = 0.01

NEVER_HARMLESS = Conditions(lambda _: "", lambda _: None, lambda _: None)


# --- biases ---


def no_bias_learns(case: Case) -> str:
    return "no bias learns" if case.start.architecture.bias != "trained" else ""


def biases_learn(case: Case) -> Case:
    old = case.start.architecture
    architecture = Architecture(old.sizes, old.activations, "trained", old.names)
    return replace(case, start=explicit(architecture, case.start.weights, case.start.biases), words="the biases learn")


NO_BIAS = Conditions(no_bias_learns, frozen_biases, biases_learn)


def no_bias_of_several(case: Case) -> str:
    return no_bias_learns(case) or single(case)


def biases_of_several(case: Case) -> Case | None:
    """Biases that learn, in batches of more than one sample."""
    bigger = several(case) if case.size == 1 else case
    if bigger is None or not no_bias_learns(bigger):
        return bigger
    words = f"{bigger.words}, the biases learn".removeprefix(", ")
    return replace(biases_learn(bigger), words=words)


NO_BIAS_OF_SEVERAL = Conditions(no_bias_of_several, frozen_biases, biases_of_several)


def no_divided_bias(case: Case) -> str:
    divides_not = "SUM divides by nothing" if case.settings.rules.reduction == "sum" else ""
    return divides_not or no_bias_of_several(case)


def divided_biases(case: Case) -> Case | None:
    other = biases_of_several(case)
    return None if other is None else as_mean(other)


NO_DIVIDED_BIAS = Conditions(no_divided_bias, frozen_biases, divided_biases)


def one_unit_each(case: Case) -> str:
    units = max(case.start.architecture.sizes[1:])
    return no_bias_learns(case) or ("every layer has one unit" if units == 1 else "")


def several_units(case: Case) -> Case:
    learning = biases_learn(case) if no_bias_learns(case) else case
    return add_hidden(learning) if max(case.start.architecture.sizes[1:]) == 1 else learning


ONE_UNIT_EACH = Conditions(one_unit_each, frozen_biases, several_units)


# --- targets, penalty ---


def several_outputs(case: Case) -> str:
    return single(case) or ("there is more than one output" if case.start.architecture.sizes[-1] > 1 else "")


SEVERAL_OUTPUTS = Conditions(
    several_outputs, one_by_one, lambda case: several(case) if case.start.architecture.sizes[-1] == 1 else None
)


def penalised(case: Case) -> Case:
    rules = replace(case.settings.rules, l2=PENALTY)
    return replace(case, settings=replace(case.settings, rules=rules), words=f"L2 {PENALTY} on both sides")


def unpenalised(case: Case) -> Case:
    rules = replace(case.settings.rules, l2=0.0)
    return replace(case, settings=replace(case.settings, rules=rules), words="without a penalty")


NO_PENALTY = Conditions(lambda case: "" if case.settings.rules.l2 else "there is no penalty", unpenalised, penalised)
