"""A session: where one stands in a run, and the intents that change the run. Knows nothing of a terminal."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from bptui.data.digits import shortest
from bptui.engine.optimizers import READ
from bptui.engine.reduce import Reduction
from bptui.engine.types import Floats
from bptui.scenario import Scenario
from bptui.session import moves
from bptui.session.forks import Forks
from bptui.session.moment import UPDATE, Moment
from bptui.session.moves import Move
from bptui.session.player import Player
from bptui.session.standing import Standing
from bptui.session.stops import Stops
from bptui.training.causes import Change, Guest
from bptui.training.run import Run
from bptui.training.schedule import Position
from bptui.training.settings import RATES, Settings

MOST_COLLECTED = 6
READ_AT_ONCE = 1.0  # seconds in which a recording is read as it is opened; what is left is read as one goes on
Pause = Callable[[], bool]


class Session(Standing):
    """``forks``, ``moment`` and ``player`` are values of the day; methods answer an intent and return a notice."""

    def __init__(self, scenario: Scenario) -> None:
        """Raises ScenarioError; ArithmeticError when even the first update is not finite."""
        super().__init__()
        self.scenario = scenario
        self.player = Player()
        self.collected: tuple[Settings, ...] = ()  # for the user's own race
        self._begin(scenario.begin())

    def _begin(self, run: Run) -> None:
        if not run.extend_to(1):
            raise ArithmeticError(str(run.stop))
        if run.provider.why_no_change():
            until = perf_counter() + READ_AT_ONCE
            run.extend(lambda made, _: made >= run.provider.updates, lambda: perf_counter() > until)
        self.forks = Forks.of(run, Moment(layer=run.start.architecture.layers, source=0))
        self._moment = self.forks.live.moment

    def begin_with(self, scenario: Scenario) -> None:
        """Another scenario in this one's place, as it begins. Raises as the constructor does."""
        run = scenario.begin()
        self._begin(run)
        self.scenario, self.stops, self.player = scenario, Stops(), self.player.paused()
        self.prediction = self.yours = None
        self.collected = ()

    @property
    def setup(self) -> Scenario:
        """The scenario with what is in force now: it begins the run that a restart would."""
        return self.scenario.under(self.next_settings)

    def tick(self, seconds: float, pause: Pause) -> None:
        """Let the player make the moves it owes, as many as ``pause`` leaves time for; it stops at a stop and at a
        breakpoint."""
        if not self.stops.ready(self.run, pause):
            return
        self.player, owed = self.player.tick(seconds)
        move: Move = (self.player.scale, 1)
        while owed > 0:
            if self.why_not(move):
                self.player, self.stops.last = self.player.paused(), None
                return
            if self.player.scale == "batch":
                self._play_batches(owed, pause)
                return
            self.move(move)
            owed -= 1
            if self.stops.last:
                self.player = self.player.paused()
            if pause() or self.stops.last:
                return

    def _play_batches(self, owed: float, pause: Pause) -> None:
        """Whole updates need no record until one is looked at: the run goes on, then the moment follows."""
        here, stops = self.moment, self.stops
        target = here.update - (here.phase != UPDATE) + owed

        def enough(frontier: int, _: Position) -> bool:
            return frontier >= target

        def reached() -> Moment:
            return moves.end_of(self.run, here, max(int(min(target, self.run.frontier)), here.update))

        self.run.extend(stops.until_hit(self.run, here, enough), pause)
        self.moment = stops.end(self.run, here, lambda made, following: True, reached)
        if stops.last:
            self.player = self.player.paused()

    def change(self, change: Change) -> str:
        """Other settings, weights or samples from the next update on, or a guest in its batch; the past stays. What
        is known of the future without that stays too, as a fork: says so, as the end of a notice ("" for nothing).

        Raises ArithmeticError, and changes nothing, where even the first update would overflow; IndexError, ValueError
        for what cannot be changed so, or where no fork more may begin.
        """
        self._require_change()
        update = self.next_update
        run = self.run.fork(update, change)
        if not run.extend_to(self.moment.update) and run.frontier == 0:
            raise ArithmeticError(f"{run.stop}; nothing was changed")
        return self._go_on_as(run, update)

    def _go_on_as(self, run: Run, update: int, apart: bool = False) -> str:
        """In a run that is another one from this update on."""
        said = self.forks.changed(run, update, self.moment, apart)
        if run.frontier < self.moment.update:  # this update itself fails under what was changed
            self.moment = moves.end_of(run, self.moment, run.frontier)
        n = self.record.n
        if self.moment.sample >= n:
            self.moment = replace(self.moment, sample=n - 1)
        return said

    def branch(self) -> str:
        """All stays as it is, as a fork of its own, and goes on in another one."""
        self._require_change()
        update = self.run.frontier + 1
        run = self.run.parted(self.run.causes)
        return self._go_on_as(run, update, apart=True).removeprefix("; ")

    def undo(self) -> str:
        """Back to before the last change, exactly."""
        self.moment = self.forks.undo(self.moment)
        return f"undone: back at update {self.moment.update}{self._in_fork()}"

    def redo(self) -> str:
        """The change undone last is made again, exactly."""
        self.moment = self.forks.redo(self.moment)
        return f"made again: at update {self.moment.update}{self._in_fork()}"

    def why_not_change(self) -> str | None:
        """Why nothing of this run can be made otherwise, with keys by their ids in braces; None where it can."""
        return self.run.provider.why_no_change() or None

    def why_not_train(self) -> str | None:
        """Why nothing can be trained beside this run with its own settings; None where it can."""
        if self.record.settings.rules.optimizer.name != READ.name:
            return None
        return "its steps were read: bptui does not know the rule of its optimizer, and can train nothing by it"

    def why_not_save(self) -> str | None:
        """Why there is nothing to keep in a session file, with keys by their ids in braces; None where there is."""
        recording = self.scenario.recording
        return f"{recording.name} holds all of it: {{command}} shows how it is opened here" if recording else None

    def _require_change(self) -> None:
        why = self.why_not_change()
        if why:
            raise ValueError(why)

    def why_not_undo(self) -> str | None:
        return None if self.forks.done else "nothing was changed yet"

    def why_not_redo(self) -> str | None:
        return None if self.forks.undone else "nothing was undone"

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
        forked = self.change(Guest(tuple(x.tolist()), tuple(y.tolist())))
        self.moment = moves.start_of(self.run, self.moment, update)
        if self.moment.update != update:
            return str(self.run.stop)
        n = self.record.n
        return f"sample {n} of {n} in the batch of update {update}{forked}"

    def toggle_reduction(self) -> str:
        rules = self.next_settings.rules
        other: Reduction = "sum" if rules.reduction == "mean" else "mean"
        forked = self.change(replace(self.next_settings, rules=replace(rules, reduction=other)))
        return f"{other} over the batch from update {self.next_update} on{forked}"

    def why_not_batch(self, doubled: bool) -> str | None:
        size, count = self.next_settings.batch_size, self.next_count
        if doubled and (size is None or size >= count):
            return f"the batch already holds all {count} samples"
        return "a batch has at least one sample" if not doubled and (size or count) == 1 else None

    def scale_batch(self, doubled: bool) -> str:
        count = self.next_count
        size = self.next_settings.batch_size or count
        size = min(size * 2, count) if doubled else max(size // 2, 1)
        forked = self.change(replace(self.next_settings, batch_size=None if size == count else size))
        return f"batch size {size} from update {self.next_update} on{forked}"

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
        forked = self.change(replace(self.next_settings, rules=rules))
        return f"learning rate {shortest(rate)} from update {self.next_update} on{forked}"

    def lower_rate(self, update: int, rate: float) -> str:
        """Another learning rate from this update on: one then stands at its start."""
        self.moment = moves.start_of(self.run, self.moment, min(update, self.run.frontier))
        if update > self.run.frontier:
            self.moment = moves.end_of(self.run, self.moment, self.run.frontier)
        rules = replace(self.next_settings.rules, learning_rate=rate)
        forked = self.change(replace(self.next_settings, rules=rules))
        return f"learning rate {shortest(rate)} from update {self.next_update} on{forked}"

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
        """From the start again with the same seed and the settings now in force; what was made stays as a fork."""
        self._require_change()
        self.player = self.player.paused()
        run = self.run.again(self.next_settings)
        if not run.extend_to(1):
            raise ArithmeticError(f"{run.stop}; nothing was changed")
        forked = self.forks.changed(run, 1, self.moment, apart=False)
        self.moment = moves.end_of(run, self.moment, 0)
        return f"restarted with seed {self.scenario.data.seed}{forked}"

    def reseed(self) -> str:
        """From the start with the next seed: other start weights, order and split, the settings now in force."""
        self._require_change()
        self.player = self.player.paused()
        selection, scenario = self.moment, self.setup.seeded(self.scenario.data.seed + 1)
        self._begin(scenario.begin())
        self.stops.fit(self.run)
        self.scenario = scenario
        self._select_again(selection)
        return f"restarted with seed {self.scenario.data.seed}: other start weights and order"

    def _select_again(self, old: Moment) -> None:
        self.moment = replace(self.moment, layer=old.layer, unit=old.unit, source=old.source)

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
