"""The words that choose a scenario again: parsed, they give the same one."""

import shlex
from pathlib import Path

import numpy as np
import pytest

from bptui.cli.choosing import choose
from bptui.headless.arguments import parser_of
from bptui.scenario import Scenario
from bptui.scenario.command import command_words


def chosen(*words: str) -> Scenario:
    return choose(parser_of("").parse_args(list(words)))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("a,b,kind,y\n" + "1,2,u,3\n2,3,v,4\n4,1,u,0.5\n" * 8, encoding="utf-8")
    Path("my set.toml").write_text(
        'format_version = 1\n[data]\nfile = "mine.csv"\ntarget = "y"\n[network]\nlayers = [4, 3, 1]\n'
        '[training]\noptimizer = "adam"\nbeta1 = 0.5\n',
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    "line",
    [
        "xor",
        "xor --lr 0.5 --batch 1 --reduction sum",
        "digits --layers 64-12-6-10 --activation relu --seed 9 --samples 300 --test-fraction 0.25",
        "xor --loss binary-cross-entropy --learning-rate 0.1234567890123",
        "xor --loss half-squared-error --activations sigmoid,identity --bias none --init zeros",
        "mazur --init glorot",
        "mazur --layers 2-3-2",
        "iris --optimizer momentum --momentum 0.8 --schedule cosine --schedule-length 90 --batch all",
        "iris --optimizer adamw --weight-decay 1e-3 --repeats 3 --repeat-until 0.05 --order fixed",
        "mine.csv",
        "mine.csv --target kind --drop a,y --scale standard --l2 0.01",
        "mine.csv --target=-1 --as numbers --layers 4-5-1",
        "'my set.toml'",
        "'my set.toml' --optimizer adamw --beta1 0.9",
        "'my set.toml' --optimizer sgd --clip-norm 2",
        "'my set.toml' --target kind --layers 3-4-2 --loss cross-entropy",
    ],
)
def test_they_choose_the_same_scenario(line: str) -> None:
    scenario = chosen(*shlex.split(line))
    again = chosen(*command_words(scenario))
    assert again.document(whole=True) == scenario.document(whole=True)
    assert again.begin().record(2).after.flat.tobytes() == scenario.begin().record(2).after.flat.tobytes()


def test_what_is_as_it_is_anyway_is_not_said() -> None:
    assert command_words(chosen("xor")) == ["xor"]
    assert command_words(chosen("xor", "--lr", "0.25", "--seed", "9")) == ["xor", "--seed", "9", "--lr", "0.25"]


def test_what_no_option_says_is_refused() -> None:
    with pytest.raises(ValueError, match="in memory only"):
        command_words(Scenario.from_arrays(np.eye(2), [0, 1]))
    scenario = Scenario.built_in("mazur")
    mine = Scenario(scenario.data, Scenario.built_in("xor").network, origin="xor")
    assert command_words(mine.under(scenario.settings))[0] == "xor"
    Path("w.json").write_text('{"weights": [[[1, 2, 3], [1, 2, 3]], [[1], [2], [3]]], "biases": [[0, 0, 0], [0]]}')
    with pytest.raises(ValueError, match="start weights"):
        command_words(chosen("xor", "--layers", "2-3-1", "--weights", "w.json"))
