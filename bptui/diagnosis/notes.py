"""What else there is to know of a person's numbers: other ways to write them, for what they would be right."""

from collections.abc import Sequence

from bptui.diagnosis.answer import called
from bptui.diagnosis.choosing import compare_all
from bptui.diagnosis.compare import Compared, compare
from bptui.diagnosis.fits import under_other_losses
from bptui.diagnosis.layout import Laid
from bptui.diagnosis.search import HOLDING
from bptui.training.record import UpdateRecord


def notes_of(record: UpdateRecord, laid: Laid, compared: Sequence[Compared]) -> tuple[str, ...]:
    """Sentences without their full stop."""
    own = [each for each in compared if each.own_way]
    notes = []
    if own:
        notes.append(_of_own_way(own, compared))
    notes += [_two_samples(record, compared)] if _may_be_shared(record, compared) else []
    notes += [note for note in (_other_reduction(record, laid, compared), _other_loss(record, laid, compared)) if note]
    if laid.starts:
        names = ", ".join(part.name.removeprefix("after_") for part in laid.starts)
        notes.insert(
            0, f"your {names} before the update are not the scenario's: all that follows differs for that alone"
        )
    if record.n == 1:
        notes.append(
            "a batch of one sample cannot tell mistakes of the batch apart (sum or mean, 1/n, averages): "
            "check a larger one"
        )
    return tuple(notes)


def _of_own_way(own: Sequence[Compared], compared: Sequence[Compared]) -> str:
    said = f"{', '.join(each.name for each in own)}: × {called(own[0])} of bptui's"
    follows = [each for each in compared if each.part.what and each not in own]
    if follows and all(each.right for each in follows):
        return f"{said}, with what follows right: another way to write it, no mistake"
    return (
        f"{said}, as where the mean is taken before the way back: no mistake, if the gradient is then the sum of them"
    )


def _may_be_shared(record: UpdateRecord, compared: Sequence[Compared]) -> bool:
    """Is nothing wrong but δ or the samples' gradients, by a constant that may be 1/n?"""
    wrong = [each for each in compared if not each.right]
    return (
        record.settings.rules.reduction == "mean"
        and bool(wrong)
        and all(each.part.kind in HOLDING and "1/n" in each.constants for each in wrong)
    )


def _two_samples(record: UpdateRecord, compared: Sequence[Compared]) -> str:
    first = next(each for each in compared if not each.right)
    return (
        f"in a batch of {record.n} samples × {called(first)} may also be the mean's 1/n, which is no mistake: "
        "give the gradient too, or check a batch of another size"
    )


def _other_reduction(record: UpdateRecord, laid: Laid, compared: Sequence[Compared]) -> str:
    """Is the gradient right but for sum and mean?"""
    here = [each for each in compared if each.part.kind == "gradient"]
    if record.n == 1 or not here or all(each.right for each in here) or laid.reductions:
        return ""
    in_force = record.settings.rules.reduction
    other = "sum" if in_force == "mean" else "mean"
    if not all(compare(record, each.part, other).right for each in here):
        return ""
    return (
        f"this is the {other} over the batch, where the {in_force} is asked for: with --reduction {other} it is right"
    )


def _other_loss(record: UpdateRecord, laid: Laid, compared: Sequence[Compared]) -> str:
    """Is everything right, but for another loss?"""
    if all(each.right for each in compared) or all(each.part.kind in ("z", "a") for each in compared):
        return ""
    others = under_other_losses(record)
    found = [it.settings.rules.loss for it in others if all(each.right for each in compare_all(it, laid))]
    return f"with --loss {' or '.join(found)} all of it is right" if found else ""


def left_out(left: Sequence[str]) -> Sequence[str]:
    """Of what was given twice, as the sum and as the mean, one is enough."""
    more = f" and {len(left) - 3} more" if len(left) > 3 else ""
    return [f"not compared, as it is given in another form: {', '.join(left[:3])}{more}"] if left else []
