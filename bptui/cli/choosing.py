"""From options to a scenario, a moment and how it is looked at."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bptui.cli.telling import colour
from bptui.data.clean import clean
from bptui.headless.arguments import UsageError, spelled
from bptui.lazy import loading
from bptui.scenario.accept import ScenarioError, nearest, shown
from bptui.scenario.keys import READING
from bptui.scenario.names import built_in_names

if TYPE_CHECKING:
    from bptui.data.bounded import Tell
    from bptui.scenario import Scenario
    from bptui.scenario.change import Given
    from bptui.session.aim import Aim
    from bptui.views.looks import Looks


def command_line(options: argparse.Namespace) -> str:
    """As it was typed."""
    import shlex

    return clean(shlex.join(["bptui", *options.words]))


def aim_of(options: argparse.Namespace) -> "Aim | None":
    """Where --at leads; None where nothing is said. Raises UsageError."""
    words = getattr(options, "at", None)
    if words is None:
        return None
    from bptui.session.aim import parse_aim

    try:
        aim = parse_aim(words)
    except ValueError as problem:
        raise UsageError(f"argument --at: {problem}") from None
    if aim.of_known_run:
        raise UsageError(f"argument --at: {shown(words)} is of a run that is known already; name an update or epoch")
    return aim


def looks_of(options: argparse.Namespace) -> "Looks | None":
    """What --look says. Raises UsageError."""
    words = getattr(options, "look", None)
    if words is None:
        return None
    from bptui.views.looks import parse_looks

    try:
        return parse_looks(words)
    except ValueError as problem:
        raise UsageError(f"argument --look: {problem}") from None


def refuse_unknown(options: argparse.Namespace) -> None:
    """What needs no look into a file. Raises ScenarioError, UsageError."""
    name, known = options.scenario, built_in_names()
    path = Path(name)
    if name not in known:
        if not path.suffix and not is_there(path):
            hint = nearest(name, known) or f"; the sets are {', '.join(known)}"
            raise ScenarioError(f"no built-in set and no file named {shown(name)}{hint}")
        if path.suffix and not is_there(path):
            raise ScenarioError(f"{path}: no such file")
        return
    for key in READING:
        if key in given(options).get("data", {}):
            raise UsageError(f"argument --{key}: it says how a data file is read, and {name} is built in")


def choose(options: argparse.Namespace, tell: "Tell | None" = None) -> "Scenario":
    """The scenario named, with the options laid over it; ``tell`` is told how much of a file has been read (None: the
    terminal is). Raises ScenarioError or UsageError."""
    refuse_unknown(options)
    with loading():
        from bptui.scenario import Scenario
        from bptui.scenario.change import changed

    name, said = options.scenario, given(options)
    reading = {key: said["data"].pop(key) for key in READING if key in said.get("data", {})}
    if name in built_in_names():
        scenario = Scenario.built_in(name)
    elif tell is None:
        scenario = read_telling(Path(name), reading, options)
    else:
        scenario = read(Path(name), reading, tell)
    if scenario.recording is not None:
        refuse_settings(options, said)
        return scenario
    try:
        scenario = changed(scenario, said, options.activation)
    except ValueError as problem:
        key, _, why = str(problem).partition(": ")
        raise UsageError(f"argument {spelled(key)}: {why}") from None
    if options.weights:
        from bptui.scenario.weights import started_from

        scenario = started_from(scenario, options.weights)
    return scenario


def refuse_settings(options: argparse.Namespace, said: "Given") -> None:
    """Raises UsageError for what would make another run of one that was recorded."""
    keys = [f"{section}.{key}" for section, values in said.items() for key in values]
    also = {"activation": options.activation, "weights": options.weights}
    named = [*map(spelled, keys), *(f"--{name}" for name, value in also.items() if value)]
    if named:
        raise UsageError(
            f"argument {named[0]}: a recording is read as it was made; bptui save-scenario {options.scenario} gives a "
            "scenario of its data and start weights, which takes options"
        )


def read(path: Path, reading: dict[str, Any], tell: "Tell") -> "Scenario":
    """A scenario or data from a file, read as the options say. Raises ScenarioError."""
    from bptui.scenario import Scenario

    if "test" in reading:
        reading["test"] = str(Path(reading["test"]).absolute())
    return Scenario.of_file(path, anywhere=True, said=reading, tell=tell)


def read_telling(path: Path, reading: dict[str, Any], options: argparse.Namespace) -> "Scenario":
    """The same with progress on a terminal."""
    with loading():
        from bptui.headless.progress import ProgressLine

    line = ProgressLine(1.0, colour(options))

    def tell(share: float) -> None:
        if line.due:
            line.paint(share, f"reading {clean(path.name, 40)}")

    try:
        return read(path, reading, tell)
    finally:
        line.clear()


def given(options: argparse.Namespace) -> "Given":
    """The settings said on the command line: section → key → value."""
    out: dict[str, dict[str, Any]] = {}
    for place, value in vars(options).items():
        section, dot, key = place.partition(".")
        if dot:
            out.setdefault(section, {})[key] = value
    return out


def is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the file system
        return False
