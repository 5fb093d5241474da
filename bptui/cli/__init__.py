"""The command line: arguments → scenario → the explorer. numpy is imported when there is something to compute, Textual
when the explorer opens."""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bptui.cli.choosing import is_there
from bptui.cli.telling import complain, give_up_output, write_plainly
from bptui.headless.arguments import COMMANDS, UsageError, command_of, parser_of
from bptui.scenario.accept import ScenarioError, nearest, shown
from bptui.scenario.names import built_in_names

RUN = {
    "": "exploring.explore",
    "train": "printing.train",
    "trace": "printing.trace",
    "draw": "exploring.draw",
    "check": "checking.check",
    "exercise": "printing.exercise",
    "doctor": "printing.doctor",
    "map": "printing.draw_map",
    "lesson": "exploring.lesson",
    "export": "exporting.export",
    "serve": "serving.serve",
    "present": "presenting.present",
    "data": "printing.data",
    "open": "exploring.open_session",
    "resume": "exploring.resume",
    "save-scenario": "printing.save_scenario",
    "datasets": "printing.datasets",
    "completion": "printing.completion",
    "config": "exploring.config",
}
"""Command → module and function: a command loads what it needs, and the explorer nothing of the others."""


def main(arguments: list[str]) -> int:
    """Run bptui; returns the exit status: 2 and one line on stderr for a wrong argument or file, 1 where a run had
    to stop or the output cannot be written, 128 + 13 where nobody reads it any more, 128 + 2 after ctrl+C."""
    write_plainly()
    try:
        try:
            command, words = command_of(arguments)
            if not command and words:
                refuse_misspelt(words[0])
            options = parser_of(command).parse_args(words)
            options.words = arguments
            status = runner(command)(options)
        except SystemExit:  # argparse has printed its help or the version
            status = 0
        sys.stdout.flush()
        return status
    except (UsageError, ScenarioError) as problem:
        return complain(str(problem))
    except BrokenPipeError:
        give_up_output()
        return 141
    except OSError as problem:
        from bptui.data.output import NotPlainError

        give_up_output()
        status = 2 if isinstance(problem, NotPlainError) else 1
        return complain(f"{problem.filename or 'standard output'}: {problem.strerror or problem}", status)
    except KeyboardInterrupt:
        give_up_output()
        print("bptui: stopped", file=sys.stderr)
        return 130


def refuse_misspelt(word: str) -> None:
    """A first word that is nearly a command is not taken for a file, whatever follows. Raises UsageError."""
    path = Path(word)
    if word.startswith("-") or path.suffix or word in built_in_names() or is_there(path):
        return
    if word == "help":
        raise UsageError("no command 'help': bptui --help lists them, bptui train --help says all of one")
    hint = nearest(word, (*COMMANDS, *built_in_names()))
    if any(f"'{name}'" in hint for name in COMMANDS):
        raise UsageError(f"no command, built-in set or file named {shown(word)}{hint}")


def runner(command: str) -> Callable[[argparse.Namespace], int]:
    """What carries a command out."""
    module, function = RUN[command].split(".")
    found: Callable[[argparse.Namespace], int] = getattr(import_module(f"bptui.cli.{module}"), function)
    return found
