"""``bptui doctor``: what is wrong after some epochs, why, and what cures it; then everything that was measured."""

from collections.abc import Iterator

from bptui.experiments.symptoms import Finding, symptoms
from bptui.training.run import Run

WELL = "nothing is wrong that can be told from the numbers"


def report(run: Run, findings: list[Finding]) -> Iterator[str]:
    """The symptoms with cause and cure, then a line a check."""
    position = run.record(run.frontier).position
    yield f"after update {run.frontier} (epoch {position.epoch}): {verdict(findings)}"
    if run.stop:
        yield f"  {run.stop}"
    for symptom in symptoms(findings):
        yield f"- {symptom.words}"
        yield f"    why   {symptom.cause}"
        yield f"    cure  {symptom.cure}"
    yield "measured"
    for finding in findings:
        yield f"  {finding.name:<52} {finding.measured}"


def verdict(findings: list[Finding]) -> str:
    count = len(symptoms(findings))
    return f"{count} symptom{'s' * (count != 1)}" if count else WELL
