"""Penalties so strong that they diverge whatever the samples say."""

from collections.abc import Iterator

from bptui.data.digits import shortest
from bptui.engine.update import UpdateRules
from bptui.experiments.symptoms.patient import Finding, Patient, Symptom, typed


def bound(rules: UpdateRules) -> float | None:
    """γ λ₂ above which the penalty alone, ½ λ₂ w², makes a weight grow in size; None for an optimizer whose step is not
    linear in the gradient.

    The step on ½ λ₂ w² multiplies w by 1 − γ λ₂; with memory, (w before, w) goes through a 2 × 2 matrix whose
    eigenvalues leave the unit circle at −1: heavy ball at 2 (1 + μ), Nesterov's form at 2 (1 + μ) / (1 + 2 μ).
    """
    mu = rules.optimizer.momentum
    known = {"sgd": 2.0, "momentum": 2 * (1 + mu), "nesterov": 2 * (1 + mu) / (1 + 2 * mu)}
    return None if rules.clip_norm else known.get(rules.optimizer.name)


def penalty(it: Patient) -> Iterator[Finding]:
    """γ λ₂ above what the optimizer bears."""
    rules, gamma = it.record.settings.rules, it.record.learning_rate
    most = bound(rules)
    if not rules.l2 or most is None:
        return
    product = gamma * rules.l2
    name = "γ · λ₂"
    if product <= most:
        yield Finding(name, shortest(product, 3))
        return
    optimizer = rules.optimizer
    if optimizer.name == "sgd":
        why = f"is above 2: the penalty alone multiplies every weight by {shortest(1 - product, 3)} an update"
    else:
        why = (
            f"is above {shortest(most, 3)}, the most that {optimizer.name} bears at μ = "
            f"{shortest(optimizer.momentum)}: the penalty alone makes every weight swing ever wider"
        )
    cure = f"--l2 below {typed(most / gamma)}, or --lr below {it.rate_for(most / rules.l2)}"
    yield Finding(name, shortest(product, 3), Symptom(
        "penalty", f"γ · λ₂ = {shortest(product, 3)} {why}",
        "the step of the penalty overshoots 0 by more than it began with", cure, "update",
    ))  # fmt: skip


def decay(it: Patient) -> Iterator[Finding]:
    """AdamW's own decay: it multiplies every weight and bias by 1 − γ λ."""
    optimizer, gamma = it.record.settings.rules.optimizer, it.record.learning_rate
    if optimizer.name != "adamw" or not optimizer.weight_decay:
        return
    product = gamma * optimizer.weight_decay
    name, measured = "γ · λ of the weight decay", shortest(product, 3)
    if product <= 2:
        yield Finding(name, measured)
        return
    words = (
        f"γ · λ = {measured} is above 2: the weight decay alone multiplies every weight by {shortest(1 - product, 3)} "
        f"an update"
    )
    cure = f"--weight-decay below {typed(2 / gamma)}, or --lr below {it.rate_for(2 / optimizer.weight_decay)}"
    yield Finding(name, measured, Symptom(
        "penalty", words, "the decay overshoots 0 by more than it began with", cure, "update"
    ))  # fmt: skip
