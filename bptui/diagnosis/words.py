"""The answer in words, then as a table: for a terminal, and for a notebook."""

from collections.abc import Iterator

from bptui.diagnosis.answer import Diagnosis, called
from bptui.diagnosis.compare import Compared
from bptui.diagnosis.fits import tries_pairs
from bptui.diagnosis.search import Fit
from bptui.engine.html import escaped, table
from bptui.engine.weight import Weight

HEAD = ("quantity", "is", "largest difference", "where")
MOST_FITS = 12


def lines(it: Diagnosis) -> Iterator[str]:
    """Plain text, at most 120 columns but for formulas."""
    yield from answer(it)
    yield ""
    yield from columns([HEAD, *(row(it, each) for each in it.compared)])


def answer(it: Diagnosis) -> Iterator[str]:
    """The verdict, the place, the mistakes, what was taken and what else there is to know."""
    yield where(it)
    if it.right:
        count = len(it.compared)
        yield f"RIGHT: {'the quantity given is' if count == 1 else f'all {count} quantities given are'} the record's."
    else:
        first = next(each for each in it.compared if each.name == it.first)
        yield f"WRONG: the first quantity that differs is {it.first}{_how(first)}."
        yield f"  the line     {it.line}"
        yield f"  its numbers  {it.numbers}"
        yield f"  yours there  {it.yours}"
        before = [each.name for each in it.compared[: it.compared.index(first)]]
        yield f"  right so far {', '.join(before)}" if before else "  nothing that comes before it was given"
        yield from _mistakes(it)
    if it.taken:
        yield f"Taken as {'; '.join(it.taken)}."
    for note in it.notes:
        yield f"Note: {note}."


def where(it: Diagnosis) -> str:
    """Which update the numbers were compared with."""
    record, place = it.record, it.record.position
    samples = f"{record.n} sample{'s' if record.n > 1 else ''}"
    rows = " ".join(map(str, record.indices[:10].tolist())) + (" …" if record.n > 10 else "")
    return (
        f"Compared with update {record.number} (epoch {place.epoch}, batch {place.batch}): {samples} (rows {rows}), "
        f"{record.settings.rules.reduction}, γ = {record.learning_rate:g}"
    )


def _how(first: Compared) -> str:
    if first.state != "factor":
        return ""
    return ": its sign is turned round" if first.constants[:1] == ("−1",) else f": it is × {called(first)}"


def _mistakes(it: Diagnosis) -> Iterator[str]:
    if it.mistakes:
        many = len(it.mistakes) > 1
        yield (
            "Known mistakes that give exactly these numbers:" if many else "The known mistake that gives these numbers:"
        )
        for fit in it.mistakes[:MOST_FITS]:
            yield f"  - {said(fit)}"
        if len(it.mistakes) > MOST_FITS:
            yield f"  and {len(it.mistakes) - MOST_FITS} more"
        if many:
            yield _which(it)
        return
    if all(each.right or each.is_other_loss for each in it.compared):
        yield "Only the loss is off, by a constant: what was given of the way back is right."
        return
    if any(not each.right and each.part.kind in ("z", "a") for each in it.compared):
        yield "The way forward differs: put that right first, what comes after it was made from it."
        return
    if tries_pairs(it.record):
        yield "No known mistake, and no two of them together, gives all these numbers."
    else:
        yield "No known mistake gives all these numbers; two together are tried on smaller networks only."
    for each in it.compared:
        if each.fits:
            yield f"{each.name} alone comes out so by: {'; or: '.join(map(said, each.fits))}."


def _which(it: Diagnosis) -> str:
    if it.can_be_told_apart:
        return "Which of them it is these numbers cannot tell; --separate other.toml (telling_apart()) can."
    return "They come to the same in every update of such a network: no numbers can tell which of them it is."


def said(fit: Fit) -> str:
    """The mistakes that have to come together, in words and with their ids."""
    return ", together with ".join(f"{change.name} ({change.id})" for change in fit.changes)


def row(it: Diagnosis, each: Compared) -> tuple[str, str, str, str]:
    """One quantity: name, state, largest difference and its place."""
    if each.state == "factor":
        state = f"× {called(each)}"
    elif each.state == "rule" and it.mistakes:
        state = "as under the mistake" if len(it.mistakes) == 1 else "as under these mistakes"
    elif each.state == "rule":
        state = "as under a mistake, alone"
    else:
        state = each.state
    state += ", its own way" if each.own_way else ""
    return each.name, state, f"{each.max_difference:.3g}", place(it, each)


def place(it: Diagnosis, each: Compared) -> str:
    """Where the largest difference is: a weight, or a unit of a sample."""
    if each.state == "exact":
        return ""
    part, at, names = each.part, each.where, it.record.names
    if part.kind == "loss":
        return f"sample {at[0] + 1}" if at else ""
    if part.kind in ("z", "a", "delta"):
        return f"sample {at[0] + 1}, unit {names.unit(part.layer, at[1])}"
    sample, at = (f"sample {at[0] + 1}, ", at[1:]) if part.kind == "samples" else ("", at)
    source, unit = (-1, at[0]) if part.what == "biases" else at
    return sample + names.symbol(Weight(part.layer, source, unit))


def columns(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Cells in columns, the last as long as it is."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for each in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(each, widths, strict=True)).rstrip()


def as_html(it: Diagnosis) -> str:
    """Paragraphs and a table for a notebook; nothing of it is markup of a person's."""
    text = "\n".join(map(escaped, answer(it)))
    return f"<pre>{text}</pre>\n{table('each quantity', HEAD, (row(it, each) for each in it.compared))}"
