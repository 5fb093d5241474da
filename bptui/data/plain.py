"""Stand-ins for characters that a terminal or a redirected output does not have."""

import codecs

ASCII = str.maketrans(
    {
        "−": "-", "·": ".", "×": "*", "÷": "/", "→": ">", "←": "<-", "↑": "^", "↓": "v", "▸": ">", "◂": "<", "◦": "o",
        "▶": ">", "◀": "<", "■": "#", "▣": "@", "□": ".", "│": "|", "┃": "|", "─": "-", "━": "-", "╌": "-", "…": "~",
        "‖": "|", "⌊": "[", "⌋": "]", "≤": "<=", "≥": ">=", "≈": "~", "±": "+-", "∞": "inf", "–": "-",
        "▴": "+", "▾": "-", "▵": "'", "▿": ",", "‹": "<", "›": ">", "▲": "^", "▼": "v", "●": "o", "◆": "*",
        # letters: no two that meet in a formula become the same one, none becomes a digit
        "δ": "D", "∂": "d", "Δ": "step ", "θ": "theta", "γ": "r", "∇": "V", "Σ": "S", "φ": "f", "Φ": "F", "λ": "l",
        "μ": "u", "β": "B", "ρ": "p", "π": "pi", "ε": "E", "√": "sqrt ", "½": "1/2 ", "²": "^2", "′": "'",
        "\u0302": "_hat", "\u0304": "_mean", "ā": "a_mean", "ē": "e_mean", "ȳ": "y_mean", "ₙ": "_n", "⁺": "+",
        "₋": "-", "ₜ": "_t", "ᵗ": "^t", "ᵀ": "T", "⊗": "x", "⊙": "o",
        "▁": ".", "▂": ".", "▃": ":", "▄": ":", "▅": "+", "▆": "+", "▇": "#", "█": "#", "▀": "#",
        "░": ".", "▒": ":", "▓": "+",
        "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
        "┏": "+", "┓": "+", "┗": "+", "┛": "+",
        "╭": "+", "╮": "+", "╰": "+", "╯": "+",
        **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
        **{chr(0x2800 + k): " " if k == 0 else "'" if k.bit_count() < 3 else "=" if k.bit_count() < 6 else "%"
           for k in range(256)},
    }
)  # fmt: skip
NAMED = "bptui-plain"
"""The name of the error handler for ``open`` and ``reconfigure``: what cannot be encoded gets its stand-in."""


def in_plain(text: str) -> str:
    """The text in characters that every terminal has; others become a question mark."""
    return text.translate(ASCII).encode("ascii", "replace").decode()


def stand_in(problem: UnicodeError) -> tuple[str, int]:
    """What is written for characters an encoding does not have."""
    assert isinstance(problem, UnicodeEncodeError), "for writing only"
    return in_plain(problem.object[problem.start : problem.end]), problem.end


codecs.register_error(NAMED, stand_in)
