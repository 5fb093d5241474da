"""``bptui serve``: a class in front of it."""

import argparse
import os
from typing import TYPE_CHECKING

from bptui.cli.choosing import choose
from bptui.cli.telling import complain
from bptui.headless.arguments import UsageError
from bptui.scenario.names import built_in_names

if TYPE_CHECKING:
    from bptui.scenario import Scenario
    from bptui.serve.command import Opening
    from bptui.training.run import Run

PRESENTS = "BPTUI_PRESENTS"
"""The environment variable of a server that bptui present has started: it ends with its standard input."""
EXTRAS = {"asyncssh": "ssh", "aiohttp": "web", "textual_serve": "web"}


def serve(options: argparse.Namespace) -> int:
    """Until ctrl+C; status 1 where the address cannot be had."""
    check(options)
    scenario = choose(options)
    run = scenario.begin()
    import asyncio

    from bptui.data.folders import state_folder
    from bptui.serve import command as serving

    folder = state_folder()
    if folder is None:
        return complain("no home folder is known, where the key of this server could be kept", status=1)
    try:
        opening = opening_of(options, scenario, run)
        asyncio.run(serving.serve(opening, folder / "serve", lambda line: print(line, flush=True)))
    except serving.NoDoor as problem:
        return complain(str(problem), status=1)
    except ImportError as problem:
        return without(problem)
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    return 0


def opening_of(options: argparse.Namespace, scenario: "Scenario", run: "Run") -> "Opening":
    """The doors, and who may do what behind them. Raises ValueError."""
    from bptui.scenario.command import command_words
    from bptui.serve import command as serving
    from bptui.serve.limits import Limits

    limits = Limits(seats=options.seats, idle=60.0 * options.idle)
    if why := limits.why_too_much(*measures(run)):
        raise ValueError(f"{scenario.origin}: {why}")
    sets = tuple(built_in_names())
    return serving.Opening(
        tuple(serving.whole(command_words(scenario), sets)),
        sets,
        options.port or serving.PORT,
        options.public,
        serving.new_password() if options.password else "",
        options.keys,
        limits,
        ssh=options.ssh,
        web=options.web,
        web_port=options.web_port or serving.WEB_PORT,
        token=serving.new_token() if options.web else "",
        inherited=0 if os.environ.get(PRESENTS) else None,
    )


def without(problem: ImportError) -> int:
    """What a door needs is not installed; another module that is missing is a fault, and raised."""
    missing = (problem.name or "").partition(".")[0]
    if missing not in EXTRAS:
        raise problem
    extra, needed = EXTRAS[missing], missing.replace("_", "-")
    return complain(f"bptui serve --{extra} needs {needed}: pip install 'bptui[{extra}]'", status=1)


def measures(run: "Run") -> tuple[int, int]:
    """How many weights there are, and numbers in the data."""
    architecture, problem = run.start.architecture, run.problem
    samples = len(problem.train_x) + len(problem.test_x)
    return architecture.parameters, samples * (architecture.sizes[0] + architecture.sizes[-1])


def check(options: argparse.Namespace) -> None:
    """A way in, and nothing said of one that is closed."""
    if not (options.ssh or options.web):
        raise UsageError("say how they come in: --ssh, --web, or both")
    of_ssh = {"--port": options.port, "--password": options.password, "--keys": options.keys}
    for option, given in of_ssh.items():
        if given and not options.ssh:
            raise UsageError(f"{option} is for --ssh")
    if options.web_port and not options.web:
        raise UsageError("--web-port is for --web")
