"""The command line: arguments → scenario → the explorer. Textual is imported only when the explorer opens."""

import argparse
import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from bptui import __version__
from bptui.data.clean import clean
from bptui.data.plain import NAMED
from bptui.engine.activations import ACTIVATIONS
from bptui.engine.losses import LOSSES
from bptui.engine.reduce import REDUCTIONS
from bptui.scenario import Scenario, ScenarioError, built_in_names
from bptui.scenario.accept import Check, choice, integer, nearest, number, or_word, shown
from bptui.scenario.keys import COUNT, MOST_UNITS, NetworkChoice, output_activation
from bptui.session.session import Session

EXAMPLES = """examples:
  bptui                          step through training on 1 000 real digits
  bptui xor                      another built-in set
  bptui mazur                    Matt Mazur's worked example, digit for digit
  bptui xor --batch 1            SGD: an update after every sample
  bptui digits --batch all --reduction sum --lr 0.001
  bptui moons --layers 2-8-8-1 --activation relu
  bptui mine.csv                 data of your own
  bptui mine.toml                a whole set-up of your own

Inside, ? shows the keys and q quits.
"""


class UsageError(ValueError):
    """A command line that cannot be followed; one plain line."""


class Parser(argparse.ArgumentParser):
    """Reports an error as one line and status 2."""

    def error(self, message: str) -> NoReturn:
        unknown = message.removeprefix("unrecognized arguments: ")
        if unknown != message:
            known = [option for action in self._actions for option in action.option_strings]
            message = f"unknown argument {shown(unknown)}{nearest(unknown.split('=')[0].split()[0], known)}"
        raise UsageError(message)

    def _print_message(self, message: str, file: Any = None) -> None:
        """argparse drops what the output refuses; help on a full disk shall not look like success."""
        (file or sys.stderr).write(message)


def checked(check: Check, parse: Any = str) -> Any:
    """An argparse type: parse the text, check the value; argparse names the option."""

    def convert(words: str) -> Any:
        try:
            raw = parse(words)
        except ValueError:
            raw = words
        try:
            return check(raw)
        except ValueError as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None

    return convert


def whole(words: str) -> Any:
    """A whole number in plain digits, else the text itself for the message."""
    return int(words) if words.isascii() and words.lstrip("-").isdigit() and len(words) < 19 else words


def decimal(words: str) -> Any:
    return float(words) if words.isascii() and "_" not in words else words


def layer_sizes(words: str) -> tuple[int, ...]:
    """``64-32-10`` as sizes."""
    sizes = [whole(part) for part in words.split("-")]
    if not 2 <= len(sizes) <= 20 or any(not isinstance(size, int) or not 1 <= size <= MOST_UNITS for size in sizes):
        raise argparse.ArgumentTypeError(
            f"expected 2 to 20 sizes of 1 to {MOST_UNITS} units, like 64-32-10; got {shown(words)}"
        )
    return tuple(sizes)


def explorer_parser() -> Parser:
    """``bptui [NAME | FILE.toml] [options]``."""
    p = Parser(
        prog="bptui",
        usage="bptui [NAME | FILE.toml | FILE.csv] [options]\n       bptui trace | train | datasets --help",
        description=f"{EXAMPLES}\nA debugger for back-propagation in the terminal.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument(
        "scenario", nargs="?", default="digits", metavar="NAME", help="a built-in set, a .toml or a .csv file"
    )
    add_settings(p)
    p.add_argument("--no-color", action="store_true", help="paint without colours (as NO_COLOR does)")
    p.add_argument("--version", action="version", version=f"bptui {__version__}")
    return p


def add_settings(p: Parser) -> None:
    """The everyday settings, which all commands share."""
    hidden = [name for name in ACTIVATIONS if name != "softmax"]
    add = p.add_argument
    add("--layers", type=layer_sizes, metavar="SIZES", help="sizes of the layers, the input first: 64-32-10")
    add("--activation", type=checked(choice(hidden)), metavar="NAME", help="hidden layers: " + ", ".join(hidden))
    add("--loss", type=checked(choice(LOSSES)), metavar="NAME", help=", ".join(LOSSES))
    batch = checked(or_word("all", COUNT, meaning="all"), whole)
    add("--batch", type=batch, metavar="N|all", help="samples in a batch")
    reduction = checked(choice(REDUCTIONS))
    add("--reduction", type=reduction, metavar="sum|mean", help="what is done with the gradients of a batch")
    add("--lr", type=checked(number(0), decimal), metavar="RATE", help="the learning rate γ, 0 or more")
    seed = checked(integer(0, 2**63 - 1), whole)
    add("--seed", type=seed, metavar="N", help="of start weights, order and split")
    add("--samples", type=checked(COUNT, whole), metavar="N", help="how many samples to use")


def command_parser(name: str, about: str) -> Parser:
    """A headless command's parser."""
    p = Parser(prog=f"bptui {name}", description=about, allow_abbrev=False)
    if name != "datasets":
        p.add_argument("scenario", metavar="NAME", help="a built-in set or a .toml file")
        add_settings(p)
    return p


def trace_parser() -> Parser:
    p = command_parser("trace", "Print every number of some updates, one JSON object a line.")
    count = checked(COUNT, whole)
    p.add_argument("--from", dest="first", type=count, default=1, metavar="U", help="the first update printed (1)")
    p.add_argument("--updates", type=count, default=1, metavar="K", help="how many updates (1)")
    p.add_argument("--per-sample", action="store_true", help="the gradient of each sample too")
    p.add_argument("--format", type=checked(choice(("json", "text"))), default="json", metavar="json|text")
    return p


def train_parser() -> Parser:
    p = command_parser("train", "Train without a screen; print losses and accuracies at the end of each epoch.")
    p.add_argument("--epochs", type=checked(COUNT, whole), required=True, metavar="N", help="how many epochs")
    p.add_argument("--json", action="store_true", help="one JSON object a line")
    return p


def main(arguments: list[str]) -> int:
    """Run bptui; returns the exit status: 2 and one line on stderr for a wrong argument or file, 1 where a run had
    to stop or the output cannot be written, 128 + 13 where nobody reads it any more, 128 + 2 after ctrl+C."""
    commands = {"trace": trace, "train": train, "datasets": datasets}
    command = commands.get(arguments[0]) if arguments else None
    write_plainly()
    try:
        try:
            status = command(arguments[1:]) if command else explore(arguments)
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


def trace(arguments: list[str]) -> int:
    from bptui.headless.trace import json_lines, text

    options = trace_parser().parse_args(arguments)
    lines = text if options.format == "text" else json_lines
    run = choose(options).begin()
    try:
        for line in lines(run, options.first, options.updates, options.per_sample):
            print(line, flush=True)
    except IndexError as problem:
        return complain(str(problem), status=1)
    return 0


def train(arguments: list[str]) -> int:
    from bptui.headless.train import epochs

    options = train_parser().parse_args(arguments)
    run = choose(options).begin()
    for line in epochs(run, options.epochs, options.json):
        print(line, flush=True)
    return complain(str(run.stop), status=1) if run.stop else 0


def datasets(arguments: list[str]) -> int:
    from bptui.headless.datasets import listing

    command_parser("datasets", "List the built-in sets with sizes, source and licence.").parse_args(arguments)
    for line in listing():
        print(line)
    return 0


def explore(arguments: list[str]) -> int:
    options = explorer_parser().parse_args(arguments)
    try:
        session = Session(choose(options))
    except ArithmeticError as problem:
        return complain(f"{problem}; check data and start weights")
    return open_explorer(session, options)


def open_explorer(session: Session, options: argparse.Namespace) -> int:
    if not (os.isatty(0) and os.isatty(2)):
        return complain("the explorer needs a terminal for keyboard and screen; without one use bptui trace or train")
    if os.environ.get("TERM", "") in ("", "dumb"):
        return complain("this terminal cannot move its cursor (TERM is dumb or not set); try TERM=xterm-256color")
    from bptui.tui.app import run_explorer

    return run_explorer(session, colour=not (options.no_color or os.environ.get("NO_COLOR")))


def choose(options: argparse.Namespace) -> Scenario:
    """The scenario named, with the options laid over it. Raises ScenarioError or UsageError."""
    name = options.scenario
    path = Path(name)
    if name in built_in_names():
        scenario = Scenario.built_in(name)
    elif path.suffix or is_there(path):
        scenario = Scenario.of_file(path)
    else:
        known = built_in_names()
        hint = nearest(name, known) or f"; the sets are {', '.join(known)}"
        raise ScenarioError(f"no built-in set and no file named {shown(name)}{hint}")
    return overlay(scenario, options)


def is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the file system
        return False


def overlay(scenario: Scenario, options: argparse.Namespace) -> Scenario:
    """The scenario with what the command line says instead."""
    network, settings, data = scenario.network, scenario.settings, scenario.data
    rules = settings.rules
    if options.loss:
        rules = replace(rules, loss=options.loss)
        last = output_activation(options.loss, network.activations[-1])
        network = replace(network, activations=(*network.activations[:-1], last))
    if options.layers:
        network = resized(network, options.layers)
    if options.activation:
        hidden = (options.activation,) * (len(network.layers) - 2)
        network = replace(network, activations=(*hidden, network.activations[-1]))
    if options.reduction:
        rules = replace(rules, reduction=options.reduction)
    if options.lr is not None:
        rules = replace(rules, learning_rate=options.lr)
    settings = replace(settings, rules=rules)
    if options.batch is not None:
        settings = replace(settings, batch_size=None if options.batch == "all" else options.batch)
    if options.seed is not None:
        data = replace(data, seed=options.seed)
    if options.samples is not None:
        data = replace(data, samples=options.samples)
    return replace(scenario, network=network, settings=settings, data=data)


def resized(network: NetworkChoice, layers: tuple[int, ...]) -> NetworkChoice:
    """Other layer sizes: written-out weights and names no longer fit, hidden activations follow the first one."""
    first = network.activations[0] if len(network.activations) > 1 else "tanh"
    activations = (*((first,) * (len(layers) - 2)), network.activations[-1])
    return replace(network, layers=layers, activations=activations, weights=(), biases=(), units=())
