"""A worked update has every number of a small one, in the order in which they come about."""

import pytest

from bptui.engine.weight import Weight
from bptui.explain.worked import MOST_SAMPLES, MOST_UNITS, Section, worked
from bptui.scenario import Scenario
from bptui.scenario.change import changed
from bptui.training import UpdateRecord


def record(name: str, **training: object) -> UpdateRecord:
    run = changed(Scenario.built_in(name), {"training": training}, None).begin()
    assert run.extend_to(2)
    return run.record(2)


def sections(of: UpdateRecord) -> dict[str, Section]:
    return {section.title: section for section in worked(of, Weight(1, 0, 0))}


def test_every_sample_has_its_own_passes_before_the_one_change() -> None:
    titles = list(sections(record("xor")))
    assert titles[0].startswith("Update 2: ")
    assert titles[2:6] == [f"Sample {m} of 4" for m in (1, 2, 3, 4)]
    assert titles[-1] == "The one change of the weights"


def test_all_numbers_of_a_sample_stand_in_its_section() -> None:
    of = record("xor")
    for m in range(4):
        results = [line.result for line in sections(of)[f"Sample {m + 1} of 4"].lines]
        for array in (*of.passed.z, *of.passed.a[1:], *of.passed.delta):
            assert set(array[m].tolist()) <= set(results)
        assert of.passed.loss[m] in results


def test_rows_of_the_table_add_up_to_what_is_in_force() -> None:
    of = record("xor")
    table = sections(of)["Each sample's gradient, and all together"].table
    assert table is not None
    assert len(table.rows) == of.before.flat.size == 13
    for _, *numbers in table.rows:
        *own, total, mean = (float(number) for number in numbers)
        assert total == pytest.approx(sum(own))
        assert mean == pytest.approx(total / 4)


@pytest.mark.parametrize("settings", [{"l2": 0.1}, {"clip_norm": 0.1}, {"optimizer": "adam"}, {"reduction": "sum"}])
def test_the_weight_followed_ends_at_the_value_it_has_after_the_update(settings: dict[str, object]) -> None:
    of = record("xor", **settings)
    lines = sections(of)["One weight in full: w₁[x0→0]"].lines
    assert lines[-1].result == of.after.weights[0][0, 0]
    names = [line.name for line in lines]
    assert any("penalty" in name for name in names) == ("l2" in settings)
    assert ("clip" in names) == ("clip_norm" in settings)
    assert any(name.startswith("MEAN") for name in names) == (of.settings.rules.reduction == "mean")


def test_of_a_large_batch_and_network_a_part_is_written_out_and_said() -> None:
    of = record("digits")
    found = sections(of)
    assert sum(title.startswith("Sample ") for title in found) == MOST_SAMPLES < of.n
    first = next(iter(found.values()))
    assert any(f"the first {MOST_SAMPLES} of them are written out" in words for words in first.sentences)
    assert f"Of each layer the first {MOST_UNITS} units are written out." in first.sentences
    assert any(
        "Σ is of all 32 samples" in words for words in found["Each sample's gradient, and all together"].sentences
    )
