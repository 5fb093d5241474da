"""The top line: what is being trained, and the counters that tell when back-propagation is applied."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from bptui.views.kept import OfRecord
from bptui.views.numbers import rate
from bptui.views.text import Row, Span, first_fitting, fit

if TYPE_CHECKING:
    from bptui.engine.update import UpdateRules
    from bptui.views.scene import Scene

MOST_SHARES = 4
SETUPS = OfRecord[Row]()


def header(scene: "Scene", width: int, height: int) -> list[Row]:
    """Two rows: set-up and counters; the counters alone where there is room for one."""
    rows = [setup(scene, width), first_fitting(with_fork(scene), width)]
    return [fit(row, width, "bar") for row in (rows if height > 1 else rows[1:])]


def setup(scene: "Scene", width: int) -> Row:
    """What is trained, how, and where it had to stop: what keys change is there in any width. The same for all samples
    of a batch."""
    read = scene.title, scene.coming, scene.stop, scene.company, width
    return SETUPS.get(scene.record, read, lambda: made_setup(scene, width))


def made_setup(scene: "Scene", width: int) -> Row:
    network, rules = scene.record.before.architecture, scene.record.settings.rules
    at = scene.stop.update if scene.stop else None
    stops = ("", "") if at is None else (f"  stops before update {at}", f"  stops at {at}")
    told, more = about(network.sizes, network.activations, rules.loss), others(rules)
    if scene.record.told:
        from bptui.views.recorded import agreement  # noqa: PLC0415  it computes, and the first frame does without

        more += f"  {agreement(scene.record)}"
    wordings = [(stops[0], told[0], more), *((stops[1], words, more) for words in told)]
    wordings.append((stops[1], "", f"  {rules.optimizer.name}" if rules.optimizer.name != "sgd" else ""))
    return titled(scene.title, wordings, choices(scene), width, scene.company)


def about(sizes: tuple[int, ...], names: tuple[str, ...], loss: str) -> tuple[str, str, str, str]:
    """What is trained, in more words and in fewer, as far as it is known."""
    network = "-".join(map(str, sizes))
    long, short, least = (network, activations(names), loss), (network, loss), (network,)
    return words_of(long), words_of(short), words_of(least), ""


def words_of(parts: tuple[str, ...]) -> str:
    return "".join(f"  {part}" for part in parts if part)


def titled(
    title: str, wordings: list[tuple[str, str, str]], settings: list[Span], width: int, company: tuple[str, ...] = ()
) -> Row:
    """The first wording (where it stops, what is trained, what else) that fits around the settings that keys change,
    and around who follows whom, as far as that has room."""
    return first_fitting(
        (
            [
                (" ", "bar"),
                (title, "bar-strong"),
                (who and f"  {who}", "bar-change"),
                (stop, "bar-change"),
                (words, "bar"),
                *settings,
                (tail, "bar"),
            ]
            for who in (*company, "")
            for stop, words, tail in wordings
        ),
        width,
    )


def choices(scene: "Scene") -> list[Span]:
    """The settings that keys change, now and from the next update on."""
    record, coming = scene.record, scene.coming
    rules, size = record.settings.rules, str(record.settings.batch_size or "all")
    batch, reduction, gamma = chosen(size, rules.reduction, rate(record.learning_rate))
    return [
        *batch,
        *change(size, str(coming.batch_size or "all")),
        *reduction,
        *change(rules.reduction, coming.rules.reduction),
        *gamma,
        *change(rate(rules.learning_rate), rate(coming.rules.learning_rate)),
    ]


def chosen(size: str, reduction: str, gamma: str) -> tuple[list[Span], list[Span], list[Span]]:
    return (
        [("  batch ", "bar"), (size, "bar-strong")],
        [("  ", "bar"), (reduction, "bar-strong")],
        [("  γ ", "bar"), (gamma, "bar-strong")],
    )


def others(rules: "UpdateRules") -> str:
    """What else shapes a step, where it differs from plain descent on the losses."""
    words = [rules.optimizer.name] if rules.optimizer.name != "sgd" else []
    words += [f"{rules.schedule.name} schedule"] if rules.schedule.name != "constant" else []
    words += [f"L1 {rate(rules.l1)}"] if rules.l1 else []
    words += [f"L2 {rate(rules.l2)}"] if rules.l2 else []
    words += [f"clip {rate(rules.clip_norm)}"] if rules.clip_norm else []
    words += [f"micro-batches {rules.micro_batches}"] if rules.micro_batches > 1 else []
    words += [shared(rules.ranks)] if rules.ranks else []
    return "".join(f"  {word}" for word in words)


def shared(ranks: tuple[int, ...]) -> str:
    """``ranks 3:1``; or how many there are, of equal shares or of more than there is room to list."""
    if len(set(ranks)) == 1 or len(ranks) > MOST_SHARES:
        return f"{len(ranks)} ranks"
    return f"ranks {':'.join(map(str, ranks))}"


def change(now: str, then: str) -> list[Span]:
    """What a setting will be from the next update on, where that differs."""
    return [] if now == then else [(f"→{then}", "bar-change")]


def activations(names: tuple[str, ...]) -> str:
    """``tanh softmax``, or a name once with its count where it repeats."""
    out: list[str] = []
    for name in names:
        if out and out[-1].split("×")[0] == name:
            times = int(out[-1].split("×")[1]) if "×" in out[-1] else 1
            out[-1] = f"{name}×{times + 1}"
        else:
            out.append(name)
    return " ".join(out)


def with_fork(scene: "Scene") -> Iterator[list[Span]]:
    """The counters and, where there are several forks, which one this is: that is told in any width."""
    for words in fork_words(scene):
        for row in counters(counts(scene)):
            yield [*row, (" │ ", "bar"), (words, "bar-change")] if words else row


def fork_words(scene: "Scene") -> tuple[str, ...]:
    """``fork 2 of 3, parts from 1 at update 37``: the longest wording first."""
    fork = scene.fork
    if fork is None:
        return ("",)
    of, parted = f"fork {fork.number} of {fork.of}", bool(fork.parent)
    if fork.number > fork.of:  # others were dropped
        of = f"fork {fork.number}, one of {fork.of}"
    long = [f"{of}, parts from {fork.parent} at update {fork.parts}"] if parted else []
    return (*long, *([f"{of} from {fork.parent} at {fork.parts}"] if parted else []), of, f"fork {fork.number}")


class Counts(NamedTuple):
    """What the counters say. ``batches`` is how many an epoch has, ``samples`` how many this batch has; ``repeat`` says
    which time it is this batch; passes are of single samples, since the start of the run."""

    epoch: int
    batch: int
    batches: str
    sample: int
    samples: str
    repeat: str = ""
    forward: int = 0
    backward: int = 0
    updates: int = 0


def counts(scene: "Scene") -> Counts:
    record, position = scene.record, scene.record.position
    repeat = f" (time {position.repeat} of {record.settings.repeats})" if record.settings.repeats > 1 else ""
    here = position.epoch, position.batch, str(record.batches), scene.moment.sample + 1, str(record.n)
    return Counts(*here, repeat, *scene.passes, scene.applied)


def counters(counts: Counts) -> Iterator[list[Span]]:
    """Epoch, batch, sample; forward and backward passes and updates so far: the longest wording first."""
    long, short = ("epoch", "batch", "sample"), ("ep", "ba", "sa")
    for names, of, gap, dot, words in (
        (long, " of ", "  ", " · ", ("forward", "backward", "updates")),
        (long, "/", " ", " · ", ("forward", "backward", "updates")),
        (long, "/", " ", " ", ("forward", "backward", "updates")),
        (long, "/", " ", " ", ("fwd", "bwd", "upd")),
        (short, "/", " ", " ", ("fwd", "bwd", "upd")),
        (short, "/", " ", " ", ("", "", "upd")),
    ):
        yield [
            *place(counts, names, of, gap),
            (f"{gap}│", "bar"),
            *passes(counts, gap, dot, words),
        ]


def place(counts: Counts, names: tuple[str, str, str], of: str, gap: str) -> list[Span]:
    """Which epoch, batch and sample this is."""
    return [
        (f" {names[0]} ", "bar"),
        (str(counts.epoch), "bar-strong"),
        (f"{gap}{names[1]} ", "bar"),
        (str(counts.batch), "bar-strong"),
        (f"{of}{counts.batches}{counts.repeat}{gap}{names[2]} ", "bar"),
        (str(counts.sample), "bar-strong"),
        (f"{of}{counts.samples}", "bar"),
    ]


def passes(counts: Counts, gap: str, dot: str, words: tuple[str, str, str]) -> list[Span]:
    """Forward and backward passes, and updates; what has no word is left out."""
    spans: list[Span] = []
    for word, number in zip(words, (counts.forward, counts.backward, counts.updates), strict=True):
        if word:
            spans += [(f"{dot if spans else gap}{word} ", "bar"), (str(number), "bar-strong")]
    return spans
