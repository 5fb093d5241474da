"""A number as short as it can be written: for learning rates, and for round values."""


def shortest(value: float, digits: int = 6) -> str:
    """The value to at most ``digits`` significant digits, with a true minus and an exponent without zeros."""
    mantissa, _, power = f"{value:.{digits}g}".partition("e")
    return (f"{mantissa}e{int(power)}" if power else mantissa).replace("-", "−")


def rounded(value: float, digits: int = 6) -> float:
    """The value that :func:`shortest` writes."""
    return float(f"{value:.{digits}g}")


def grouped(value: float) -> str:
    """A whole number with a space between its thousands: 1 280 000."""
    return f"{value:,.0f}".replace(",", " ")
