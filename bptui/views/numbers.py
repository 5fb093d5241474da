"""The one way a number is written. Tiny numbers take an exponent, so −0.000 never appears."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import floor, isinf, isnan, log10

from bptui.data.digits import shortest

HIDDEN = "?"  # what stands for a number that is to be predicted
DECIMALS = 4
ORDINARY = 0.01, 10.0  # sizes that have three digits or four in as many decimals
SMALL = 1e-3  # below it an exponent says more digits than decimals


def num(value: float, width: int = 8, plus: bool = False) -> str:
    """The value in at most ``width`` columns (5 or more), one of them for the sign, with at most 4 decimals, so that
    the points of a column stand below each other; a tiny one takes an exponent.

    ``plus`` writes the sign of positive numbers too: for quantities whose sign is the message.
    """
    return _written(value, width, plus, False)


def factor(value: float, width: int = 8, plus: bool = False) -> str:
    """The value as ``num`` writes it, a small one with 4 digits where there is room: for equations and sentences, where
    a factor with fewer would not give the product beside it."""
    return _written(value, width, plus, True)


@lru_cache(maxsize=2048)  # from one moment to the next most numbers stay
def _written(value: float, width: int, plus: bool, exact: bool) -> str:
    value = float(value)
    if isnan(value):
        return HIDDEN
    sign = "−" if value < 0 else "+" if plus and value > 0 else ""
    size = abs(value)
    if isinf(size):
        return sign + "∞"
    if size == 0:
        return "0"
    room = width - 1
    if ORDINARY[0] <= size < ORDINARY[1] and not exact and room > 3:
        ordinary = f"{size:.{min(room - 2, DECIMALS)}f}"
        if len(ordinary) <= room:
            return sign + ordinary
    body = _fixed(size, room, exact)
    return sign + (_exponent(size, room) if body is None else body)


def _fixed(size: float, room: int, exact: bool) -> str | None:
    """Plain decimals, with ``exact`` for at least 4 digits, or None where an exponent would show more digits."""
    whole = max(floor(log10(size)), 0) + 1
    wanted = 3 - floor(log10(size)) if exact and SMALL <= size < 0.1 else DECIMALS
    decimals = min(room - whole - 1, wanted)
    if decimals <= 0:
        return f"{size:.0f}" if len(f"{size:.0f}") <= room else None
    body = f"{size:.{decimals}f}"
    if len(body) > room:  # rounded up to one digit more
        body = f"{size:.{decimals - 1}f}"
    seen = body.lstrip("0.").replace(".", "")
    while decimals > DECIMALS and body.endswith("0"):
        body, decimals = body[:-1], decimals - 1
    enough = 1 if room < 6 else 2 if room < 7 or not exact else 3  # d.dde−p takes seven columns, d.de−p six, de−p four
    honest = size >= 10.0**-decimals or len(seen) > 1  # 0.0005 as 0.001 would be twice the value
    return body if size >= 1 or (len(seen) >= enough and honest) else None


def _exponent(size: float, room: int) -> str:
    for digits in range(max(room - 4, 0), -1, -1):
        mantissa, power = f"{size:.{digits}e}".split("e")
        body = f"{mantissa}e{int(power)}".replace("e-", "e−")
        if len(body) <= room:
            return body
    return "≈0" if size < 1 else "…"


def brief(value: float, width: int) -> str:
    """A given number, such as an input or a target: a whole one without decimals."""
    value = float(value)
    return f"{value:.0f}".replace("-", "−") if value.is_integer() and abs(value) < 1000 else num(value, width)


def column(values: Sequence[float], width: int) -> list[str]:
    """Given numbers that stand below one another: without decimals where all are whole, else all with them."""
    write = brief if all(float(value).is_integer() for value in values) else num
    return [write(value, width) for value in values]


def exact(values: Sequence[float]) -> Callable[[float], str] | None:
    """Writes numbers as short as they were given, all with the same one or two decimals; None where they have more."""
    places = next((k for k in (1, 2) if all(round(value, k) == value for value in values)), None)
    return None if places is None else lambda value: f"{value + 0.0:.{places}f}".replace("-", "−")


def precise(value: float) -> str:
    """The value to nine significant digits: where a published number is to be compared digit for digit."""
    value = float(value)
    if isnan(value) or isinf(value) or value == 0:
        return num(value)
    return shortest(value, 9)


rate = shortest
"""A learning rate."""


def counted(value: float) -> str:
    """A count in at most seven columns: whole as long as it fits, then with its power of a thousand."""
    if value < 100_000:
        return f"{value:.0f}" if value == int(value) else num(value, 7)
    power, sign = next(
        ((power, sign) for power, sign in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")) if value >= power),
        (1e3, "k"),
    )
    return f"{num(value / power, 6)}{sign}"


def share(value: float) -> str:
    """A fraction as a percentage."""
    return "" if isnan(value) else f"{100 * value:.1f}%"


def sign_role(value: float) -> str:
    return "positive" if value > 0 else "negative" if value < 0 else "dim"
