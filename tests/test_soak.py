"""What ``make soak`` presses, and what it calls flat."""

from bptui.tui.keys import Key
from bptui.tui.screens import tables
from tests.soak import NEVER, flat, keys_of, typed


def over(minutes: int, growth: float) -> list[tuple[float, float]]:
    """Memory that goes up and down by 2 MB, looked at every five seconds, and grows by so many MB a minute."""
    return [(k * 5.0, 100.0 + k % 2 * 2 + k * 5 / 60 * growth) for k in range(minutes * 12)]


def test_what_goes_up_and_down_is_flat() -> None:
    said, is_flat = flat(over(30, 0.0))
    assert is_flat
    assert "at most 102.0 MB" in said


def test_what_grows_is_not_flat() -> None:
    said, is_flat = flat(over(30, 0.5))
    assert not is_flat
    assert "+0.50 MB a minute" in said


def test_the_soak_can_press_every_key_that_is_shown() -> None:
    assert [key.shown for table in tables().values() for key in table if key.keys and not pressable(key)] == []


def pressable(key: Key[object]) -> bool:
    return key.id in NEVER or bool(typed(key.keys[0], key.shown))


def test_no_key_of_the_soak_quits() -> None:
    assert not {"q", "\x11", "\x1a", "\x10"} & {keys for table in tables().values() for keys in keys_of(table)}
