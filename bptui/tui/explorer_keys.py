"""The explorer's table of keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bptui.session.session import Session
from bptui.tui.keys import Key
from bptui.tui.screens import open_compare, open_drill, open_explain, open_lab, open_noise, open_questions
from bptui.tui.workbench import COMMON

if TYPE_CHECKING:
    from bptui.tui.explorer import Explorer

Reason = Callable[["Explorer"], str | None]
Action = Callable[["Explorer"], None]
Row = Key["Explorer"]


def session_reason(why: Callable[[Session], str | None]) -> Reason:
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


def focus(panel: int, name: str, what: str) -> Row:
    return Key(f"focus-{panel}", (str(panel),), str(panel), "Panels", f"{name}: {what}", lambda e: e.focus_panel(panel))


def nothing_runs(explorer: "Explorer") -> str | None:
    return None if explorer.busy else "nothing is running"


KEYS: tuple[Row, ...] = (
    *steps(),
    Key("play", ("space",), "space", "Play", "play or pause", lambda e: e.toggle_play(), "play",
        session_reason(lambda s: None if s.player.playing else s.why_not(("phase", 1)))),
    Key("faster", ("plus", "equals_sign"), "+", "Play", "play faster", lambda e: e.change_speed(1), "", fast_end),
    Key("slower", ("minus",), "-", "Play", "play slower", lambda e: e.change_speed(-1), "", slow_end),
    Key("stop", ("escape",), "Esc", "Play", "stop long work after the current batch", lambda e: e.stop(), "",
        nothing_runs),
    Key("go-to", ("g",), "g", "Step", "go to an update, or an epoch and batch", lambda e: e.ask_goal(), "go to"),
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
    Key("restart", ("r",), "r", "Change", "restart with the same seed and the settings of now",
        lambda e: e.change(e.session.restart)),
    Key("reseed", ("n",), "n", "Change", "restart with a new seed: other start weights and order",
        lambda e: e.change(e.session.reseed)),
    focus(1, "Network", "units, activations, deltas, weights"),
    focus(2, "Batch", "samples, answers, losses"),
    focus(3, "Deltas", "each sample's δ and what it adds to the selected weight"),
    focus(4, "Update", "sum, mean, and the one change of the weights"),
    focus(5, "Loss", "curves of loss per update and per epoch"),
    focus(6, "Explain", "what just happened in a sentence, and the numbers of it"),
    Key("maximise", ("f",), "f", "Panels", "maximise the focused panel, or back",
        lambda e: e.toggle_maximised(), "full"),
    Key("up", ("up",), "↑", "Select", "unit above; in panels 2 and 3 the sample above, once all are in",
        lambda e: e.arrow(0, -1), "", lambda e: e.why_not_row()),
    Key("down", ("down",), "↓", "Select", "unit below; in panels 2 and 3 the sample below, once all are in",
        lambda e: e.arrow(0, 1), "", lambda e: e.why_not_row()),
    Key("left", ("left",), "←", "Select", "layer to the left; in panel 4 the weight from the input before",
        lambda e: e.arrow(-1, 0)),
    Key("right", ("right",), "→", "Select", "layer to the right; in panel 4 the weight from the input after",
        lambda e: e.arrow(1, 0)),
    Key("source-before", ("comma",), ",", "Select", "the selected unit's weight from the input before",
        lambda e: e.select(source=-1)),
    Key("source-after", ("full_stop",), ".", "Select", "the selected unit's weight from the input after",
        lambda e: e.select(source=1)),
    Key("page-up", ("pageup",), "PgUp", "Select", "scroll the focused panel up", lambda e: e.scroll_panel(-1), "",
        lambda e: e.why_not_scroll()),
    Key("page-down", ("pagedown",), "PgDn", "Select", "scroll the focused panel down", lambda e: e.scroll_panel(1), "",
        lambda e: e.why_not_scroll()),
    Key("sort", ("k",), "k", "Panels", "sort the samples by loss, norm, cosine; or only wrong answers",
        lambda e: e.next_sort(), "", lambda e: e.why_not_sort()),
    Key("axis", ("a",), "a", "Panels", "x axis of the curves: updates, epochs, samples seen", lambda e: e.next_axis()),
    Key("log", ("y",), "y", "Panels", "y axis of the curves: linear or logarithmic", lambda e: e.toggle_log()),
    Key("questions", ("w",), "w", "Answers", "the students' questions, each with the screen that answers it",
        open_questions, "why"),
    Key("explain", ("enter",), "Enter", "Answers", "explain the number in hand: formula, numbers, every term in turn",
        open_explain, "explain"),
    Key("check", ("v",), "v", "Answers", "check it by finite differences, and the whole batch",
        lambda e: open_explain(e, check=True)),
    Key("compare", ("c",), "c", "Answers", "race settings from the same start: batch sizes, sum and mean, rates …",
        open_compare, "compare"),
    Key("collect", ("C",), "C", "Answers", "collect the settings of now for a race of your own (c 7), or take them out",
        lambda e: e.change(e.session.collect)),
    Key("lab", ("l",), "l", "Answers", "mistakes lab: the true rule beside the well-known wrong ones",
        open_lab, "lab"),
    Key("drill", ("d",), "d", "Answers", "drill the current sample until it is right, and see what the others do",
        open_drill),
    Key("noise", ("o",), "o", "Answers", "how the samples' gradients scatter; outliers; the 1/√n law",
        open_noise),
    Key("accuracy", ("u",), "u", "Panels", "curves of the loss, or of the share of right answers",
        lambda e: e.toggle_accuracy(), "", lambda e: e.why_no_accuracy()),
    *(key for key in COMMON if key.id != "quit"),
    Key("quit", ("q", "ctrl+q"), "q", "Other", "quit", lambda e: e.quit(), "quit"),
)  # fmt: skip
BY_ID = {key.id: key for key in KEYS}
FOOTER = (
    *("next-phase", "next-sample", "next-batch", "next-epoch", "play", "questions", "reduction", "explain"),
    *("compare", "lab", "double-batch", "rate-up", "go-to", "maximise", "help", "quit"),
)
"""Which keys the footer names, the more important ones first; help and quit always."""
FOOTER_KEYS = tuple(BY_ID[key_id] for key_id in FOOTER)
