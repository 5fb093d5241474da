"""``bptui map``: panel 7 as text and as a picture, the same numbers behind both."""

import xml.etree.ElementTree as xml
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bptui.cli import main
from bptui.engine.evaluate import activations
from bptui.headless.map import FINE, SIDE, SIZE, NoPicture, as_text, stand, svg
from bptui.scenario import Scenario
from bptui.session.aim import Aim, parse_aim
from bptui.session.session import Session
from bptui.views.plane import Window

SVG = "{http://www.w3.org/2000/svg}"


def session(name: str = "moons") -> Session:
    return Session(Scenario.built_in(name))


def test_every_character_says_the_sign_of_the_network_s_answer_there() -> None:
    scene = stand(session(), Aim(200), None)
    rows = list(as_text(scene))[2:-1]
    points = Window.around(scene.data.x).grid(SIZE[0], SIZE[1] - 2)
    answers = activations(scene.record.after, 2, points)[:, 0].reshape(SIZE[1] - 2, SIZE[0])
    told = [
        (char, answer) for row, line in zip(rows, answers, strict=True) for char, answer in zip(row, line, strict=False)
    ]
    signs = {True: "▵▴▲", False: "▿▾▼"}
    assert all(char in signs[bool(answer > 0.5)] for char, answer in told if char in "▵▴▲▿▾▼")
    assert sum(char in "▵▴▲▿▾▼" for char, _ in told) > 1000


def test_it_says_how_many_updates_were_made() -> None:
    assert next(as_text(stand(session(), None, None))) == "moons · answer, 0 updates"
    assert next(as_text(stand(session(), parse_aim("e2 b3"), None))) == "moons · answer, 19 updates"
    assert next(as_text(stand(session(), Aim(1), (1, 4)))) == "moons · a₁[4], 1 update"


def test_the_picture_has_every_sample_at_its_place_and_a_colour_at_every_field() -> None:
    scene = stand(session(), Aim(50), None)
    root = xml.fromstring(svg(scene))
    circles = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iter(f"{SVG}circle")]
    first = scene.data.x[scene.data.labels == 0]
    window = Window.around(scene.data.x)
    share = (first - window.low) / (window.high - window.low)
    assert np.allclose(circles, np.column_stack([share[:, 0], 1 - share[:, 1]]) * SIDE, atol=0.06)
    crosses = list(root.iter(f"{SVG}path"))
    assert len(circles) + len(crosses) == len(scene.data)
    drawn = sum(float(rect.get("width", "")) - 0.3 for rect in root.iter(f"{SVG}rect") if rect.get("x") != "-12")
    assert drawn == pytest.approx(SIDE * FINE, rel=1e-3)


def test_the_curve_goes_through_the_network_s_answers() -> None:
    scene = stand(session("sine"), Aim(100), None)
    line = next(xml.fromstring(svg(scene)).iter(f"{SVG}polyline")).get("points", "")
    places = np.array([[float(part) for part in point.split(",")] for point in line.split()])
    x = scene.data.x[:, 0]
    at = np.linspace(x.min(), x.max(), 240)
    answers = activations(scene.record.after, 2, at[:, None])[:, 0]
    every = np.concatenate([activations(scene.record.after, 2, scene.data.x)[:, 0], scene.data.y[:, 0]])
    heights = (1 - (answers - every.min()) / (every.max() - every.min())) * SIDE
    assert np.allclose(places[:, 1], heights, atol=0.06)


def test_a_hostile_title_is_no_markup() -> None:
    drawn = svg(replace(stand(session(), None, None), title='<script>"&'))
    assert "<script" not in drawn
    assert xml.fromstring(drawn).findtext(f"{SVG}title") == '<script>"& · answer, 0 updates'


def test_more_inputs_have_no_picture() -> None:
    with pytest.raises(NoPicture, match="4"):
        svg(stand(session("iris"), None, None))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["moons", "--at", "soon"], 'argument --at: not understood: "soon"; write 120'),
        (["moons", "--at", "50%"], "argument --at: '50%' is of a run that is known already"),
        (["moons", "--at", "e1 s99"], "update 1 has 10 samples, no 99"),
        (["moons", "--at", "e2 b99"], "epoch 2 has 16 batches, no 99"),
        (["moons", "--unit", "1"], "expected layer and unit like 1.3, got '1'"),
        (["moons", "--unit", "1.99"], "there is no unit 99 in layer 1: the network is 2-6-1"),
        (["iris", "--svg", "iris.svg"], "a picture needs one or two inputs; these samples have 4"),
        (["moons", "--svg", "nowhere/moons.svg"], "nowhere/"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["map", *words]) in (1, 2)
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_picture_is_never_written_over_another_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.svg").write_text("mine")
    assert main(["map", "xor", "--svg", "m.svg"]) == 0
    assert capsys.readouterr().out == "written: m-2.svg\n"
    assert Path("m.svg").read_text() == "mine"
    assert Path("m-2.svg").read_text().startswith("<svg")
