"""A key of a screen: its row feeds dispatch, footer, help, command palette and the tables of assets/docs/keys.md."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from bptui.tui.key_names import key_shown
from bptui.views.help import KeyLine

S = TypeVar("S")


def always(_: Any) -> str | None:
    return None


class Key(NamedTuple, Generic[S]):
    """``keys`` as Textual names them (none: it is in the command palette alone), ``shown`` as people read them,
    ``footer`` a word for the footer ("" for none). ``why_not`` gives the reason why the key cannot act now."""

    id: str
    keys: tuple[str, ...]
    shown: str
    group: str
    tooltip: str
    act: Callable[[S], None]
    footer: str = ""
    why_not: Callable[[S], str | None] = always


Table = tuple[Key[Any], ...]
FIRST = ("Step", "Play", "Change", "Answers", "Panels", "Select")
LAST = "Other"


def pressed(table: Table, name: str) -> Key[Any] | None:
    """The row of a key that was pressed."""
    return next((key for key in table if name in key.keys), None)


class Remap(NamedTuple):
    """Other keys for ids. ``usual`` says on which keys an id of the explorer is: a screen that has it on others, since
    it needs those for something of its own, keeps them."""

    keys: Mapping[str, tuple[str, ...]] = {}
    usual: Mapping[str, tuple[str, ...]] = {}

    @property
    def shown(self) -> dict[str, str]:
        """Id → its first key, as people read it."""
        return {key_id: key_shown(names[0]) for key_id, names in self.keys.items() if names}

    def __call__(self, table: Table) -> Table:
        return tuple(map(self.row, table)) if self.keys else table

    def row(self, key: Key[S]) -> Key[S]:
        names = self.keys.get(key.id)
        if names is None or self.usual.get(key.id, key.keys) != key.keys:
            return key
        return key._replace(keys=names, shown=" ".join(map(key_shown, names)))


def doubled(table: Table) -> tuple[str, str, str] | None:
    """A key on which two rows are, and their ids."""
    seen: dict[str, str] = {}
    for key in table:
        for name in key.keys:
            if seen.setdefault(name, key.id) != key.id:
                return name, seen[name], key.id
    return None


def groups(table: Table) -> list[str]:
    """Names of the groups: the explorer's in their order, a screen's own, and the keys that all screens have."""
    order = (*FIRST, *(key.group for key in table if key.group not in (*FIRST, LAST)), LAST)
    return sorted({key.group for key in table}, key=order.index)


def key_lines(table: Table, screen: object) -> list[KeyLine]:
    """The table for the help screen, group by group; what is in the command palette alone is left out."""
    return [
        KeyLine(group, key.shown, key.tooltip, key.why_not(screen))
        for group in groups(table)
        for key in table
        if key.group == group and key.keys
    ]


def footer_hints(keys: Iterable[Key[Any]], screen: object) -> list[tuple[str, str, bool]]:
    """(keys, word, enabled) of those that have a word for the footer."""
    return [(key.shown.split()[0], key.footer, key.why_not(screen) is None) for key in keys if key.footer]
