"""``bptui completion``: a shell's completion script, made by shtab from the commands' own parsers."""

import argparse
from collections.abc import Sequence
from typing import Any

from bptui.headless.arguments import COMMANDS, EXPLORER, Parser, parser_of
from bptui.headless.options import add_screen, add_settings
from bptui.scenario import built_in_names

MISSING = "shell completion needs the package shtab: pip install 'bptui[completion]', or pip install shtab"


def script(shell: str) -> str:
    """The completion script. Raises ImportError where shtab is not installed."""
    import shtab  # optional, and for this command alone

    written: str = shtab.complete(grammar(shtab.Optional.FILE if shell == "bash" else ()), shell)
    return written


def grammar(file: Sequence[Any] = ()) -> argparse.ArgumentParser:
    """All of the command line as one parser: after a command or a built-in name come the options of each. ``file`` are
    the choices by which bash is told that a file may stand there too; other shells offer files by themselves."""
    whole = Parser(EXPLORER, usage=argparse.SUPPRESS)
    whole.add_argument("--version", action="store_true", help="print the version")
    words = whole.add_subparsers(parser_class=argparse.ArgumentParser, metavar="NAME")
    for command, what in COMMANDS.items():
        p = parser_of(command)
        for action in p._actions:
            if action.dest == "scenario":
                action.choices = (*built_in_names(), *file)
        words.add_parser(command, help=what, parents=[p], add_help=False)
    for name in built_in_names():
        explorer = words.add_parser(name, help="open the explorer on it", add_help=False)
        add_screen(explorer)
        add_settings(explorer)
    return whole
