"""What each batch size is worth, in a table and in sentences that are made from its numbers."""

from collections.abc import Callable
from math import isfinite

from bptui.experiments.cost import memory_bytes
from bptui.experiments.trials import FACTORS, SEEDS, Over, Size, Training, Trials, seconds
from bptui.views.measures import in_bytes, in_seconds
from bptui.views.numbers import num, rate
from bptui.views.text import Row, Span, left, right, wrapped

NAME, RANGE, RATE, TIME, MEMORY = 11, 17, 8, 9, 9


def trial_rows(trials: Trials, width: int) -> list[Row]:
    """While it goes on how far it is; then the table and what it says."""
    if not trials.done:
        plan = f" then each size at γ and at the best of {len(FACTORS)}, {SEEDS} seeds"
        return [((f"{plan}: {trials.made}/{trials.planned} trained", "dim"),)]
    said = wrapped(" ".join(sentences(trials)), width - 2)
    return [*table(trials, width), *(((f" {line}", "text"),) for line in said)]


def table(trials: Trials, width: int) -> list[Row]:
    """A row a size: its losses over the seeds at γ in force, its best γ and the losses there, those after the same
    time, the time and the memory, and those at γ in force after that time; the last columns where there is room."""
    gamma = trials.sizes[0].settings.rules.learning_rate
    after = f"after {in_seconds(trials.shortest)}"
    columns: list[tuple[str, int, Callable[[Size], str]]] = [
        (f"loss at γ {rate(gamma, 2)}", RANGE, lambda size: ranged(equal(size))),
        ("best γ", RATE, lambda size: rate(size.best_rate, 3)),
        ("loss there", RANGE, lambda size: ranged(tuned(size))),
        ("time", TIME, lambda size: in_seconds(seconds(size))),
        (after, RANGE, lambda size: ranged(by_time(trials, size.tuned))),
        ("memory", MEMORY, lambda size: in_bytes(memory(trials, size))),
        (f"{after}, γ {rate(gamma, 2)}", RANGE + 6, lambda size: ranged(by_time(trials, size.equal))),
    ]
    while len(columns) > 1 and NAME + sum(column[1] for column in columns) > width:
        columns.pop()
    heads = (right(name, wide) for name, wide, _ in columns)
    rows: list[Row] = [((left(f" {SEEDS} seeds", NAME), "head"), *((words, "head") for words in heads))]
    for size in trials.sizes:
        spans: list[Span] = [(left(f" {size.name}", NAME), "text")]
        rows.append((*spans, *((right(cell(size), wide), "text") for _, wide, cell in columns)))
    return rows


def equal(size: Size) -> Over:
    return Over.of([it.loss for it in size.equal])


def tuned(size: Size) -> Over:
    return Over.of([it.loss for it in size.tuned])


def by_time(trials: Trials, trainings: list[Training]) -> Over:
    """Losses once each had the time that the quickest size needed."""
    return Over.of([it.loss_after(trials.shortest) for it in trainings])


def memory(trials: Trials, size: Size) -> int:
    return memory_bytes(trials.architecture, size.settings, trials.problem.count)


def ranged(it: Over) -> str:
    """From the least to the most; how many overflowed."""
    if it.lost == SEEDS:
        return "overflows"
    told = f"{num(it.least, 6)}…{num(it.most, 6)}"
    return f"{told} {it.lost}∞" if it.lost else told


# --- what it says ---


def sentences(trials: Trials) -> list[str]:
    """By samples at one γ and at the best ones, by time, and how far the seeds lie apart."""
    count, sizes = trials.samples, trials.sizes
    told = [
        f"After {count} samples {lowest(sizes, equal)} at one γ, {lowest(sizes, tuned)} at its best."
        if lowest(sizes, equal) != lowest(sizes, tuned)
        else f"After {count} samples {lowest(sizes, tuned)}, at one γ and at its best.",
        f"After {in_seconds(trials.shortest)} {lowest(sizes, lambda size: by_time(trials, size.tuned))}.",
        slow_and_quick(sizes),
        steadiness(sizes),
    ]
    return [words[0].upper() + words[1:] for words in told if words]


def lowest(sizes: list[Size], of: Callable[[Size], Over]) -> str:
    """Which size has the lowest loss over the seeds, and which cannot be told from it: their seeds overlap."""
    found = [(of(size), size.name) for size in sizes]
    known = [(it, name) for it, name in found if isfinite(it.middle)]
    if not known:
        return "every size has overflowed"
    best, name = min(known, key=lambda pair: pair[0].middle)
    alike = [other for it, other in known if other != name and it.least <= best.most]
    words = f"{name} has the lowest loss"
    return f"{words} (seeds of {', '.join(alike)} overlap with it)" if alike else words


def slow_and_quick(sizes: list[Size]) -> str:
    """How much longer the slowest size took for the same samples."""
    timed = [(seconds(size), size.name) for size in sizes if isfinite(seconds(size))]
    if len(timed) < 2:
        return ""
    (quick, first), (slow, last) = min(timed), max(timed)
    return f"{last} took {num(slow / quick, 5)} times as long as {first} for the same samples."


def steadiness(sizes: list[Size]) -> str:
    """Where the seeds lie furthest apart and nearest together at the best γ."""
    spreads = [(tuned(size).spread, size.name) for size in sizes if isfinite(tuned(size).spread)]
    if len(spreads) < 2:
        return ""
    (near, first), (far, last) = min(spreads), max(spreads)
    return "" if near == far else f"Seeds lie {num(far, 6)} apart in {last}, {num(near, 6)} in {first}."
