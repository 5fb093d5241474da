"""How layers and weights are written, alike on every screen."""

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def sub(number: int) -> str:
    """A layer number as a subscript."""
    return str(number).translate(SUBSCRIPTS)


def weight_symbol(layer: int, source: int, unit: int) -> str:
    """``w₂[0→1]`` from unit 0 to unit 1 of layer 2, ``w₁[x0→1]`` from an input, ``b₂[1]`` for a bias (source −1)."""
    if source < 0:
        return f"b{sub(layer)}[{unit}]"
    return f"w{sub(layer)}[{f'x{source}' if layer == 1 else source}→{unit}]"
