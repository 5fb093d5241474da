"""A sheet, and its key, in LaTeX: in plain ASCII, so that any engine takes it."""

import re
from collections.abc import Iterator, Sequence

from bptui.exercises.exercise import Blank, Choice, Exercise, Table
from bptui.exercises.key import mistakes, notation, same_here, title_of
from bptui.explain.latex import prose, symbols, typewriter

HEAD = r"""\documentclass[10pt,a4paper]{article}
\usepackage[margin=20mm]{geometry}
\usepackage{amsmath,longtable}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\setlength{\lineskip}{6pt}
\setlength{\LTleft}{0pt}
\raggedright
\begin{document}"""
PAGE, NARROWEST = 160, 30  # mm: a page, and a column of words
FEW = 8  # columns
FOOT = r"\end{document}"
WORDS = re.compile("[A-Za-z]{2,}")


def sheet(every: Sequence[Exercise]) -> str:
    """Tasks with room for the answers."""
    return "\n".join([HEAD, *_sheet(every), FOOT]) + "\n"


def key(every: Sequence[Exercise]) -> str:
    """Every number on the way, and what mistakes give."""
    return "\n".join([HEAD, *_key(every), FOOT]) + "\n"


# --- characters ---


def math(text: str) -> str:
    """A formula in math mode: ``$\\delta _{2}[0]$``."""
    return f"${symbols(text)}$"


def sentence(text: str) -> str:
    """Words, with formulas between backticks."""
    parts = text.split("`")
    return "".join(math(part) if k % 2 else prose(part) for k, part in enumerate(parts))


def cell(text: str) -> str:
    """A number or a symbol in math mode, words as words."""
    return prose(text) if not text or WORDS.search(text) or text.startswith("#") else math(text)


# --- parts ---


def table(it: Table) -> Iterator[str]:
    """A small one, beside the one before where there is room."""
    title = rf"\multicolumn{{{len(it.head)}}}{{l}}{{\textbf{{{prose(it.title[0].upper() + it.title[1:])}}}}} \\"
    size = r"\scriptsize" if len(it.head) > 10 else r"\footnotesize" if len(it.head) > FEW else r"\small"
    yield rf"{{{size}\begin{{tabular}}[t]{{l{'r' * (len(it.head) - 1)}}}"
    yield title
    yield from _rows(it, r"\hline")
    yield r"\end{tabular}}\quad"


def long_table(it: Table) -> Iterator[str]:
    """One that goes on on the next page, with words in its first column, which break into lines."""
    yield ""
    columns = len(it.head) - 1
    size, column = (r"\footnotesize", 14) if columns <= FEW else (r"\scriptsize", 11)
    yield rf"{{{size}\setlength{{\tabcolsep}}{{3pt}}"
    yield rf"\begin{{longtable}}{{p{{{max(PAGE - column * columns, NARROWEST)}mm}}{'r' * columns}}}"
    yield from _rows(it, r"\hline \endhead")
    yield r"\end{longtable}}"


def _rows(it: Table, below: str) -> Iterator[str]:
    yield rf"{' & '.join(map(cell, it.head))} \\ {below}"
    yield from (rf"{' & '.join(map(cell, row))} \\" for row in it.rows)


def _sheet(every: Sequence[Exercise]) -> Iterator[str]:
    yield rf"\section*{{{prose(title_of(every))}}}"
    yield f"{sentence(notation(every))}\n"
    for it in every:
        yield from (rf"\subsection*{{{it.number}. {prose(it.title)}}}", f"{sentence(it.task)}\n")
        for part in it.given:
            yield from table(part) if isinstance(part, Table) else ["", sentence(part)]
        yield r"\begin{enumerate}\renewcommand{\labelenumi}{\alph{enumi})}"
        for item in it.items:
            yield from _asked(item)
        yield r"\end{enumerate}"
    yield rf"\vfill {{\footnotesize Made by {typewriter(every[0].wanted.command)}.}}"


def _asked(item: Blank | Choice) -> Iterator[str]:
    if isinstance(item, Blank):
        yield rf"\item {math(item.name)} $=$ \underline{{\hspace{{30mm}}}} ({prose(item.words)})"
        return
    yield rf"\item {prose(item.words[0].upper() + item.words[1:])}:\\"
    yield r"\\ ".join(rf"$\circ$ {prose(option.words)}" for option in item.options)


def _key(every: Sequence[Exercise]) -> Iterator[str]:
    wanted = every[0].wanted
    yield r"\section*{Key}"
    yield (
        rf"Made by {typewriter(wanted.command)}; {prose(f'an answer may be off by {wanted.tolerance:g}')}. "
        rf"With {typewriter('--open')} and the number of an exercise the explorer opens it at its start, "
        rf"with {typewriter('--key')} too at its solution."
    )
    for it in every:
        yield rf"\subsection*{{{it.number}. {prose(it.title)}}}"
        yield r"\begin{enumerate}\renewcommand{\labelenumi}{\alph{enumi})}"
        yield from (rf"\item {_answer(item, wanted.decimals)}" for item in it.items)
        yield r"\end{enumerate}"
        for part in it.worked:
            yield from table(part)
        for part in mistakes(it):
            yield from long_table(part)
        yield from (f"{prose(line)}\n" for line in same_here(it))


def _answer(item: Blank | Choice, decimals: int) -> str:
    if isinstance(item, Choice):
        return rf"\textbf{{{prose(item.right.words)}}}"
    steps = " $=$ ".join(map(math, (item.name, item.symbols, item.numbers)))
    return rf"{steps} $=$ $\mathbf{{{item.printed(decimals).replace('−', '-')}}}$"
