"""The name that is suggested is the nearest one, and none where none is near."""

import pytest

from bptui.data.near import nearest_name, slips
from bptui.headless.arguments import COMMANDS
from bptui.scenario.names import built_in_names

KNOWN = (*COMMANDS, *built_in_names())


@pytest.mark.parametrize("name", KNOWN)
def test_any_two_letters_exchanged_or_one_left_out_doubled_or_wrong_lead_to_the_name(name: str) -> None:
    for k in range(len(name)):
        exchanged = name[:k] + name[k : k + 2][::-1] + name[k + 2 :]
        for said in exchanged, name[:k] + name[k + 1 :], name[:k] + name[k] + name[k:], name[:k] + "y" + name[k + 1 :]:
            assert said in KNOWN or nearest_name(said, KNOWN) == name, said


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("excersize", "exercise"),
        ("exer", "exercise"),
        ("save", "save-scenario"),
        ("scenario", "save-scenario"),
        ("datase", "datasets"),  # as many slips as from data
        ("dgis", "digits"),
        ("XOR", "xor"),
        ("explian", None),
        ("explain", None),
        ("random", None),
        ("q", None),
        ("", None),
        ("x" * 5000, None),
    ],
)
def test_what_is_meant_by_several_slips_and_by_a_part_of_a_name(said: str, meant: str | None) -> None:
    assert nearest_name(said, KNOWN) == meant


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("", "", 0), ("", "ab", 2), ("ab", "ba", 1), ("ca", "abc", 3), ("kitten", "sitting", 3), ("tahn", "tanh", 1)],
)
def test_two_letters_exchanged_are_one_slip(one: str, other: str, count: int) -> None:
    assert slips(one, other) == slips(other, one) == count
