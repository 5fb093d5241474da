"""What a race's own numbers say beside its table: what noise is, and what batches are for."""

from dataclasses import replace
from math import isfinite

from bptui.experiments.forgetting import forgetting
from bptui.experiments.gradient_noise import PROBE
from bptui.experiments.lane import Lane
from bptui.experiments.race import Race
from bptui.views.numbers import counted, num, rate
from bptui.views.text import Row, cells, wrapped

ONE_PASS = 1.5  # passes a visit, below which more than half of the visits took one: the others took two or more


def lessons(race: Race, width: int, with_noise: bool) -> list[Row]:
    """The conclusion once lanes that differ in their batch size have done equal work, and what ``noise`` is in the
    table where it is there."""
    said = " ".join(filter(None, (samples_a_batch(race), why_batches(race), what_is_forgotten(race))))
    rows: list[Row] = [((f" {line}", "text"),) for line in wrapped(said, width - 2) if line]
    return [*rows, ((noise_defined(race, width), "dim"),)] if with_noise else rows


def noise_defined(race: Race, width: int) -> str:
    """In the longest words that fit."""
    count = race.lanes[0].run.problem.count
    on, seeded = (f", on {PROBE} of {count} samples", ", drawn by the seed") if count > PROBE else ("", "")
    what = " noise: how far a batch's gradient is off the mean one, ÷ the latter's length"
    choices = (
        f"{what}, at the lane's weights now{on}{seeded}",
        f"{what}{on}",
        f" noise: a batch's gradient off the mean one, ÷ its length{on}",
        " noise: a batch's gradient off the mean one, ÷ its length",
    )
    return next((words for words in choices if cells(words) <= width), "")


def samples_a_batch(race: Race) -> str:
    """n, where the lanes differ by it: sums beside means of batches that are as large; "" elsewhere."""
    sizes, reductions = {batch_size(lane) for lane in race.lanes}, {reduction(lane) for lane in race.lanes}
    return f"n = {sizes.pop()} samples in every batch." if len(sizes) == 1 and len(reductions) > 1 else ""


def reduction(lane: Lane) -> str:
    return lane.settings.rules.reduction


def why_batches(race: Race) -> str:
    """What the lane of the smallest batches paid for its updates, beside the next larger; "" where nothing is to be
    said."""
    lanes = sorted(race.lanes, key=batch_size)
    first, second = lanes[:2]
    alike = {replace(lane.settings, batch_size=None) for lane in lanes}
    if not race.finished or len(alike) > 1 or batch_size(first) == batch_size(second) or first.note or second.note:
        return ""
    one, other = (race.lanes.index(lane) + 1 for lane in (first, second))
    a, b = first.points[-1], second.points[-1]
    time = first.seconds / max(second.seconds, 1e-9)
    words = f"lane {one} made {times(a.update / b.update)} the updates of lane {other} at one γ and took {times(time)} "
    words += "as long"
    if isfinite(first.start_noise) and 0 < second.start_noise < first.start_noise:
        words += f"; from the start weights its batches are {times(first.start_noise / second.start_noise)} as noisy"
    gained, others = (lane.points[0].train_loss - lane.points[-1].train_loss for lane in (first, second))
    if min(gained, others) > 0:
        faster = others / gained * time
        better, worse, by = (other, one, faster) if faster >= 1 else (one, other, 1 / faster)
        words += f". A second of lane {better} lowered the loss {times(by)} as much as one of lane {worse}"
    return words[0].upper() + words[1:] + "."


def what_is_forgotten(race: Race) -> str:
    """Where a lane drilled every sample until it was right: how many passes that took, how many of them were right no
    longer once all had been; whether it leads, and where its passes went. "" for other races."""
    drilled = next((lane for lane in race.lanes if lane.settings.repeat_until > 0), None)
    single = next((lane for lane in race.lanes if lane.settings.repeats == 1), None)
    if drilled is None or single is None or not race.finished or drilled.note or single.note:
        return ""
    mine, other = forgetting(drilled), forgetting(single)
    if not mine.visits:
        return f"In {mine.passes} passes {drilled.name} did not get one sample right: it has met no other."
    words = [f"{drilled.name} took {num(mine.passes / mine.visits, 5)} passes a sample."]
    if mine.first is None:
        words.append(f"It has met {mine.visits} of {mine.count}.")
    else:
        words.append(
            f"After its first epoch, in which each sample was made right, {mine.first} of {mine.count} were right: "
            f"{mine.count - mine.first} were forgotten."
        )
    words.append(f"Now {mine.right} are right, in {single.name} {other.right}.")
    words.append(why_it_leads(drilled, single, mine.passes / mine.visits))
    return " ".join(each[0].upper() + each[1:] for each in words)


def why_it_leads(drilled: Lane, single: Lane, passes: float) -> str:
    """Whether the drilled lane has the lower loss, and where its passes went."""
    mine, other = drilled.points[-1].train_loss, single.points[-1].train_loss
    checks = num(drilled.points[-1].mult_adds / single.points[-1].mult_adds, 4)
    price = f"for {checks} times the multiply-adds"
    if loss_written(mine) == loss_written(other):
        return f"Their losses are alike, {price}."
    if mine > other:
        return f"Its loss is the higher one, {price}."
    most = "most visits took a single pass, and " if passes < ONE_PASS else ""
    return f"Its loss is the lower one here, {price}: {most}further passes went to samples not right yet."


def loss_written(value: float) -> str:
    return num(value, 7)


def batch_size(lane: Lane) -> int:
    return min(lane.settings.batch_size or lane.run.problem.count, lane.run.problem.count)


def times(ratio: float) -> str:
    return f"{rate(ratio, 3) if ratio < 100 else counted(round(ratio))} ×"
