"""The doors from the explorer to the screens that lie over it. Each screen is imported when its door is opened: the
first paint waits for none of them."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

    from bptui.engine.wrong_rules import Change
    from bptui.experiments.drill import Drill
    from bptui.experiments.mistakes.lab import Lab
    from bptui.experiments.mistakes.table import Mistake
    from bptui.experiments.scatter import Scatter
    from bptui.explain import Quantity
    from bptui.session.intents import Intent, ScreenName
    from bptui.session.session import Session
    from bptui.tui.explorer import Explorer
    from bptui.tui.keys import Table
    from bptui.tui.live import LiveSheet

MOST_FOUND = 9


def enter(explorer: "Explorer", screen: "Screen[None]") -> None:
    """Lay a screen over the explorer; when it closes, the explorer shows what may have changed."""
    explorer.pause()
    explorer.app.push_screen(screen, lambda _: explorer.paint())


def open_lab(explorer: "Explorer", rule: str = "") -> None:
    """The lab, at the first rule or at the one with this id."""
    from bptui.experiments.mistakes.table import MISTAKES, ROWS
    from bptui.tui.lab import LabScreen, lab_of

    app, session = explorer.app, explorer.session
    own, left = ((), ()) if rule else rows_found(session)
    mistakes = (*ROWS, *(row for row in own if row.id not in MISTAKES))
    rule = rule or next((row.id for row in own), "")

    def show(lab: "Lab") -> None:
        screen = LabScreen(session, lab, app.palette_name, app.ascii, app.colour)
        if left:
            names = ", ".join(change.name for change in left)
            screen.notice = f"not here: {names}; both sides train without momentum and would be the same"
        enter(explorer, screen)

    explorer.ahead(lambda: lab_of(session, mistakes, rule), show)


def rows_found(session: "Session") -> "tuple[tuple[Mistake, ...], tuple[Change, ...]]":
    """The mistakes that give a person's own numbers, as rows of the lab, () where there are none; and those of them
    that it cannot show."""
    from bptui.experiments.mistakes.found import found_in

    fits = session.yours.diagnosis.mistakes if session.yours else ()
    return found_in([fit.changes for fit in fits[:MOST_FOUND]])


def open_race(explorer: "Explorer", race: str = "") -> None:
    """The list of races, or straight to one of them."""
    from bptui.tui.race import RaceScreen

    app = explorer.app
    screen = RaceScreen(explorer.session, app.palette_name, app.ascii, app.colour)
    enter(explorer, screen)
    if race:
        preset = next(preset for preset in screen.presets if preset.name == race)
        screen.call_after_refresh(screen.do, lambda compare: compare.open(preset))


def open_drill(explorer: "Explorer", at: str = "") -> None:
    """The drill of the current sample; ``until right`` drills at once."""
    from bptui.tui.drill import DrillScreen, drill_of

    app, session = explorer.app, explorer.session

    def show(drill: "Drill") -> None:
        screen = DrillScreen(session, drill, app.palette_name, app.ascii, app.colour)
        enter(explorer, screen)
        if at == "until right":
            screen.call_after_refresh(screen.press, "until-right")

    explorer.ahead(lambda: drill_of(session), show)


def open_scatter(explorer: "Explorer", at: str = "") -> None:
    from bptui.tui.scatter import ScatterScreen, scatter_of

    app, session = explorer.app, explorer.session

    def show(scatter: "Scatter") -> None:
        enter(explorer, ScatterScreen(session, scatter, app.palette_name, app.ascii, app.colour))

    explorer.ahead(lambda: scatter_of(session), show)


def open_gradients(explorer: "Explorer", at: str = "") -> None:
    """The gradient table, in which one steps too; ``errors`` has a sentence about the samples' errors."""
    from bptui.tui.gradients import GradientScreen

    app = explorer.app
    screen = GradientScreen(explorer.session, app.palette_name, app.ascii, app.colour)
    screen.on_errors = at == "errors"
    enter_live(explorer, screen)


def open_matrices(explorer: "Explorer", at: str = "") -> None:
    """The matrix products of a layer, in which one steps too."""
    from bptui.tui.matrices import MatrixScreen

    app = explorer.app
    enter_live(explorer, MatrixScreen(explorer.session, app.palette_name, app.ascii, app.colour))


def open_depth(explorer: "Explorer") -> None:
    """Choose what is asked; then it begins."""
    from bptui.tui.predicting import DepthScreen

    screen = DepthScreen(explorer.app.palette_name, explorer.app.ascii)

    def begun(_: None) -> None:
        if screen.chosen:
            from bptui.session.prediction import Prediction

            explorer.session.predict(Prediction(screen.chosen))
        explorer.paint()

    explorer.pause()
    explorer.app.push_screen(screen, begun)


def enter_live(explorer: "Explorer", screen: "LiveSheet") -> None:
    """Lay a screen over the explorer that steps the session: who has gone on there is not taken back by Esc."""
    app, session = explorer.app, explorer.session
    before = session.moment

    def closed(_: None) -> None:
        here = session.moment
        if (here.update, here.phase, here.sample) != (before.update, before.phase, before.sample):
            explorer.way_back = None
        explorer.paint()

    explorer.pause()
    app.push_screen(screen, closed)


def open_confusion(explorer: "Explorer", at: str = "") -> None:
    from bptui.tui.confusion import ConfusionScreen

    app = explorer.app
    enter(explorer, ConfusionScreen(explorer.session, app.palette_name, app.ascii, app.colour))


def open_doctor(explorer: "Explorer") -> None:
    """The doctor; Enter goes on to where a symptom is seen, with the weight meant selected."""
    from bptui.tui.doctor import DoctorScreen
    from bptui.views.panels import NUMBERS

    app = explorer.app
    screen = DoctorScreen(explorer.session, app.palette_name, app.ascii, app.colour)

    def show(_: None) -> None:
        if symptom := screen.opened:
            if symptom.weight:
                explorer.session.select_weight(symptom.weight)
            if symptom.seen_in == "confusion":
                open_confusion(explorer)
            else:
                explorer.look(lambda looks: looks.focused(NUMBERS[symptom.seen_in]))
        explorer.paint()

    explorer.pause()
    app.push_screen(screen, show)


def open_draw(explorer: "Explorer", at: str = "") -> None:
    """The drawing pad, as it was left; ``epochs 20`` trains so many first, which begins at once."""
    from bptui.tui.draw import DrawScreen, fresh_pad

    app = explorer.app
    if explorer.pad is None:
        explorer.pad = fresh_pad(explorer.session)
    screen = DrawScreen(explorer.session, explorer.pad, app.palette_name, app.ascii, app.colour)
    enter(explorer, screen)
    if at.startswith("epochs "):
        screen.call_after_refresh(screen.do, lambda draw: draw.train(int(at.removeprefix("epochs "))))


def tables() -> "dict[str, Table]":
    """The table of keys of every screen, by the screen's name, the explorer's first."""
    from bptui.tui import (
        breakpoints,
        confusion,
        doctor,
        draw,
        drill,
        explain,
        explorer_keys,
        forks,
        gradients,
        history,
        lab,
        lesson,
        lists,
        matrices,
        poll_screen,
        predicting,
        race,
        scatter,
    )

    return {
        "Explorer": explorer_keys.KEYS,
        "Mistakes lab": lab.KEYS,
        "Compare": race.KEYS,
        "Drill": drill.KEYS,
        "Draw": draw.KEYS,
        "Noise": scatter.KEYS,
        "Confusion": confusion.KEYS,
        "Gradient table": gradients.KEYS,
        "Matrices": matrices.KEYS,
        "Predict": predicting.KEYS,
        "Poll": poll_screen.KEYS,
        "Poll so far": poll_screen.OPEN_KEYS,
        "Lesson": lesson.KEYS,
        "Doctor": doctor.KEYS,
        "Breakpoints": breakpoints.KEYS,
        "Forks": forks.KEYS,
        "History": history.KEYS,
        "Explain": explain.KEYS,
        "Help": lists.HELP_KEYS,
        "Questions": lists.QUESTION_KEYS,
    }


OPENERS: "dict[ScreenName, Callable[[Explorer, str], None]]" = {
    "lab": open_lab,
    "race": open_race,
    "drill": open_drill,
    "draw": open_draw,
    "noise": open_scatter,
    "confusion": open_confusion,
    "gradients": open_gradients,
    "matrices": open_matrices,
}


def carry_out(explorer: "Explorer", intent: "Intent") -> None:
    """Do what an intent asks for."""
    from bptui.session.aim import parse_aim
    from bptui.session.intents import Focus, GoTo, Open, Say, SelectOutput, SelectTelling, Stand, Step
    from bptui.views.panels import NUMBERS

    session = explorer.session
    match intent:
        case Step(move):
            explorer.move(move)
        case GoTo(words):
            explorer.go_to(parse_aim(words))
        case Stand(at):
            session.stand(at)
        case SelectTelling():
            session.select_telling()
        case SelectOutput():
            session.select(layer=session.layers)
        case Focus(panel):
            explorer.look(lambda looks: looks.focused(NUMBERS[panel]))
        case Open("race" | "drill") if why := session.why_not_train():
            explorer.notice = why
        case Open(screen, at):
            OPENERS[screen](explorer, at)
        case Say(words):
            n = session.record.n
            said = words.replace("{n}", str(n)).replace("{samples}", "1 sample" if n == 1 else f"{n} samples")
            explorer.notice = explorer.named(said)


def open_explain(explorer: "Explorer", start: "Quantity | None" = None, check: bool = False) -> None:
    """Explain what the current phase made for the selection, or another number; ``check`` by differences at once."""
    from bptui.tui.explain import ExplainScreen

    app, scene = explorer.app, explorer.scene()
    start = start or explorer.looks.panel.explained(scene)
    screen = ExplainScreen(scene, start, app.palette_name, app.ascii)
    enter(explorer, screen)
    if check:
        screen.call_after_refresh(screen.do, ExplainScreen.check)


def open_questions(explorer: "Explorer") -> None:
    from bptui.tui.lists import Questions

    screen = Questions(explorer.app.palette_name, explorer.app.ascii)

    def answer(_: None) -> None:
        if screen.chosen:
            explorer.remember()
            for intent in screen.chosen.intents:
                explorer.do(partial(carry_out, intent=intent))

    explorer.pause()
    explorer.app.push_screen(screen, answer)
