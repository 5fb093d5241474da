"""``bptui export``: an update for a lecture, a scenario for PyTorch."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli.choosing import aim_of, choose, command_line, looks_of
from bptui.cli.printing import place_for_weights
from bptui.cli.telling import complain, output_beside, write
from bptui.headless.arguments import UsageError
from bptui.lazy import loading

if TYPE_CHECKING:
    from bptui.scenario import Scenario
    from bptui.session.session import Session
    from bptui.views.looks import Looks


def export(options: argparse.Namespace) -> int:
    """Slides, a film, a worked page; each into the file named, or to the output."""
    papers = [("markdown", options.markdown), ("latex", options.latex)]
    weights = places_for_weights(options)
    if not any((options.svg, options.cast, options.torch, *weights, *(path for _, path in papers))):
        raise UsageError(
            "say what to write: --svg, --cast, --markdown, --latex, --torch, --npz, --json or --safetensors"
        )
    if options.ddp and not options.torch:
        raise UsageError("--ddp goes with --torch FILE")
    if options.phases and not (options.svg or options.cast):
        raise UsageError(
            "--phases goes with --svg or --cast: the other files are of the whole update, in all its phases"
        )
    scenario, looks, aim = choose(options), looks_of(options), aim_of(options)
    keys = keys_of(options.press)
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
    write_weights(weights, session, options)
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


def places_for_weights(options: argparse.Namespace) -> list[Path]:
    """The files that weights are asked in. Raises UsageError where one cannot be written."""
    named = options.npz, options.json, options.safetensors, options.save_weights
    return [path for path in map(place_for_weights, named) if path]


def write_weights(paths: list[Path], session: "Session", options: argparse.Namespace) -> None:
    """Those where the session stands, each in the kind that the file's name says."""
    if not paths:
        return
    from bptui.scenario.weights import body_of

    for path in paths:
        write(path, body_of(path, session.network_now()), output_beside(options))


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
        write(path, body, output_beside(options))


def write_torch_script(scenario: "Scenario", options: argparse.Namespace) -> None:

    from bptui.scenario.torch_script import torch_script

    again = command_line(options)
    write(options.torch, torch_script(scenario, again, options.ddp), output_beside(options))


def write_slides(session: "Session", looks: "Looks | None", keys: tuple[str, ...], options: argparse.Namespace) -> None:
    with loading():
        from bptui.tui.slides import film, slides

    said = {name: value for name in ("theme", "glyphs") if (value := getattr(options, name))}
    from bptui.tui.config import Config

    told = output_beside(options)
    many = options.phases or (options.cast and not options.svg)
    shown = slides(session, looks, options.size, Config(**said), many, keys)
    if options.cast:
        write(options.cast, film(shown, options.size, f"bptui {session.scenario.title}", options.seconds), told)
    if options.svg and not options.phases:
        write(options.svg, shown[0].svg, told)
    elif options.svg:
        options.svg.mkdir(parents=True, exist_ok=True)
        for place, slide in enumerate(shown, 1):
            write(options.svg / slide.file_name(place), slide.svg, told)
