"""The command line's grammar: the commands, their own options, and an option for every setting of a scenario file."""

import argparse
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from bptui.exercises.names import DECIMALS, FORMATS, KINDS, MIXED, MOST_EXERCISES, MOST_LAYERS, MOST_SAMPLES
from bptui.exercises.names import MOST_UNITS as FEW_UNITS
from bptui.scenario.accept import Check, choice, integer, nearest, number, shown
from bptui.scenario.keys import COUNT, KEYS, MOST_UNITS, Key, about
from bptui.scenario.names import ACTIVATIONS
from bptui.version import RELEASED, __version__
from bptui.views.choices import GLYPHS, THEMES

EXAMPLES = """examples:
  bptui                          step through training on 1 000 real digits
  bptui xor                      another built-in set
  bptui mazur                    Matt Mazur's worked example, digit for digit
  bptui xor --batch 1            SGD: an update after every sample
  bptui digits --batch all --reduction sum --lr 0.001
  bptui moons --layers 2-8-8-1 --activation relu --optimizer adam
  bptui mine.csv                 data of your own
  bptui mine.toml                a whole set-up of your own
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
    "serve": "give a class a bptui each, over SSH",
    "open": "go on with a session that ctrl+s has saved",
    "resume": "go on with the session that was lost, or else saved last",
    "save-scenario": "print a set-up as a scenario file, to change and to keep",
    "datasets": "list the built-in sets with sizes, source and licence",
    "completion": "print what makes a shell complete bptui's words with Tab",
    "config": "print where the config file is and what is in force",
}
"""Name → what it does; the explorer is what bptui does without one."""
EXPLORER = ""
SCALES = ("phase", "sample", "batch", "epoch")
BARE = ("datasets", "config")
"""Commands without a scenario."""
SHELLS = ("bash", "zsh", "fish")
COMPLETION = """where to put it:
  bptui completion bash > ~/.local/share/bash-completion/completions/bptui
  bptui completion zsh > ~/.zfunc/_bptui     (with ~/.zfunc in fpath)
  bptui completion fish > ~/.config/fish/completions/bptui.fish
"""
CHECK = """your program has one of these:
  def gradients(weights, biases, x, y)    returns dW, db: an array a layer
  def update(weights, biases, x, y, learning_rate)    returns the new ones
      weights[l] is inputs x units, x samples x inputs, y samples x outputs;
      instead of lists a dict may be returned: {"dW1": ..., "delta2": ...}
  class with W1, b1, W2 ... or weights, biases: they are set before
      gradients(x, y), backward(x, y) or update(x, y, learning_rate) is called;
      it returns the arrays or leaves dW1, db1 ... or grad_weights, grad_biases
  model = torch.nn.Sequential(...) and def loss(output, target)
your numbers have names: W1 b1 dW1 db1 z1 a1 delta1 loss, or the keys that
  bptui trace writes: z a delta loss gradient samples step after
exit status: 0 all right, 1 something differs, 2 it could not be read
"""
UNTIL = """--until waits for one of these; the first of several stops it:
  'train_loss < 0.1'  'test_accuracy > 95%'  'test_loss rises 3' (epochs)
  'batch_loss < 0.1'  'gradient > 10'  'w2[0>1] changes sign'
  'loss of row 17 < 0.1'  'row 17 flips'  'layer 1 unit 3 dead'
  'update 250'  'epoch 5 ends'  'not finite'
exit status: 0 it came, or all epochs are made; 1 the run had to stop
"""
EXPORT = """without --svg and the others nothing is written. A walk through an update:
  bptui export xor --at "e1 b1" --phases --svg slides
  bptui export xor --at "e1 b1" --phases --cast walk.cast
  bptui export xor --at "e1 b1" --markdown update.md
"""
SERVE = """each visitor has a bptui of their own that reads and writes no file:
  bptui serve --ssh                     ssh -p 8022 bptui@127.0.0.1
  bptui serve digits --ssh --public --password
a visitor who comes as xor@, digits@ ... gets that set
"""
MOST_NARROW = (40, 10)
EXERCISE = """the same seed gives the same exercises; every sheet bears its command.
  bptui exercise --kind hidden-delta --format markdown > sheet.md
  bptui exercise --kind hidden-delta --format markdown --key > key.md
  bptui exercise --kind hidden-delta --open 7     exercise 7, step by step
a wrong answer that a known mistake gives is told so (moodle, qti, the key)
"""
HIDDEN = tuple(name for name in ACTIVATIONS if name != "softmax")


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
            **dict.fromkeys(("draw", "serve", EXPLORER), " [NAME]"),
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


def checked(check: Check, parse: Callable[[str], Any] = str, also: Mapping[str, str] | None = None) -> Any:
    """An argparse type: parse the text, check the value; argparse names the option."""

    def convert(words: str) -> Any:
        try:
            return check((also or {}).get(words, parse(words)))
        except ValueError as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None

    return convert


def plain(words: str) -> Any:
    """A number in plain digits, else the text itself for the message."""
    if not words.isascii() or "_" in words:
        return words
    if words.lstrip("-").isdigit() and len(words) < 20:
        return int(words)
    try:
        return words if words.strip("-").isdigit() else float(words)
    except ValueError:
        return words


def layer_sizes(words: str) -> list[int]:
    """``64-32-10`` as sizes."""
    sizes = [plain(part) for part in words.split("-")]
    if not 2 <= len(sizes) <= 20 or any(not isinstance(size, int) or not 1 <= size <= MOST_UNITS for size in sizes):
        raise ValueError(f"expected 2 to 20 sizes of 1 to {MOST_UNITS} units, like 64-32-10; got {shown(words)}")
    return sizes


def listed(words: str) -> list[str]:
    """``tanh,softmax`` as names."""
    return words.split(",")


def columns(words: str) -> Any:
    """``Id,3`` as a name and a place; one alone as itself."""
    items = [plain(word) if word.strip("-").isdigit() else word for word in words.split(",")]
    return items if len(items) > 1 else items[0]


def whole_numbers(words: str) -> Any:
    """``3,1`` as numbers; one alone as itself."""
    items = [plain(word) for word in words.split(",")]
    return items if len(items) > 1 else items[0]


def shape(words: str) -> Any:
    """``28,28`` or ``28x28`` as numbers; another word as itself."""
    parts = words.replace("x", ",").split(",")
    return [plain(part) for part in parts] if len(parts) > 1 else words


IN_WORDS: dict[str, Callable[[str], Any]] = {
    "layers": layer_sizes,
    "activations": listed,
    "target": columns,
    "drop": columns,
    "test": str,
    "image": shape,
    "ranks": whole_numbers,
}
"""Settings that are lists in a file, or texts that may look like numbers."""


def add_settings(p: argparse.ArgumentParser) -> None:
    """An option for every key of a scenario file that a word can say; what is not said is not in the namespace."""
    p.add_argument("--weights", type=Path, metavar="FILE", help="start weights from a file (.npz or .json)")
    for section, keys in KEYS.items():
        group = p.add_argument_group(f"{section}, as in [{section}] of a scenario file")
        for name, key in keys.items():
            if key.metavar:
                group.add_argument(
                    *key.options(name),
                    dest=f"{section}.{name}",
                    type=checked(key.check, IN_WORDS.get(name, plain), key.also),
                    choices=key.names or None,
                    default=argparse.SUPPRESS,
                    metavar=key.metavar,
                    help=told(name, key).replace("%", "%%"),
                )
            if name == "layers":
                hidden = "of all hidden layers: " + ", ".join(HIDDEN)
                group.add_argument(
                    "--activation", type=checked(choice(HIDDEN)), choices=HIDDEN, metavar="NAME", help=hidden
                )


def add_screen(p: argparse.ArgumentParser) -> None:
    """How the explorer looks; each wins over the config file."""
    group = p.add_argument_group("the explorer's screen, before the config file")
    add_looks(group)
    group.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal, to select text with")
    steps = f"PgDn and PgUp, the keys of a presenter's remote, step on and back: {', '.join(SCALES)}"
    group.add_argument("--remote", type=checked(choice(SCALES)), choices=SCALES, metavar="STEP", help=steps)
    group.add_argument("--read-only", action="store_true", help="save no file and let nobody out to the shell")
    group.add_argument("--demo", action="store_true", help="a tour that plays by itself; any key takes over")


def add_looks(group: argparse._ArgumentGroup) -> None:
    for option, names, what in (("theme", THEMES, "its colours"), ("glyphs", GLYPHS, "what it is drawn with")):
        words = f"{what}: {', '.join(names)}"
        group.add_argument(f"--{option}", type=checked(choice(names)), choices=names, metavar="NAME", help=words)


def told(name: str, key: Key) -> str:
    """What the help says of a key: its meaning, and the names it takes."""
    if not key.names or "|" in key.metavar:
        return about(name, key)
    also = "; " + ", ".join(f"{short} is {name}" for short, name in key.also.items()) if key.also else ""
    return f"{about(name, key)}: {', '.join(key.names)}{also}"


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


def add_at(p: argparse.ArgumentParser, what: str) -> None:
    words = f"{what}: an update 120, epoch e3, batch 'e3 b5', sample and phase 'e3 b5 s4 d1'"
    p.add_argument("--at", metavar="PLACE", help=words)


def add_trace(p: Parser) -> None:
    count = checked(COUNT, plain)
    p.add_argument("--from", dest="first", type=count, metavar="U", help="the first update printed (1)")
    add_at(p, "the first is the update this lies in")
    p.add_argument("--updates", type=count, default=1, metavar="K", help="how many updates (1)")
    p.add_argument("--per-sample", action="store_true", help="the gradient of each sample too")
    formats = ("json", "text")
    p.add_argument(
        "--format", type=checked(choice(formats)), choices=formats, default="json", metavar="json|text",
        help="JSON, an object a line (json), or formulas and tables",
    )  # fmt: skip


def add_train(p: Parser) -> None:
    p.add_argument("--epochs", type=checked(COUNT, plain), required=True, metavar="N", help="how many epochs")
    p.epilog = UNTIL
    p.add_argument(
        "--until", action="append", default=[], metavar="WHEN", help="stop when this comes, as 'train_loss < 0.1'"
    )
    p.add_argument("--json", action="store_true", help="one JSON object a line")
    p.add_argument(
        "--save-weights",
        type=Path,
        metavar="FILE",
        help="write the trained weights there (.npz or .json), also at ctrl+C",
    )


def add_draw(p: Parser) -> None:
    epochs = checked(integer(0, 1_000_000), plain)
    p.add_argument("--epochs", type=epochs, default=20, metavar="N", help="how many epochs are trained first (20)")
    add_screen(p)


def add_check(p: Parser) -> None:
    p.epilog = CHECK
    p.add_argument(
        "scenario",
        nargs="?",
        metavar="FILE",
        help="your program (.py); or with --with the set, .toml or .csv it is about",
    )
    p.add_argument("--with", dest="numbers", type=Path, metavar="FILE", help="your numbers: .json, .npz or .toml")
    p.add_argument("--on", metavar="NAME", help="what your program is tried on: a set, a .toml or a .csv file (xor)")
    p.add_argument("--update", type=checked(COUNT, plain), default=1, metavar="U", help="compare with update U (1)")
    p.add_argument("--watch", action="store_true", help="check again whenever the file is saved")
    p.add_argument("--open", action="store_true", help="the explorer there, your numbers beside the true ones")
    add_screen(p)
    p.add_argument("--json", action="store_true", help="the answer as a JSON object")
    p.add_argument(
        "--separate", type=Path, metavar="FILE", help="write a scenario on which the mistakes differ, where several fit"
    )
    p.add_argument("--template", type=Path, metavar="FILE", help="write a program to begin from, and check nothing")


def add_exercise(p: Parser) -> None:
    p.epilog = EXERCISE
    for option, names, default, what in (
        ("kind", KINDS, MIXED, "what is practised"),
        ("format", FORMATS, FORMATS[0], "what it is written as"),
    ):
        p.add_argument(
            f"--{option}", type=checked(choice(names)), choices=names, default=default, metavar="NAME",
            help=f"{what}: {', '.join(names)} ({default})",
        )  # fmt: skip
    whole = {
        "count": ("N", (1, MOST_EXERCISES), 10, "how many exercises (10)"),
        "seed": ("N", (0, 10**9), 1, "another one gives other numbers (1)"),
        "samples": ("N", (1, MOST_SAMPLES), 0, "samples in the batch, instead of the kind's own"),
        "decimals": ("N", DECIMALS, 4, "of the answers (4)"),
    }
    for option, (metavar, limits, start, what) in whole.items():
        p.add_argument(f"--{option}", type=checked(integer(*limits), plain), default=start, metavar=metavar, help=what)
    sizes = "sizes of the layers, like 2-3-1, instead of the kind's own"
    p.add_argument("--layers", type=checked(few_units, layer_sizes), metavar="SIZES", help=sizes)
    p.add_argument("--key", action="store_true", help="print the key instead of the sheet (markdown, latex)")
    p.add_argument("--out", type=Path, metavar="FILE", help="write it there, the key beside it; or into a folder")
    number = checked(integer(1, MOST_EXERCISES), plain)
    p.add_argument("--open", type=number, metavar="K", help="the explorer at exercise K, its worked solution")
    add_screen(p)


def few_units(sizes: Any) -> Any:
    """Sizes that can be computed by hand."""
    if len(sizes) > MOST_LAYERS or max(sizes) > FEW_UNITS:
        raise ValueError(
            f"expected at most {MOST_LAYERS} sizes of 1 to {FEW_UNITS} units: nobody computes more by hand"
        )
    return sizes


def add_doctor(p: Parser) -> None:
    p.epilog = "exit status: 0 nothing is wrong, 1 there are symptoms"
    p.add_argument("--epochs", type=checked(COUNT, plain), default=20, metavar="N", help="after how many epochs (20)")


def add_map(p: Parser) -> None:
    add_at(p, "the moment drawn (the start)")
    p.add_argument("--unit", type=checked(unit_of), metavar="L.U", help="a hidden unit's own map, like 1.3")
    p.add_argument("--svg", type=Path, metavar="FILE", help="write a picture there instead of text")


def unit_of(words: str) -> tuple[int, int]:
    """``1.3`` as layer and unit."""
    layer, dot, unit = words.partition(".")
    if not (dot and layer.isdecimal() and unit.isdecimal() and len(words) < 12):
        raise ValueError(f"expected layer and unit like 1.3, got {shown(words)}")
    return int(layer), int(unit)


def add_export(p: Parser) -> None:
    p.epilog = EXPORT
    add_at(p, "the moment shown (the start)")
    p.add_argument("--look", metavar="WORDS", help="how it is looked at: panel 4, '4 maximised', '5 epoch log' …")
    p.add_argument("--press", type=checked(pressed), default=(), metavar="KEYS", help="keys pressed there: 'w 5 e*30'")
    p.add_argument("--phases", action="store_true", help="a slide for each phase of the update instead of one")
    p.add_argument("--svg", type=Path, metavar="PATH", help="a picture; with --phases a folder of them")
    p.add_argument("--cast", type=Path, metavar="FILE", help="a film (asciicast 3) with a marker for each phase")
    p.add_argument("--markdown", type=Path, metavar="FILE", help="the worked update with all numbers; - is the output")
    p.add_argument("--latex", type=Path, metavar="FILE", help="the same as a LaTeX document; - is the output")
    p.add_argument("--torch", type=Path, metavar="FILE", help="a PyTorch script that trains it with the same losses")
    p.add_argument("--ddp", action="store_true", help="that for several machines: torchrun, DistributedDataParallel")
    p.add_argument(
        "--save-weights", type=Path, metavar="FILE", help="the weights there (.npz, .json, or .safetensors for PyTorch)"
    )
    group = p.add_argument_group("slides")
    group.add_argument("--size", type=checked(size_of), default=(100, 30), metavar="WxH", help="columns, rows (100x30)")
    pace = checked(number(0.1, 60), plain)
    group.add_argument("--seconds", type=pace, default=2.0, metavar="S", help="how long a slide of a film stands (2)")
    add_looks(group)


def size_of(words: str) -> tuple[int, int]:
    """``100x30`` as columns and rows."""
    width, cross, height = words.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and len(words) < 9):
        raise ValueError(f"expected columns and rows like 100x30, got {shown(words)}")
    if not (MOST_NARROW[0] <= int(width) <= 400 and MOST_NARROW[1] <= int(height) <= 150):
        raise ValueError(f"expected 40x10 to 400x150, got {shown(words)}")
    return int(width), int(height)


def pressed(words: str) -> tuple[str, ...]:
    """``w 5 e*30`` as keys one after the other."""
    keys: list[str] = []
    for word in words.split():
        key, star, times = word.rpartition("*")
        if star and key and times.isdecimal() and len(times) < 5:
            keys += [key] * int(times)
        else:
            keys.append(word)
    return tuple(keys)


def add_serve(p: Parser) -> None:
    p.epilog = SERVE
    p.add_argument("--ssh", action="store_true", help="visitors come by ssh (pip install 'bptui[ssh]')")
    port = checked(integer(1, 65_535), plain)
    p.add_argument("--port", type=port, default=8022, metavar="N", help="the port of it (8022)")
    p.add_argument("--public", action="store_true", help="from other machines too, not from this one alone")
    p.add_argument("--password", action="store_true", help="a new password each time, printed at the start")
    p.add_argument("--keys", type=Path, metavar="FILE", help="only who has one of these keys (as in authorized_keys)")
    seats = checked(integer(1, 500), plain)
    p.add_argument("--seats", type=seats, default=40, metavar="N", help="how many at once (40)")
    idle = checked(number(0.1, 1440), plain)
    p.add_argument(
        "--idle", type=idle, default=30.0, metavar="MINUTES", help="sent home without a key for so long (30)"
    )


def add_save(p: Parser) -> None:
    p.add_argument("--all", action="store_true", help="every setting in force, not only what differs from the defaults")


def add_data(p: Parser) -> None:
    p.add_argument("--plot", action="store_true", help="pictures of the first samples too")


def add_completion(p: Parser) -> None:
    p.epilog = COMPLETION
    p.add_argument("shell", type=checked(choice(SHELLS)), choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def add_lesson(p: Parser) -> None:
    what = "its number, its name, or a file of your own; without one they are listed"
    p.add_argument("lesson", nargs="?", metavar="LESSON", help=what)
    p.add_argument("--again", action="store_true", help="from its beginning, not from where you left off")
    add_screen(p)


def add_open(p: Parser) -> None:
    p.add_argument("file", type=Path, metavar="FILE", help="a session, as ctrl+s in the explorer writes it")
    add_screen(p)


ALONE: dict[str, Callable[[Parser], None]] = {
    "completion": add_completion,
    "exercise": add_exercise,
    "lesson": add_lesson,
    "open": add_open,
    "resume": add_screen,
}
"""Options of commands that take no settings of a scenario."""
OWN: dict[str, Callable[[Parser], None]] = {
    "data": add_data,
    "train": add_train,
    "trace": add_trace,
    "draw": add_draw,
    "check": add_check,
    "doctor": add_doctor,
    "map": add_map,
    "export": add_export,
    "serve": add_serve,
    "save-scenario": add_save,
}


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
