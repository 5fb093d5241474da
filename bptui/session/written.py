"""How a session file says a change of a run, and how it is read again, value by value."""

from typing import Any

from bptui.data.clean import clean
from bptui.scenario.accept import choice, integer, list_of, number, shown
from bptui.scenario.document import training_section
from bptui.scenario.keys import MOST_UNITS
from bptui.scenario.reading import section, settings_choice
from bptui.training.causes import Change, Edit, Guest
from bptui.training.roster import LeaveOut, Part, PutIn, Rewrite
from bptui.training.settings import ORDERS, Settings

UPDATE = integer(1, 1_000_000_000)
ROW = integer(0, 1_000_000_000)
REAL = number(-1e300, 1e300)


def written(change: Change) -> dict[str, Any]:
    """A change as the file says it, without its place."""
    match change:
        case Settings():
            return {"training": training_section(change, whole=False), "order": change.order}
        case Edit(layer, source, unit, value):
            return {"weight": [layer, source, unit], "value": value}
        case Guest(x, y):
            return {"x": list(x), "y": list(y)}
        case Rewrite(row, part, values):
            return {"row": row, part: [list(value) for value in values]}
        case LeaveOut(row) | PutIn(row):
            return {"row": row, "in": isinstance(change, PutIn)}


def change_of(raw: dict[str, Any]) -> tuple[int, Change]:
    """A change and its place. Raises ValueError."""
    update = UPDATE(raw.get("update"))
    given = set(raw) - {"update"}
    if given == {"training", "order"}:
        training = section({"training": a_section(raw["training"])}, "training")
        return update, settings_choice(training, choice(ORDERS)(raw["order"]))
    if given == {"weight", "value"}:
        layer, source, unit = list_of(integer(-1, MOST_UNITS), 3, 3)(raw["weight"])
        return update, Edit(layer, source, unit, REAL(raw["value"]))
    if given == {"row", "in"}:
        return update, (PutIn if yes_or_no(raw["in"]) else LeaveOut)(ROW(raw["row"]))
    if given in ({"row", "x"}, {"row", "y"}):
        part: Part = "x" if "x" in given else "y"
        values = list_of(cell, 1, MOST_UNITS)(raw[part])
        return update, Rewrite(ROW(raw["row"]), part, tuple(values))
    if given == {"x", "y"}:
        x, y = (list_of(REAL, 1, MOST_UNITS)(raw[key]) for key in ("x", "y"))
        return update, Guest(tuple(map(float, x)), tuple(map(float, y)))
    raise ValueError(f"not known: {shown(', '.join(sorted(given)))}")


def changes_of(raw: list[dict[str, Any]]) -> tuple[tuple[int, Change], ...]:
    """All changes of a run. Raises ValueError where one is none, or they are not in their order."""
    changes = tuple(map(change_of, raw))
    if [update for update, _ in changes] != sorted(update for update, _ in changes):
        raise ValueError("they are not in their order")
    return changes


def cell(raw: Any) -> tuple[int, float]:
    """A place and its number. Raises ValueError."""
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueError(f"expected a place and a number, got {shown(raw)}")
    return integer(0, MOST_UNITS)(raw[0]), float(REAL(raw[1]))


def yes_or_no(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"expected true or false, got {shown(raw)}")
    return raw


def short_text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"expected a text, got {shown(raw)}")
    return clean(raw, 500)


def a_section(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"expected an object, got {shown(raw)}")
    return raw
