"""What is on its way to a terminal: as much as the line holds, and hardly more."""

import pytest

from bptui.tui.line import LEAST, LOST, QUEUE, URGENT, Line


class Wire:
    """A line with its terminal, on a clock of its own; whoever writes, writes all that there is room for."""

    def __init__(self, rate: float, delay: float) -> None:
        self.rate, self.delay = rate, delay
        self.line = Line()
        self.now = 0.0
        self.free = 0.0  # when all that is on the line has been sent
        self.answers: list[float] = []
        self.sent: list[tuple[float, int, float]] = []
        """When a piece was written, its bytes, and the seconds it waited behind others."""

    def write(self, size: int) -> None:
        self.line.wrote(size, self.now)
        self.sent.append((self.now, size, max(self.free - self.now, 0.0)))
        self.free = max(self.free, self.now) + size / self.rate
        self.answers.append(self.free + self.delay)

    def keep_busy(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            while self.line.room(self.now) > 0:
                self.write(self.line.piece)
            self.now = self.answers.pop(0)
            self.line.answered(self.now)

    def frame(self, size: int) -> None:
        """A frame on a quiet line, and its answers."""
        while size > 0:
            self.write(piece := min(size, self.line.piece))
            size -= piece
        while self.answers:
            self.now = self.answers.pop(0)
            self.line.answered(self.now)

    def since(self, start: float) -> list[tuple[float, int, float]]:
        return [piece for piece in self.sent if piece[0] >= start]


SLOW = pytest.mark.parametrize(("rate", "delay"), [(16_000, 0.2), (4_000, 0.05), (100_000, 0.3), (2_000, 0.6)])


@SLOW
def test_a_piece_hardly_waits_behind_others_however_much_there_is_to_write(rate: float, delay: float) -> None:
    wire = Wire(rate, delay)
    wire.frame(8_000)
    wire.keep_busy(20)
    settled = wire.since(wire.now - 10)
    assert max(wait for _, _, wait in settled) < 3 * QUEUE + wire.line.piece / rate + LEAST / rate


@SLOW
def test_the_line_is_not_left_idle(rate: float, delay: float) -> None:
    wire = Wire(rate, delay)
    wire.frame(8_000)
    wire.keep_busy(20)
    start = wire.now - 10
    assert sum(size for _, size, _ in wire.since(start)) > 0.7 * rate * (wire.now - start)


def test_on_a_quick_line_a_frame_is_one_piece_after_the_first() -> None:
    wire = Wire(10_000_000, 0.001)
    wire.frame(8_000)
    assert wire.line.room(wire.now) > 30_000
    assert wire.line.piece > 2_000


def test_a_line_that_becomes_longer_is_learnt() -> None:
    wire = Wire(16_000, 0.05)
    wire.frame(1_000)
    wire.keep_busy(5)
    wire.delay = 0.4
    wire.keep_busy(30)
    start = wire.now - 5
    assert sum(size for _, size, _ in wire.since(start)) > 0.7 * 16_000 * (wire.now - start)


def test_a_terminal_that_has_never_answered_is_not_waited_for() -> None:
    line = Line()
    for k in range(100):
        assert line.room(k / 15) > 10**9
        line.wrote(4_000, k / 15)
    assert not line.waits(100 / 15)


def test_one_that_answers_no_more_gets_something_every_now_and_then() -> None:
    line = Line()
    line.wrote(500, 0.0)
    line.answered(0.2)
    now = 1.0
    while line.room(now) > 0:
        line.wrote(line.piece, now)
    assert line.waits(now)
    assert line.room(now + LOST / 2) <= 0
    assert line.room(now + LOST * 1.01) > 0
    assert not line.waits(now + LOST * 1.01)


def test_what_answers_a_key_finds_room_where_the_rest_has_none() -> None:
    line = Line()
    line.wrote(500, 0.0)
    line.answered(0.2)
    while line.room(1.0) > 0:
        line.wrote(line.piece, 1.0)
    assert line.room(1.0) <= 0 < line.room(1.0, urgent=True) <= URGENT


def test_an_answer_that_was_heard_counts_when_room_is_asked_for() -> None:
    told, heard = Line(), Line()
    for line in (told, heard):
        line.wrote(500, 0.0)
    told.answered(0.2)
    heard.hear(0.2)
    assert heard.was_heard
    assert heard.room(0.3) == told.room(0.3)
    assert not heard.was_heard


def test_an_answer_that_nobody_asked_for_is_nothing() -> None:
    line = Line()
    line.answered(1.0)
    assert line.room(1.0) > 10**9


def test_who_was_away_does_not_wait_for_old_answers() -> None:
    line = Line()
    line.wrote(500, 0.0)
    assert line.waits(0.1)
    line.forget()
    assert not line.waits(0.1)
