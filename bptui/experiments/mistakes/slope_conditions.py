"""When wrong slopes, and wrong ways back, do no harm: for some activations, at some outputs, without hidden layers."""

from bptui.engine.losses import LOSSES
from bptui.experiments.mistakes.case import Case, Conditions
from bptui.experiments.mistakes.changes import gently, with_hidden, with_output
from bptui.experiments.mistakes.conditions import add_hidden, curved, linear, no_hidden_layer, without_hidden

SQUARED = "half-squared-error"
IDENTITY = ("identity",)
SAME_AT_A = ("identity", "relu", "leaky-relu", "softmax")
"""Activations with φ′(a) = φ′(z); a softmax has no slope of one unit."""
NO_SHORT_CUT = ("identity", "relu", "leaky-relu", "softplus", "gelu", "softmax")
"""Activations whose φ′ is made of z."""


def joined(case: Case) -> bool:
    return LOSSES[case.settings.rules.loss].joined is not None


def hidden_of(case: Case) -> tuple[str, ...]:
    return case.start.architecture.activations[:-1]


def output_of(case: Case) -> str:
    return case.start.architecture.activations[-1]


# --- slopes ---


def hidden_linear(case: Case) -> str:
    return no_hidden_layer(case) or ("hidden units are linear" if set(hidden_of(case)) <= set(IDENTITY) else "")


def last_hidden_linear(case: Case) -> str:
    return no_hidden_layer(case) or ("the last hidden units are linear" if hidden_of(case)[-1] == "identity" else "")


def linear_hidden(case: Case) -> Case:
    return gently(with_hidden(case, "identity", "the same weights, hidden units linear"))


HIDDEN_LINEAR = Conditions(hidden_linear, linear_hidden, curved)
LAST_HIDDEN_LINEAR = Conditions(last_hidden_linear, linear_hidden, curved)


def output_straight(case: Case) -> str:
    if joined(case):
        return "the loss gives δ = a − y"
    return "the output is linear" if output_of(case) == "identity" else ""


def straight_output(case: Case) -> Case:
    return gently(with_output(case, "identity", SQUARED, "the output linear"))


def bent_output(case: Case) -> Case:
    return with_output(case, "sigmoid", SQUARED, "sigmoid outputs, half squared error")


OUTPUT_STRAIGHT = Conditions(output_straight, straight_output, bent_output)


def same_at_a(case: Case) -> str:
    counted = {*hidden_of(case), *(() if joined(case) else (output_of(case),))}
    return "φ′(a) = φ′(z) everywhere" if counted <= set(SAME_AT_A) else ""


def no_short_cut(case: Case) -> str:
    counted = {*hidden_of(case), *(() if joined(case) else (output_of(case),))}
    return "no φ′ here is made of a" if counted <= set(NO_SHORT_CUT) else ""


SLOPES_SAME_AT_A = Conditions(same_at_a, linear, curved)
SLOPES_OF_Z = Conditions(no_short_cut, linear, curved)


# --- ways back ---


def errors_are_deltas(case: Case) -> str:
    counted = {*hidden_of(case)[1:], *(() if joined(case) else (output_of(case),))}
    return no_hidden_layer(case) or ("above layer 1 δ is the error" if counted <= set(IDENTITY) else "")


def errors_are_no_deltas(case: Case) -> Case:
    return bent_output(add_hidden(case) if no_hidden_layer(case) else case)


ERRORS_ARE_DELTAS = Conditions(errors_are_deltas, without_hidden, errors_are_no_deltas)


# --- the output's own ---


def right_for_a_sigmoid(case: Case) -> str:
    return "a(1 − a) is a sigmoid's φ′" if output_of(case) == "sigmoid" and not joined(case) else ""


def joined_sigmoid(case: Case) -> Case:
    return with_output(case, "sigmoid", "binary-cross-entropy", "binary cross-entropy")


RIGHT_FOR_A_SIGMOID = Conditions(right_for_a_sigmoid, bent_output, joined_sigmoid)


def no_softmax(case: Case) -> str:
    if output_of(case) != "softmax":
        return "the output is no softmax"
    return "every batch is one sample" if case.size == 1 else ""


def with_softmax(case: Case) -> Case | None:
    outputs = case.start.architecture.sizes[-1]
    if outputs == 1 or case.size == 1:
        return None
    return with_output(case, "softmax", "cross-entropy", "a softmax with cross-entropy")


NO_SOFTMAX = Conditions(no_softmax, bent_output, with_softmax)
