"""Bytes and seconds, as short as in a table."""

from bptui.views.numbers import counted, num


def in_bytes(value: float) -> str:
    power, unit = next(((p, u) for p, u in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if value >= p), (1.0, "B"))
    return f"{counted(value)} B" if unit == "B" else f"{num(value / power, 5)} {unit}"


def in_seconds(value: float) -> str:
    return f"{num(value, 6)} s" if value >= 1 else f"{num(1000 * value, 5)} ms"
