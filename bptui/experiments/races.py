"""The students' questions, each with the race that answers it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import log2
from typing import Any

from bptui.data.digits import shortest
from bptui.engine.losses import LOSSES
from bptui.engine.optimizers import OPTIMIZERS, OptimizerSettings
from bptui.experiments.lane import Entry, Unit
from bptui.experiments.race import MOST_LANES, Race
from bptui.training.run import Run
from bptui.training.settings import RATES, Settings

SAMPLES = 8000  # back-propagations of every lane, as far as that is a sensible number of epochs
FEWEST_EPOCHS, MOST_EPOCHS = 3, 2000
USUAL_BATCH = 32
CAREFUL_RATE = 0.01  # for optimizers that divide by √v: their steps are about γ long whatever the gradient is

Lanes = Callable[[Settings, int], tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Preset:
    """``lanes`` makes the entries from the settings in force and the number of training samples. ``answer`` says what
    to look at: only what holds for every data set. ``tried``: after the race each lane is tried at its own best γ and
    over several seeds (:mod:`bptui.experiments.trials`)."""

    number: int
    name: str
    question: str
    answer: str
    axis: Unit
    lanes: Lanes
    needs: str = "too few training samples, all lanes alike: try bptui xor"
    tried: bool = False

    def why_not(self, settings: Settings, count: int) -> str | None:
        """Why there is nothing to compare, or None."""
        return None if len(self.lanes(settings, count)) > 1 else self.needs

    def begin(self, start: Run, settings: Settings) -> Race:
        """The race at its start: ``start`` lends data, split, order and start weights."""
        count = start.problem.count
        return Race(start, self.lanes(settings, count), count * epochs_for(count))


def epochs_for(count: int) -> int:
    """Epochs that make about SAMPLES back-propagations."""
    return min(max(round(SAMPLES / count), FEWEST_EPOCHS), MOST_EPOCHS)


def with_rules(settings: Settings, **rules: Any) -> Settings:
    return replace(settings, rules=replace(settings.rules, **rules))


def size_of(settings: Settings, count: int) -> int:
    return min(settings.batch_size or count, count)


def averaged(settings: Settings, count: int) -> Settings:
    """The same training by the mean: a learning rate meant for the sum is taken times n. No repeats."""
    once = replace(settings, repeats=1, repeat_until=0.0)
    if once.rules.reduction == "mean":
        return once
    return with_rules(once, reduction="mean", learning_rate=once.rules.learning_rate * size_of(once, count))


def powers_below(count: int) -> list[int]:
    """2, 4, 8 … below ``count``."""
    return [2**power for power in range(1, 64) if 2**power < count]


def batch_sizes(settings: Settings, count: int) -> tuple[Entry, ...]:
    """One sample, about 32 and 256 (smaller for small data), and all; each by the mean."""
    plain = averaged(settings, count)
    powers = powers_below(count)
    between = {32, 256} if count > 256 else {8, 32} if count > 64 else {powers[k] for k in (0, -1)} if powers else set()
    sizes = [1, *sorted(between), count] if count > 1 else [1]
    return tuple(
        Entry(f"all {size}" if size == count else f"batch {size}", replace(plain, batch_size=size)) for size in sizes
    )


def reductions(settings: Settings, count: int) -> tuple[Entry, ...]:
    """Mean and sum at γ, and each at the rate that makes it the other.

    n is a power of two, so that · n and ÷ n are exact, and no batch is shorter: the two pairs then agree bit for bit.
    Plain gradient descent: what is added or cut after the reduction (L1, L2, clipping) would not scale along.
    """
    plain = averaged(settings, count)
    gamma, size = plain.rules.learning_rate, size_of(plain, count) if plain.batch_size != 1 else USUAL_BATCH
    n = 2 ** int(log2(min(size, count)))
    if n == 1:
        return ()
    plain = with_rules(
        replace(plain, batch_size=n, last_batch="drop" if count % n else "keep"),
        optimizer=replace(plain.rules.optimizer, name="sgd"), l1=0.0, l2=0.0, clip_norm=0.0,
    )  # fmt: skip
    pairs: tuple[tuple[str, float], ...] = (("mean", gamma), ("sum", gamma), ("mean", gamma * n), ("sum", gamma / n))
    return tuple(
        Entry(f"{name} γ {shortest(rate, 4)}", with_rules(plain, reduction=name, learning_rate=rate))
        for name, rate in pairs
    )


def repeats(settings: Settings, count: int) -> tuple[Entry, ...]:
    """Once, 10 times, and until it is right, on every single sample before the next."""
    if count == 1:
        return ()
    single = replace(averaged(settings, count), batch_size=1)
    right = LOSSES[settings.rules.loss].right_below
    return (
        Entry("once each", single),
        Entry("10 × each", replace(single, repeats=10)),
        Entry("until right", replace(single, repeats=100_000, repeat_until=right)),
    )


def rates(settings: Settings, count: int) -> tuple[Entry, ...]:
    """The learning rate in force, up to two rungs of the 1-2-5 ladder below it and three above."""
    present = settings.rules.learning_rate
    below = [rate for rate in RATES if rate < present * 0.9999][-2:]
    above = [rate for rate in RATES if rate > present * 1.0001][:3]
    plain = replace(settings, repeats=1, repeat_until=0.0)
    return tuple(
        Entry(f"γ {shortest(rate, 4)}", with_rules(plain, learning_rate=rate)) for rate in (*below, present, *above)
    )


def optimizers(settings: Settings, count: int) -> tuple[Entry, ...]:
    """All of them, each at a rate of its own: steps of momentum add up to 1/(1 − μ) times those of plain descent."""
    plain = averaged(settings, count)
    present, mu = plain.rules.optimizer, plain.rules.optimizer.momentum
    gamma = plain.rules.learning_rate
    whole = {"sgd": gamma, "momentum": gamma / (1 - mu), "nesterov": gamma / (1 - mu)}.get(present.name, 0.1)
    fit = {"sgd": whole, "momentum": whole * (1 - mu), "nesterov": whole * (1 - mu), present.name: gamma}

    def entry(name: str) -> Entry:
        rate = fit.get(name, CAREFUL_RATE)
        optimizer: OptimizerSettings = replace(present, name=name)
        return Entry(f"{name} γ {shortest(rate, 3)}", with_rules(plain, optimizer=optimizer, learning_rate=rate))

    return tuple(entry(name) for name in OPTIMIZERS)[:MOST_LANES]


def micro_batches(settings: Settings, count: int) -> tuple[Entry, ...]:
    """One batch whole, in two parts, in five (as a rule unequal), and sample by sample."""
    size = size_of(settings, count)
    n = size if size > 1 else min(USUAL_BATCH, count)
    plain = replace(settings, batch_size=n, repeats=1, repeat_until=0.0)
    names = {1: f"whole, n = {n}", 2: "in 2 parts", 5: "in 5 parts", n: "one by one"}
    return tuple(
        Entry(names[parts], with_rules(plain, micro_batches=parts, ranks=())) for parts in sorted(names) if parts <= n
    )


PRESETS = (
    Preset(
        1, "batch sizes", "After each input, or after a batch? And why batches at all?",
        "Back-propagation runs once per sample in every lane: the batch size only says how many samples share one "
        "update. Small batches step often, each on the word of few, large ones seldom. First one γ for all; then each "
        "size at its best of six, over 5 seeds, by samples and by time.",
        "seen", batch_sizes, tried=True,
    ),
    Preset(
        2, "sum and mean", "Is the batch's weight change the sum or the average?",
        "Either: the sum is n times the mean. Lanes 2 and 3 are one curve (sum with γ, mean with n·γ), and so are "
        "1 and 4 (mean with γ, sum with γ/n). What differs is the length of the step.",
        "seen", reductions,
    ),
    Preset(
        3, "repeats", "n times on one sample until it is right?",
        "Every lane spends the same number of back-propagations. 10 × each meets a tenth of the samples; until right "
        "goes on early where it can, but must look again after each step (more multiply-adds). No step on one sample "
        "asks what it does to the others: below is what was forgotten.",
        "seen", repeats,
    ),
    Preset(
        4, "learning rates", "How long should a step be?",
        "Same samples, same batches, same back-propagations: only γ differs, the factor between gradient and step. "
        "Too small creeps; too large jumps over the valley, and may overflow.",
        "seen", rates,
    ),
    Preset(
        5, "optimizers", "Does another optimizer back-propagate differently?",
        "No: at the same weights every lane gets the same gradient, by the same multiply-adds. The optimizer only "
        "decides what step to make of it, and what to remember. Each lane has a rate of its own (momentum's is 1 − μ "
        "times that of sgd); another may suit it better.",
        "seen", optimizers,
    ),
    Preset(
        6, "micro-batches", "Is the error accumulated and back-propagated once?",
        "No: each sample's error goes back by itself; only the gradients are added. Whole, in parts or one by one: "
        "the sum is the same up to rounding, and so are the curves as long as γ is small enough not to let rounding "
        "grow. Parts only save memory.",
        "seen", micro_batches,
    ),
)  # fmt: skip


def own_race(collected: tuple[Settings, ...]) -> Preset:
    """A race of settings that were collected one by one."""
    entries = tuple(Entry(lane_name(settings), settings) for settings in collected)
    return Preset(
        len(PRESETS) + 1,
        "your own",
        "Which of my settings learns faster?",
        "The settings you collected with {collect} in the explorer, from the same start over the same samples: compare "
        "by updates, samples seen or multiply-adds before you say which is better.",
        "seen",
        lambda _, __: entries,
        needs="collect two to six settings first: {collect} in the explorer",
    )


def lane_name(settings: Settings) -> str:
    """The settings in short: batch size, reduction, learning rate, and what is not plain."""
    rules = settings.rules
    words = f"{settings.batch_size or 'all'} {rules.reduction} γ {shortest(rules.learning_rate)}"
    return words if rules.optimizer.name == "sgd" else f"{rules.optimizer.name} {words}"
