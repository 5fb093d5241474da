"""All checks, one after the other."""

from collections.abc import Iterable

from bptui.experiments.symptoms.curves import overfit, stuck
from bptui.experiments.symptoms.patient import Check, Finding, Patient, Symptom
from bptui.experiments.symptoms.samples import columns, imbalance
from bptui.experiments.symptoms.steps import layers, overshoots, penalty, steps
from bptui.experiments.symptoms.units import dead, saturated, twins
from bptui.training.run import Run

CHECKS: tuple[Check, ...] = (
    *(columns, imbalance, twins, penalty, overshoots, dead, saturated, steps, layers, stuck, overfit),
)


def examine(run: Run, update: int) -> list[Finding]:
    """Every check of one update of a run. Raises IndexError where the run has not made it."""
    patient = Patient(run, run.record(update))
    return [finding for check in CHECKS for finding in check(patient)]


def symptoms(findings: Iterable[Finding]) -> list[Symptom]:
    """What is wrong among them."""
    return [finding.symptom for finding in findings if finding.symptom is not None]
