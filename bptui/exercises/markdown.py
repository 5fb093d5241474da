"""A sheet, and its key, in Markdown."""

from collections.abc import Iterator, Sequence

from bptui.exercises.exercise import Blank, Choice, Exercise, Table
from bptui.exercises.key import LETTERS, mistakes, notation, same_here, title_of


def sheet(every: Sequence[Exercise]) -> str:
    """Tasks with room for the answers."""
    return "\n".join(_sheet(every)) + "\n"


def key(every: Sequence[Exercise]) -> str:
    """Every number on the way, and what mistakes give."""
    return "\n".join(_key(every)) + "\n"


def _sheet(every: Sequence[Exercise]) -> Iterator[str]:
    yield f"# {title_of(every)}"
    yield ""
    yield notation(every)
    for it in every:
        yield from ("", f"## {it.number}. {it.title}", "", it.task, "")
        yield from _given(it)
        for letter, item in zip(LETTERS, it.items, strict=False):
            yield from _asked(letter, item)
    yield from ("", "---", "", f"Made by `{every[0].wanted.command}`.")


def _given(it: Exercise) -> Iterator[str]:
    for part in it.given:
        if isinstance(part, Table):
            yield from table(part)
        else:
            yield from (part, "")


def _asked(letter: str, item: Blank | Choice) -> Iterator[str]:
    if isinstance(item, Blank):
        yield f"- {letter}) {item.name} = ____________  ({item.words})"
        return
    yield f"- {letter}) {item.words[0].upper()}{item.words[1:]}:"
    yield from (f"    - [ ] {option.words}" for option in item.options)


def table(it: Table) -> Iterator[str]:
    """With its title above it."""
    yield from (f"**{it.title[0].upper()}{it.title[1:]}**", "")
    yield f"| {' | '.join(it.head)} |"
    yield f"|{'---|' * len(it.head)}"
    yield from (f"| {' | '.join(row)} |" for row in it.rows)
    yield ""


def _key(every: Sequence[Exercise]) -> Iterator[str]:
    wanted = every[0].wanted
    yield from ("# Key", "", f"Made by `{wanted.command}`; an answer may be off by {wanted.tolerance:g}.")
    for it in every:
        yield from ("", f"## {it.number}. {it.title}", "")
        for letter, item in zip(LETTERS, it.items, strict=False):
            yield from _answer(letter, item, wanted.decimals)
        yield from (
            "",
            f"Step by step in the explorer: `{it.open_command}`; with `--key` behind it, at the solution",
            "",
        )
        for part in (*it.worked, *mistakes(it)):
            yield from table(part)
        yield from same_here(it)


def _answer(letter: str, item: Blank | Choice, decimals: int) -> Iterator[str]:
    if isinstance(item, Choice):
        yield f"- {letter}) **{item.right.words}**"
        return
    yield f"- {letter}) {item.name} = {item.symbols} = {item.numbers} = **{item.printed(decimals)}**"
