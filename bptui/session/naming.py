"""What a change is called, in a few words: in the names of forks, on the curve, in notices."""

from typing import Any

from bptui.data.digits import shortest
from bptui.scenario.document import training_values
from bptui.training.causes import Causes, Change, Edit, Guest
from bptui.training.roster import LeaveOut, PutIn, Rewrite
from bptui.training.run import Run
from bptui.training.settings import Settings

SHORT = {"learning_rate": "γ ", "batch_size": "batch ", "reduction": "", "optimizer": "", "l1": "L1 ", "l2": "L2 "}
MOST_NAMED = 2
"""Changes that a name tells; of more it says how many."""


def words_of(run: Run, update: int, change: Change) -> str:
    """What is different from this update of a run on: ``γ 0.5``, ``w₂[0→1] = 0.3``, ``row 12 left out``."""
    match change:
        case Settings():
            return words_of_settings(run.settings_at(update - 1) if update > 1 else None, change)
        case Edit():
            return f"{run.start.architecture.names.symbol(change.weight)} = {shortest(change.value)}"
        case Guest():
            return "a sample put in"
        case Rewrite():
            return f"row {change.row}: {words_of_values(run, change)}"
        case LeaveOut(row):
            return f"row {row} left out"
        case PutIn(row):
            return f"row {row} back in"


def words_of_settings(before: Settings | None, now: Settings) -> str:
    """What differs from the settings before."""
    old, new = (training_values(each) | {"order": each.order} for each in (before or Settings(), now))
    words = []
    for key, value in new.items():
        if value != old[key]:
            words.append(f"{SHORT.get(key, key.replace('_', ' ') + ' ')}{spelt(value)}")
    return listed(words) or "the same settings"


def spelt(value: Any) -> str:
    """A setting's value; shares of ranks as ``3:1``."""
    if isinstance(value, list):
        return ":".join(map(str, value))
    return shortest(value) if isinstance(value, float) else str(value)


def words_of_values(run: Run, change: Rewrite) -> str:
    """The class where the targets are one's, else each number that is new."""
    data = run.problem.data
    if change.part == "y" and data.classes:
        y = data.y[change.row].copy()
        for place, value in change.values:
            y[place] = value
        for label, name in enumerate(data.classes):
            if (data.target(label) == y).all():
                return f"target {name}"
    names = data.features if change.part == "x" else data.outputs
    symbol = "x{}" if change.part == "x" else "y[{}]"
    said = [f"{names[place] if names else symbol.format(place)} = {shortest(value)}" for place, value in change.values]
    return listed(said)


def listed(words: list[str]) -> str:
    if len(words) > MOST_NAMED:
        return f"{', '.join(words[:MOST_NAMED])} and {len(words) - MOST_NAMED} more"
    return ", ".join(words)


def begun(run: Run) -> tuple[tuple[int, str], ...]:
    """Where something is different from what it began with, and what: an update once, its changes in one text."""
    found: dict[int, list[str]] = {}
    for update, change in run.causes.changes:
        if update > 1 or not isinstance(change, Settings):
            found.setdefault(update, []).append(words_of(run, update, change))
    return tuple((update, listed(words)) for update, words in found.items())


def changed_after(run: Run, update: int) -> list[int]:
    """The updates after one with which something begins to be different, ascending; what it began with is no change."""
    changes = run.causes.changes
    return sorted({at for at, change in changes if at > update and (at > 1 or not isinstance(change, Settings))})


def named(run: Run, update: int, causes: Causes | None = None) -> str:
    """What begins with an update of a run that is no cause of other ones, ``γ 0.5 from update 38``; what a run began
    with is none that begins."""
    known = causes.changes if causes else run.causes.changes[:1]
    new = [
        words_of(run, update, change) for at, change in run.causes.changes if at == update and (at, change) not in known
    ]
    return f"{listed(new) or 'the same'} from update {update}"
