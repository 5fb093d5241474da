"""The doctor's screen: what is wrong at this update, why, and what cures it; below, everything that was measured."""

from collections.abc import Sequence

from bptui.experiments.symptoms import Finding, Symptom, symptoms
from bptui.views.text import Row, cut, left, window, wrapped

WELL = "nothing is wrong that can be told from the numbers"
NAME = 52  # columns of what was measured


def counted(found: Sequence[Symptom]) -> str:
    """How many symptoms there are."""
    return f"{len(found) or 'no'} symptom{'s' * (len(found) != 1)}"


def doctor_rows(findings: Sequence[Finding], chosen: int, width: int, height: int, scroll: int) -> list[Row]:
    """The symptoms, the chosen one with its cause and cure; then the measures, as many as there is room for."""
    found = symptoms(findings)
    rows: list[Row] = [] if found else [((f" {WELL.capitalize()}.", "good"),)]
    for k, symptom in enumerate(found):
        rows += symptom_rows(symptom, k == chosen, width)
    room = height - len(rows) - 2
    if room < 1:
        return rows[:height]
    rows += [(), ((f" {'measured':<{NAME}}", "head"),)]
    return [*rows, *measures(findings, width, room, scroll)]


def symptom_rows(symptom: Symptom, here: bool, width: int) -> list[Row]:
    first, *rest = wrapped(symptom.words, max(width - 3, 10))
    rows: list[Row] = [((" ▸ " if here else "   ", "selected"), (first, "wrong"))]
    rows += [((f"   {line}", "wrong"),) for line in rest]
    if here:
        for name, words in (("why", symptom.cause), ("cure", symptom.cure), ("seen in", symptom.seen_in)):
            first, *rest = wrapped(words, max(width - 13, 10))
            rows.append(((left(f"   {name}", 12), "dim"), (first, "text")))
            rows += [((" " * 12 + line, "text"),) for line in rest]
    return rows


def measures(findings: Sequence[Finding], width: int, height: int, scroll: int) -> list[Row]:
    """A row a check: its name and what it found."""
    rows: list[Row] = []
    name = min(NAME, max(width - 12, 10))
    for k in window(len(findings), height, 0, scroll):
        finding = findings[k]
        role = "wrong" if finding.symptom else "text"
        rows.append(((f" {left(finding.name, name)} ", "dim"), (cut(finding.measured, max(width - name - 2, 1)), role)))
    return rows


def notice(symptom: Symptom, key: str) -> str:
    """A symptom that has just begun, and the key that tells more of it."""
    return f"{key}: {symptom.words}"
