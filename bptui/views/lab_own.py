"""A side's own computation in the lab: its formula for the selected weight, and the formula with its numbers."""

from fractions import Fraction

from bptui.experiments.mistakes.own import Own
from bptui.views.numbers import factor, num
from bptui.views.text import Row, cells, cut

MORE = "…"
FEWEST = 12  # columns below which no number is begun
SIMPLE = 10_000  # the largest denominator of a share that is written as a fraction


def own_rows(own: Own, width: int, rows: int) -> list[Row]:
    """The formula, and below it the same with numbers: as many of the terms as have room. In one row the formula has
    the place of δ in it, and what is left of the row has the numbers."""
    if rows < 1:
        return []
    if rows == 1:
        symbols = f" {formula(own, own.expanded)}"
        room = width - cells(symbols) - 2
        if not own.terms or room < FEWEST:
            return [((cut(symbols, width), "dim"),)]
        return [((f"{symbols}: ", "dim"), (numbers(own, room, shared=False), "text"))]
    made = f", δ = {own.delta}" if own.delta else ""
    whole = f" {formula(own, own.product)}{made}{f', {own.remark}' * bool(own.remark)}"
    return [((cut(whole, width), "dim"),), ((f" = {numbers(own, width - 3)}", "text"),)]


def formula(own: Own, product: str) -> str:
    """As ``1/4 Σ a·δ``; s where the terms count differently."""
    if not own.terms:
        return own.rest_name or "no gradient"
    sigma = "Σ " if len(own.terms) > 1 and not product.startswith("Σ") else ""
    weighed = "s·" if own.share is None else ""
    rest = f" + {own.rest_name}" if own.rest else ""
    return f"{share(own.share)}{sigma}{weighed}{product}{rest}"


def share(one: float | None) -> str:
    """What stands before a sum: ``1/4 ``, ``−3/4 ``, ``3·``; nothing for 1, and for terms that count differently."""
    if one is None or one == 1.0:
        return ""
    exact = Fraction(one).limit_denominator(SIMPLE)
    sign, size = "−" if one < 0 else "", abs(exact)
    if abs(float(exact) - one) > 1e-12 * abs(one):
        return f"{num(one, 7)}·"
    return f"{sign}{size.numerator}·" if size.denominator == 1 else f"{sign}{size.numerator}/{size.denominator} "


def numbers(own: Own, width: int, shared: bool = True) -> str:
    """The same with numbers, the share that all terms have before them or left away."""
    if not own.terms:
        return num(own.rest, 8)
    before = share(own.share) if shared else ""
    rest = f" + {num(own.rest, 8)}" if own.rest else ""
    opening, closing = (f"{before}(", ")") if len(own.terms) > 1 and before else (before, "")
    said, room = "", width - cells(opening) - cells(closing) - cells(rest)
    for place, term in enumerate(own.terms):
        counted = f"{share(term.share).rstrip(' ·')}·" if own.share is None else ""
        meets = "" if own.is_bias else f"{factor(term.a, 7)}·"
        more = f"{' + ' if said else ''}{counted}{meets}{factor(term.delta, 8)}"
        is_last = place == len(own.terms) - 1
        if cells(said + more) + (0 if is_last else cells(f" + {MORE}")) > room:
            said += f" + {MORE}" if said else MORE
            break
        said += more
    return f"{opening}{said}{closing}{rest}"
