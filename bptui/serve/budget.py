"""How much a line may bring."""

import time
from collections.abc import Callable

SAVED = 4.0  # seconds of which what was not used is kept: a paste, a hand on the wheel


class Budget:
    """So many messages and bytes a second, over a few seconds."""

    def __init__(self, messages: float, size: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates = messages, size
        self._left = [SAVED * messages, SAVED * size]
        self._clock = clock
        self._at = clock()

    def spend(self, size: int) -> bool:
        """A message of this size has come; False where that is more than may come."""
        now = self._clock()
        for kind, (rate, cost) in enumerate(zip(self._rates, (1, size), strict=True)):
            self._left[kind] = min(self._left[kind] + rate * (now - self._at), SAVED * rate) - cost
        self._at = now
        return min(self._left) >= 0
