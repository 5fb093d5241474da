"""A tour that plays by itself: keys of the table, each with a sentence; any key that is pressed takes over."""

from typing import TYPE_CHECKING

from textual.timer import Timer

from bptui.tui.workbench import Workbench

if TYPE_CHECKING:
    from bptui.tui.app import BptuiApp

EVERY = 4.0  # seconds in which a sentence can be read
OPENS = 0.1  # seconds in which a screen has opened, or closed
Stop = tuple[str, str]
"""The id of a key of the screen that lies on top, and what is said when it has acted."""
TOUR: tuple[Stop, ...] = (
    ("restart", "a tour; any key takes over. The weights at the start, no sample is in yet"),
    ("next-phase", "one sample's forward pass, layer by layer: what each unit answers"),
    ("next-sample", "its own backward pass: its gradient is added, the weights still stand"),
    ("next-sample", "the next sample: same weights, a forward and a backward pass of its own"),
    ("next-batch", "all samples are in: their gradients together change the weights once"),
    ("focus-4", "the ledger of one weight: what each sample has added to its gradient"),
    ("explain", "a number of it explained: its formula, and the same with its numbers"),
    ("close", "and back where one stood"),
    ("reduction", "sum or mean over the batch is a choice, in force from the next update on"),
    ("reduction", "and back again"),
    ("next-epoch", "an epoch: every sample once, an update for each batch"),
    ("focus-5", "the loss of each batch, and of all samples after each epoch"),
    ("next-epoch", "one more"),
    ("previous-epoch", "and back: every update is replayed, so that each bit is as it was"),
    ("lab", "the mistakes lab: the right rule beside a well-known wrong one"),
    ("close", "the keys stand at the foot of the screen, and behind ?"),
    ("focus-1", "from the beginning once more"),
)


class Demo:
    """Plays the tour round and round in an app, until it is stopped."""

    def __init__(self, app: "BptuiApp", every: float = EVERY) -> None:
        self._app = app
        self._next = 0
        self._timer: Timer | None = app.set_interval(every, self.go_on)

    def go_on(self) -> None:
        """The next stop, once what the last one began is done."""
        screen = self._app.screen
        if not isinstance(screen, Workbench) or screen.working():
            return
        key_id, words = TOUR[self._next]
        if all(key.id != key_id for key in screen.table()):
            return  # a screen that the tour has not opened
        self._next = (self._next + 1) % len(TOUR)
        screen.press(key_id)
        self._app.set_timer(OPENS, lambda: self.say(words))

    def say(self, words: str) -> None:
        """On the screen that lies on top by now."""
        screen = self._app.screen
        if self._timer is not None and isinstance(screen, Workbench) and not screen.working():
            screen.notice = words
            screen.paint()

    def stop(self) -> None:
        """Whoever has pressed a key goes on from here."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
