"""What is said of work under way: how far, how fast, for how long still; in as many words as there is room for."""

from dataclasses import dataclass
from math import ceil

from bptui.data.digits import grouped

MINUTE, HOUR, DAY = 60, 3600, 86_400
MOST_DAYS = 9999


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``unit`` are made, which is this ``share`` of the way (0 … 1, None where nobody knows how far it is).
    ``rate`` is a second's, ``left`` in seconds; None before they can be told."""

    done: float
    unit: str
    share: float | None = None
    goal: str = ""
    rate: float | None = None
    left: float | None = None


def spellings(it: Progress, stops: str) -> list[str]:
    """The longest first; ``stops`` is the key that stops it."""
    end = f" · {stops} stops"
    count = f"{grouped(it.done)} {it.unit}s"
    if it.share is None:
        paces = [f" · {grouped(it.rate)}/s"] if it.rate is not None else []
        return [f"working: {count} made{pace}{end}" for pace in (*paces, "")] + [f"{grouped(it.done)}{end}"]
    share = f"{it.share:.0%}"
    left = f" · {time_left(it.left)} left" if it.left is not None else ""
    rate = f" · {grouped(it.rate)}/s" if it.rate is not None else ""
    way = f"{it.unit} {grouped(it.done)}, {share}"
    return [
        f"working: {way} of the way to {it.goal}{rate}{left}{end}",
        f"{way} of the way to {it.goal}{rate}{left}{end}",
        f"{way} to {it.goal}{rate}{left}{end}",
        f"{way}{rate}{left}{end}",
        f"{way}{left}{end}",
        f"{share}{left}{end}",
        f"{share}{end}",
    ]


def time_left(seconds: float) -> str:
    """In seconds, minutes, hours or days, never less than there are; the smaller unit as long as it says something."""
    whole = ceil(min(seconds, MOST_DAYS * DAY))
    minutes, hours = ceil(whole / MINUTE), ceil(whole / HOUR)
    if whole < MINUTE:
        return f"{max(whole, 1)} s"
    if whole < 10 * MINUTE:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    if minutes < 60:
        return f"{minutes} min"
    if hours < 24:
        return f"{minutes // 60} h {minutes % 60} min"
    days = ceil(hours / 24)
    return f"{grouped(days)} day{'s' if days > 1 else ''}"
