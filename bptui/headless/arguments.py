"""The command line's grammar: the commands, and what is said where it is not followed."""

import argparse
import textwrap
from typing import Any, NoReturn

from bptui.headless.options import ALONE, OWN, add_at, add_screen, add_settings
from bptui.scenario.accept import nearest, shown
from bptui.scenario.keys import KEYS
from bptui.version import RELEASED, __version__

EXAMPLES = """examples:
  bptui                          step through training on 1 000 real digits
  bptui xor                      another built-in set
  bptui mazur                    Matt Mazur's worked example, digit for digit
  bptui xor --batch 1            SGD: an update after every sample
  bptui digits --batch all --reduction sum --lr 0.001
  bptui moons --layers 2-8-8-1 --activation relu --optimizer adam
  bptui mine.csv                 data of your own
  bptui mine.toml                a whole set-up of your own
  bptui run.bptui                a training in PyTorch, recorded by bptui.torch
  bptui data mine.csv --plot     what was understood of it
  bptui train digits --epochs 5  losses and accuracies without a screen
  bptui draw letters             draw a letter, see what the network reads
  bptui trace xor --format text  every number of an update
  bptui xor --at "e3 b1 s4 d1"   begin at a moment; also of trace and map
  bptui check --template my.py   a program to begin from; bptui check my.py
  bptui exercise --seed 3        a sheet of exercises; --key, --open 7
  bptui save-scenario xor --lr 0.5 > mine.toml
"""
COMMANDS = {
    "train": "train without a screen; losses and accuracies per epoch",
    "data": "print what was understood of data, and its first samples",
    "trace": "print every number of some updates",
    "draw": "draw a picture and see the network's answer change",
    "check": "find the mistake in a back-propagation of your own",
    "exercise": "make exercises with keys for paper, Moodle or Canvas",
    "lesson": "a lesson in the explorer, with numbers to predict",
    "doctor": "say why it does not learn, and what cures it",
    "map": "draw what the network answers everywhere, as text or SVG",
    "export": "slides, a film or a worked page of an update",
    "serve": "give a class a bptui each, over SSH or in the browser",
    "present": "show a class what you see, each on a screen of their own",
    "open": "go on with a session that ctrl+s has saved",
    "resume": "go on with the session that was lost, or else saved last",
    "save-scenario": "print a set-up as a scenario file, to change and to keep",
    "datasets": "list the built-in sets with sizes, source and licence",
    "completion": "print what makes a shell complete bptui's words with Tab",
    "config": "print where the config file is and what is in force",
}
"""Name → what it does; the explorer is what bptui does without one."""
EXPLORER = ""
BARE = ("datasets", "config")
"""Commands without a scenario."""


class UsageError(ValueError):
    """A command line that cannot be followed; one plain line."""


class Parser(argparse.ArgumentParser):
    """Reports an error as one line; the help keeps its lines and fits 80 columns."""

    def __init__(self, command: str, **more: Any) -> None:
        self.command = command
        super().__init__(
            prog=f"bptui {command}".rstrip(), formatter_class=Formatter, allow_abbrev=False, add_help=False, **more
        )
        self.add_argument("-h", "--help", action="help", help="this help")
        self.add_argument("--no-color", action="store_true", help="paint without colours (as NO_COLOR does)")

    @property
    def known(self) -> tuple[str, ...]:
        """Every spelling of every option."""
        return tuple(self._option_string_actions)

    def takes_value(self, option: str) -> bool:
        action = self._option_string_actions.get(option)
        return action is not None and action.nargs != 0

    def parse_args(self, words: Any = None, namespace: Any = None) -> Any:
        """As argparse does, but a misspelt option is told before one that is missing."""
        for word in words:
            option = word.split("=")[0]
            if option.startswith("--") and option != "--" and option not in self.known:
                self.error(self.unknown_option(option))
        return super().parse_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        extra = message.removeprefix("unrecognized arguments: ")
        message = message if extra == message else f"unknown argument {shown(extra)}"
        unclear = message.startswith(("unknown ", "the following arguments are required"))
        raise UsageError(f"{message}; {self.short_usage}" if unclear else message)

    def unknown_option(self, option: str) -> str:
        others = [name for name in (*COMMANDS, EXPLORER) if name != self.command and option in parser_of(name).known]
        users = [f"bptui {name}" if name else "the explorer" for name in others]
        hint = f"; it goes with {' and '.join(users)}" if users else nearest(option, self.known)
        return f"unknown option {shown(option)}{hint}"

    @property
    def short_usage(self) -> str:
        name = {
            **dict.fromkeys((*BARE, "resume", "exercise"), ""),
            "completion": " SHELL",
            **dict.fromkeys(("check", "open"), " FILE"),
            **dict.fromkeys(("draw", "serve", "present", EXPLORER), " [NAME]"),
            "lesson": " [LESSON]",
        }.get(self.command, " NAME")
        needed = " --epochs N" if self.command == "train" else ""
        return f"usage: {self.prog}{name}{needed} [options]"

    def _print_message(self, message: str, file: Any = None) -> None:
        """argparse drops what the output refuses; help on a full disk shall not look like success."""
        if file is not None:
            file.write(message)


class Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=31)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(text, width, break_on_hyphens=False)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        """``--lr, --learning-rate RATE``: what follows is said once."""
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        return f"{', '.join(action.option_strings)} {action.metavar}"


def parser_of(command: str) -> Parser:
    """The parser of a command, or of the explorer."""
    if command == EXPLORER:
        return explorer_parser()
    p = Parser(command, description=f"{COMMANDS[command][0].upper()}{COMMANDS[command][1:]}.")
    p.usage = p.short_usage.removeprefix("usage: ")
    if command in BARE:
        return p
    if command in ALONE:
        ALONE[command](p)
        return p
    if command == "draw":
        what = "digits, letters, or pictures of your own"
        p.add_argument("scenario", nargs="?", default="digits", metavar="NAME", help=what)
    elif command == "serve":
        p.add_argument("scenario", nargs="?", default="xor", metavar="NAME", help="what they see first (xor)")
    elif command == "present":
        what = "a built-in set, a .toml file, or your own data (digits)"
        p.add_argument("scenario", nargs="?", default="digits", metavar="NAME", help=what)
    elif command != "check":
        p.add_argument("scenario", metavar="NAME", help="a built-in set, a .toml file, or your own data")
    OWN[command](p)
    add_settings(p)
    return p


def explorer_parser() -> Parser:
    commands = "\n".join(f"  bptui {name:<14} {what}" for name, what in COMMANDS.items())
    p = Parser(
        EXPLORER,
        usage="bptui [NAME | FILE.toml | DATA] [options]\n       bptui COMMAND --help",
        description=f"A debugger for back-propagation in the terminal.\n\n{EXAMPLES}\ncommands:\n{commands}",
    )
    p.add_argument(
        "scenario",
        nargs="?",
        default="digits",
        metavar="NAME",
        help="a built-in set, a .toml file, or your own data",
    )
    p.add_argument("--version", action="version", version=f"bptui {__version__} ({RELEASED})", help="print the version")
    add_at(p, "begin there")
    p.add_argument("--look", metavar="WORDS", help="how it is looked at: panel 4, '4 maximised', '5 epoch log' …")
    add_screen(p)
    add_settings(p)
    return p


def command_of(words: list[str]) -> tuple[str, list[str]]:
    """The command, which options may stand before, and the other words."""
    place = first_word(words)
    if place is not None and words[place] in COMMANDS:
        return words[place], words[:place] + words[place + 1 :]
    return EXPLORER, words


def first_word(words: list[str]) -> int | None:
    """Where the first word stands that is neither an option nor its value."""
    if not words or not words[0].startswith("-"):
        return 0 if words else None
    parsers = [parser_of(name) for name in (EXPLORER, *COMMANDS)]
    place = 0
    while place < len(words) and words[place].startswith("-"):
        if words[place] == "--":
            return None
        place += 2 if any(parser.takes_value(words[place]) for parser in parsers) else 1
    return place if place < len(words) else None


def spelled(key: str) -> str:
    """``training.learning_rate`` as the option people type."""
    section, _, name = key.partition(".")
    known = KEYS.get(section, {}).get(name)
    options = known.options(name) if known else ()
    return options[0] if options else key
