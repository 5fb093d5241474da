"""Tables for notebooks. Everything that is put into them is escaped: text from outside is never markup."""

from collections.abc import Iterable, Sequence


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An HTML table, the first cell of a row being its head; numbers with six digits, all else as its text."""
    lines = [f"<table><caption>{escaped(caption)}</caption>"]
    if head:
        lines.append("<tr>" + "".join(f"<th>{escaped(each)}</th>" for each in head) + "</tr>")
    for first, *rest in rows:
        cells = "".join(f"<td>{escaped(each)}</td>" for each in rest)
        lines.append(f"<tr><th>{escaped(first)}</th>{cells}</tr>")
    return "\n".join([*lines, "</table>"])


def escaped(value: object) -> str:
    """A value as text in which nothing is markup."""
    from html import escape  # noqa: PLC0415  a table of thousands of names, which no screen needs

    return escape(f"{value:.6g}" if isinstance(value, float) else str(value))
