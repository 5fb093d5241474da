"""The explorer's table of keys."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bptui.tui.editing import ask_sample, ask_weight, no_row, open_forks, toggle_row
from bptui.tui.keys import Key, Table
from bptui.tui.screens import (
    open_confusion,
    open_doctor,
    open_draw,
    open_drill,
    open_explain,
    open_gradients,
    open_lab,
    open_matrices,
    open_questions,
    open_race,
    open_scatter,
)
from bptui.tui.watching import no_tick, open_breakpoints, open_history, travel, watch
from bptui.tui.workbench import COMMON, Workbench
from bptui.views.arrange import UPDATE, WATCHES
from bptui.views.panels import PANELS, PanelSpec

if TYPE_CHECKING:
    from bptui.session.session import Session
    from bptui.tui.explorer import Explorer

Reason = Callable[["Explorer"], str | None]
Action = Callable[["Explorer"], None]
Row = Key["Explorer"]


def session_reason(why: "Callable[[Session], str | None]") -> Reason:
    return lambda explorer: why(explorer.session)


def step(scale: str, way: int) -> tuple[Action, Reason]:
    def act(explorer: "Explorer") -> None:
        explorer.move((scale, way))  # type: ignore[arg-type]

    def why_not(explorer: "Explorer") -> str | None:
        return explorer.session.why_not((scale, way))  # type: ignore[arg-type]

    return act, why_not


def steps() -> list[Row]:
    out = []
    for letter, scale, what, back in (
        ("p", "phase", "next phase of the current sample", "back one phase"),
        ("s", "sample", "next sample: its whole forward and backward pass", "back one sample"),
        ("b", "batch", "next batch: all its samples and the one update", "back one batch"),
        ("e", "epoch", "next epoch: every sample once", "back one epoch"),
    ):
        for way, key, tooltip in ((1, letter, what), (-1, letter.upper(), f"{back}, exactly as it was")):
            act, why_not = step(scale, way)
            name = f"{'next' if way > 0 else 'previous'}-{scale}"
            out.append(Key(name, (key,), key, "Step", tooltip, act, scale if way > 0 else "", why_not))
    return out


def slow_end(explorer: "Explorer") -> str | None:
    return "this is the slowest" if explorer.session.player.is_slowest else None


def fast_end(explorer: "Explorer") -> str | None:
    return "this is the fastest" if explorer.session.player.is_fastest else None


def rate_end(up: bool) -> Reason:
    return session_reason(lambda s: None if s.nearest_rate(up) is not None else "this is the end of the ladder")


def focus(panel: PanelSpec) -> Row:
    """The key that puts the focus on a panel."""
    number, about = str(panel.number), f"{panel.name}: {panel.about}"

    def act(explorer: "Explorer") -> None:
        explorer.look(lambda looks: looks.focused(panel.number))
        if panel.number == WATCHES and not explorer.session.stops.watches:
            here, other = map(explorer.shown, ("watch", "breakpoints"))
            explorer.notice = f"{here} watches the number in hand, {other} any that you name"

    return Key(f"focus-{number}", (number,), number, "Panels", about, act)


def arrow(explorer: "Explorer", across: int, down: int) -> None:
    """Arrows in the focused panel: samples where it lists them, inputs × units in update, else layer and unit."""
    session, looks = explorer.session, explorer.looks
    if down and looks.panel.chooses_samples:
        explorer.pause()
        session.choose_row(explorer.scene().rows, down)
        explorer.look(lambda looks: looks.unscrolled())
    elif across and looks.focus == UPDATE:
        session.select(source=across)
    else:
        session.select(layer=across, unit=down)


def next_sort(explorer: "Explorer") -> None:
    from bptui.views.looks import SORT_WORDS  # noqa: PLC0415  how samples are sorted is of records

    record, classes = explorer.session.record, bool(explorer.session.run.problem.data.classes)
    explorer.look(lambda looks: looks.next_sort(classes, record.n))
    explorer.notice = f"samples: {SORT_WORDS[explorer.looks.sort]}"


def no_sample_to_choose(explorer: "Explorer") -> str | None:
    """Before the batch's end its samples are moments of time, and only the step keys move in time."""
    if not explorer.looks.panel.chooses_samples or explorer.scene().phase.per_batch:
        return None
    batch, after, before = map(explorer.shown, ("next-batch", "next-sample", "previous-sample"))
    return f"a sample can be chosen when all are in ({batch}); before that {after} and {before} step"


def nothing_to_scroll(explorer: "Explorer") -> str | None:
    return None if explorer.looks.panel.scrolls else "panels 2, 3 and 4 scroll: this one shows all it has"


def no_accuracy(session: "Session") -> str | None:
    return None if session.run.problem.data.classes else "a regression has no right or wrong answers"


def samples_to_come(explorer: "Explorer") -> str | None:
    here = explorer.session.moment.phase.per_batch
    return None if here else f"not before all samples are in: press {explorer.shown('next-batch')}"


def always_linear(explorer: "Explorer") -> str | None:
    return "the axis of right answers is linear" if explorer.looks.accuracy else None


def nothing_applied(explorer: "Explorer") -> str | None:
    made = explorer.session.moment.applied
    return None if made else f"no update is applied yet: {explorer.shown('next-batch')} makes one"


def nothing_runs(explorer: "Explorer") -> str | None:
    return None if explorer.busy or explorer.way_back else "nothing is running"


def save_script(explorer: "Explorer") -> None:
    from bptui.tui.torch_file import ask_script  # noqa: PLC0415  when a script is written

    ask_script(explorer)


def no_script(explorer: "Explorer") -> str | None:
    from bptui.tui.torch_file import why_no_script  # noqa: PLC0415  as above

    return why_no_script(explorer)


HINT: Key[Any] = Key(
    "hint", ("J",), "J", "Answers", "a hint to the number asked: the formula, then its numbers, then the steps",
    lambda asking: asking.hint(), "", lambda asking: asking.no_hint(),
)  # fmt: skip
KEYS: tuple[Row, ...] = (
    *steps(),
    Key("play", ("space",), "space", "Play", "play or pause", lambda e: e.session.toggle_play(), "play",
        session_reason(lambda s: None if s.player.playing else s.why_not(("phase", 1)))),
    Key("faster", ("plus",), "+", "Play", "play faster",
        lambda e: e.change(lambda: e.session.change_speed(1)), "", fast_end),
    Key("slower", ("minus",), "-", "Play", "play slower",
        lambda e: e.change(lambda: e.session.change_speed(-1)), "", slow_end),
    Key("stop", ("escape",), "Esc", "Play", "stop long work after the current batch; back from what a question showed",
        lambda e: e.stop(), "", nothing_runs),
    Key("go-to", ("g",), "g", "Step", "go to an update, epoch, batch, sample, phase",
        lambda e: e.ask_goal(), "go to"),
    Key("time-back", ("less_than_sign",), "<", "Step",
        "back to the time line's tick before: epochs (of many round ones), changes, hits",
        lambda e: travel(e, -1), "", lambda e: no_tick(e, -1)),
    Key("time-on", ("greater_than_sign",), ">", "Step", "on to the time line's next tick, as far as the run is known",
        lambda e: travel(e, 1), "", lambda e: no_tick(e, 1)),
    Key("reduction", ("m",), "m", "Change", "sum or mean over the batch, from the next update on",
        lambda e: e.change(e.session.toggle_reduction), "sum/mean"),
    Key("halve-batch", ("left_square_bracket",), "[", "Change", "halve the batch size",
        lambda e: e.change(lambda: e.session.scale_batch(False)), "",
        session_reason(lambda s: s.why_not_batch(False))),
    Key("double-batch", ("right_square_bracket",), "]", "Change", "double the batch size",
        lambda e: e.change(lambda: e.session.scale_batch(True)), "batch",
        session_reason(lambda s: s.why_not_batch(True))),
    Key("rate-down", ("left_curly_bracket",), "{", "Change", "lower the learning rate in 1-2-5 steps",
        lambda e: e.change(lambda: e.session.change_rate(False)), "", rate_end(False)),
    Key("rate-up", ("right_curly_bracket",), "}", "Change", "raise the learning rate in 1-2-5 steps",
        lambda e: e.change(lambda: e.session.change_rate(True)), "rate", rate_end(True)),
    Key("set-weight", ("equals_sign",), "=", "Change",
        "set the selected weight to a number, or any setting by its name (l2 0.01), from the next update on",
        ask_weight),
    Key("change-sample", ("T",), "T", "Change", "change the current sample: class, target or inputs; put rows back in",
        ask_sample, "", no_row),
    Key("leave-out", ("O",), "O", "Change", "leave the current sample out of the epochs to come, or put it back in",
        toggle_row, "", no_row),
    Key("undo", ("U",), "U", "Change", "undo the last change, exactly",
        lambda e: e.change(e.session.undo), "", session_reason(lambda s: s.why_not_undo())),
    Key("redo", ("R",), "R", "Change", "make the change undone last again, exactly",
        lambda e: e.change(e.session.redo), "", session_reason(lambda s: s.why_not_redo())),
    Key("forks", ("F",), "F", "Change", "the list of forks: what differs, losses, curves; go to one, name, keep, drop",
        open_forks),
    Key("restart", ("r",), "r", "Change", "restart with the same seed and the current settings",
        lambda e: e.change(e.session.restart)),
    Key("reseed", ("n",), "n", "Change", "restart with a new seed: other start weights and order",
        lambda e: e.reseed()),
    *(focus(panel) for panel in PANELS),
    Key("next-panel", ("tab",), "Tab", "Panels", "the next panel", lambda e: e.look(lambda looks: looks.neighbour(1))),
    Key("previous-panel", ("shift+tab",), "shift+Tab", "Panels", "the panel before",
        lambda e: e.look(lambda looks: looks.neighbour(-1))),
    Key("maximise", ("f",), "f", "Panels", "maximise the focused panel, or back",
        lambda e: e.look(lambda looks: replace(looks, maximised=not looks.maximised)), "full"),
    Key("up", ("up",), "↑", "Select", "unit above; in panels 2 and 3 the sample above, once all are in",
        lambda e: arrow(e, 0, -1), "", no_sample_to_choose),
    Key("down", ("down",), "↓", "Select", "unit below; in panels 2 and 3 the sample below, once all are in",
        lambda e: arrow(e, 0, 1), "", no_sample_to_choose),
    Key("left", ("left",), "←", "Select", "layer to the left; in panel 4 the weight from the input before",
        lambda e: arrow(e, -1, 0)),
    Key("right", ("right",), "→", "Select", "layer to the right; in panel 4 the weight from the input after",
        lambda e: arrow(e, 1, 0)),
    Key("source-before", ("comma",), ",", "Select", "the selected unit's weight from the input before",
        lambda e: e.session.select(source=-1)),
    Key("source-after", ("full_stop",), ".", "Select", "the selected unit's weight from the input after",
        lambda e: e.session.select(source=1)),
    Key("page-up", ("pageup",), "PgUp", "Select", "scroll the focused panel up", lambda e: e.scroll_panel(-1), "",
        nothing_to_scroll),
    Key("page-down", ("pagedown",), "PgDn", "Select", "scroll the focused panel down", lambda e: e.scroll_panel(1), "",
        nothing_to_scroll),
    Key("sort", ("k",), "k", "Panels", "sort the samples by loss, norm, cosine; or only wrong answers",
        next_sort, "", samples_to_come),
    Key("axis", ("a",), "a", "Panels", "x axis of the curves: updates, epochs, samples seen",
        lambda e: e.look(lambda looks: looks.next_axis())),
    Key("log", ("y",), "y", "Panels", "y axis of the curves: linear or logarithmic",
        lambda e: e.look(lambda looks: replace(looks, log=not looks.log)), "", always_linear),
    Key("questions", ("w",), "w", "Answers", "the students' questions, each with the screen that answers it",
        open_questions, "why"),
    Key("explain", ("enter",), "Enter", "Answers", "explain the number in hand: formula, numbers, every term in turn",
        open_explain, "explain"),
    Key("check", ("v",), "v", "Answers", "check it by finite differences, and the whole batch",
        lambda e: open_explain(e, check=True)),
    Key("compare", ("c",), "c", "Answers", "race settings from the same start: batch sizes, sum and mean, rates …",
        open_race, "compare"),
    Key("collect", ("C",), "C", "Answers",
        "collect the current settings for a race of your own, or take them out",
        lambda e: e.change(e.session.collect)),
    Key("lab", ("l",), "l", "Answers", "mistakes lab: the true rule beside the well-known wrong ones",
        open_lab, "lab"),
    Key("drill", ("d",), "d", "Answers", "drill the current sample until it is right, and see what the others do",
        open_drill),
    Key("doctor", ("h",), "h", "Answers", "why it does not learn: what is wrong at this update, and what cures it",
        open_doctor, "", nothing_applied),
    Key("confusion", ("z",), "z", "Answers", "which class is taken for which, and the samples of each cell",
        open_confusion, "", session_reason(no_accuracy)),
    Key("draw", ("D",), "D", "Answers", "draw a picture: the answer changes as you draw; put it into the batch",
        open_draw, "", session_reason(lambda s: s.why_not_draw())),
    Key("noise", ("o",), "o", "Answers", "how the samples' gradients scatter; outliers; the 1/√n law",
        open_scatter),
    Key("gradients", ("G",), "G", "Answers",
        "gradient table: every sample's own gradient, their sum, mean and the one step", open_gradients),
    Key("matrices", ("M",), "M", "Answers",
        "matrices: aᵀδ, aW + b and δWᵀ with their numbers, and where the transpose comes from", open_matrices),
    Key("watch", ("W",), "W", "Answers", "watch the number in hand in panel 8, or no longer", watch),
    Key("breakpoints", ("K",), "K", "Answers",
        "breakpoints: what to stop at, forwards and back; a list with what was hit", open_breakpoints),
    Key("predict", ("j",), "j", "Answers",
        "predict, then reveal: steps stop before the next number until you have told it; or no longer",
        lambda e: e.predict()),
    HINT,
    Key("history", ("H",), "H", "Answers",
        "when did this weight change sign, what moved it; when was each sample learned and forgotten", open_history),
    Key("accuracy", ("u",), "u", "Panels", "curves of the loss, or of the share of right answers",
        lambda e: e.look(lambda looks: replace(looks, accuracy=not looks.accuracy)), "", session_reason(no_accuracy)),
    Key("follow", ("at",), "@", "Other", "follow the lecturer again; who presents: how others come in and follow",
        lambda e: e.follow(), "", lambda e: e.why_not_follow()),
    Key("save-session", ("ctrl+s",), "ctrl+s", "Other", "save the session; bptui open FILE goes on from it another day",
        lambda e: e.save_session(), "", Workbench.why_not_save_session),
    Key("command", ("i",), "i", "Other", "the command that recreates this screen, copied to the clipboard (OSC 52)",
        lambda e: e.show_command()),
    Key("save-scenario", ("X",), "X", "Other", "save the current set-up as a scenario file in the current folder",
        lambda e: e.save_scenario(), "", lambda e: e.why_not_save()),
    Key("save-script", ("Y",), "Y", "Other",
        "save a PyTorch script of this run in the current folder: same start weights, batches and losses",
        save_script, "", no_script),
    *(key for key in COMMON if key.id != "quit"),
    Key("quit", ("q", "ctrl+q"), "q", "Other", "quit", lambda e: e.quit(), "quit"),
)  # fmt: skip
BY_ID = {key.id: key for key in KEYS}
STEP_KEYS = ("next-phase", "next-sample", "next-batch", "next-epoch", "play")
OTHER_KEYS = (
    *("reduction", "explain", "questions", "compare", "lab", "double-batch", "rate-up", "go-to", "maximise"),
    *("help", "quit"),
)
"""Which keys the footer names, the more important ones first; help and quit always."""


def hints(explorer: "Explorer") -> list[tuple[str, str, bool]]:
    """What the footer says of them, as they are set now."""
    return hints_of(explorer.keys_now(), lambda key: key.why_not(explorer) is None, bool(explorer.way_back))


def first_hints(table: Table) -> list[tuple[str, str, bool]]:
    """Before there is a session, which may have reasons why some cannot act."""
    return hints_of(table, lambda _: True, False)


def hints_of(table: Table, able: Callable[[Row], bool], back: bool) -> list[tuple[str, str, bool]]:
    named = NAMED if table is KEYS else in_footer(table)
    steps, (reduction, *others) = (
        [(shown, key.footer, able(key)) for shown, key in keys] for keys in (named.steps, named.others)
    )
    panels = named.panels, "panels", True
    return [*steps, panels, reduction, *([(named.stop, "back", True)] if back else []), *others]


class Named(NamedTuple):
    """The keys that the footer names, as they are set, with how they are shown there."""

    steps: list[tuple[str, Row]]
    others: list[tuple[str, Row]]
    panels: str
    stop: str


def in_footer(table: Table) -> Named:
    by_id = {key.id: key for key in table}
    steps, others = ([(by_id[each].shown.split()[0], by_id[each]) for each in ids] for ids in (STEP_KEYS, OTHER_KEYS))
    digits = [key.shown for key_id, key in by_id.items() if key_id.startswith("focus-")]
    return Named(steps, others, f"{digits[0]}-{digits[-1]} {by_id['next-panel'].shown}", by_id["stop"].shown)


NAMED = in_footer(KEYS)
