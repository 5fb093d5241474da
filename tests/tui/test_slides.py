"""Slides and films are the explorer's own screens."""

import json
import re
import shlex
from functools import cache
from pathlib import Path

import pyte
import pytest

from bptui.scenario import Scenario
from bptui.session.aim import parse_aim
from bptui.session.moment import GRADIENT, REDUCE, UPDATE
from bptui.session.session import Session
from bptui.tui.config import Config
from bptui.tui.slides import Slide, film, slides, walk

SIZE = (100, 30)


def standing(at: str, name: str = "xor") -> Session:
    session, aim = Session(Scenario.built_in(name)), parse_aim(at)
    session.run.extend(aim.goal(session.run, session.moment))
    session.arrive_at(aim)
    return session


@cache
def shown() -> tuple[Slide, ...]:
    return tuple(slides(standing("e3 b1"), None, SIZE, Config(), phases=True))


def text_of(slide: Slide) -> list[str]:
    return [strip.text.rstrip() for strip in slide.strips]


def test_a_walk_has_each_phase_of_one_sample_the_others_and_what_happens_once() -> None:
    session = standing("e3 b1 s2")
    found = walk(session)
    assert [moment.sample for moment in found if moment.phase == GRADIENT] == [0, 1, 2, 3]
    assert sum(moment.sample == 1 for moment in found) == 7
    assert [moment.phase for moment in found[-2:]] == [REDUCE, UPDATE]
    assert {moment.update for moment in found} == {3}


def test_there_are_twelve_slides_of_an_update_of_xor_each_after_its_moment() -> None:
    names = [slide.file_name(place) for place, slide in enumerate(shown(), 1)]
    assert len(names) == 12
    assert names[0] == "01-e3-b1-s1-input.svg"
    assert names[-2:] == ["11-e3-b1-reduce.svg", "12-e3-b1.svg"]


def test_the_title_of_a_slide_is_the_command_that_shows_it_again() -> None:
    title = re.findall(r"<title>(.*?)</title>", shown()[3].svg)[0].replace("&#x27;", "'")
    assert shlex.split(title) == ["bptui", "xor", "--at", "e3 b1 s1 loss"]


def test_nothing_is_told_before_its_time_and_the_chart_is_there() -> None:
    assert any("0 of 4 added" in line for line in text_of(shown()[0]))
    assert any("4 of 4 added" in line for line in text_of(shown()[-1]))
    assert any("⠀" < sign <= "⣿" for line in text_of(shown()[0]) for sign in line)


def test_a_film_played_shows_each_slide_at_its_marker() -> None:
    head, *events = [json.loads(line) for line in film(list(shown()), SIZE, "bptui xor", 2.0).splitlines()]
    assert head["version"] == 3
    assert head["term"] == {"cols": 100, "rows": 30, "type": "xterm-256color"}
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    waiting = list(shown())
    for after, code, data in events:
        assert after in (0.0, 2.0)
        if code == "o":
            stream.feed(data)
        else:
            slide = waiting.pop(0)
            assert data == slide.words
            assert [line.rstrip() for line in screen.display] == text_of(slide)
    assert waiting == []


def test_keys_are_pressed_before_the_picture_is_taken() -> None:
    (slide,) = slides(standing("start", "trask"), None, SIZE, Config(), keys=("w", "5"))
    assert "Mistakes lab" in text_of(slide)[0]


@pytest.mark.parametrize("many", [False, True])
def test_the_command_writes_a_picture_or_a_folder(many: bool, tmp_path: Path) -> None:
    from bptui.cli import main

    path = tmp_path / "out"
    assert main(["export", "mazur", "--svg", str(path), "--size", "80x24", *(["--phases"] if many else [])]) == 0
    files = sorted(path.iterdir()) if many else [path]
    assert len(files) == (9 if many else 1)
    assert all(file.read_text(encoding="utf-8").startswith("<svg") for file in files)
