"""Steps stop before the numbers that are asked, and an answer is worth what its digits are."""

import re
from dataclasses import replace

import pytest

from bptui.explain import value
from bptui.explain.quantity import of_unit, of_weight
from bptui.scenario import Scenario
from bptui.session.prediction import DEPTHS, MOST_HINTS, Asked, Prediction, understood
from bptui.session.session import Session

ALL: frozenset[Asked] = frozenset(DEPTHS)


def asking(name: str = "xor", kinds: frozenset[Asked] = ALL) -> Session:
    session = Session(Scenario.built_in(name))
    session.predict(Prediction(kinds))
    return session


def now(session: Session) -> Prediction:
    assert session.prediction is not None
    return session.prediction


def told(session: Session, given: str) -> None:
    """Answer the number that is asked."""
    q = now(session).now
    assert q is not None
    session.predict(now(session).answered(given, value(session.record, q), lambda *_: "a miss"))


def walk(session: Session, scale: str, steps: int) -> list[str]:
    """The kinds asked by so many steps, each skipped."""
    kinds: list[str] = []
    for _ in range(steps):
        session.move((scale, 1))  # type: ignore[arg-type]
        while (q := now(session).now) is not None:
            kinds.append(q.kind)
            session.predict(now(session).skipped())
    return kinds


def test_a_phase_step_stops_before_every_number_of_a_batch_in_order() -> None:
    one = ["a", "delta", "delta", "contribution"]
    assert walk(asking(), "phase", 6 + 3 * 7 + 2) == [*one * 4, "sum", "mean", "step", "after"]


@pytest.mark.parametrize("scale", ["batch", "epoch"])
def test_a_batch_step_stops_before_the_numbers_of_the_batch_alone(scale: str) -> None:
    session = asking()
    assert walk(session, scale, 3) == ["contribution", "sum", "mean", "step", "after"]
    assert session.moment.update == 1
    only: frozenset[Asked] = frozenset(("sum", "step"))
    assert walk(asking(kinds=only), scale, 2) == ["sum", "step"]


def test_without_a_number_of_the_batch_a_batch_step_stops_before_those_of_a_sample() -> None:
    assert walk(asking(kinds=frozenset(("delta",))), "batch", 3) == ["delta"] * 3


def test_what_is_in_no_depth_is_stepped_over() -> None:
    session = asking(kinds=frozenset(("weight",)))
    assert walk(session, "batch", 2) == ["after", "after"]
    assert session.moment.update == 2


def test_a_batch_of_one_sample_has_no_sum_to_ask_and_a_sum_in_force_no_mean() -> None:
    assert walk(asking("mazur"), "phase", 8) == ["a", "delta", "delta", "contribution", "step", "after"]
    assert "mean" not in walk(asking("trask"), "batch", 3)


def test_the_number_asked_is_of_the_selected_unit_and_of_the_weight_selected_meanwhile() -> None:
    session = asking(kinds=frozenset(("sum",)))
    session.move(("batch", 1))
    assert now(session).now == of_weight("sum", 2, 0, 0)
    session.select(source=1)
    assert now(session).now == of_weight("sum", 2, 1, 0)
    session.select(layer=-1, unit=2)
    assert now(session).now == replace(
        of_weight("sum", 1, 0, 0), unit=session.moment.unit, source=session.moment.source
    )


def test_what_was_answered_at_a_moment_is_not_asked_of_another_weight() -> None:
    session = asking()
    session.move(("batch", 1))
    session.predict(now(session).skipped())
    session.select(source=1)
    assert [q.kind for q in now(session).asked] == ["sum", "mean"]


def test_going_elsewhere_asks_nothing() -> None:
    session = asking()
    for move in (1, 1, -1):
        session.move(("phase", move))
    assert now(session).now is None
    session.move(("phase", 1))
    assert now(session).now == of_unit("a", 2, 0, 0)


def test_off_again_steps_are_as_they_were() -> None:
    session, plain = asking(), Session(Scenario.built_in("xor"))
    session.move(("phase", 1))
    session.predict(None)
    session.move(("batch", 1))
    plain.move(("batch", 1))
    assert session.moment == plain.moment


@pytest.mark.parametrize(
    ("given", "true", "right"),
    [
        ("0.0123", 0.01234, True),
        ("0.0125", 0.01234, False),
        ("0.012", 0.01234, True),
        ("−0.012", -0.01234, True),
        ("0.012", -0.01234, False),
        ("0,75", 0.7490, True),
        ("0.74", 0.7490, False),
        ("1.2e-2", 0.01234, True),
        ("3", 3.0, True),
        ("3", 3.4, False),
        ("0", 0.0, True),
        ("0.00", 0.0, True),
        ("0", 0.01, False),
        ("0.029136", 0.0291203, True),  # worked out with the digits on the screen
        ("0.02960", 0.0291203, False),
    ],
)
def test_an_answer_is_as_exact_as_its_digits(given: str, true: float, right: bool) -> None:
    asked = Prediction(ALL, (of_weight("sum", 1, 0, 0),))
    after = asked.answered(given, true, lambda *_: "named")
    assert after.told is not None
    assert (after.told.right, after.told.words) == (right, "" if right else "named")
    assert (after.score.right, after.score.answered) == (int(right), 1)
    assert after.now is None


@pytest.mark.parametrize(
    "given", ["", "-", "abc", "1.2.3", "e5", "nan", "0x1", ".", "--2", "12e400", "1.5e999", "9" * 400]
)
def test_what_is_no_number_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(ValueError, match=r"is no number: as 0\.0123"):
        understood(given)


@pytest.mark.parametrize(
    ("given", "better"), [("0.5", "0.50"), ("0,01", "0.010"), (".5", ".50"), ("−2e-4", "−2.0e−4"), ("1e3", "1.0e3")]
)
def test_one_digit_says_too_little_and_two_are_shown(given: str, better: str) -> None:
    with pytest.raises(ValueError, match=f"two significant digits: {re.escape(better)}$"):
        understood(given)
    assert understood(better)[0] == float(given.replace("−", "-").replace(",", "."))


def test_a_number_that_was_chosen_is_exactly_that_however_it_is_written() -> None:
    asked = Prediction(ALL, (of_weight("sum", 1, 0, 0),))
    for chosen, right in ((0.5, True), (0.51, False)):
        after = asked.answered("0.5", 0.5, lambda *_: "named", chosen)
        assert after.told is not None
        assert after.told.right is right


def test_hints_end_and_are_counted_and_a_skipped_number_is_no_answer() -> None:
    session = asking()
    session.move(("sample", 1))
    for _ in range(MOST_HINTS + 2):
        session.predict(now(session).hinted())
    assert now(session).hints == MOST_HINTS
    session.predict(now(session).skipped())
    assert now(session).score.words == "0 of 0 right, 3 hints, 1 skipped"
    session.move(("sample", 1))
    told(session, "12.5")
    session.move(("sample", 1))
    q = now(session).now
    assert q is not None
    told(session, f"{value(session.record, q):.6f}")
    assert now(session).score.words == "1 of 2 right, 3 hints, 1 skipped"


def test_a_letter_chooses_among_what_is_offered_until_another_or_a_number_takes_its_place() -> None:
    asking = Prediction(frozenset(("mean",))).with_offers(True).with_typed("0").with_typed(".").with_typed("b")
    assert (asking.typed, asking.chosen) == ("b", 1)
    assert asking.with_typed("c").chosen == 2
    assert (asking.with_typed("5").typed, asking.with_typed("5").chosen) == ("5", None)
    assert (asking.with_offers(False).typed, asking.with_offers(False).chosen) == ("", None)
    assert asking.with_typed("5").with_offers(False).typed == "5"
