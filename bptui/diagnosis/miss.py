"""What a single wrong number is: another number of the same update, or what a known mistake makes of this one."""

from collections.abc import Callable, Iterable, Iterator
from math import isfinite

from bptui.diagnosis.fits import given_of
from bptui.diagnosis.search import singles
from bptui.engine.reduce import mean_over_samples
from bptui.engine.types import quiet
from bptui.engine.wrong_rules import Change, Workings
from bptui.engine.wrong_rules.workings import What
from bptui.explain import value
from bptui.explain.quantity import Quantity
from bptui.training.record import UpdateRecord

Candidate = tuple[float, str]
YOURS: dict[str, str] = {
    "new-weights-first": "you used the updated weight",
    "weights-not-transposed": "you went back through W, not Wᵀ",
    "ascent": "the step was added, not subtracted",
    "factor-2": "a factor 2 is too much",
    "factor-half": "half of it is missing",
}
"""Mistakes in the words of one who sees a single number of theirs."""
KNOWN = "a known mistake gives that: "
"""Before the name of one that has no words of its own."""
MOST_SAMPLES = 1000  # samples whose numbers are held against one
APART = 0.01
"""Of the larger of two choices: by more than that they differ. What is taken for right is less: half a per cent off."""


def named_miss(record: UpdateRecord, q: Quantity, given: float, reach: float) -> str:
    """What a wrong number is, where it is one that is known; "" where it is none; ``reach``: how far off it may be."""
    return named_among(candidates(record, q), value(record, q), given, reach)


def namer(record: UpdateRecord, q: Quantity) -> Callable[[float, float], str]:
    """:func:`named_miss` of one number, for many who give it: what is known to be wrong is worked out once."""
    known, true = tuple(candidates(record, q)), value(record, q)
    return lambda given, reach: named_among(known, true, given, reach)


def named_among(known: Iterable[Candidate], true: float, given: float, reach: float) -> str:
    """What the first of the wrong numbers is that was given, and that the true one is not as well."""
    return next((words for number, words in known if abs(number - given) <= reach < abs(number - true)), "")


def choices(record: UpdateRecord, q: Quantity, most: int = 4) -> list[float]:
    """The true number among wrong ones that are known, by size: none as good as another."""
    found = [value(record, q) + 0.0]  # no −0
    for number, _ in candidates(record, q):
        if len(found) == most:
            break
        if isfinite(number) and all(abs(number - other) > APART * max(abs(number), abs(other)) for other in found):
            found.append(number + 0.0)
    return sorted(found)


def candidates(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Wrong numbers and what they are: the nearer at hand the earlier."""
    yield from near(record, q)
    true = value(record, q)
    if true:
        yield -true, "the sign is the other way round"
    yield from mistaken(record, q)


# --- other numbers of the same update ---


def near(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Numbers of the record that stand beside the one asked for."""
    kinds = {"a": of_answer, "delta": of_delta, "contribution": of_contribution, "sum": of_sum, "mean": of_mean}
    more = {"step": of_step, "after": of_after}
    yield from (kinds | more)[q.kind](record, q)


def of_answer(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside an answer."""
    yield value(record, q.of_unit("z")), "that is z, before the activation"
    for m in others(record, q.sample):
        number = float(record.passed.a[q.layer][m, q.unit])
        yield number, f"that is the answer to sample {m + 1}: each has its own"


def of_delta(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside a δ."""
    try:
        yield value(record, q.of_unit("upstream")), "that is what comes back; φ′ is missing"
    except ValueError:  # the loss is joined with the activation: no slope stands between them
        yield value(record, q.of_unit("a")), "that is the answer: minus its target it is δ"
    for m in others(record, q.sample):
        number = float(record.passed.delta[q.layer - 1][m, q.unit])
        yield number, f"that is δ of sample {m + 1}"


def of_contribution(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside what a sample adds."""
    delta = record.passed.delta[q.layer - 1][:, q.unit]
    a = 1.0 if q.source < 0 else float(record.passed.a[q.layer - 1][q.sample, q.source])
    if q.source >= 0:
        yield float(delta[q.sample]), "that is δ alone: times this sample's own input"
        yield a, "that is the input alone: times δ"
    yield from of_means(record, q)
    for m in others(record, q.sample):
        yield a * float(delta[m]), f"that is δ of sample {m + 1}: each sample has its own"


def of_means(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside what a sample adds: the same of means over the batch, taken before they are multiplied."""
    delta = record.passed.delta[q.layer - 1]
    mean_delta = float(mean_over_samples(delta)[q.unit])
    if q.source < 0:
        yield mean_delta, "that is the mean of δ: each sample has its own δ"
        return
    mean_input, x = float(mean_over_samples(record.passed.a[q.layer - 1])[q.source]), "x" if q.layer == 1 else "a"
    own = float(delta[q.sample, q.unit])
    yield mean_input * own, f"that is the mean of the inputs times δ: each sample has its own {x}"
    yield mean_input * mean_delta, f"that is the mean of the inputs times the mean of δ: each sample has its own {x}, δ"


def of_sum(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside a sum."""
    yield value(record, q.of_weight("mean")), "that is the mean; the sum is asked"
    yield from alone(record, q)


def of_mean(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside a mean."""
    yield value(record, q.of_weight("sum")), "that is the sum; the mean is in force"
    yield from alone(record, q)


def alone(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """What each sample adds by itself."""
    shares = record.contributions(q.weight)
    for m in others(record, -1):
        yield float(shares[m]), f"that is what sample {m + 1} adds alone"


def of_step(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside a step."""
    rules, g = record.settings.rules, value(record, q.of_weight("reduced"))
    yield g, "that is the gradient: times −γ it is the step"
    yield -g, "γ is missing"
    other = "sum" if rules.reduction == "mean" else "mean"
    number = value(record, q.of_weight(other))  # type: ignore[arg-type]
    yield -record.learning_rate * number, f"that is the step of the {other}; the {rules.reduction} is in force"


def of_after(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """Beside a new weight."""
    before, step = value(record, q.of_weight("weight")), value(record, q.of_weight("step"))
    yield before, "that is the weight before the update"
    yield step, "that is the step alone: add it to the weight"
    yield before - step, "the step was subtracted: it has its sign already"
    yield before - value(record, q.of_weight("reduced")), "γ is missing in the step"


def others(record: UpdateRecord, m: int) -> list[int]:
    """The other samples of the batch."""
    return [k for k in range(min(record.n, MOST_SAMPLES)) if k != m]


# --- known mistakes ---


def mistaken(record: UpdateRecord, q: Quantity) -> Iterator[Candidate]:
    """What each known mistake makes of the number in this update."""
    given = given_of(record)
    workings, reduction = Workings(given), record.settings.rules.reduction
    with quiet():
        for change in singles(given):
            number = by_rule(workings, change, q)
            if number is not None:
                yield number, YOURS.get(change.id, f"{KNOWN}{change.named(reduction)}")


def by_rule(workings: Workings, change: Change, q: Quantity) -> float | None:
    """The number that a rule has in place of this one; None where it has none."""
    rule, what = change.rule, what_of(q)
    place = (q.unit,) if q.source < 0 else (q.source, q.unit)
    try:
        match q.kind:
            case "a" | "delta":
                return float(workings.quantity(rule, q.kind, q.layer)[q.sample, q.unit])
            case "contribution":
                return float(workings.quantity(rule, "samples", q.layer, what)[(q.sample, *place)])
            case "step" | "after":
                return float(workings.quantity(rule, q.kind, q.layer, what)[place])
        if rule.step == "each sample":  # it has no sum of its own
            return None
        reduced = workings.summed if q.kind == "sum" else workings.reduced
        return float(reduced(rule, q.layer, what)[place])
    except IndexError:  # one row stands for all samples
        return None


def what_of(q: Quantity) -> What:
    """Is it of a weight or of a bias?"""
    return "biases" if q.source < 0 else "weights"
