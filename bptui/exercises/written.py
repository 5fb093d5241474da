"""How an exercise writes its numbers: with so many decimals, those that are round as short as they are."""

from collections.abc import Callable

from bptui.data.digits import shortest

ROUND = 1e-12


def fixed(value: float, decimals: int) -> str:
    """``−0.0300``: the value to so many decimals, 0 without a sign."""
    words = f"{value:.{decimals}f}"
    return (words.removeprefix("-") if float(words) == 0 else words).replace("-", "−")


def writer(decimals: int) -> Callable[[float], str]:
    """Writes numbers of a formula: ``0.5`` where that is all of it, else to so many decimals."""

    def write(value: float) -> str:
        short = shortest(value)
        is_all = abs(float(short.replace("−", "-")) - value) <= ROUND and "e" not in short
        decimal = len(short.partition(".")[2])
        return short if is_all and decimal <= decimals else fixed(value, decimals)

    return write


def plain(words: str) -> str:
    """With the minus that programs read."""
    return words.replace("−", "-")
