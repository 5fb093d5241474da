"""What visitors are given, and how many there may be."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

NARROWEST, USUAL, WIDEST = (20, 5), (80, 24), (400, 150)
SPARE = 20  # connections beside those with a seat: of who is about to say a word, or is told that there is no seat
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """``idle`` is the time without a key after which a visitor is sent home, in seconds; ``arrivals`` how many may come
    from one address in a minute (a class behind one router has one); ``memory`` in bytes and ``processor`` in seconds
    are what a visitor's process may use, ``updates`` what a run of theirs may have. What is served may have so many
    ``weights``, and so many ``numbers`` in its data: every visitor's process holds them."""

    seats: int = 40
    idle: float = 30 * MINUTE
    arrivals: int = 60
    memory: int = 1 << 30
    processor: int = 3600
    updates: int = 100_000
    weights: int = 1_000_000
    numbers: int = 20_000_000

    @property
    def connections(self) -> int:
        """How many may be open at once."""
        return self.seats + SPARE

    def why_too_much(self, weights: int, numbers: int) -> str:
        """Why that cannot be served, else ""."""
        for count, most, what in ((weights, self.weights, "weights"), (numbers, self.numbers, "numbers of data")):
            if count > most:
                return f"{count:,} {what}; each visitor may have {most:,} at most".replace(",", " ")
        return ""


def clamped(width: int, height: int) -> tuple[int, int]:
    """The size of a terminal, as far as it is believed; a 0 says nothing (RFC 4254, 6.2)."""
    return (
        min(max(width or USUAL[0], NARROWEST[0]), WIDEST[0]),
        min(max(height or USUAL[1], NARROWEST[1]), WIDEST[1]),
    )


class Seats:
    """Who is here. Everything happens in one thread."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.taken = 0
        self._clock = clock
        self._arrived: dict[str, deque[float]] = {}

    def take(self) -> str:
        """Take a seat; why there is none, else ""."""
        if self.taken >= self.limits.seats:
            return f"all {self.limits.seats} seats are taken; try again when somebody has left"
        self.taken += 1
        return ""

    def leave(self) -> None:
        """Give a seat back."""
        self.taken -= 1

    def arrive(self, address: str) -> str:
        """Somebody has come from there; why they must go again, else ""."""
        now = self._clock()
        for known, times in list(self._arrived.items()):
            while times and now - times[0] >= MINUTE:
                times.popleft()
            if not times:
                del self._arrived[known]
        times = self._arrived.setdefault(address, deque())
        if len(times) >= self.limits.arrivals:
            return f"{self.limits.arrivals} have come from your address within a minute; try again in one"
        times.append(now)
        return ""
