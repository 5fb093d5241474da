"""How the explorer is looked at: which panel has the focus, how samples are sorted, how the curves are drawn."""

import re
from dataclasses import dataclass, replace
from typing import Self

from bptui.data.clean import clean
from bptui.training.record import ROW_KEYS, RowKey
from bptui.views.arrange import BATCH, NETWORK
from bptui.views.panels import BY_NUMBER, PanelSpec
from bptui.views.scene import AXES, Axis, Scene

SCROLL = re.compile(r"scroll(-?[0-9]{1,6})")
SORT_WORDS: dict[RowKey, str] = {
    "batch": "in the batch's order",
    "loss": "largest loss first",
    "norm": "longest gradient first",
    "cosine": "the one that pulls against the others first",
    "wrong": "wrong answers only",
}


@dataclass(frozen=True, slots=True)
class Looks:
    """``beside`` is the panel focused last besides the network; ``scroll`` counts rows from where a list would stand
    by itself."""

    focus: int = NETWORK
    beside: int = BATCH
    maximised: bool = False
    axis: Axis = "update"
    log: bool = False
    accuracy: bool = False
    sort: RowKey = "batch"
    scroll: int = 0

    def at(self, scene: Scene) -> Scene:
        """The scene looked at in this way."""
        seen = scene.axis, scene.log, scene.accuracy, scene.sort, scene.scroll
        if seen == (self.axis, self.log, self.accuracy, self.sort, self.scroll):
            return scene
        return replace(scene, axis=self.axis, log=self.log, accuracy=self.accuracy, sort=self.sort, scroll=self.scroll)

    @property
    def panel(self) -> PanelSpec:
        return BY_NUMBER[self.focus]

    def focused(self, panel: int) -> Self:
        return replace(self, focus=panel, beside=self.beside if panel == NETWORK else panel, scroll=0)

    def neighbour(self, ways: int) -> Self:
        """The focus on the next panel, or on the one before, round about."""
        numbers = list(BY_NUMBER)
        return self.focused(numbers[(numbers.index(self.focus) + ways) % len(numbers)])

    @property
    def words(self) -> str:
        """What it differs in from how one looks in the beginning, for :func:`parse_looks`; "" for nothing."""
        plain, out = type(self)(), []
        if (self.focus, self.beside) != (plain.focus, plain.beside):
            out += [str(self.beside)] if self.beside not in (self.focus, plain.beside) else []
            out.append(str(self.focus))
        out += [word for word in ("maximised", "log", "accuracy") if getattr(self, word)]
        out += [getattr(self, key) for key in ("axis", "sort") if getattr(self, key) != getattr(plain, key)]
        out += [f"scroll{self.scroll}"] if self.scroll else []
        return " ".join(out)

    def unscrolled(self) -> Self:
        return self.scrolled_to(0) if self.scroll else self

    def scrolled_to(self, rows: int) -> Self:
        return replace(self, scroll=rows)

    def next_axis(self) -> Self:
        return replace(self, axis=AXES[(AXES.index(self.axis) + 1) % len(AXES)])

    def next_sort(self, wrong_too: bool, samples: int) -> Self:
        """The next order of the ``samples`` of a batch, seen from its top: the first rows are the ones that stand
        out. Only wrong answers is a choice where there are classes."""
        keys = ROW_KEYS if wrong_too else tuple(key for key in ROW_KEYS if key != "wrong")
        following = keys[(keys.index(self.sort) + 1) % len(keys)] if self.sort in keys else keys[0]
        return replace(self, sort=following, scroll=-samples)


LOOK = "panels 1-7, maximised, log, accuracy, epoch, seen, loss, norm, cosine, wrong, scroll5"


def parse_looks(words: str) -> Looks:
    """How one looks: the panels in the order in which they get the focus, then the rest. Raises ValueError."""
    looks = Looks()
    for word in words.lower().replace(",", " ").split():
        if word.isascii() and word.isdecimal() and int(word) in BY_NUMBER:
            looks = looks.focused(int(word))
        elif word in ("maximised", "log", "accuracy"):
            looks = replace(looks, **{word: True})  # type: ignore[arg-type]
        elif word in AXES:
            looks = replace(looks, axis=word)
        elif word in ROW_KEYS:
            looks = replace(looks, sort=word)
        elif found := SCROLL.fullmatch(word):
            looks = looks.scrolled_to(int(found[1]))
        else:
            raise ValueError(f'not understood: "{clean(word, 20)}"; known are {LOOK}')
    return looks
