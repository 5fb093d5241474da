"""The matrix view: the products that a layer's numbers are made by, each with its own numbers."""

from bptui.tui.keys import Key, Table
from bptui.tui.live import LiveSheet, stepping
from bptui.tui.workbench import COMMON
from bptui.views.matrices import matrix_rows
from bptui.views.products import KINDS, Kind
from bptui.views.text import Row

TITLES: dict[Kind, str] = {"gradient": "gradient aᵀδ", "forward": "forward z = aW + b", "back": "back δWᵀ"}


class MatrixScreen(LiveSheet):
    """Steps the session and selects its weight or its sample; ``kind`` is the product looked at."""

    NAME = "Matrices"
    kind: Kind = "gradient"

    def table(self) -> Table:
        return KEYS

    def title_words(self) -> str:
        moment = self.session.moment
        return f"Matrices: {TITLES[self.kind]}, layer {moment.layer}, update {moment.update}"

    def rows(self, width: int, height: int) -> list[Row]:
        return matrix_rows(self.scene(), self.kind, width, height)

    # --- what keys ask for ---

    def other_product(self, ways: int) -> None:
        self.kind = KINDS[(KINDS.index(self.kind) + ways) % len(KINDS)]

    def move(self, down: int, across: int) -> None:
        """Another cell of the product: a weight of the gradient, else a sample and a unit."""
        if down and self.kind != "gradient":
            self.choose(down)
        elif self.kind == "back":
            self.session.select(source=across)
            if self.session.moment.source < 0:  # a bias hands nothing back
                self.session.select(source=across)
        else:
            self.session.select(unit=across, source=down)

    def other_layer(self, by: int) -> None:
        self.session.select(layer=by)

    def no_row(self) -> str | None:
        return None if self.kind == "gradient" else self.no_sample_to_choose()


KEYS: Table = (
    *stepping(),
    Key("next-product", ("tab",), "Tab", "Matrices", "the next product: gradient aᵀδ, forward z = aW + b, back δWᵀ",
        lambda screen: screen.other_product(1), "product"),
    Key("previous-product", ("shift+tab",), "shift+Tab", "Matrices", "the product before",
        lambda screen: screen.other_product(-1)),
    Key("up", ("up",), "↑", "Matrices", "the row above of the product: an input, or a sample once all are in",
        lambda screen: screen.move(-1, 0), "", MatrixScreen.no_row),
    Key("down", ("down",), "↓", "Matrices", "the row below of the product", lambda screen: screen.move(1, 0), "row",
        MatrixScreen.no_row),
    Key("left", ("left",), "←", "Matrices", "the column before of the product", lambda screen: screen.move(0, -1)),
    Key("right", ("right",), "→", "Matrices", "the column after of the product", lambda screen: screen.move(0, 1),
        "column"),
    Key("layer-before", ("less_than_sign",), "<", "Matrices", "the layer before",
        lambda screen: screen.other_layer(-1)),
    Key("layer-after", ("greater_than_sign",), ">", "Matrices", "the layer after", lambda screen: screen.other_layer(1),
        "layer"),
    Key("explain", ("enter",), "Enter", "Matrices", "explain what the current sample adds to the selected weight",
        MatrixScreen.explain, "explain"),
    *COMMON,
    Key("close", ("escape", "q", "M"), "Esc", "Matrices", "close; the explorer stands where you stepped to",
        MatrixScreen.close, "close"),
)  # fmt: skip
