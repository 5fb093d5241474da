"""The commands that open the explorer."""

import argparse
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli.choosing import aim_of, choose, given, looks_of, refuse_unknown
from bptui.cli.telling import colour, complain
from bptui.headless.arguments import UsageError, parser_of
from bptui.lazy import loading
from bptui.scenario.accept import ScenarioError
from bptui.session.beginning import FOLLOWS, MOST_UPDATES

if TYPE_CHECKING:
    from bptui.data.bounded import Tell
    from bptui.session.beginning import Beginning
    from bptui.session.keeping import Reopened
    from bptui.session.session import Session
    from bptui.tui.app import Maker
    from bptui.tui.config import Config
    from bptui.tui.recovery import Recovery
    from bptui.views.looks import Looks


ARCHIVE = b"PK\x03\x04"


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
    number = os.environ.get(FOLLOWS, "")
    if number.isdecimal():
        from bptui.cli.following import follow

        return follow(options, int(number))
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


def begun(options: argparse.Namespace, tell: "Tell | None") -> "Session":
    """A session before its first update; ``tell`` as of :func:`choose`. Raises UsageError, ScenarioError."""
    scenario = choose(options, tell)
    limit_runs()
    with loading():
        from bptui.engine.update import OVERFLOWS, UNDEFINED
        from bptui.session.session import Session

    try:
        return Session(scenario)
    except ArithmeticError as problem:
        words = str(problem)
        if UNDEFINED in words:
            advice = "take an epsilon above 0"
        else:  # a step overflows only where what it is made of does not
            too_long = "the step of" in words and words.endswith(OVERFLOWS)
            advice = "take a smaller --lr" if too_long else "check data and start weights"
        raise ScenarioError(f"{words}; {advice}") from None


def limit_runs() -> None:
    """As whoever has started this process wants."""
    if most := os.environ.get(MOST_UPDATES):
        from bptui.training.run import Run

        Run.most = int(most)


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
        session = begun(parser_of("").parse_args(scenario_words(it)), None)
        rehearsed(it, session)
    except LessonError as problem:
        return complain(str(problem))
    except (UsageError, ScenarioError) as problem:
        return complain(f"{it.path}:{it.line}: scenario: {problem}")
    from bptui.tui.lesson import LessonExplorer

    first = begin_at(it, known, options.again)
    made = partial(LessonExplorer, lesson=it, begun=first, folder=state_folder())
    return open_explorer(Session(session.scenario), options, made=made, recovers=False)


def open_session(options: argparse.Namespace) -> int:
    return open_recording(options) if is_archive(options.file) else reopen(options.file, options, None)


def is_archive(path: Path) -> bool:
    """Does the file begin as a zip archive? A session is a text; numpy is not loaded to tell."""
    from bptui.data.bounded import opened
    from bptui.data.error import DataError

    try:
        with opened(path) as stream:
            return stream.read(len(ARCHIVE)) == ARCHIVE
    except DataError:
        return False


def open_recording(options: argparse.Namespace) -> int:
    """What PyTorch has made, as the explorer opens it by its name."""

    def is_one(session: "Session") -> None:
        if session.scenario.recording is None:
            raise ScenarioError(f"{options.file}: neither a session nor a recording; bptui {options.file} opens data")

    name = str(options.file)
    said = parser_of("").parse_args([f"./{name}" if name.startswith("-") else name])
    return open_explorer(beginning(said, is_one), options)


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
    """The explorer opens before the file is read whole. Raises ScenarioError where that is no use."""
    from bptui.data.bounded import opened as read_from
    from bptui.data.error import DataError
    from bptui.session.beginning import Beginning
    from bptui.session.known import known_of

    def begin(_: "Tell") -> "Reopened":
        with loading():
            from bptui.session.keeping import KeptError, opened
            from bptui.views.looks import parse_looks
        try:
            it = opened(path)
            parse_looks(it.kept.look)
        except KeptError as problem:
            raise ScenarioError(str(problem)) from None
        except ValueError as problem:
            raise ScenarioError(f"{path}: look: {problem}") from None
        return it

    try:
        with read_from(path):
            outline, look = known_of(path)
    except DataError as problem:
        return complain(str(problem))
    return open_explorer(Beginning(outline, begin, look), options, recovery=recovery)


def open_explorer(
    session: "Session | Beginning",
    options: argparse.Namespace,
    draw: str = "",
    looks: "Looks | None" = None,
    recovery: "Recovery | None" = None,
    made: "Maker | None" = None,
    recovers: bool = True,
) -> int:
    """``draw`` says how the drawing pad is opened over it, "" that it is not; ``made`` makes another explorer than the
    usual one. Where nothing is to be recovered, how far one came is remembered elsewhere, or nobody's concern."""
    problem = None if os.environ.get("TEXTUAL_DRIVER") else why_no_terminal()
    if problem:
        from bptui.session.beginning import Beginning

        if isinstance(session, Beginning):
            session.begin(lambda _: None)  # what else is wrong is said first
        return complain(problem)
    gc.disable()  # until there is a session: what is imported stays, and to look through it takes a tenth of the start
    with loading():
        from bptui.tui.program import run_explorer

    config = config_of(options)
    unkept = config.read_only or not recovers or bool(os.environ.get("TEXTUAL_DRIVER"))
    return run_explorer(
        session,
        config,
        colour=colour(options),
        draw=draw,
        aim=aim_of(options),
        looks=looks or looks_of(options),
        recovery=None if unkept else lambda: recovery or begin_recovery(),
        made=made,
    )


def config_of(options: argparse.Namespace) -> "Config":
    """What the config file says, and the options over it. Raises UsageError."""
    said = {name: value for name in ("theme", "glyphs") if (value := getattr(options, name))}
    said |= {"mouse": False} if options.no_mouse else {}
    config = configured()._replace(**said, read_only=options.read_only, demo=options.demo)
    return remotely(config, options.remote) if options.remote else config


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
