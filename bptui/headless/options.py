"""The options: an option for every setting of a scenario file, and each command's own."""

import argparse
from collections.abc import Callable
from pathlib import Path

from bptui.exercises.names import DECIMALS, FORMATS, KINDS, MIXED, MOST_EXERCISES, MOST_SAMPLES
from bptui.headless.values import (
    IN_WORDS,
    checked,
    ending,
    few_units,
    layer_sizes,
    pressed,
    size_of,
    unit_of,
)
from bptui.scenario.accept import choice, integer, number
from bptui.scenario.keys import COUNT, KEYS, Key, about
from bptui.scenario.names import ACTIVATIONS
from bptui.scenario.spelt import plain
from bptui.views.choices import GLYPHS, THEMES

SCALES = ("phase", "sample", "batch", "epoch")
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
  bptui serve --web                     prints an address for the browser
a visitor who comes as xor@ or with ?xor at the end of the address gets that set
"""
PRESENT = """what you see is followed by who comes as follow@, each at a size of their own:
  bptui present digits                  ssh -p 8022 follow@127.0.0.1
  bptui present mine.csv --public --password
it joins the bptui serve that listens, else it starts one, which ends with it
"""
EXERCISE = """the same seed gives the same exercises; every sheet bears its command.
  bptui exercise --kind hidden-delta --format markdown > sheet.md
  bptui exercise --kind hidden-delta --format markdown --key > key.md
  bptui exercise --kind hidden-delta --open 7     exercise 7, step by step
a wrong answer that a known mistake gives is told so (moodle, qti, the key)
"""
HIDDEN = tuple(name for name in ACTIVATIONS if name != "softmax")


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


def add_at(p: argparse.ArgumentParser, what: str) -> None:
    words = f"{what}: an update 120, epoch e3, batch 'e3 b5', sample and phase 'e3 b5 s4 d1'"
    p.add_argument("--at", metavar="PLACE", help=words)


def add_trace(p: argparse.ArgumentParser) -> None:
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


def add_train(p: argparse.ArgumentParser) -> None:
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


def add_draw(p: argparse.ArgumentParser) -> None:
    epochs = checked(integer(0, 1_000_000), plain)
    p.add_argument("--epochs", type=epochs, default=20, metavar="N", help="how many epochs are trained first (20)")
    add_screen(p)


def add_check(p: argparse.ArgumentParser) -> None:
    p.epilog = CHECK
    p.add_argument(
        "scenario",
        nargs="?",
        metavar="FILE",
        help="your program (.py); or with --with the set, .toml or .csv it is about",
    )
    p.add_argument(
        "--with", dest="numbers", type=Path, metavar="FILE", help="your numbers, or orders of epochs: .json .npz .toml"
    )
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


def add_exercise(p: argparse.ArgumentParser) -> None:
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
    p.add_argument(
        "--open", type=number, metavar="K", help="exercise K in the explorer, at its start; with --key solved"
    )
    add_screen(p)


def add_doctor(p: argparse.ArgumentParser) -> None:
    p.epilog = "exit status: 0 nothing is wrong, 1 there are symptoms"
    p.add_argument("--epochs", type=checked(COUNT, plain), default=20, metavar="N", help="after how many epochs (20)")


def add_map(p: argparse.ArgumentParser) -> None:
    add_at(p, "the moment drawn (the start)")
    p.add_argument("--unit", type=checked(unit_of), metavar="L.U", help="a hidden unit's own map, like 1.3")
    p.add_argument("--svg", type=Path, metavar="FILE", help="write a picture there instead of text")


def add_export(p: argparse.ArgumentParser) -> None:
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
    for kind, what in (("npz", "numpy"), ("json", "any language"), ("safetensors", "PyTorch")):
        named = checked(ending(f".{kind}"), Path)
        p.add_argument(f"--{kind}", type=named, metavar="FILE", help=f"the weights there, for {what} (.{kind})")
    p.add_argument("--save-weights", type=Path, metavar="FILE", help="the same, as the file's name ends")
    group = p.add_argument_group("slides")
    group.add_argument("--size", type=checked(size_of), default=(100, 30), metavar="WxH", help="columns, rows (100x30)")
    pace = checked(number(0.1, 60), plain)
    group.add_argument("--seconds", type=pace, default=2.0, metavar="S", help="how long a slide of a film stands (2)")
    add_looks(group)


def add_serve(p: argparse.ArgumentParser) -> None:
    p.epilog = SERVE
    add_doors(p)


def add_present(p: argparse.ArgumentParser) -> None:
    p.epilog = PRESENT
    add_at(p, "begin there")
    add_screen(p)
    add_doors(p.add_argument_group("the server, where none listens yet"))


def add_doors(p: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """How visitors come in."""
    p.add_argument("--ssh", action="store_true", help="visitors come by ssh (pip install 'bptui[ssh]')")
    port = checked(integer(1, 65_535), plain)
    p.add_argument("--port", type=port, metavar="N", help="the port of --ssh (8022)")
    p.add_argument("--web", action="store_true", help="visitors come with a browser (pip install 'bptui[web]')")
    p.add_argument("--web-port", type=port, metavar="N", help="the port of --web (8023)")
    p.add_argument("--public", action="store_true", help="from other machines too, not from this one alone")
    p.add_argument("--password", action="store_true", help="for --ssh a new password, printed at the start")
    p.add_argument(
        "--keys", type=Path, metavar="FILE", help="by --ssh only who has one of these keys (as in authorized_keys)"
    )
    seats = checked(integer(1, 500), plain)
    p.add_argument("--seats", type=seats, default=40, metavar="N", help="how many at once (40)")
    idle = checked(number(0.1, 1440), plain)
    p.add_argument(
        "--idle", type=idle, default=30.0, metavar="MINUTES", help="sent home without a key for so long (30)"
    )


def add_save(p: argparse.ArgumentParser) -> None:
    p.add_argument("--all", action="store_true", help="every setting in force, not only what differs from the defaults")


def add_data(p: argparse.ArgumentParser) -> None:
    p.add_argument("--plot", action="store_true", help="pictures of the first samples too")


def add_completion(p: argparse.ArgumentParser) -> None:
    p.epilog = COMPLETION
    p.add_argument("shell", type=checked(choice(SHELLS)), choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def add_lesson(p: argparse.ArgumentParser) -> None:
    what = "its number, its name, or a file of your own; without one they are listed"
    p.add_argument("lesson", nargs="?", metavar="LESSON", help=what)
    p.add_argument("--again", action="store_true", help="from its beginning, not from where you left off")
    add_screen(p)


def add_open(p: argparse.ArgumentParser) -> None:
    p.add_argument("file", type=Path, metavar="FILE", help="a session, as ctrl+s writes it, or a recording of PyTorch")
    add_screen(p)


ALONE: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "completion": add_completion,
    "exercise": add_exercise,
    "lesson": add_lesson,
    "open": add_open,
    "resume": add_screen,
}
"""Options of commands that take no settings of a scenario."""
OWN: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "data": add_data,
    "train": add_train,
    "trace": add_trace,
    "draw": add_draw,
    "check": add_check,
    "doctor": add_doctor,
    "map": add_map,
    "export": add_export,
    "serve": add_serve,
    "present": add_present,
    "save-scenario": add_save,
}
