"""Writes the parts of assets/docs that are the program's own tables anew: ``python -m tests.make_docs``.

Such a part of a page stands between ``<!-- made: NAME -->`` and ``<!-- end -->``; the rest is written by hand.
"""

import argparse
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from bptui.data.files import INSTEAD, READERS
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.optimizers import OPTIMIZERS
from bptui.engine.rates import SCHEDULES
from bptui.engine.wrong_rules import CHANGES
from bptui.headless.arguments import COMMANDS, EXPLORER, parser_of
from bptui.headless.options import add_screen
from bptui.scenario import Scenario
from bptui.scenario.keys import KEYS, Key, about
from bptui.session.questions import QUESTIONS
from bptui.tui import (
    breakpoints,
    confusion,
    doctor,
    draw,
    drill,
    explain,
    explorer_keys,
    forks,
    gradients,
    history,
    lab,
    lesson,
    matrices,
    poll_screen,
    predicting,
    race,
    scatter,
)
from bptui.tui.keys import Table, groups
from bptui.tui.workbench import COMMON

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "docs"
MADE = re.compile(r"(<!-- made: ([\w .]+) -->\n).*?(<!-- end -->)", re.DOTALL)

REQUIRED = "required"
GIVEN = {
    "name": "one of these three is required",
    "file": "one of these three is required",
    "x": "one of these three is required",
    "targets": "x needs one of these two",
    "labels": "x needs one of these two",
    "target": "the last column",
    "as": "classes for words, and for whole numbers from 0 to 999 throughout; else numbers",
    "drop": "none",
    "missing": '`"refuse"`',
    "image": "squares of grey values are recognised",
    "test": "none",
    "layers": REQUIRED,
    "activations": "tanh; at the output what the loss needs, else identity",
    "weights": "drawn by init",
    "biases": "0 beside weights, else drawn by init",
    "units": "numbers",
    "orientation": 'as they fit; of a square one `"in-out"`',
    "bias_row": "none",
}
"""Keys for which no value stands where the file is silent, and what holds then."""

SEE = {
    "file": "[files](files.md)",
    "init": "[numbers](numbers.md)",
    **dict.fromkeys(("loss", "schedule", "schedule_factor", "optimizer"), "below"),
}
"""Where on these pages there is more about a key."""


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join([row(*head), "|" + "---|" * len(head), *(row(*cells) for cells in rows)])


def safe(text: str) -> str:
    """A bar would end the cell."""
    return text.replace("|", "\\|")


def code(text: str) -> str:
    return f"`{text}`"


def key_table(keys: Table) -> str:
    """A screen's keys, group by group as in its help."""
    return table(
        ("key", "what it does"),
        (
            (" ".join(map(code, key.shown.split())), safe(key.tooltip))
            for group in groups(keys)
            for key in keys
            if key.group == group and key.keys
        ),
    )


def own(keys: Table) -> Table:
    """The keys that not every screen has."""
    return tuple(key for key in keys if key not in COMMON)


@cache
def defaults() -> dict[str, dict[str, Any]]:
    """What holds where the file is silent, as the program itself writes it out; every constant's own optimizer."""
    found: dict[str, dict[str, Any]] = {section: {} for section in KEYS}
    for optimizer in OPTIMIZERS:
        for schedule in SCHEDULES:
            document = {
                "format_version": 1,
                "data": {"name": "xor"},
                "network": {"layers": [2, 3, 1]},
                "training": {"optimizer": optimizer, "schedule": schedule},
            }
            whole = Scenario.from_document(document, "defaults", Path()).document(whole=True)
            for section, values in found.items():
                for key, value in whole[section].items():
                    values.setdefault(key, value)
    return found


def accepted(section: str, key: str) -> str:
    """What a key accepts, in the words with which it refuses anything else."""
    try:
        KEYS[section][key].check(object())
    except ValueError as problem:
        words = re.split("[;,] got ", str(problem))[0].removeprefix("expected ")
        return re.sub(r"\d{5,}", lambda found: f"{int(found[0]):,}".replace(",", " "), words)
    raise AssertionError(f"{section}.{key} accepts anything")


def default(section: str, key: str) -> str:
    if key in GIVEN:
        return GIVEN[key]
    value = defaults()[section][key]
    return code(f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value))


def meaning(name: str, key: Key) -> str:
    """What is said of a key in the program, where there is more, and what only this page has room for."""
    see = [f"see {SEE[name]}"] if name in SEE else []
    return safe("; ".join([about(name, key), *([key.more] if key.more else []), *see]))


def section_table(section: str) -> str:
    return table(
        ("key", "option", "accepts", "default", "what it is"),
        (
            (
                code(name),
                spellings(key.options(name)),
                accepted(section, name),
                default(section, name),
                meaning(name, key),
            )
            for name, key in KEYS[section].items()
        ),
    )


def spellings(options: Iterable[str]) -> str:
    return " ".join(map(code, options)) or "in a file only"


def commands() -> str:
    """Every command with the options that are its own."""
    settings = {option for keys in KEYS.values() for name, key in keys.items() for option in key.options(name)}
    everywhere = {"-h", "--help", "--no-color", "--activation"}

    def own_options(command: str) -> str:
        mine = [option for option in parser_of(command).known if option not in settings | everywhere]
        return " ".join(map(code, mine)) or "none"

    rows = [(code(f"bptui {name}"), what, own_options(name)) for name, what in COMMANDS.items()]
    rows.insert(0, (code("bptui"), "the explorer", own_options(EXPLORER)))
    return table(("command", "what it does", "options of its own"), rows)


def screen() -> str:
    """The options of the explorer's looks, with what they accept."""
    actions = parser_with(add_screen)._actions
    rows = (
        (code(action.option_strings[0]), " ".join(map(code, action.choices or ())) or "nothing") for action in actions
    )
    return table(("option", "accepts"), rows)


def parser_with(add: Callable[[argparse.ArgumentParser], None]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    add(parser)
    return parser


def common_keys() -> str:
    return table(("key", "what it does"), ((" ".join(map(code, k.shown.split())), safe(k.tooltip)) for k in COMMON))


def instead_table() -> str:
    by_cure: dict[str, list[str]] = {}
    for suffix, cure in INSTEAD.items():
        by_cure.setdefault(cure, []).append(suffix)
    return table(("not read", "what to do"), ((" ".join(map(code, ends)), cure) for cure, ends in by_cure.items()))


def questions() -> str:
    return table(
        ("keys", "question", "answer", "opens"),
        ((f"`w` `{k}`", q.words, q.answer, q.shown) for k, q in enumerate(QUESTIONS, 1)),
    )


def first_line(function: object) -> str:
    return (function.__doc__ or "").strip().split("\n")[0].replace("``", "`")


PARTS: dict[str, Callable[[], str]] = {
    "explorer": lambda: key_table(explorer_keys.KEYS),
    "lab": lambda: key_table(own(lab.KEYS)),
    "race": lambda: key_table(own(race.KEYS)),
    "drill": lambda: key_table(own(drill.KEYS)),
    "draw": lambda: key_table(own(draw.KEYS)),
    "noise": lambda: key_table(own(scatter.KEYS)),
    "confusion": lambda: key_table(own(confusion.KEYS)),
    "gradients": lambda: key_table(own(gradients.KEYS)),
    "matrices": lambda: key_table(own(matrices.KEYS)),
    "lesson": lambda: key_table(own(lesson.KEYS)),
    "predicting": lambda: key_table(own(predicting.KEYS)),
    "poll": lambda: key_table(own(poll_screen.KEYS)),
    "poll so far": lambda: key_table(own(poll_screen.OPEN_KEYS)),
    "doctor": lambda: key_table(own(doctor.KEYS)),
    "history": lambda: key_table(own(history.KEYS)),
    "breakpoints": lambda: key_table(own(breakpoints.KEYS)),
    "forks": lambda: key_table(own(forks.KEYS)),
    "explain": lambda: key_table(own(explain.KEYS)),
    "common": common_keys,
    "commands": commands,
    "screen": screen,
    "data": lambda: section_table("data"),
    "network": lambda: section_table("network"),
    "training": lambda: section_table("training"),
    "losses": lambda: table(
        ("loss of one sample", "formula", "needs at the output"),
        ((code(it.name), it.formula, code(it.joined) if it.joined else "any") for it in LOSSES.values()),
    ),
    "optimizers": lambda: table(("optimizer", "step Δθ"), ((code(it.name), it.formula) for it in OPTIMIZERS.values())),
    "schedules": lambda: table(
        ("schedule", "γ of update t"), ((code(name), first_line(rate)) for name, rate in SCHEDULES.items())
    ),
    "activations": lambda: " ".join(map(code, ACTIVATIONS)),
    "files": instead_table,
    "readers": lambda: "\n".join(f"- {words}" for words in READERS.values()),
    "questions": questions,
    "mistakes": lambda: table(("id", "what the program does"), ((code(it.id), safe(it.name)) for it in CHANGES)),
}


def renewed(page: str) -> str:
    """The page with every part that is made by the program as it now is. Raises KeyError for an unknown part."""
    return MADE.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", page)


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.md")):
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
