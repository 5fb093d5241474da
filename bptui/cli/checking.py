"""``bptui check``: somebody's own numbers beside the true ones."""

import argparse
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli import exploring
from bptui.cli.choosing import choose
from bptui.cli.telling import complain
from bptui.data.clean import clean
from bptui.headless.arguments import UsageError
from bptui.scenario.accept import ScenarioError

if TYPE_CHECKING:
    from bptui.session.session import Session
    from bptui.training import Run


def check(options: argparse.Namespace) -> int:
    if options.open and not options.template:
        return open_beside(*to_check(options), options)
    from bptui.headless.check import UNREADABLE, Subject, answers, write_template

    if options.template:
        path = write_template(options.template)
        print(f"written: {clean(str(path))}; check it with: bptui check {clean(str(path))}")
        return 0
    subject = Subject(*to_check(options))
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


def open_beside(path: Path, is_program: bool, options: argparse.Namespace) -> int:
    """The explorer where a person's numbers first differ, and they beside the true ones. What a program writes is shown
    when the screen is left."""
    wrote = StringIO()

    def laid_beside(session: "Session") -> None:
        from bptui.data.dataset import DataError
        from bptui.diagnosis.yours import Yours
        from bptui.headless.check import Subject

        try:
            session.lay_beside(Yours(Subject(path, is_program).diagnosis(session.run, options.update, wrote)))
        except (DataError, ArithmeticError, IndexError) as problem:
            raise ScenarioError(str(problem)) from None

    try:
        return exploring.open_explorer(exploring.beginning(options, laid_beside), options)
    finally:
        sys.stderr.write(wrote.getvalue())


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
        name = clean(str(path))
        line = f"bptui check {name} --with FILE"
        raise UsageError(f"{name} is no program (.py): {line}, your numbers (.json, .npz, .toml)")
    if options.on:
        raise UsageError("--on goes with a program (.py); the scenario is named already")
    return options.numbers, False


def run_to_check(options: argparse.Namespace) -> "Run":
    """The run with the update to compare with. Raises ScenarioError, UsageError."""
    run = choose(options).begin()
    if not run.extend_to(options.update):
        raise UsageError(str(run.stop))
    return run
