"""The command line: arguments → scenario → the explorer. numpy is imported when there is something to compute, Textual
when the explorer opens."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bptui.data.clean import clean
from bptui.data.plain import NAMED
from bptui.headless.arguments import COMMANDS, UsageError, command_of, parser_of, spelled
from bptui.lazy import loading
from bptui.scenario.accept import ScenarioError, nearest, shown
from bptui.scenario.keys import READING
from bptui.scenario.names import built_in_names

if TYPE_CHECKING:
    from bptui.data.bounded import Tell
    from bptui.headless.check import Subject
    from bptui.scenario import Scenario
    from bptui.scenario.change import Given
    from bptui.session.aim import Aim
    from bptui.session.beginning import Beginning
    from bptui.session.keeping import Kept
    from bptui.session.session import Session
    from bptui.training import Run
    from bptui.training.watching.until import Until
    from bptui.tui.app import Maker
    from bptui.tui.config import Config
    from bptui.tui.recovery import Recovery
    from bptui.views.looks import Looks


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
            status = RUN[command](options)
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
        give_up_output()
        return complain(f"{problem.filename or 'standard output'}: {problem.strerror or problem}", status=1)
    except KeyboardInterrupt:
        give_up_output()
        print("bptui: stopped", file=sys.stderr)
        return 130


def write_plainly() -> None:
    """Characters that the output's encoding does not have get a stand-in instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=NAMED)


def give_up_output() -> None:
    """Write what can be written and let the rest go: Python flushes stdout once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def complain(message: str, status: int = 2) -> int:
    print(f"bptui: error: {clean(message, 500)}", file=sys.stderr)
    return status


def refuse_misspelt(word: str) -> None:
    """A first word that is nearly a command is not taken for a file, whatever follows. Raises UsageError."""
    path = Path(word)
    if word.startswith("-") or path.suffix or word in built_in_names() or is_there(path):
        return
    hint = nearest(word, (*COMMANDS, *built_in_names()))
    if any(f"'{name}'" in hint for name in COMMANDS):
        raise UsageError(f"no command, built-in set or file named {shown(word)}{hint}")


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


def serve(options: argparse.Namespace) -> int:
    """Until ctrl+C; status 1 where the address cannot be had."""
    if not options.ssh:
        raise UsageError("say how they come in: --ssh")
    scenario = choose(options)
    scenario.begin()
    import asyncio

    from bptui.data.folders import state_folder
    from bptui.scenario.command import command_words
    from bptui.serve import command as serving
    from bptui.serve.limits import Limits

    folder = state_folder()
    if folder is None:
        return complain("no home folder is known, where the key of this server could be kept", status=1)
    try:
        words = tuple(command_words(scenario))
        limits = Limits(seats=options.seats, idle=60.0 * options.idle)
        password = serving.new_password() if options.password else ""
        opening = serving.Opening(
            words, tuple(built_in_names()), options.port, options.public, password, options.keys, limits
        )
        asyncio.run(serving.serve(opening, folder / "serve", lambda line: print(line, flush=True)))
    except ImportError as problem:
        if (problem.name or "").partition(".")[0] != "asyncssh":
            raise
        return complain("bptui serve --ssh needs asyncssh: pip install 'bptui[ssh]'", status=1)
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    return 0


def place_for_weights(path: Path | None) -> Path | None:
    """Refused before the work, not after it. Raises UsageError."""
    if path is not None:
        from bptui.scenario.weights import kind_of

        kind_of(path)
        if path.is_dir() or not path.parent.is_dir():
            raise UsageError(f"--save-weights {path}: {'a folder' if path.is_dir() else 'there is no such folder'}")
    return path


def keep_weights(path: Path, run: "Run") -> None:
    from bptui.headless.train import network_at_end
    from bptui.scenario.weights import save

    save(path, network_at_end(run))
    print(f"bptui: the weights after update {run.frontier} are in {clean(str(path))}", file=sys.stderr)


def colour(options: argparse.Namespace) -> bool:
    return not (options.no_color or os.environ.get("NO_COLOR"))


def command_line(options: argparse.Namespace) -> str:
    """As it was typed."""
    import shlex

    return clean(shlex.join(["bptui", *options.words]))


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


def config(options: argparse.Namespace) -> int:
    from bptui.tui.config import config_path, in_force

    for line in in_force(config_path(), configured()):
        print(line)
    return 0


def configured() -> "Config":
    """What the config file says. Raises UsageError."""
    from bptui.tui.config import ConfigError, config_path, read_config

    try:
        return read_config(config_path())
    except ConfigError as problem:
        raise UsageError(str(problem)) from None


def explore(options: argparse.Namespace) -> int:
    return open_explorer(beginning(options), options)


def draw(options: argparse.Namespace) -> int:
    def drawable(session: "Session") -> None:
        reason = session.why_not_draw()
        if reason:
            raise ScenarioError(f"{reason}; bptui draw takes digits, letters, or drawings that it has saved")

    how = f"epochs {options.epochs}" if options.epochs else "now"
    return open_explorer(beginning(options, drawable), options, how)


def beginning(options: argparse.Namespace, fits: "Callable[[Session], None] | None" = None) -> "Beginning":
    """What the explorer begins with; ``fits`` raises ScenarioError for a session that will not do. What can be refused
    without reading data is refused now. Raises UsageError, ScenarioError."""
    refuse_unknown(options)
    aim_of(options), looks_of(options)
    from bptui.scenario.outline import outline_of
    from bptui.session.beginning import Beginning

    def begin(tell: "Tell") -> "Session":
        try:
            session = begun(options, tell)
        except UsageError as problem:
            raise ScenarioError(str(problem)) from None
        if fits:
            fits(session)
        return session

    return Beginning(outline_of(options.scenario, given(options), options.activation), begin)


def begun(options: argparse.Namespace, tell: "Tell") -> "Session":
    """A session before its first update. Raises UsageError, ScenarioError."""
    scenario = choose(options, tell)
    with loading():
        from bptui.engine.update import UNDEFINED
        from bptui.session.session import Session

    try:
        return Session(scenario)
    except ArithmeticError as problem:
        advice = "take an epsilon above 0" if UNDEFINED in str(problem) else "check data and start weights"
        raise ScenarioError(f"{problem}; {advice}") from None


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


def exercise(options: argparse.Namespace) -> int:
    if options.open and options.out:
        raise UsageError("--open shows one exercise, --out writes them all; give one of them")
    if options.key and (options.open or options.out):
        raise UsageError("--key prints the key; --out writes it beside the sheet, --open shows a worked solution")
    with loading():
        from bptui.exercises.making import exercise, exercises
        from bptui.headless.exercise import text, wanted_of, written

    names = ("kind", "count", "seed", "layers", "samples", "decimals")
    wanted = wanted_of(*(getattr(options, name) for name in names))
    if options.open:
        from bptui.session.session import Session

        it = exercise(wanted, options.open)
        options.at = it.at
        return open_explorer(Session(it.scenario), options)
    every = tuple(exercises(wanted))
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
    return 1 if symptoms(findings) or run.stop else 0


def draw_map(options: argparse.Namespace) -> int:
    scenario = choose(options)
    from bptui.headless.map import NoPicture, as_text, save, stand
    from bptui.session.session import Session

    aim = aim_of(options)
    session = Session(scenario)
    try:
        scene = stand(session, aim, options.unit)
        if options.svg:
            save(scene, options.svg)
            print(f"written: {clean(str(options.svg))}")
            return 0
    except NoPicture as problem:
        raise UsageError(str(problem)) from None
    except IndexError as problem:
        return complain(str(problem), status=2 if options.unit and not session.run.stop else 1)
    for line in as_text(scene):
        print(line)
    return 0


def export(options: argparse.Namespace) -> int:
    """Slides, a film, a worked page; each into the file named, or to the output."""
    papers = [("markdown", options.markdown), ("latex", options.latex)]
    if not any((options.svg, options.cast, options.torch, options.save_weights, *(path for _, path in papers))):
        raise UsageError("say what to write: --svg, --cast, --markdown, --latex, --torch or --save-weights")
    if options.ddp and not options.torch:
        raise UsageError("--ddp goes with --torch FILE")
    scenario, looks, aim = choose(options), looks_of(options), aim_of(options)
    keys, kept = keys_of(options.press), place_for_weights(options.save_weights)
    from bptui.headless.standing import go_to
    from bptui.session.session import Session

    session = Session(scenario)
    try:
        go_to(session, aim)
    except IndexError as problem:
        return complain(str(problem), status=1 if session.run.stop else 2)
    for kind, path in papers:
        if path:
            write_page(kind, path, session, options)
    if options.torch:
        write_torch_script(scenario, options)
    if kept:
        from bptui.scenario.weights import save

        save(kept, session.network_now())
        print(f"written: {clean(str(kept))}", file=output_beside(options))
    if options.svg or options.cast:
        write_slides(session, looks, keys, options)
    return 0


def keys_of(pressed: tuple[str, ...]) -> tuple[str, ...]:
    """As Textual names them. Raises UsageError."""
    from bptui.tui.key_names import key_name

    try:
        return tuple(map(key_name, pressed))
    except ValueError as problem:
        raise UsageError(f"argument --press: {problem}") from None


def write_page(kind: str, path: Path, session: "Session", options: argparse.Namespace) -> None:
    from bptui.explain.worked import worked
    from bptui.headless import pages
    from bptui.views.command import command
    from bptui.views.looks import Looks

    writer = pages.markdown if kind == "markdown" else pages.latex
    again = command(session, Looks()).replace("bptui", "bptui export", 1) + f" --{kind} -"
    body = "\n".join(writer(worked(session.record, session.moment.weight), again)) + "\n"
    if str(path) == "-":
        print(body, end="")
    else:
        write(path, body, options)


def write(path: Path, body: str, options: argparse.Namespace) -> None:
    """Whole or not at all; where a page goes to the output, the output is told nothing else."""
    from bptui.data.output import write_whole

    write_whole(path, body)
    print(f"written: {clean(str(path))}", file=output_beside(options))


def output_beside(options: argparse.Namespace) -> TextIO:
    """Where lines go that are no page: not to the output where a page goes there."""
    return sys.stderr if "-" in (str(options.markdown), str(options.latex)) else sys.stdout


def write_torch_script(scenario: "Scenario", options: argparse.Namespace) -> None:

    from bptui.headless.torch_script import torch_script

    again = command_line(options)
    write(options.torch, torch_script(scenario, again, options.ddp), options)


def write_slides(session: "Session", looks: "Looks | None", keys: tuple[str, ...], options: argparse.Namespace) -> None:
    with loading():
        from bptui.tui.slides import film, slides

    said = {name: value for name in ("theme", "glyphs") if (value := getattr(options, name))}
    from bptui.tui.config import Config

    many = options.phases or (options.cast and not options.svg)
    shown = slides(session, looks, options.size, Config(**said), many, keys)
    if options.cast:
        write(options.cast, film(shown, options.size, f"bptui {session.scenario.title}", options.seconds), options)
    if options.svg and not options.phases:
        write(options.svg, shown[0].svg, options)
    elif options.svg:
        options.svg.mkdir(parents=True, exist_ok=True)
        for place, slide in enumerate(shown, 1):
            write(options.svg / slide.file_name(place), slide.svg, options)


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
    return open_explorer(session, options)


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


def data(options: argparse.Namespace) -> int:
    scenario = choose(options)
    with loading():
        from bptui.headless.data import described

    for line in described(scenario, options.plot):
        print(line)
    return 0


def lesson(options: argparse.Namespace) -> int:
    """A lesson, or the list of them."""
    with loading():
        from functools import partial

        from bptui.data.folders import state_folder
        from bptui.headless.lessons import begin_at, found, listing, scenario_words
        from bptui.session.learned import learned
        from bptui.session.lesson import LessonError, rehearsed
        from bptui.session.session import Session

    known = learned(state_folder())
    if options.lesson is None:
        for line in listing(known):
            print(line)
        return 0
    try:
        it = found(options.lesson)
        scenario = choose(parser_of("").parse_args(scenario_words(it)))
        rehearsed(it, Session(scenario))
    except LessonError as problem:
        return complain(str(problem))
    except (UsageError, ScenarioError) as problem:
        return complain(f"{it.path}: scenario: {problem}")
    from bptui.tui.lesson import LessonExplorer

    begun = begin_at(it, known, options.again)
    made = partial(LessonExplorer, lesson=it, begun=begun, folder=state_folder())
    return open_explorer(Session(scenario), options, made=made)


def open_session(options: argparse.Namespace) -> int:
    return reopen(options.file, options, None)


def resume(options: argparse.Namespace) -> int:
    with loading():
        from bptui.data.folders import state_folder
        from bptui.tui.recovery import Recovery, claimed, saved_last

    recovery = Recovery(state_folder())
    path = claimed(recovery) or saved_last(state_folder())
    if path is None:
        return complain("there is no session to go on with: none was lost, and ctrl+s in the explorer saves one")
    return reopen(path, options, recovery)


def reopen(path: Path, options: argparse.Namespace, recovery: "Recovery | None") -> int:
    with loading():
        from bptui.session.keeping import KeptError, opened
        from bptui.views.looks import parse_looks

    try:
        session, kept = opened(path)
        looks = parse_looks(kept.look)
    except KeptError as problem:
        return complain(str(problem))
    except ValueError as problem:
        return complain(f"{path}: look: {problem}")
    return open_explorer(session, options, looks=looks, kept=kept, recovery=recovery)


RUN: dict[str, Callable[[argparse.Namespace], int]] = {
    "": explore,
    "train": train,
    "trace": trace,
    "draw": draw,
    "check": check,
    "exercise": exercise,
    "doctor": doctor,
    "map": draw_map,
    "lesson": lesson,
    "export": export,
    "serve": serve,
    "data": data,
    "open": open_session,
    "resume": resume,
    "save-scenario": save_scenario,
    "datasets": datasets,
    "completion": completion,
    "config": config,
}


def open_explorer(
    session: "Session | Beginning",
    options: argparse.Namespace,
    draw: str = "",
    looks: "Looks | None" = None,
    kept: "Kept | None" = None,
    recovery: "Recovery | None" = None,
    made: "Maker | None" = None,
) -> int:
    """``draw`` says how the drawing pad is opened over it, "" that it is not; ``made`` makes another explorer than the
    usual one."""
    problem = None if os.environ.get("TEXTUAL_DRIVER") else why_no_terminal()
    if problem:
        from bptui.session.beginning import Beginning

        if isinstance(session, Beginning):
            session.begin(lambda _: None)  # what else is wrong is said first
        return complain(problem)
    gc.disable()  # until there is a session: what is imported stays, and to look through it takes a tenth of the start
    with loading():
        from bptui.tui.app import run_explorer

    said = {name: value for name in ("theme", "glyphs") if (value := getattr(options, name))}
    said |= {"mouse": False} if options.no_mouse else {}
    config = configured()._replace(**said, read_only=options.read_only, demo=options.demo)
    if options.remote:
        config = remotely(config, options.remote)
    return run_explorer(
        session,
        config,
        colour=colour(options),
        draw=draw,
        aim=aim_of(options),
        looks=looks or looks_of(options),
        kept=kept,
        recovery=None if config.read_only or os.environ.get("TEXTUAL_DRIVER") else lambda: recovery or begin_recovery(),
        made=made,
    )


def begin_recovery() -> "Recovery":
    from bptui.data.folders import state_folder
    from bptui.tui.recovery import Recovery

    return Recovery(state_folder())


def remotely(config: "Config", step: str) -> "Config":
    """Raises UsageError where a key of the remote has another use."""
    from bptui.tui.config import with_remote

    try:
        return with_remote(config, step)
    except ValueError as problem:
        raise UsageError(f"argument --remote: {problem}") from None


def why_no_terminal() -> str | None:
    """Why the explorer cannot be shown here; asked unless another driver of Textual's (a browser's) takes its place."""
    if not (os.isatty(0) and os.isatty(2)):
        return "the explorer needs a terminal for keyboard and screen; without one use bptui trace or train"
    if os.environ.get("TERM", "") in ("", "dumb"):
        return "this terminal cannot move its cursor (TERM is dumb or not set); try TERM=xterm-256color"
    return None


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
    try:
        scenario = changed(scenario, said, options.activation)
    except ValueError as problem:
        key, _, why = str(problem).partition(": ")
        raise UsageError(f"argument {spelled(key)}: {why}") from None
    if options.weights:
        from bptui.scenario.weights import started_from

        scenario = started_from(scenario, options.weights)
    return scenario


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
