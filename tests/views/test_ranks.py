"""Ranks in panel 4, header and ribbon: whose a sample is, what each rank has, and what an all-reduce makes of it."""

import pytest

from bptui.engine.weight import Weight
from bptui.session.moment import Moment
from bptui.session.session import Session
from bptui.views.numbers import factor
from bptui.views.scene import Scene
from tests.scenes import own_data, own_session, painted, phase_of, scene

W = Weight(2, 0, 0)


def shared(ranks: tuple[int, ...], samples: int = 4) -> Session:
    return own_session(own_data((), ("u", "v"), samples), ranks=ranks)


def at(it: Session, kind: str, sample: int) -> Scene:
    return scene(it, Moment(1, phase_of(kind), sample, 2))


def ledger(it: Scene, width: int = 38, height: int = 22) -> str:
    return "\n".join(painted("update", it, width, height))


def test_every_sample_s_row_says_its_rank() -> None:
    rows = ledger(at(shared((3, 1)), "gradient", 1)).splitlines()
    assert [row[1:6] for row in rows[1:5]] == ["r0 #1", "r0 #2", "r0 #3", "r1 #4"]


def test_a_rank_s_sum_is_told_when_its_own_samples_are_in_and_no_sooner() -> None:
    it = shared((3, 1))
    share = it.record.shares[0]
    assert share.mean is not None
    total, mean = (factor(vector[W], 9, plus=True) for vector in (share.summed, share.mean))
    before, after = ledger(at(it, "gradient", 1)), ledger(at(it, "gradient", 2))
    assert "r0 Σ · when its 3 are in" in before
    assert f"r0 Σ {total:>9} ÷3 = {mean}" in after
    assert "r1 Σ · when its 1 is in" in after
    assert "ALL-REDUCE" not in after


def test_the_true_mean_stands_beside_the_mean_of_the_ranks_means() -> None:
    it = shared((3, 1))
    record, said = it.record, ledger(at(it, "reduce", 3))
    assert f"MEAN ÷4   {factor(record.mean[W], 9, plus=True):>9}  ◂ in force" in said
    assert f"Σmean ÷2  {factor(record.mean_of_means[W], 9, plus=True):>9}" in said
    off = record.mean_of_means[W] - record.mean[W]
    assert f"off by    {factor(off, 9, plus=True):>9}  from the mean" in said
    assert abs(off) > 0.01 * abs(record.mean[W])
    wide = ledger(at(it, "reduce", 3), 60)
    assert "ALL-REDUCE: made here, in rank order" in wide


def test_no_map_takes_the_rows_that_samples_need_on_80_columns() -> None:
    rows = painted("update", at(shared((3, 1)), "update", 3), 38, 15)
    assert [row[1:6] for row in rows[1:5]] == ["r0 #1", "r0 #2", "r0 #3", "r1 #4"]
    assert "applied once" in rows[-1]


def test_equal_ranks_means_do_not_differ() -> None:
    record = shared((1, 1)).record
    assert abs(record.means_off[W]) <= 1e-15 * abs(record.mean[W])


@pytest.mark.parametrize(("ranks", "sent"), [((3, 1), 2 * 1 / 2), ((1, 1, 1), 2 * 2 / 3), ((1,) * 8, 2 * 7 / 8)])
def test_the_bytes_are_those_of_a_ring(ranks: tuple[int, ...], sent: float) -> None:
    it = shared(ranks)
    p = it.record.before.architecture.parameters
    assert f"each rank sends {round(sent * p * 8)} bytes" in ledger(at(it, "reduce", 3), height=30)


def test_a_rank_without_samples_has_no_mean() -> None:
    said = ledger(at(shared((9, 9, 1)), "reduce", 3))
    assert "r2 no samples" in said
    assert "Σmean ÷2" in said


@pytest.mark.parametrize("height", range(8, 40))
def test_samples_and_the_mean_keep_their_room_where_there_are_many_ranks(height: int) -> None:
    said = ledger(at(shared((1,) * 40, 5), "reduce", 4), height=height)
    assert "MEAN ÷5" in said
    assert "weight " in said
    assert "#5" in said
    assert ("Σmean ÷5" in said) == (height >= 9)


def test_header_and_ribbon_name_the_ranks() -> None:
    it = shared((3, 1))
    assert "ranks 3:1" in painted("header", at(it, "gradient", 2), 140, 2)[0]
    assert "3 ranks" in painted("header", at(shared((1, 1, 1)), "gradient", 2), 140, 2)[0]
    assert "■■■□  rank 0 of 2 has samples 1–3" in painted("ribbon", at(it, "gradient", 2), 80, 3)[1]
    assert "■■■▣  rank 1 of 2 has sample 4" in painted("ribbon", at(it, "loss", 3), 80, 3)[1]
    reduced = painted("ribbon", at(it, "reduce", 3), 80, 3)
    assert "2 ranks: 3 + 1 samples" in reduced[1]
    assert "4 samples of 2 ranks added, ÷ 4 = mean" in reduced[2]


def test_one_machine_says_nothing_of_ranks() -> None:
    it = shared(())
    for view in ("update", "header", "ribbon"):
        for kind in ("gradient", "reduce"):
            said = "\n".join(painted(view, at(it, kind, 3), 120, 24))
            assert "rank" not in said
            assert "r0" not in said
