"""A tour that plays by itself: keys of the table, each with a sentence; any key that is pressed takes over."""

from typing import TYPE_CHECKING, NamedTuple

from textual.timer import Timer

from bptui.tui.workbench import Workbench

if TYPE_CHECKING:
    from bptui.tui.app import BptuiApp

EVERY = 4.0  # seconds in which a sentence can be read
OPENS = 0.1  # seconds in which a screen has opened, or closed


class Stop(NamedTuple):
    """The id of a key of the screen that lies on top, and what is said when it has acted: ``alone`` where the batch is
    of one sample, if that is something else."""

    key_id: str
    words: str
    alone: str = ""


TOUR = (
    Stop("restart", "a tour; any key takes over. The weights at the start, no sample is in yet"),
    Stop("next-phase", "one sample's forward pass, layer by layer: what each unit answers"),
    Stop("next-sample", "its own backward pass: its gradient is added, the weights still stand"),
    Stop(
        "next-sample",
        "the next sample: same weights, a forward and a backward pass of its own",
        "it is alone in its batch: its gradient by itself changes the weights",
    ),
    Stop(
        "next-batch",
        "all samples are in: their gradients together change the weights once",
        "the next batch, of one sample too: at the new weights, with a step of its own",
    ),
    Stop(
        "focus-4",
        "the ledger of one weight: what each sample has added to its gradient",
        "the ledger of one weight: what the sample has added to its gradient",
    ),
    Stop("explain", "a number of it explained: its formula, and the same with its numbers"),
    Stop("close", "and back where one stood"),
    Stop(
        "reduction",
        "sum or mean over the batch is a choice, in force from the next update on",
        "sum or mean over the batch is a choice: of one sample they are the same",
    ),
    Stop("reduction", "and back again"),
    Stop("next-epoch", "an epoch: every sample once, an update for each batch"),
    Stop("focus-5", "the loss of each batch, and of all samples after each epoch"),
    Stop("next-epoch", "one more"),
    Stop("previous-epoch", "and back: every update is replayed, so that each bit is as it was"),
    Stop("lab", "the mistakes lab: the right rule beside a well-known wrong one"),
    Stop("close", "the keys stand at the foot of the screen, and behind ?"),
    Stop("focus-1", "from the beginning once more"),
)


class Demo:
    """Plays the tour round and round in an app, until it is stopped."""

    def __init__(self, app: "BptuiApp", every: float = EVERY) -> None:
        self._app = app
        self._next = 0
        self._to_say = ""
        self._timer: Timer | None = app.set_interval(every, self.go_on)

    def go_on(self) -> None:
        """The next stop, once what the last one began is done and said."""
        screen = self._app.screen
        if not isinstance(screen, Workbench) or screen.working() or self._to_say:
            return
        stop = TOUR[self._next]
        key = next((key for key in screen.table() if key.id == stop.key_id), None)
        if key is None and screen is not self._app.explorer:
            return  # a screen that the tour has not opened
        self._next = (self._next + 1) % len(TOUR)
        if key is None or screen.why_not(key):
            return  # nothing acts, and nothing is said of it
        self._to_say = self.words(stop)
        screen.press(key.id)
        self._app.set_timer(OPENS, self.say)

    def words(self, stop: Stop) -> str:
        """What is true of the batch one stands in, or comes to."""
        return stop.alone if stop.alone and self._app.explorer.session.record.n == 1 else stop.words

    def say(self) -> None:
        """On the screen that lies on top, as soon as it has done what it was asked for."""
        screen = self._app.screen
        if self._timer is None:
            return
        if not isinstance(screen, Workbench) or screen.working():
            self._app.set_timer(OPENS, self.say)
            return
        screen.notice, self._to_say = self._to_say, ""
        screen.paint()

    def stop(self) -> bool:
        """Whoever has pressed a key goes on from here. Was it playing?"""
        if self._timer is None:
            return False
        self._timer.stop()
        self._timer = None
        return True
