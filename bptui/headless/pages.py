"""A worked update on paper: Markdown, or a LaTeX document that stands alone (packages of every installation)."""

from collections.abc import Iterable, Iterator, Sequence

from bptui.explain.explanation import Explanation
from bptui.explain.expression import Write, digits
from bptui.explain.latex import formula, number, prose, symbols, typewriter
from bptui.explain.worked import Section, Table

DIGITS = 6
MOST_COLUMNS, FEW_DIGITS = 7, 4  # a wider table has smaller numbers, and fewer digits of them
PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[margin=20mm]{geometry}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{textcomp}
\usepackage{amsmath}
\usepackage{longtable}
\usepackage{graphicx}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\newcommand{\fit}[1]{\sbox0{$\displaystyle #1$}\ifdim\wd0>0.82\linewidth
  \resizebox{0.82\linewidth}{!}{\usebox0}\else\usebox0\fi}
\begin{document}
"""


def markdown(sections: Iterable[Section], command: str, count: int = DIGITS) -> Iterator[str]:
    """The lines of a page, numbers with ``count`` digits; ``command`` makes it again."""
    write = digits(count)
    for place, section in enumerate(sections):
        yield f"{'#' if place == 0 else '##'} {escaped(section.title)}"
        yield ""
        yield from (line for words in section.sentences for line in (escaped(words), ""))
        if section.lines:
            heads = ("number", "formula", "with its numbers", "result")
            rows = [[it.name, it.symbols or it.note, it.formula(write), write(it.result)] for it in section.lines]
            yield from _table(heads, rows, words=3)
        if section.table:
            yield from _table(section.table.heads, [[_cell(each, write) for each in row] for row in section.table.rows])
    yield f"Made by `{command}`."


def _table(heads: Sequence[str], rows: Iterable[Iterable[str]], words: int = 1) -> Iterator[str]:
    """The first ``words`` columns begin at the left, those of numbers end at the right."""
    yield f"| {' | '.join(map(escaped, heads))} |"
    yield f"|{'|'.join([' --- '] * words + [' ---: '] * (len(heads) - words))}|"
    for row in rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield ""


def escaped(words: str) -> str:
    """Text in which Markdown sees no markup."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>|#" else sign for sign in words)


def _cell(value: str | float, write: Write) -> str:
    return value if isinstance(value, str) else write(value)


def latex(sections: Iterable[Section], command: str, count: int = DIGITS) -> Iterator[str]:
    """The lines of a document."""
    write = digits(count)
    yield PREAMBLE
    for place, section in enumerate(sections):
        yield rf"\{'section' if place == 0 else 'subsection'}*{{{prose(section.title)}}}"
        yield from (f"{prose(words)}\n" for words in section.sentences)
        if section.lines:
            yield r"\begin{align*}"
            yield " \\\\\n".join(_aligned(it, write) for it in section.lines)
            yield r"\end{align*}"
        if section.table:
            yield from _longtable(section.table, write)
    yield rf"\medskip Made by {typewriter(command)}."
    yield r"\end{document}"


def _aligned(it: Explanation, write: Write) -> str:
    """One number: in symbols, then with its numbers where that says more, then the result."""
    parts = [symbols(it.symbols)] if it.symbols else []
    result = number(write(it.result))
    worked_out = formula(it.numbers, write) if it.numbers is not None else ""
    parts += [rf"\fit{{{worked_out}}}"] if worked_out not in ("", result) else []
    lines = [rf"{symbols(it.name)} &= {parts[0] if parts else result}"]
    lines += [f"&= {part}" for part in [*parts[1:], *([result] if parts else [])]]
    return " \\\\\n".join(lines)


def _longtable(table: Table, write: Write) -> Iterator[str]:
    wide = len(table.heads) > MOST_COLUMNS
    write = digits(FEW_DIGITS) if wide else write
    yield r"{\footnotesize\setlength{\tabcolsep}{2pt}" if wide else "{"
    yield rf"\begin{{longtable}}{{l{'r' * (len(table.heads) - 1)}}}"
    yield f"{' & '.join(f'${symbols(head)}$' for head in table.heads)} \\\\ \\hline"
    for row in table.rows:
        yield (
            " & ".join(f"${symbols(each) if isinstance(each, str) else number(write(each))}$" for each in row) + r" \\"
        )
    yield r"\end{longtable}}"
