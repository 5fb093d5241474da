"""``bptui check``: somebody's own numbers beside the true ones."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli import exploring
from bptui.cli.choosing import choose
from bptui.cli.telling import complain
from bptui.data.clean import clean
from bptui.headless.arguments import UsageError
from bptui.scenario.accept import shown

if TYPE_CHECKING:
    from bptui.headless.check import Subject
    from bptui.training import Run


def check(options: argparse.Namespace) -> int:
    from bptui.headless.check import UNREADABLE, Subject, answers, write_template

    if options.template:
        path = write_template(options.template)
        print(f"written: {clean(str(path))}; check it with: bptui check {clean(str(path))}")
        return 0
    subject = Subject(*to_check(options))
    if options.open:
        return open_beside(subject, options)
    run = run_to_check(options)
    status = UNREADABLE
    try:
        for line, status in answers(
            subject, run, options.update, options.json, options.watch, options.separate, complain
        ):
            if line or status != UNREADABLE:
                print(line, flush=True)
    except KeyboardInterrupt:
        if not options.watch:
            raise
    return status


def open_beside(subject: "Subject", options: argparse.Namespace) -> int:
    """The explorer where a person's numbers first differ, and they beside the true ones."""
    from bptui.data.dataset import DataError
    from bptui.diagnosis.yours import Yours
    from bptui.session.session import Session

    try:
        session = Session(choose(options))
        session.lay_beside(Yours(subject.diagnosis(session.run, options.update, sys.stderr)))
    except (DataError, ArithmeticError, IndexError) as problem:
        return complain(str(problem))
    return exploring.open_explorer(session, options)


def to_check(options: argparse.Namespace) -> tuple[Path, bool]:
    """The file to check, and whether it is a program; ``options.scenario`` is what it is about from then on. Raises
    UsageError."""
    if options.scenario is None:
        raise UsageError("say what to check: your program (.py), or a scenario --with your numbers")
    path = Path(options.scenario)
    if path.suffix.lower() in (".py", ".pyw"):
        if options.numbers:
            raise UsageError(f"--with goes with a scenario; {path} says its own numbers")
        options.scenario = options.on or "xor"
        return path, True
    if not options.numbers:
        raise UsageError(f"{shown(str(path))} --with FILE, your numbers (.json, .npz, .toml); or check a program (.py)")
    if options.on:
        raise UsageError("--on goes with a program (.py); the scenario is named already")
    return options.numbers, False


def run_to_check(options: argparse.Namespace) -> "Run":
    """The run with the update to compare with. Raises ScenarioError, UsageError."""
    run = choose(options).begin()
    if not run.extend_to(options.update):
        raise UsageError(str(run.stop))
    return run
