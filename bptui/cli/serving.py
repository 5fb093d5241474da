"""``bptui serve``: a class in front of it."""

import argparse

from bptui.cli.choosing import choose
from bptui.cli.telling import complain
from bptui.headless.arguments import UsageError
from bptui.scenario.names import built_in_names


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
        sets = tuple(built_in_names())
        words = tuple(serving.whole(command_words(scenario), sets))
        limits = Limits(seats=options.seats, idle=60.0 * options.idle)
        password = serving.new_password() if options.password else ""
        opening = serving.Opening(words, sets, options.port, options.public, password, options.keys, limits)
        asyncio.run(serving.serve(opening, folder / "serve", lambda line: print(line, flush=True)))
    except serving.NoDoor as problem:
        return complain(str(problem), status=1)
    except ImportError as problem:
        if (problem.name or "").partition(".")[0] != "asyncssh":
            raise
        return complain("bptui serve --ssh needs asyncssh: pip install 'bptui[ssh]'", status=1)
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    return 0
