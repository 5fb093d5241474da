"""The screens over a lecturer's explorer, as those who follow see them: what is looked at in each, in a few values.

What needs a line to be typed, a pen, or changes what a run is made of is not among them: who follows sees what lies
below it, and what came of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bptui.engine.weight import Weight
from bptui.experiments.lane import UNITS
from bptui.explain import Quantity, Walk, explain
from bptui.session.answers import ORDERS
from bptui.session.following import Shown
from bptui.tui.poll_screen import PollScreen
from bptui.tui.screens import (
    open_confusion,
    open_doctor,
    open_drill,
    open_explain,
    open_gradients,
    open_lab,
    open_matrices,
    open_questions,
    open_race,
    open_scatter,
)
from bptui.tui.watching import open_history
from bptui.tui.workbench import Workbench
from bptui.views.products import KINDS
from bptui.views.race import MEASURES

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer

MOST_TRAIL = 8  # numbers of a walk that are told
MOST_DRILLED = 5000  # updates of a drill that are made again at once
Values = list[Any]


class Mirror(NamedTuple):
    """``told`` are the values of what is looked at in a screen, ``show`` gets there in a screen that is open. Values
    that make no sense raise ValueError, TypeError, LookupError or AssertionError."""

    opens: "Callable[[Explorer], object]"
    told: Callable[[Any], Values] = lambda screen: []
    show: Callable[[Any, Values], object] = lambda screen, values: None


# --- what is looked at in each ---


def told_lab(screen: Any) -> Values:
    lab = screen.lab
    weight = [lab.weight.layer, lab.weight.source, lab.weight.unit] if lab.is_chosen else None
    return [lab.mistake.id, lab.cases.index(lab.case), lab.made, weight, screen.log_scale]


def show_lab(screen: Any, values: Values) -> None:
    """The rule, its case, as many updates, the weight."""
    rule, case, made, weight, log = values
    lab = screen.lab
    if lab.mistake.id != rule:
        screen.choose_by_id(rule)
    while lab.cases.index(lab.case) != case % len(lab.cases):
        screen.next_case()
    if lab.made > made:
        screen.restart()
    if weight is not None:
        lab.look_at(Weight(*map(int, weight)))
    screen.log_scale = bool(log)
    if made > lab.made:
        screen.ask(made - lab.made)


def told_race(screen: Any) -> Values:
    if screen.seen is None:
        return []
    look = screen.seen
    return [look.preset.name, look.race.goal, look.axis, look.measure, look.log, look.whole]


def show_race(screen: Any, values: Values) -> None:
    """The same race at one's own pace, as far."""
    if not values:
        screen.show_menu()
        return
    name, goal, axis, measure, log, whole = values
    if screen.seen is None or screen.seen.preset.name != name:
        screen.open(next(preset for preset in screen.presets if preset.name == name))
    if screen.seen is None:
        return
    if goal > screen.seen.race.goal:
        screen.seen.race.prolong(float(goal))
        screen.train_to(float(goal))
    if axis in UNITS and measure in MEASURES:
        screen.look_so(lambda look: replace(look, axis=axis, measure=measure, log=bool(log), whole=bool(whole)))


def told_drill(screen: Any) -> Values:
    drill = screen.drill
    return [drill.epsilon, *drill.counts, drill.updates_here]


def show_drill(screen: Any, values: Values) -> None:
    """As many updates of each sample in turn."""
    epsilon, *counts = values
    drill = screen.drill
    mine = [*drill.counts, drill.updates_here]
    if mine[:-1] != counts[: len(mine) - 1] or mine[-1] > counts[len(mine) - 1]:
        screen.restart()
        mine = [0]
    for _ in range(50):
        if drill.epsilon != epsilon:
            drill.change_epsilon(epsilon > drill.epsilon)
    left = MOST_DRILLED
    for place in range(len(mine) - 1, len(counts)):
        if place >= len(mine):
            drill.next_sample()
        left -= drill.advance(min(counts[place] - drill.updates_here, left))


def show_scatter(screen: Any, values: Values) -> None:
    key, chosen = values
    screen.sort_by(key)
    rows = screen.now().rows
    screen.chosen = rows[rows.index(chosen)]


def told_confusion(screen: Any) -> Values:
    return [screen.part, screen.opened, screen.scroll_by, *screen.chosen]


def show_confusion(screen: Any, values: Values) -> None:
    part, opened, scroll, target, said = values
    if screen.part != part and screen.no_test() is None:
        screen.other_part()
    last = len(screen.found.counts) - 1
    screen.cell = min(max(int(target), 0), last), min(max(int(said), 0), last)
    screen.opened, screen.scroll_by = bool(opened), max(int(scroll), 0)


def told_explain(screen: Any) -> Values:
    walk = screen.walk_now
    trail = [[q.kind, q.layer, q.unit, q.source, q.sample, q.slot] for q in walk.trail[-MOST_TRAIL:]]
    return [trail, walk.cursor, walk.up]


def quantity(kind: Any, layer: Any, unit: Any, source: Any, sample: Any, slot: Any) -> Quantity:
    return Quantity(kind, int(layer), int(unit), int(source), int(sample), str(slot))


def show_explain(screen: Any, values: Values) -> None:
    """The same way through one's own record; a number that it has not raises."""
    trail, cursor, up = values
    quantities = tuple(quantity(*each) for each in trail)
    it = explain(screen.scene.record, quantities[-1])
    walk = Walk(quantities, up=bool(up))
    walk = walk.moved(it, int(cursor))
    if (walk.trail, walk.cursor, walk.up) != (screen.walk_now.trail, screen.walk_now.cursor, screen.walk_now.up):
        screen.go(walk)


def show_matrices(screen: Any, values: Values) -> None:
    screen.kind = KINDS[KINDS.index(values[0])]


def show_gradients(screen: Any, values: Values) -> None:
    screen.on_errors = bool(values[0])


def show_doctor(screen: Any, values: Values) -> None:
    chosen, scroll = map(int, values)
    if screen.symptoms:
        screen.choose(chosen - screen.chosen)
    screen.scroll_measures(scroll - screen.scroll_by)


def show_history(screen: Any, values: Values) -> None:
    """Its answers may still be looked for here: then the one chosen waits."""
    order, chosen, crossing = values
    if (screen.order, screen.crossing) != (order, crossing) and screen.answers and order in ORDERS:
        screen.answer_so(order, float(crossing))
    screen.choose(int(chosen) - screen.chosen)


def open_help(explorer: "Explorer") -> None:
    """Of what lies on top: its keys."""
    top = explorer.app.screen
    if isinstance(top, Workbench):
        top.show_help()


MIRRORS: dict[str, Mirror] = {
    "Mistakes lab": Mirror(open_lab, told_lab, show_lab),
    "Compare": Mirror(open_race, told_race, show_race),
    "Drill": Mirror(open_drill, told_drill, show_drill),
    "Noise": Mirror(open_scatter, lambda screen: [screen.key, screen.chosen], show_scatter),
    "Confusion": Mirror(open_confusion, told_confusion, show_confusion),
    "Gradient table": Mirror(open_gradients, lambda screen: [screen.on_errors], show_gradients),
    "Matrices": Mirror(open_matrices, lambda screen: [screen.kind], show_matrices),
    "Explain": Mirror(open_explain, told_explain, show_explain),
    "Doctor": Mirror(open_doctor, lambda screen: [screen.chosen, screen.scroll_by], show_doctor),
    "History": Mirror(open_history, lambda screen: [screen.order, screen.chosen, screen.crossing], show_history),
    "Questions": Mirror(open_questions),
    "Help": Mirror(open_help),
}
"""By the screen's name."""
FAILS = (ValueError, TypeError, LookupError, AssertionError, ArithmeticError, StopIteration)


def told(explorer: "Explorer") -> tuple[Shown, ...]:
    """The screens over an explorer, from below, as far as others can be shown them."""
    return tuple(told_each(explorer))


def told_each(explorer: "Explorer") -> Iterator[Shown]:
    stack = explorer.app.screen_stack
    for screen in stack[stack.index(explorer) + 1 :]:
        if isinstance(screen, PollScreen):  # a poll says itself what is seen of it
            continue
        name = getattr(screen, "NAME", "")
        mirror = MIRRORS.get(name)
        if mirror is None:
            return
        yield name, *mirror.told(screen)


class Mirrored:
    """The screens over a follower's explorer that are there because the lecturer has them open."""

    def __init__(self, explorer: "Explorer") -> None:
        self._explorer = explorer
        self._open: list[tuple[str, Workbench]] = []
        self._shown: dict[Workbench, Values] = {}

    def __contains__(self, screen: object) -> bool:
        return any(screen is mine for _, mine in self._open)

    def forget(self) -> None:
        """What is open is one's own from now on."""
        self._open.clear()
        self._shown.clear()

    def show(self, wanted: tuple[Shown, ...]) -> None:
        """Close what is not wanted any more, open what is missing, and look at the same in each."""
        app = self._explorer.app
        self._open = [(name, screen) for name, screen in self._open if screen in app.screen_stack]
        common = 0
        while common < min(len(wanted), len(self._open)) and wanted[common][0] == self._open[common][0]:
            common += 1
        while len(self._open) > common:
            self._open.pop()[1].close()
        for name, *_ in wanted[common:]:
            before = app.screen
            if name not in MIRRORS:
                break
            MIRRORS[name].opens(self._explorer)
            if app.screen is before or not isinstance(app.screen, Workbench):
                break
            self._open.append((name, app.screen))
        for (name, screen), (_, *values) in zip(self._open, wanted, strict=False):
            if self._shown.get(screen) != values:
                self._shown[screen] = values
                self._look(name, screen)

    def _look(self, name: str, screen: Workbench) -> None:
        def look(_: object) -> None:
            values = self._shown.get(screen)  # the newest, however long the screen took to be there
            try:
                if values is not None:
                    MIRRORS[name].show(screen, values)
            except FAILS:  # this bptui is another one, or has not come so far
                self._shown.pop(screen, None)

        if screen.is_mounted:
            screen.do(look)
        else:
            screen.call_after_refresh(screen.do, look)
