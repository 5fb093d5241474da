"""The commands that print: records, losses, set-ups, what was understood."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli import exploring
from bptui.cli.choosing import aim_of, choose, command_line
from bptui.cli.telling import colour, complain, write
from bptui.data.clean import clean
from bptui.headless.arguments import UsageError
from bptui.lazy import loading

if TYPE_CHECKING:
    from bptui.training import Run
    from bptui.training.watching.until import Until


def trace(options: argparse.Namespace) -> int:
    aim = aim_of(options)
    if aim and options.first:
        raise UsageError("--from and --at both say where to begin; give one of them")
    run = choose(options).begin()
    with loading():
        from bptui.headless.trace import json_lines, text, update_at

    lines = text if options.format == "text" else json_lines
    try:
        first = update_at(run, aim) if aim else options.first or 1
        for line in lines(run, first, options.updates, options.per_sample):
            print(line, flush=True)
    except IndexError as problem:
        return complain(str(problem), status=1 if run.stop else 2)
    return 0


def train(options: argparse.Namespace) -> int:
    scenario = choose(options)
    run = scenario.begin()
    with loading():
        from bptui.headless.progress import ProgressLine, interruptible
        from bptui.headless.train import epochs, where, why_ended

    kept = place_for_weights(options.save_weights)
    until = until_of(options, run)

    def tell(words: str) -> None:
        print(f"bptui: {clean(words, 500)}", file=sys.stderr)

    for notice in scenario.notices:
        tell(notice)
    with interruptible() as interrupt:
        progress = ProgressLine(options.epochs, colour(options))
        for line in epochs(run, options.epochs, options.json, interrupt, progress, tell, until):
            print(line, flush=True)
    if kept:
        keep_weights(kept, run)
    if interrupt.asked:
        print(f"bptui: {where(run, options.epochs)}", file=sys.stderr)
        return 130
    if until.reached or not run.stop:
        if words := why_ended(run, options.epochs, until):
            tell(words)
        return 0
    if not run.stop.diverged:
        tell(str(run.stop))
        return 0
    from bptui.headless.train import cure

    return complain(f"{run.stop}{cure(run)}", status=1)


def until_of(options: argparse.Namespace, run: "Run") -> "Until":
    """What --until waits for. Raises UsageError."""
    from bptui.training.watching.until import Until
    from bptui.training.watching.words import parse_condition

    try:
        return Until(run, tuple(parse_condition(words, run.start.architecture.names) for words in options.until))
    except ValueError as problem:
        raise UsageError(f"argument --until: {problem}") from None


def place_for_weights(path: Path | None) -> Path | None:
    """Refused before the work, not after it. Raises UsageError."""
    if path is not None:
        from bptui.data.output import refuse_no_file
        from bptui.scenario.weights import kind_of

        kind_of(path)
        refuse_no_file(path)
        if not path.parent.is_dir():
            raise UsageError(f"weights cannot go to {path}: there is no such folder")
    return path


def keep_weights(path: Path, run: "Run") -> None:
    from bptui.headless.train import network_at_end
    from bptui.scenario.weights import save

    save(path, network_at_end(run))
    print(f"bptui: the weights after update {run.frontier} are in {clean(str(path))}", file=sys.stderr)


def save_scenario(options: argparse.Namespace) -> int:

    scenario = choose(options)
    scenario.begin()
    print(f"# {command_line(options)}\n{scenario.toml(whole=options.all)}", end="")
    return 0


def datasets(options: argparse.Namespace) -> int:
    with loading():
        from bptui.headless.datasets import listing

    for line in listing():
        print(line)
    return 0


def completion(options: argparse.Namespace) -> int:
    from bptui.headless.completion import MISSING, script

    try:
        print(script(options.shell))
    except ImportError:
        return complain(MISSING, status=1)
    return 0


def exercise(options: argparse.Namespace) -> int:
    if options.open and options.out:
        raise UsageError("--open shows one exercise, --out writes them all; give one of them")
    if options.key and options.out:
        raise UsageError("--key prints the key; --out writes it beside the sheet")
    with loading():
        from bptui.exercises.making import exercise
        from bptui.headless.exercise import made, text, wanted_of, written
        from bptui.headless.progress import ProgressLine

    names = ("kind", "count", "seed", "layers", "samples", "decimals")
    wanted = wanted_of(*(getattr(options, name) for name in names))
    if options.open:
        from bptui.session.session import Session
        from bptui.views.looks import parse_looks

        it = exercise(wanted, options.open)
        options.at = it.at if options.key else it.start
        return exploring.open_explorer(Session(it.scenario), options, looks=parse_looks(it.look))
    every = made(wanted, ProgressLine(wanted.count, colour(options)))
    if options.out:
        for path in written(every, options.format, options.out):
            print(f"written: {clean(str(path))}")
    else:
        print(text(every, options.format, options.key), end="")
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Status 1 where there are symptoms."""
    run = choose(options).begin()
    from bptui.experiments.symptoms import examine, symptoms
    from bptui.headless.doctor import report
    from bptui.headless.train import beyond

    run.extend(beyond(options.epochs))
    if not run.frontier:
        return complain(str(run.stop), status=1)
    findings = examine(run, run.frontier)
    for line in report(run, findings):
        print(line)
    return 1 if symptoms(findings) or (run.stop and run.stop.diverged) else 0


def draw_map(options: argparse.Namespace) -> int:
    scenario = choose(options)
    from bptui.headless.map import NoPicture, as_text, stand, svg
    from bptui.session.session import Session

    aim = aim_of(options)
    session = Session(scenario)
    try:
        scene = stand(session, aim, options.unit)
        if options.svg:
            write(options.svg, svg(scene))
            return 0
    except NoPicture as problem:
        raise UsageError(str(problem)) from None
    except IndexError as problem:
        return complain(str(problem), status=1 if session.run.stop else 2)
    for line in as_text(scene):
        print(line)
    return 0


def data(options: argparse.Namespace) -> int:
    scenario = choose(options)
    with loading():
        from bptui.headless.data import described

    for line in described(scenario, options.plot):
        print(line)
    return 0
