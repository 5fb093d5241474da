"""All checks, one after the other."""

from collections.abc import Iterable
from dataclasses import replace

from bptui.experiments.symptoms.curves import overfit, stuck
from bptui.experiments.symptoms.patient import Check, Finding, Patient, Symptom
from bptui.experiments.symptoms.penalties import decay, penalty
from bptui.experiments.symptoms.samples import columns, imbalance
from bptui.experiments.symptoms.steps import layers, overshoots, steps
from bptui.experiments.symptoms.units import dead, saturated, twins
from bptui.training.run import Run

CHECKS: tuple[Check, ...] = (
    *(columns, imbalance, twins, penalty, decay, overshoots, dead, saturated, steps, layers, stuck, overfit),
)

AGAINST_LONGER = {"long", "overshoots", "uphill", "penalty", "dead", "saturated"}


def examine(run: Run, update: int) -> list[Finding]:
    """Every check of one update of a run. Raises IndexError where the run has not made it."""
    patient = Patient(run, run.record(update))
    return consistent([finding for check in CHECKS for finding in check(patient)])


def consistent(findings: list[Finding]) -> list[Finding]:
    """Without the advice to take longer steps where steps are too long, or where no step helps: units are dead or
    saturated."""
    kinds = {symptom.id.partition("-")[0] for symptom in symptoms(findings)}
    if kinds.isdisjoint(AGAINST_LONGER):
        return findings
    return [replace(f, symptom=None) if f.symptom and f.symptom.id.startswith("short-") else f for f in findings]


def symptoms(findings: Iterable[Finding]) -> list[Symptom]:
    """What is wrong among them."""
    return [finding.symptom for finding in findings if finding.symptom is not None]
