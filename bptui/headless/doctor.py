"""``bptui doctor``: what is wrong after some epochs, why, and what cures it; then everything that was measured."""

from collections.abc import Iterator

from bptui.experiments.symptoms import Finding, symptoms
from bptui.training.run import Run
from bptui.views.doctor import NAME, WELL, counted


def report(run: Run, findings: list[Finding]) -> Iterator[str]:
    """The symptoms with cause and cure, then a line a check."""
    position, found = run.record(run.frontier).position, symptoms(findings)
    yield f"after update {run.frontier} (epoch {position.epoch}): {counted(found) if found else WELL}"
    if run.stop:
        yield f"  {run.stop}"
    for symptom in found:
        yield f"- {symptom.words}"
        yield f"    why   {symptom.cause}"
        yield f"    cure  {symptom.cure}"
    yield "measured"
    for finding in findings:
        yield f"  {finding.name:<{NAME}} {finding.measured}"
