"""The line to the terminal: how much may be on its way before the terminal has answered.

Behind every piece that is written the terminal is asked where its cursor stands. Its answer says that it has read the
piece, and how long that took. Where answers begin to take longer than they need, pieces wait for one another: less is
written then, and more where they do not. What waited on the line would be stale when it arrived, and the answer to a
key would have to wait behind it.
"""

from collections import deque
from math import inf
from typing import NamedTuple

ASK = "\x1b[6n"
QUEUE = 0.04  # seconds that a piece may wait behind others
LEAST, URGENT = 256, 512  # bytes that may always be on their way, and those more that answer a key
FIRST = 2048  # bytes of a piece before anything is known of the line
LOST = 2.0  # seconds after which an answer is not waited for any more
REMEMBERED = 32  # answers in a row that tell of a slower line


class Piece(NamedTuple):
    """Something written: its bytes, when, and the bytes then on their way with it."""

    size: int
    at: float
    on_way: int


class Line:
    """Until the terminal has answered once there is no limit: some never do.

    The rule is LEDBAT's (RFC 6817): the window grows and shrinks with the time that answers take beyond the least.
    """

    def __init__(self) -> None:
        self._heard: deque[float] = deque()  # when answers came that were not looked at yet
        self._asked: deque[Piece] = deque()
        self._on_way = 0
        self._window = inf
        self._least = inf  # seconds to an answer where nothing waits
        self._latest: deque[float] = deque(maxlen=REMEMBERED)

    def waits(self, now: float) -> bool:
        """Is an answer on its way that can be expected to come?"""
        self._give_up(now)
        return bool(self._asked) and (self._window < inf or now - self._asked[0].at < LOST / 2)

    def room(self, now: float, urgent: bool = False) -> float:
        """Bytes that may be written now."""
        self._give_up(now)
        return self._window + (URGENT if urgent else 0) - self._on_way

    @property
    def piece(self) -> int:
        """Bytes to be written before the terminal is asked again."""
        return FIRST if self._window == inf else int(max(self._window / 8, LEAST))

    def wrote(self, size: int, now: float) -> None:
        """So many bytes were written, and the terminal was asked."""
        self._on_way += size
        self._asked.append(Piece(size, now, self._on_way))

    def hear(self, at: float) -> None:
        """An answer has come: that may be said in any thread."""
        self._heard.append(at)

    @property
    def was_heard(self) -> bool:
        """Has an answer come that was not looked at yet?"""
        return bool(self._heard)

    def answered(self, now: float) -> None:
        """The terminal has read the oldest piece that it had not answered for."""
        if not self._asked:
            return
        piece = self._asked.popleft()
        self._on_way -= piece.size
        seconds = max(now - piece.at, 1e-6)
        self._latest.append(seconds)
        self._least = min(self._least, seconds)
        if len(self._latest) == REMEMBERED and min(self._latest) > self._least + QUEUE:
            self._least = min(self._latest)
        if self._window == inf:
            self._window = 0.0
        spare = (QUEUE - (seconds - self._least)) / QUEUE
        if spare < 0 or piece.on_way > self._window / 2:
            self._window += piece.size * max(spare, -1.0) / 2
        self._window = max(self._window, piece.size * QUEUE / seconds, LEAST)

    def forget(self) -> None:
        """What was asked will not be answered: somebody else had the terminal."""
        self._heard.clear()
        self._asked.clear()
        self._on_way = 0

    def _give_up(self, now: float) -> None:
        while self._heard:
            self.answered(self._heard.popleft())
        while self._asked and now - self._asked[0].at > LOST:
            self._on_way -= self._asked.popleft().size
