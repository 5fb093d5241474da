"""Formulas for a page that LaTeX sets: symbols and numbers as they stand on the screen, in math mode (amsmath)."""

import re

from bptui.explain.expression import (
    ATOM,
    FACTOR,
    POWER,
    TERM,
    Bracket,
    Call,
    Constant,
    Expression,
    Negative,
    Number,
    Part,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
    Write,
)

SIGNS = {
    "−": "-", "·": r"\cdot ", "×": r"\times ", "÷": r"\div ", "→": r"\to ", "≤": r"\le ", "≥": r"\ge ", "…": r"\dots ",
    "‖": r"\Vert ", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "∞": r"\infty ", "½": r"\tfrac{1}{2}", "²": "^{2}", "′": "'",
    "ε": r"\varepsilon ", "∂": r"\partial ", "∇": r"\nabla ", "Σ": r"\sum ", "Δ": r"\Delta ", "Φ": r"\Phi ",
    "δ": r"\delta ", "μ": r"\mu ", "ρ": r"\rho ", "β": r"\beta ", "γ": r"\gamma ", "θ": r"\theta ", "λ": r"\lambda ",
    "π": r"\pi ", "φ": r"\varphi ", "ᵗ": "^{t}", "ᵀ": r"^{\top}", "⊗": r"\otimes ", "#": r"\#", "%": r"\%", "&": r"\&",
    "_": "_", "$": r"\$", "{": r"\{", "}": r"\}", "~": r"\sim ", "\\": r"\backslash ", "^": "^",
}  # fmt: skip
"""What math mode calls the signs of the symbols."""
LOW = dict(zip("₀₁₂₃₄₅₆₇₈₉₋ₜ", "0123456789-t", strict=True))
OPERATORS = {"ln": r"\ln", "max": r"\max", "min": r"\min", "tanh": r"\tanh", "cos": r"\cos", "e": "e"}
TOKEN = re.compile(
    r"(?P<hat>\w\u0302)|(?P<low>[₀-₉₋ₜ]+)|(?P<index>_[A-Za-z])|(?P<power>\^[\w−]+)|(?P<input>x(?:\d+|i)(?![A-Za-z]))"
    r"|(?P<number>\d+(?:\.\d+)?(?:e−?\d+)?(?![A-Za-z]))|(?P<word>[A-Za-z][A-Za-z0-9]*)|(?P<blank>\s+)|(?P<other>.)",
    re.DOTALL,
)
TEXT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "–": "--", "’": "'", "—": "---",
}  # fmt: skip


def prose(words: str) -> str:
    """Words between formulas: nothing in them is a command; signs of mathematics stand in math mode."""
    return "".join(
        TEXT.get(sign) or (sign if sign.isascii() else f"${symbols(sign)}$" if sign in SIGNS or sign in LOW else "?")
        for sign in words
    )


def typewriter(command: str) -> str:
    """A command, its dashes two."""
    return rf"\texttt{{{prose(command).replace('--', '-{}-')}}}"


def symbols(words: str) -> str:
    """A formula in symbols, as :class:`bptui.explain.Explanation` says it. A sign that has no name here is a ``?``."""
    words = words.replace("e^(", "exp(")
    before, root, after = words.partition("√(")
    if root:
        end = _closing(after)
        return rf"{symbols(before)} \sqrt{{{symbols(after[:end])}}} {symbols(after[end + 1 :])}".strip()
    return "".join(map(_token, TOKEN.finditer(words))).strip()


def _closing(words: str) -> int:
    """Where the bracket that was open before these words closes."""
    depth = 1
    for place, sign in enumerate(words):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place
    return len(words)


def _token(found: re.Match[str]) -> str:
    kind, words = found.lastgroup, found[0]
    match kind:
        case "hat":
            return rf"\hat{{{words[0]}}}"
        case "low":
            return f"_{{{''.join(LOW[sign] for sign in words)}}}"
        case "index":
            return f"_{{{words[1]}}}"
        case "power":
            return f"^{{{symbols(words[1:])}}}"
        case "input":
            return f"x_{{{words[1:]}}}"
        case "number":
            return number(words)
        case "word":
            return _word(words)
        case "blank":
            return " "
    return SIGNS.get(words) or (words if words.isascii() else "?")


def _word(words: str) -> str:
    if words == "exp":
        return r"\exp "
    if words in OPERATORS:
        return f"{OPERATORS[words]} " if words != "e" else "e"
    return words if len(words) == 1 else rf"\operatorname{{{words}}}"


def number(words: str) -> str:
    """A number as it was written: ``1.2e−5`` is 1.2 times a power of ten."""
    digits, e, power = words.replace("−", "-").replace("∞", r"\infty ").partition("e")
    return rf"{digits}\cdot 10^{{{int(power)}}}" if e and "nan" not in words else digits


def formula(e: Expression, write: Write, binding: int = TERM) -> str:
    """An expression with its numbers, as :func:`bptui.explain.expression.text` writes it in characters."""
    words, holds = _set(e, write)
    return words if holds >= binding else rf"\left({words}\right)"


def _set(e: Expression, write: Write) -> tuple[str, int]:
    """Math mode, and how tightly it holds together."""
    match e:
        case Number(value):
            words = number(write(value))
            return words, FACTOR if words.startswith("-") or "cdot" in words else ATOM
        case Constant(_, words):
            return symbols(words), FACTOR if words.startswith("−") else ATOM
        case Rest(count, value):
            return rf"\underbrace{{{number(write(value))}}}_{{\text{{{count} more}}}}", FACTOR
        case Sum((only,)) | Part(_, only):
            return _set(only, write)
        case Sum(terms):
            return _set_sum([formula(term, write, FACTOR) for term in terms]), TERM
        case Product(factors):
            return r" \cdot ".join(_factor(factor, write) for factor in factors), FACTOR
        case Negative(inside):
            words = formula(inside, write, FACTOR)
            return rf"-\left({words}\right)" if words.startswith("-") else f"-{words}", FACTOR
        case Quotient() | Power():
            return _built(e, write), POWER
        case Bracket() | Call():
            return _built(e, write), ATOM


def _built(e: Quotient | Power | Bracket | Call, write: Write) -> str:
    match e:
        case Quotient(top, bottom):
            return rf"\frac{{{formula(top, write)}}}{{{formula(bottom, write)}}}"
        case Power(base, exponent):
            return f"{formula(base, write, ATOM)}^{{{formula(exponent, write)}}}"
        case Bracket(left, relation, right):
            sign = SIGNS.get(relation, relation)
            return rf"\left[{formula(left, write)} {sign} {formula(right, write)}\right]"
        case Call(function, arguments):
            return _call(function, [formula(argument, write) for argument in arguments])


def _factor(factor: Expression, write: Write) -> str:
    words = formula(factor, write, FACTOR)
    return rf"\left({words}\right)" if words.startswith("-") else words


def _set_sum(terms: list[str]) -> str:
    first, *others = terms
    return first + "".join(f" - {term[1:]}" if term.startswith("-") else f" + {term}" for term in others)


def _call(function: str, arguments: list[str]) -> str:
    inside = ", ".join(arguments)
    fences = {"abs": (r"\left|", r"\right|"), "floor": (r"\left\lfloor ", r"\right\rfloor ")}
    match function:
        case "e^":
            return f"e^{{{inside}}}"
        case "√":
            return rf"\sqrt{{{inside}}}"
        case "abs" | "floor":
            left, right = fences[function]
            return f"{left}{inside}{right}"
    name = OPERATORS.get(function) or SIGNS.get(function, "").strip() or rf"\operatorname{{{function}}}"
    return rf"{name}\left({inside}\right)"
