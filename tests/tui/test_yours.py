"""``bptui check --open``: the explorer where a person's numbers first differ, the lab at the rule that gives them."""

import json
from pathlib import Path
from typing import Any

import pytest

from bptui import cli
from bptui.cli import exploring
from bptui.diagnosis.diagnosis import diagnose
from bptui.diagnosis.yours import Yours
from bptui.engine.wrong_rules import CHANGES
from bptui.session.beginning import Beginning
from bptui.session.session import Session
from bptui.tui.app import BptuiApp
from bptui.tui.lab import LabScreen
from bptui.views.numbers import num
from tests.diagnosis.cases import gradient, record, scenario
from tests.scenes import begun
from tests.tui.pilots import Pilots


def new_weights_first() -> dict[str, Any]:
    """Gradients of a program that hands δ back through the new weights."""
    of = record()
    moved = [of.before.weights[0], of.before.weights[1] - 0.5 * of.mean.weights[1]]
    delta = of.passed.delta[1] @ moved[1].T * (1 - of.passed.a[1] ** 2)
    return gradient(of) | {"W1": of.passed.a[0].T @ delta / 4, "b1": delta.mean(axis=0)}


async def test_the_explorer_says_where_they_differ_and_the_lab_opens_at_their_rule() -> None:
    session = Session(scenario())
    it = diagnose(session.record, gradient=new_weights_first())
    assert it.fits == (("new-weights-first",),)
    session.lay_beside(Yours(it))
    app = BptuiApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        at = Pilots(app, pilot)
        await pilot.pause()
        assert "your numbers of update 1 first differ at W1" in at.foot()
        assert "yours" in at.text()
        await at.do("lab")
        screen = app.screen
        assert isinstance(screen, LabScreen)
        assert screen.lab.figures().mistake.id == "new-weights-first"


async def test_the_lab_gets_a_row_for_what_it_has_none_of_its_own_for() -> None:
    """Here two mistakes that have to come together."""
    session = Session(scenario())
    both = {name: (2 * value if name[0] == "W" else 0 * value) for name, value in gradient(record()).items()}
    it = diagnose(session.record, gradient=both)
    assert ("factor-2", "bias-never") in it.fits
    session.lay_beside(Yours(it))
    app = BptuiApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        at = Pilots(app, pilot)
        await at.do("lab")
        screen = app.screen
        assert isinstance(screen, LabScreen)
        mistake = screen.lab.figures().mistake
        assert (mistake.id, mistake.rule) == ("factor-2+bias-never", it.mistakes[0].rule)
        await at.press("b", "b")
        assert mistake.name in at.text()


def test_the_command_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    opened: list[Session] = []

    def keep(beginning: Beginning, options: Any) -> int:
        opened.append(begun(beginning))
        return 0

    monkeypatch.setattr(exploring, "open_explorer", keep)
    Path("homework.toml").write_text(scenario().toml(), encoding="utf-8")
    numbers = {name: value.tolist() for name, value in new_weights_first().items()}
    Path("mine.json").write_text(json.dumps(numbers), encoding="utf-8")
    assert cli.main(["check", "homework.toml", "--with", "mine.json", "--open"]) == 0
    (session,) = opened
    assert session.yours is not None
    assert session.yours.diagnosis.first == "W1"
    Path("mine.json").write_text("{", encoding="utf-8")
    assert cli.main(["check", "homework.toml", "--with", "mine.json", "--open"]) == 2
    assert capsys.readouterr().err.startswith("bptui: error: mine.json:1: no JSON")


async def test_each_sample_s_own_delta_stands_beside_the_true_one_in_panel_3() -> None:
    session = Session(scenario())
    true = session.record.passed.delta
    mine = {"delta2": true[1] * 2, "delta1": true[0]}
    session.lay_beside(Yours(diagnose(session.record, delta=mine)))
    app = BptuiApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        at = Pilots(app, pilot)
        await at.press("b", "3")
        rows = [line.split("┃")[1] for line in at.lines() if "■" in line and "┃" in line]
        assert len(rows) == session.record.n
        for row, delta in zip(rows, true[1][:, 0].tolist(), strict=True):
            told = row.split()
            assert num(2 * delta, 6, plus=True) == told[told.index(num(delta, 6, plus=True)) + 1]
        assert any("yours" in line for line in at.lines())


async def test_what_the_lab_cannot_show_is_told_and_not_shown_as_no_difference() -> None:
    session = Session(scenario(momentum=0.9, optimizer="momentum"))
    (change,) = (change for change in CHANGES if change.id == "momentum-first")
    of = session.record
    it = diagnose(of, gradient=of.reduced, step=[-of.reduced.weights[0], -of.reduced.biases[0],
                                                 -of.reduced.weights[1], -of.reduced.biases[1]])  # fmt: skip
    assert (change.id,) in it.fits
    session.lay_beside(Yours(it))
    app = BptuiApp(session)
    async with app.run_test(size=(120, 40)) as pilot:
        at = Pilots(app, pilot)
        await at.do("lab")
        assert change.name in at.text()
        assert "not here" in at.text()
