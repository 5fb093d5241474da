"""The explorer's screen: it turns keys into intents, hands the scene to the panels, does long work in slices."""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from bptui.data.clean import clean
from bptui.data.digits import grouped
from bptui.scenario import ScenarioError
from bptui.session.aim import Aim
from bptui.session.goal import Goal
from bptui.session.moment import Moment, phases
from bptui.session.moves import Move
from bptui.session.session import Session
from bptui.tui.explorer_keys import BY_ID, KEYS, hints
from bptui.tui.keys import Key, Table
from bptui.tui.long_work import Intent, LongWork, Work
from bptui.tui.panel import Panel
from bptui.tui.predicting import Predicting
from bptui.tui.screens import open_depth
from bptui.tui.stage import Stage
from bptui.views.help import way_back
from bptui.views.looks import Looks
from bptui.views.progress import spellings
from bptui.views.recorded import opening_words
from bptui.views.scene import Scene, scene_of
from bptui.views.text import Span

if TYPE_CHECKING:
    from bptui.experiments.symptoms import Symptom, Watch
    from bptui.session.keeping import Kept
    from bptui.tui.draw import Pad
    from bptui.tui.kept import SessionFile

T = TypeVar("T")
PLAY_SLICE = 0.012  # seconds of computing inside one frame while playing: keys are answered at once
FULL_SPEED_FRAME = 0.12  # seconds between two frames at full speed
WORK_SLICE = 0.06  # and while long work is waited for, or at full speed: a key is answered within a frame
ASIDE_SLICE = 2.0  # of long work beside the screen, which shows how far it is: then keys act, and the session is kept
LONG_RUN = 100  # updates
TRAIN = ("compare", "collect", "drill")  # keys that train copies by the run's own rule
ALWAYS = ("stop", "quit", "help", "repaint")  # keys that act during long work


class Explorer(Predicting):
    """``session`` is the state, ``looks`` how it is looked at."""

    NAME = "Explorer"

    def __init__(self, session: Session, palette_name: str, ascii_only: bool, looks: Looks) -> None:
        super().__init__(palette_name, ascii_only)
        self.session: Session = session
        self.looks = looks
        self.stage = Stage(self)
        self.session_file: SessionFile | None = None
        self.reopening = False  # a session file is not replayed yet, and nothing else has been begun
        self._watch: Watch | None = None
        self.pad: Pad | None = None  # once something was drawn
        self._sure = ""  # the key that was answered with a question, and acts when it is pressed again
        self._saved: object = None  # what is in a file
        self._painted_at = 0.0
        self._work: Work | None = None
        self._to_show: Callable[[], None] | None = None
        self._samples = 1  # of a batch
        self.way_back: tuple[Moment, Looks] | None = None  # a question moved things: where Esc goes back to
        self._to_say = [*session.scenario.notices]  # a notice each, as long as no key has one of its own
        if session.next_settings.rules.learning_rate == 0:
            self._to_say.insert(0, "the learning rate is 0: the weights will not change")
        if session.yours:
            self._to_say.insert(0, session.yours.words)
        if session.scenario.recording is not None:
            self._to_say.insert(0, opening_words(session.scenario.recording))
        self.notice = self._to_say.pop(0) if self._to_say else ""

    def parts(self) -> list[Panel]:
        return list(self.stage)

    def table(self) -> Table:
        return KEYS

    def picture_name(self) -> str:
        moment = self.session.moment
        place = f"u{moment.update}-s{moment.sample + 1}-p{phases(self.session.layers).index(moment.phase) + 1}"
        return f"bptui-{self.session.scenario.title}-{place}"

    def picture_title(self) -> str:
        """The command that shows this screen again, where there is one."""
        try:
            return self.command()
        except ValueError:
            return super().picture_title()

    def command(self) -> str:
        """The command that shows this screen again. Raises ValueError where there is none, with ids of keys in it."""
        from bptui.views.command import command

        try:
            return clean(command(self.session, self.looks))
        except ValueError:
            opens = self.session_file and self.session_file.opens(self)
            if not opens:
                raise
            return opens

    def show_command(self) -> None:
        """Show the command that recreates this screen, and hand it to the terminal to be copied."""
        from bptui.tui.dialogs import Told

        self.pause()
        try:
            words = self.command()
        except ValueError as problem:
            self.notice = self.named(str(problem))
            return
        self.app.copy_to_clipboard(words)
        forks = self.session.forks
        if len(forks.all) > 1:
            self.notice = f"of fork {forks.live.number} alone; {self.shown('save-session')} keeps all {len(forks.all)}"
        self.app.push_screen(Told(words, self.app.palette_name, self.app.ascii))

    def help_too(self) -> Sequence[str]:
        return way_back(self.session.forks.reach)

    # --- painting: the scene goes down ---

    def scene(self) -> Scene:
        return self.looks.at(scene_of(self.session, self.app.colour))

    @property
    def rows_at_foot(self) -> int:
        """Rows above the keys."""
        return self.question_rows

    def lay_out(self) -> None:
        if not self.is_worked_on:
            self._samples = self.session.full_batch
        self.stage.lay_out(*self.size, self.looks, self._samples, self.rows_at_foot)

    def prepare(self) -> None:
        if self._work is None:
            self.stage.prepare(self.scene())

    def paint_foot(self) -> None:
        self.stage.paint_footer(self.footer_rows)

    def paint(self) -> None:
        if self.is_worked_on:
            self.paint_foot()
            return
        self.lay_out()
        self.stage.paint(self.scene(), self.footer_rows)

    def paint_work(self) -> None:
        """On the way to a goal only the progress changes: the moment looked at is the same. At full speed the updates
        come first: nobody can read more than some of them."""
        if self._work is None:
            now = perf_counter()
            if self.hurries() and now - self._painted_at < FULL_SPEED_FRAME:
                return
            self._painted_at = now
            self.paint()
        else:
            self.paint_foot()

    def paint_chart(self) -> None:
        if self.working():  # it may have gone on since the panels were painted
            self.paint()
        else:
            self.stage.paint_chart(self.scene())

    def state(self) -> Span:
        return (f" ▶ {self.session.player.pace} " if self.session.player.playing else ""), "notice"

    def hints(self) -> list[tuple[str, str, bool]]:
        return self.acting(hints(self))

    # --- work ---

    @property
    def busy(self) -> bool:
        return self._work is not None or self.session.player.playing

    @property
    def at_rest(self) -> bool:
        """Is nothing under way, and nothing computed beside the screen?"""
        return not (self.busy or self.is_worked_on)

    def working(self) -> bool:
        return self.busy

    def costly(self) -> bool:
        return self.session.costly

    def slice(self) -> float:
        if self._work is not None and self.costly():
            return ASIDE_SLICE
        return WORK_SLICE if self.hurries() else PLAY_SLICE

    def hurries(self) -> bool:
        player = self.session.player
        return self._work is not None or (player.playing and player.is_fastest)

    def work(self, elapsed: float, pause: Callable[[], bool]) -> None:
        if self._work is not None:
            self._go_on(self._work, pause)
            return
        self.session.tick(elapsed, pause)
        if not self.session.player.playing:
            self._tell_end(self.session.stops.words(self.session.run) or self.session.why_not(("phase", 1)) or "")
        self._tell_symptom()

    def _go_on(self, work: Work, pause: Callable[[], bool]) -> None:
        ended = work.go_on(pause)
        self._work = work if ended is None else None
        if ended is None:
            self.notice = self.notice if self._sure else ""  # what was asked stays until it can be read
        else:
            self._tell_end(ended)
            stop = self.session.run.stop
            if stop and stop.diverged and ended == str(stop):
                self.notice = f"{self.shown('history')} finds a γ that passes; {ended}"
            self._tell_symptom()

    def _tell_end(self, words: str) -> None:
        """In place of what was asked, if anything: that has to be asked again."""
        self.notice, self._sure = words, ""

    @property
    def symptom_watch(self) -> "Watch":
        """Looks for symptoms; loaded after the first numbers, before a key needs it."""
        from bptui.experiments.symptoms import Watch

        self._watch = self._watch or Watch()
        return self._watch

    def _tell_symptom(self) -> None:
        """What has begun to be wrong, where there is nothing else to say: a line each, one after another."""
        session = self.session
        if not self.notice and not session.run.evaluating and (made := session.moment.applied):
            self._tell_of(self.symptom_watch.news(session.run, made, session.record.position.epoch))

    def tell_of_start(self) -> None:
        """What is wrong before the first update: learning may never begin."""
        watch, session = self.symptom_watch, self.session
        if self.at_rest and session.moment.update == 1 and not session.moment.applied:
            self._tell_of(watch.at_start(session.run, session.record))

    def _tell_of(self, symptoms: Iterable["Symptom"]) -> None:
        from bptui.views.doctor import notice

        for symptom in symptoms:
            self.say_later(notice(symptom, self.shown("doctor")))

    def progress(self) -> list[str]:
        work = self._work  # it may end beside the screen meanwhile
        progress = work.progress() if work else None
        return spellings(progress, self.shown("stop")) if progress else []

    def start(self, goal: Goal, finish: Callable[[], str]) -> None:
        """Begin work that may be long; short work is done before the next frame."""
        self.reopening = False
        session = self.session
        self.begin(LongWork(session.run, goal, finish, session.stops, session.moment))

    def begin(self, work: Work) -> None:
        """Its first slice, which may be all of it; beside the screen it is done when the key has been answered."""
        if self.costly():
            self._work = work
            return
        until = perf_counter() + WORK_SLICE
        self._go_on(work, lambda: perf_counter() > until)

    # --- what keys ask for ---

    def why_not(self, key: Key[Any]) -> str | None:
        if self._work is not None and key.id not in ALWAYS:
            return f"work is under way: {self.shown('stop')} stops it"
        never = self._never(key)
        return self.named(never) if never else super().why_not(key)

    def _never(self, key: Key[Any]) -> str | None:
        """Why a key cannot act in this run at all."""
        if key.group == "Change" and key.id != "forks":
            return self.session.why_not_change()
        if key.id in TRAIN:
            return self.session.why_not_train()
        return self.session.why_not_save() if key.id == "save-session" else None

    def press(self, key_id: str) -> None:
        if self.waits(key_id):
            return
        self._sure = self._sure if key_id == self._sure else ""
        if key_id == "play" or BY_ID[key_id].group in ("Step", "Change"):
            self.way_back = None  # one goes on from here
            self.reopening = self.reopening and self._work is not None
        super().press(key_id)
        if self._says_next():
            self.paint()

    def _says_next(self) -> bool:
        """Is there a notice that has waited for nothing else to be said, and nothing to be under way?"""
        if not self._to_say or self.notice or not self.at_rest:
            return False
        self.notice = self._to_say.pop(0)
        return True

    def quit(self) -> None:
        """At once where little is lost; else a second q is asked for, since the first may have been meant for a screen
        that q has just closed."""
        if self.is_sure("quit", "quits"):
            super().quit()

    def reseed(self) -> None:
        """As :meth:`quit`: no fork keeps a run that has other start weights."""
        if self.is_sure("reseed", "begins anew"):
            self.change(self.session.reseed)

    def is_sure(self, key_id: str, does: str) -> bool:
        """May a long run that is in no file be lost? The key is asked for once more, unless one wants no questions."""
        forks = self.session.forks.all
        made = max(fork.run.frontier for fork in forks)
        if made < LONG_RUN or self._sure == key_id or not self.app.asks or self._saved == self._known():
            return True
        self._sure = key_id
        lost = f"{grouped(made)} updates" + (f" and {len(forks)} forks" if len(forks) > 1 else "")
        self.notice = f"{self.shown(key_id)} again {does}; {lost} are lost ({self.shown('save-session')} saves)"
        return False

    def _known(self) -> object:
        """All that a session file has and that takes time to make again."""
        forks, stops = self.session.forks.all, self.session.stops
        known = tuple((fork.run, fork.run.frontier, fork.title, fork.kept) for fork in forks)
        return known, stops.breakpoints, stops.watches

    def is_saved(self) -> None:
        """What is known now stands in a file."""
        self._saved = self._known()

    def move(self, move: Move) -> None:
        self.pause()
        self.look(Looks.unscrolled)
        self.start(self.session.until_reached(move), lambda: self.session.move(move))

    def pause(self) -> None:
        """Stop playing, and show that it has stopped; long work goes on. Nothing begins here: what played has prepared
        what is shown, and a screen opened next would have to wait."""
        if self.session.pause():
            self.paint()
            self.wake()

    def remember(self) -> None:
        """Before an answer moves what one looks at: Esc goes back to how it is now."""
        self.way_back = self.session.moment, self.looks

    def stop(self) -> None:
        """Stop long work at the batch it has reached, or playing where it is; else go back to before an answer."""
        if not self.busy and self.way_back is not None:
            moment, self.looks = self.way_back
            self.way_back, self.notice = None, self.session.return_to(moment)
        if self._work is not None:
            looks_back, self._work = self._work.looks_back, None
            if looks_back:
                self.notice = "stopped looking back: the next step goes on with it"
            else:
                self.session.halt()
                self.notice = f"stopped after update {grouped(self.session.run.frontier)}"
        self.pause()

    def change(self, intent: Callable[[], str]) -> None:
        """Change what the run is made of or start anew, and say what it means."""
        if self.costly():
            self.begin(Intent(lambda: self._changed(intent)))
        else:
            self.notice = self._changed(intent)

    def _changed(self, intent: Callable[[], str]) -> str:
        try:
            return self.named(intent())
        except (ArithmeticError, IndexError, ValueError) as problem:
            return self.named(str(problem))

    def ahead(self, make: Callable[[], T], show: Callable[[T], None]) -> None:
        """Make what a screen needs, and show it."""
        if not self.costly():
            show(make())
            return

        def made() -> str:
            there = make()
            self._to_show = lambda: show(there)
            return ""

        self.begin(Intent(made))

    def came_of_it(self, stopped: bool) -> None:
        super().came_of_it(stopped)
        show, self._to_show = self._to_show, None
        if show and stopped:
            self.notice = "stopped"
        elif show:
            show()
        else:
            self._says_next()

    def save_scenario(self) -> None:
        """Keep the set-up now in force as a scenario file."""
        setup = self.session.setup
        try:
            self.save(f"{setup.title}.toml", setup.toml())
        except ScenarioError as problem:
            self.notice = clean(str(problem))

    def say_later(self, words: str) -> None:
        """A notice for when there is no other."""
        if self.notice:
            self._to_say.append(words)
        else:
            self.notice = words
            if self.is_attached and not self.slices.busy:  # then it is shown with what comes of that
                self.paint()

    def save_session(self) -> None:
        """Keep the whole session, to go on from here another day."""
        from bptui.tui.kept import SessionFile

        self.session_file = self.session_file or SessionFile()
        self.notice = self.session_file.save(self)

    def reopen(self, kept: "Kept") -> None:
        from bptui.tui.kept import reopen

        reopen(self, kept)

    def predict(self) -> None:
        """Numbers are asked from now on, or no longer; then the score is told."""
        asking = self.session.prediction
        if asking is None:
            open_depth(self)
            return
        self.session.predict(None)
        self.notice = f"no number is asked any more: {asking.score.words}"

    def ask_goal(self) -> None:
        from bptui.tui.dialogs import GoTo

        screen = GoTo(self.app.palette_name, self.app.ascii)
        self.pause()
        self.app.push_screen(screen, lambda _: self.go_to(screen.meant))

    def go_to(self, aim: Aim | None) -> None:
        if aim is not None:
            goal = aim.goal(self.session.run, self.session.moment)
            self.do(lambda _: self.start(goal, lambda: self.arrive(aim)))

    def arrive(self, aim: Aim) -> str:
        try:
            return self.session.arrive_at(aim)
        except IndexError as problem:
            return str(problem)

    # --- in company ---

    def follow(self) -> None:
        """Look again at what is presented."""
        raise NotImplementedError

    def why_not_follow(self) -> str | None:
        return "nobody presents here: bptui present does, and who comes as follow@ follows"

    # --- the mouse ---

    def clicked(self, panel: Panel, x: int, y: int) -> None:
        """The focus goes to the panel, and to what is written there: a unit, a sample, a phase, an update."""
        from bptui.tui.pointing import choose

        target = None if self._work is not None else self.stage.at(self.scene(), panel, x, y)
        choose(self, self.stage.number_of(panel), target)

    def wheel(self, way: str) -> None:
        """The focused panel's list scrolls, where there is more of it; where not, what is said stays."""
        key, pages = BY_ID[f"page-{way}"], 1 if way == "down" else -1
        if self.why_not(key) is None and self.stage.scrolled(self.looks, self.scene(), pages) != self.looks:
            self.press(key.id)

    # --- how it is looked at ---

    def look(self, change: Callable[[Looks], Looks]) -> None:
        """Look at the session in another way."""
        self.looks = change(self.looks)

    def scroll_panel(self, pages: int) -> None:
        self.look(lambda looks: self.stage.scrolled(looks, self.scene(), pages))
