"""A session: a run, the moment one looks at, and the intents that change either. Knows nothing of a terminal."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bptui.data.digits import shortest
from bptui.engine.backprop import Pass, forward
from bptui.engine.network import Network
from bptui.engine.reduce import Reduction
from bptui.engine.types import Floats, quiet
from bptui.engine.weight import Weight
from bptui.scenario import Scenario
from bptui.session import moves
from bptui.session.aim import Aim
from bptui.session.goal import Goal
from bptui.session.moment import GRADIENT, INPUT, REDUCE, UPDATE, Moment, Phase, network_in_force
from bptui.session.moves import Move
from bptui.session.player import Player
from bptui.training.causes import Change, Guest
from bptui.training.problem import Problem
from bptui.training.record import UpdateRecord
from bptui.training.run import Run
from bptui.training.settings import RATES, Settings

if TYPE_CHECKING:
    from bptui.diagnosis.yours import Yours  # it brings the whole diagnosis, which the first paint does without

MOST_COLLECTED = 6
Pause = Callable[[], bool]


class Session:
    """``run``, ``moment`` and ``player`` are values of the day; methods answer an intent and return a notice."""

    def __init__(self, scenario: Scenario) -> None:
        """Raises ScenarioError; ArithmeticError when even the first update is not finite."""
        self.scenario = scenario
        self.player = Player()
        self._chosen: dict[int, tuple[int, int]] = {}  # unit and source last selected in each layer
        self.yours: Yours | None = None  # a person's own numbers of one update
        self.collected: tuple[Settings, ...] = ()  # for the user's own race
        self.run: Run
        self.moment = Moment()
        self._begin(scenario.begin())

    def _begin(self, run: Run) -> None:
        if not run.extend_to(1):
            raise ArithmeticError(str(run.stop))
        self.run = run
        layers = run.start.architecture.layers
        self.moment = Moment(layer=layers, source=0)

    @property
    def record(self) -> UpdateRecord:
        return self.run.record(self.moment.update)

    @property
    def problem(self) -> Problem:
        """With its samples as the update one stands in meets them."""
        return self.run.problem_at(self.moment.update)

    @property
    def layers(self) -> int:
        return self.run.start.architecture.layers

    @property
    def full_batch(self) -> int:
        """Samples of a batch at this moment, where the data last for a whole one."""
        count = self.problem.count
        return min(self.record.settings.batch_size or count, count)

    @property
    def coming_size(self) -> int:
        """Samples of the batch of the next update, those of one's own among them."""
        if self.next_update == self.moment.update:
            return self.record.n
        update, count = self.next_update, self.next_count
        own = self.record.following.size(self.run.settings_at(update), count)
        return own + len(self.run.causes.guests_at(update))

    @property
    def next_update(self) -> int:
        """The first update that a change of settings can still reach: this one if nothing of it was done."""
        untouched = self.moment.phase == INPUT and self.moment.sample == 0
        return self.moment.update if untouched else self.moment.update + 1

    @property
    def next_settings(self) -> Settings:
        """The settings of that update."""
        return self.run.settings_at(self.next_update)

    @property
    def next_count(self) -> int:
        """The training samples that are in at that update."""
        return self.run.problem_at(self.next_update).count

    @property
    def setup(self) -> Scenario:
        """The scenario with what is in force now: it begins the run that a restart would."""
        return replace(self.scenario, settings=self.next_settings)

    def why_not(self, move: Move) -> str | None:
        """Why this move cannot be made now, or None."""
        moment = self.moment
        if move[1] < 0:
            at_start = moment.update == 1 and moment.phase == INPUT and moment.sample == 0
            return "this is the start of the run" if at_start else None
        return str(self.run.stop) if self.at_stop else None

    def until_reached(self, move: Move) -> Goal:
        """How far the run must be known for this move."""
        return moves.until_reached(self.run, self.moment, move)

    def move(self, move: Move) -> str:
        """Make a move; says why the run had to stop, where it goes no further."""
        before = self.moment
        self.moment = moves.make(self.run, before, move)
        if self.run.stop and (self.moment == before or self.at_stop):
            return str(self.run.stop)
        return ""

    def return_to(self, moment: Moment) -> str:
        """Stand again where one stood in this run."""
        self.moment = moment
        return f"back at update {moment.update}, as before the question"

    def select(self, layer: int = 0, unit: int = 0, source: int = 0) -> None:
        """Move the selection by a number of layers, units and sources; back in a layer, to what was selected there."""
        here = self.moment
        self._chosen[here.layer] = here.unit, here.source
        there = moves.select(self.run, here, layer, unit, source)
        if there.layer != here.layer and there.layer in self._chosen:
            was_unit, was_source = self._chosen[there.layer]
            there = replace(there, unit=was_unit, source=was_source)
        self.moment = there

    def select_weight(self, weight: Weight) -> None:
        """Select this weight."""
        here = self.moment
        self._chosen[here.layer] = here.unit, here.source
        self.moment = replace(here, layer=weight.layer, unit=weight.unit, source=weight.source)

    def stand(self, at: Literal["gradient", "reduce"]) -> None:
        """Stand in this update where every sample has been through: the last gradient just added, or the batch
        reduced; nothing is applied."""
        record = self.record
        self.moment = replace(self.moment, phase=Phase(at), sample=record.n - 1)

    def lay_beside(self, yours: "Yours") -> None:
        """A person's numbers beside the record's from now on; stand where the first of them differs, or, where all are
        right, where the batch is reduced."""
        self.yours = yours
        here = moves.start_of(self.run, self.moment, yours.update)
        part, sample = yours.first.part, yours.sample
        phase = {
            "z": Phase("forward", part.layer),
            "a": Phase("forward", part.layer),
            "loss": Phase("loss") if sample is not None else REDUCE,
            "delta": Phase("delta", part.layer),
            "samples": GRADIENT,
            "after": UPDATE,
        }.get(part.kind, REDUCE)
        here = replace(here, phase=phase, sample=self.run.record(yours.update).n - 1 if sample is None else sample)
        if yours.weight is not None:
            weight = yours.weight
            here = replace(here, layer=weight.layer, unit=weight.unit, source=weight.source)
        self.moment = here

    def stand_in(self, phase: Phase) -> None:
        """Stand in another phase of the sample one looks at; in one of the batch all its samples are in."""
        sample = self.record.n - 1 if phase.per_batch else self.moment.sample
        self.moment = replace(self.moment, phase=phase, sample=sample)

    def select_unit(self, layer: int, unit: int) -> None:
        """Select a unit, of the input the weight from it into the unit of the first layer."""
        here = self.moment
        self.select(layer=max(layer, 1) - here.layer)
        if layer == 0:
            self.select(source=unit - self.moment.source)
        else:
            self.select(unit=unit - self.moment.unit)

    def select_telling(self) -> None:
        """Select the weight, into the unit in hand of the first layer, from the input that differs most among the
        samples of the batch (the largest one where they are all alike)."""
        x, here = self.record.passed.a[0], self.moment
        spread = x.max(axis=0) - x.min(axis=0)
        source = int((spread if spread.any() else abs(x).max(axis=0)).argmax())
        unit = here.unit if here.layer == 1 else max(here.source, 0)
        self.moment = replace(here, layer=1, unit=min(unit, self.run.start.architecture.sizes[1] - 1), source=source)

    def halt(self) -> None:
        """Stand at the last update known: where a long move was broken off."""
        self.moment = moves.end_of(self.run, self.moment, self.run.frontier)

    def tick(self, seconds: float, pause: Pause) -> None:
        """Let the player make the moves it owes, as many as ``pause`` leaves time for; it stops at a stop."""
        self.player, owed = self.player.tick(seconds)
        move: Move = (self.player.scale, 1)
        while owed > 0:
            if self.why_not(move):
                self.player = self.player.paused()
                return
            if self.player.scale == "batch":
                self._play_batches(owed, pause)
                return
            self.move(move)
            owed -= 1
            if pause():
                return

    def _play_batches(self, owed: float, pause: Pause) -> None:
        """Whole updates need no record until one is looked at: the run goes on, then the moment follows."""
        finished = self.moment.phase == UPDATE
        target = self.moment.update - (not finished) + owed
        self.run.extend(lambda frontier, _: frontier >= target, pause)
        reached = int(min(target, self.run.frontier))
        self.moment = moves.end_of(self.run, self.moment, max(reached, self.moment.update))

    def change(self, change: Change) -> str:
        """Other settings from the next update on, or a guest in its batch; the past stays. A future computed without
        that is dropped: says how much, as the end of a notice ("" for nothing).

        Raises ArithmeticError, and changes nothing, where even the first update would overflow.
        """
        dropped = self.run.frontier - self.moment.update
        run = self.run.fork(self.next_update, change)
        if not run.extend_to(self.moment.update) and run.frontier == 0:
            raise ArithmeticError(f"{run.stop}; nothing was changed")
        self.run = run
        if run.frontier < self.moment.update:  # this update itself fails under the new settings
            self.moment = moves.end_of(run, self.moment, run.frontier)
        n = self.record.n
        if self.moment.sample >= n:
            self.moment = replace(self.moment, sample=n - 1)
        later = f"{dropped} later update{'s' if dropped > 1 else ''}"
        how = "under the old settings" if isinstance(change, Settings) else "without it"
        return f"; {later} made {how} dropped" if dropped > 0 else ""

    def why_not_draw(self) -> str | None:
        """Why there is nothing to draw on, or None."""
        data = self.run.problem.data
        if data.image is None:
            return f"{data.name} has no pictures: there is nothing to draw"
        return None if data.classes else f"{data.name} has no classes: a drawing needs one as its label"

    def put_in(self, x: Floats, label: int) -> str:
        """A sample of one's own, inputs (i,) and the number of its class, joins the batch of the next update; one then
        stands at its start. Raises ArithmeticError, and changes nothing, where even the first would overflow."""
        y, update = self.run.problem.data.target(label), self.next_update
        dropped = self.change(Guest(tuple(x.tolist()), tuple(y.tolist())))
        self.moment = moves.start_of(self.run, self.moment, update)
        if self.moment.update != update:
            return str(self.run.stop)
        n = self.record.n
        return f"sample {n} of {n} in the batch of update {update}{dropped}"

    def stand_at_guest(self) -> None:
        """From the start of an update to where its last guest comes in: what was put in is what one looks at."""
        record, here = self.record, self.moment
        if record.guests and here.phase == INPUT and here.sample == 0:
            self.moment = replace(here, sample=record.n - 1)

    def network_now(self) -> Network:
        """The network at this moment: after the update once that is made, before it until then."""
        return network_in_force(self.record, self.moment.phase)

    def answer(self, network: Network, x: Floats) -> Floats:
        """What a network makes of a sample of one's own: its outputs (o,) for inputs (i,)."""
        passed = Pass.forward_only(network.architecture, x[None, :])
        with quiet():
            forward(network, passed)
        return passed.a[-1][0]

    def toggle_reduction(self) -> str:
        rules = self.next_settings.rules
        other: Reduction = "sum" if rules.reduction == "mean" else "mean"
        dropped = self.change(replace(self.next_settings, rules=replace(rules, reduction=other)))
        return f"{other} over the batch from update {self.next_update} on{dropped}"

    def why_not_batch(self, doubled: bool) -> str | None:
        size, count = self.next_settings.batch_size, self.next_count
        if doubled and (size is None or size >= count):
            return f"the batch already holds all {count} samples"
        return "a batch has at least one sample" if not doubled and (size or count) == 1 else None

    def scale_batch(self, doubled: bool) -> str:
        count = self.next_count
        size = self.next_settings.batch_size or count
        size = min(size * 2, count) if doubled else max(size // 2, 1)
        dropped = self.change(replace(self.next_settings, batch_size=None if size == count else size))
        return f"batch size {size} from update {self.next_update} on{dropped}"

    def nearest_rate(self, up: bool) -> float | None:
        """The next learning rate in 1-2-5 steps, or None at the end of the ladder."""
        rate = self.next_settings.rules.learning_rate
        if up:
            return next((r for r in RATES if r > rate * 1.0001), None)
        return next((r for r in reversed(RATES) if r < rate * 0.9999), None)

    def change_rate(self, up: bool) -> str:
        rate = self.nearest_rate(up)
        assert rate is not None, "the key is disabled at the end of the ladder"
        rules = replace(self.next_settings.rules, learning_rate=rate)
        dropped = self.change(replace(self.next_settings, rules=rules))
        return f"learning rate {shortest(rate)} from update {self.next_update} on{dropped}"

    def collect(self) -> str:
        """Take the current settings into the race of collected settings, or out of it again; what is said names keys by
        their ids, in braces."""
        settings = self.next_settings
        if settings in self.collected:
            self.collected = tuple(each for each in self.collected if each != settings)
            return f"taken out again: {len(self.collected)} collected for a race of your own"
        if len(self.collected) == MOST_COLLECTED:
            return f"{MOST_COLLECTED} settings are collected, no more can race: {{compare}} {{race-7}} starts it"
        self.collected = (*self.collected, settings)
        more = len(self.collected) > 1
        enough = "{compare} {race-7} races them" if more else "change something and press {collect} again"
        return f"{len(self.collected)} collected for a race of your own: {enough}"

    def restart(self) -> str:
        """From the start again with the same seed and the settings now in force."""
        self.player = self.player.paused()
        selection = self.moment
        self._begin(self.run.again(self.next_settings))
        self._select_again(selection)
        return f"restarted with seed {self.scenario.data.seed}"

    def reseed(self) -> str:
        """From the start with the next seed: other start weights, order and split, the settings now in force."""
        self.player = self.player.paused()
        selection, scenario = self.moment, self.setup.seeded(self.scenario.data.seed + 1)
        self._begin(scenario.begin())
        self.scenario = scenario
        self._select_again(selection)
        return f"restarted with seed {self.scenario.data.seed}: other start weights and order"

    def _select_again(self, old: Moment) -> None:
        self.moment = replace(self.moment, layer=old.layer, unit=old.unit, source=old.source)

    def arrive_at(self, aim: Aim) -> str:
        """Stand where one wanted to go, once what it needs is known (or as near as the run can come); says where that
        is. Raises IndexError, and stands as before, where there is no such sample, layer or weight."""
        self.moment = aim.arrive(self.run, self.moment)
        position = self.record.position
        return f"update {self.moment.update}: epoch {position.epoch}, batch {position.batch}"

    def choose_row(self, rows: list[int], by: int) -> None:
        """Look at another sample of the batch: the one ``by`` places further in ``rows``, as they are shown."""
        self.moment = moves.to_row(self.moment, rows, by)

    def toggle_play(self) -> None:
        self.player = self.player.toggled()

    def change_speed(self, steps: int) -> str:
        """Play faster by ``steps``; the speed in words where it cannot be seen."""
        self.player = self.player.faster(steps)
        return "" if self.player.playing else f"speed: {self.player.pace}"

    def pause(self) -> bool:
        """Stop playing; was it?"""
        was_playing = self.player.playing
        self.player = self.player.paused()
        return was_playing

    @property
    def at_stop(self) -> bool:
        """Does the moment stand where the run had to stop?"""
        at_end = self.moment.update == self.run.frontier and self.moment.phase == UPDATE
        return self.run.stop is not None and at_end
