"""The Explain screen: a walk through one record, from a number down to inputs and weights, or up to what uses it."""

from dataclasses import replace
from functools import partial

from textual import events

from bptui.explain import Comparison, Quantity, Walk, compare, explain
from bptui.explain.differences import of_batch
from bptui.explain.quantity import LOSS_MEAN
from bptui.session.moment import Moment, Phase
from bptui.tui.overlay import Overlay
from bptui.views.arrange import BATCH, DELTAS, LOSS, UPDATE
from bptui.views.explain import explanation_rows
from bptui.views.narrate import produced
from bptui.views.scene import Scene

HINTS = "↑↓ term · Enter in · ← back · u up · v check · Esc closes"
SHORT_HINTS = "Esc closes"


def start_of(moment: Moment, phase: Phase, panel: int = 0) -> Quantity:
    """Where a walk begins: what the phase just made for the selection; in the batch panel the sample's loss, in the
    deltas panel its δ, in the loss panel the batch's mean loss, in the update panel what it adds to the selected
    weight, once these are known."""
    last = produced(moment, phase)[-1]
    done = {"loss": 1, "delta": 2, "gradient": 3, "reduce": 4, "update": 4}.get(phase.kind, 0)
    if panel == BATCH and done >= 1:
        return Quantity("loss", sample=moment.sample)
    if panel == DELTAS and done >= 3:
        return Quantity("delta", moment.layer, moment.unit, sample=moment.sample)
    if panel == LOSS and done == 4:
        return LOSS_MEAN
    if panel == UPDATE and done == 3:
        return Quantity("contribution", moment.layer, moment.unit, moment.source, moment.sample)
    return last


class ExplainScreen(Overlay[None]):
    """``scene`` is the moment that is explained, ``start`` the first number looked at."""

    def __init__(self, scene: Scene, start: Quantity, palette: str, ascii_only: bool) -> None:
        super().__init__("explain-screen", palette, ascii_only)
        self.scene = scene
        self.walk_now = Walk((start,))

    def paint(self) -> None:
        width, height = self.size
        rows = explanation_rows(self.scene, self.walk_now, *self.panel.inner(width, height))
        hints = HINTS if width >= len(HINTS) + 20 else SHORT_HINTS
        self.panel.show(rows, width, height, f"Explain · {hints}", focused=True)

    def go(self, walk: Walk) -> None:
        self.walk_now = walk
        self.paint()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        walk = self.walk_now
        it = explain(self.scene.record, walk.here)
        page = max(self.size.height // 2, 1)
        by = {"down": 1, "up": -1, "pagedown": page, "pageup": -page, "home": -(10**6), "end": 10**6}
        match event.key:
            case "escape" | "q":
                self.dismiss()
            case "enter" | "right":
                self.go(walk.entered(it))
            case "backspace" | "left":
                self.go(walk.back())
            case "u":
                self.go(walk.upward(it))
            case "v":
                self.check()
            case key if key in by:
                self.go(walk.moved(it, by[key]))

    def check(self) -> None:
        """Finite differences for this number now, for the whole batch in a thread: it may take seconds."""
        walk, record = self.walk_now, self.scene.record
        first = compare(record, walk.here)
        self.go(replace(walk, checks=(first, "the whole batch is being checked")))

        def work() -> None:
            found = of_batch(record)
            self.app.call_from_thread(partial(self.checked, walk.here, first, found))

        self.run_worker(work, thread=True, exclusive=True)

    def checked(self, of: Quantity, first: Comparison | str, batch: Comparison | str) -> None:
        """Show the outcome, unless one has walked on meanwhile."""
        if self.walk_now.here == of and self.is_attached:
            self.go(replace(self.walk_now, checks=(first, batch)))
