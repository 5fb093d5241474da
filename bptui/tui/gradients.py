"""The gradient table: every sample's own gradient in a row, and how the rows become one step."""

from bptui.tui.keys import Key, Table
from bptui.tui.live import LiveSheet, stepping
from bptui.tui.workbench import COMMON
from bptui.views.gradients import gradient_rows, parameters_shown, samples_shown
from bptui.views.text import Row, scrolled
from bptui.views.weight_table import weights_of


class GradientScreen(LiveSheet):
    """Steps the session and selects its weight."""

    NAME = "Gradient table"
    on_errors = False
    """Is the last sentence about the samples' errors?"""

    def table(self) -> Table:
        return KEYS

    def title_words(self) -> str:
        scene = self.scene()
        n = scene.record.n
        shown = parameters_shown(scene, self.panel.inner(*self.size)[0], self.on_errors)
        return f"Gradients, update {scene.moment.update}: {n} sample{'s' * (n > 1)} × {shown}"

    def rows(self, width: int, height: int) -> list[Row]:
        return gradient_rows(self.scene(), width, height, self.on_errors)

    def samples(self) -> range:
        return samples_shown(self.scene(), *self.panel.inner(self.size.width, self.size.height - self.foot()))

    # --- what keys ask for ---

    def page(self, ways: int) -> None:
        """Other samples of the list, the current one staying what it is."""
        shown = self.samples()
        by_itself = shown.start - self.scroll_by
        self.scroll_by = shown.start + scrolled(shown, self.session.record.n, ways) - by_itself

    def across(self, by: int) -> None:
        """The column ``by`` places further, round about."""
        every, here = weights_of(self.scene()), self.session.moment.weight
        at = every.index(here) if here in every else 0
        self.session.select_weight(every[(at + by) % len(every)])

    def other_layer(self, by: int) -> None:
        self.session.select(layer=by)


def selecting(key_id: str, name: str, shown: str, words: str, by: int) -> Key[GradientScreen]:
    return Key(key_id, (name,), shown, "Table", words, lambda screen: screen.across(by))


KEYS: Table = (
    *stepping(),
    selecting("left", "left", "←", "the parameter before", -1),
    Key("right", ("right",), "→", "Table", "the parameter after", lambda screen: screen.across(1), "parameter"),
    Key("up", ("up",), "↑", "Table", "the sample above, once all are in", lambda screen: screen.choose(-1), "",
        GradientScreen.no_sample_to_choose),
    Key("down", ("down",), "↓", "Table", "the sample below, once all are in", lambda screen: screen.choose(1), "sample",
        GradientScreen.no_sample_to_choose),
    Key("layer-before", ("less_than_sign",), "<", "Table", "the layer before", lambda screen: screen.other_layer(-1)),
    Key("layer-after", ("greater_than_sign",), ">", "Table", "the layer after", lambda screen: screen.other_layer(1),
        "layer"),
    Key("page-up", ("pageup",), "PgUp", "Table", "samples above", lambda screen: screen.page(-1)),
    Key("page-down", ("pagedown",), "PgDn", "Table", "samples below", lambda screen: screen.page(1)),
    Key("explain", ("enter",), "Enter", "Table", "explain this cell: its formula, its numbers", GradientScreen.explain,
        "explain"),
    *COMMON,
    Key("close", ("escape", "q", "G"), "Esc", "Table", "close; the explorer stands where you stepped to",
        GradientScreen.close, "close"),
)  # fmt: skip
