"""One door for people's files: the right reader by name, the way round where there is none, and nothing waited for."""

import os
from pathlib import Path

import numpy as np
import pytest

from bptui.data import DataError
from bptui.data.files import INSTEAD, READERS, read_data, reader_of
from bptui.scenario import Scenario, ScenarioError
from bptui.session.session import Session

TABLE = "a,b,class\n" + "".join(f"{k},{k % 3},{'odd' if k % 2 else 'even'}\n" for k in range(30))


@pytest.mark.parametrize("name", ["mine.csv", "mine.CSV", "mine.Tsv", "mine.data", "mine.txt", "mine"])
def test_a_table_is_read_whatever_the_case_of_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TABLE, encoding="utf-8")
    assert read_data(path).x.shape == (30, 2)
    scenario = Scenario.of_file(path)
    assert scenario.network.layers == (2, 8, 2)
    assert scenario.begin().record(1).n == 10


@pytest.mark.parametrize("suffix", INSTEAD)
@pytest.mark.parametrize("change", [str, str.upper])
def test_a_kind_that_is_not_read_names_the_way_round(tmp_path: Path, suffix: str, change: type[str]) -> None:
    path = tmp_path / f"mine{change(suffix)}"
    path.write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(DataError, match="not read: ") as caught:
        read_data(path)
    assert str(caught.value).startswith(f"{path}: not read: ")
    assert str(caught.value).endswith(INSTEAD[suffix])
    with pytest.raises(ScenarioError, match="not read: "):
        Scenario.of_file(path)


def test_every_kind_that_is_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "mine.arff").write_text("@relation r\n@attribute a numeric\n@data\n1\n", encoding="utf-8")
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03")
    np.savez(tmp_path / "mine.npz", x=np.eye(3))
    np.save(tmp_path / "mine.npy", np.eye(3))
    (tmp_path / "pictures" / "cat").mkdir(parents=True)
    (tmp_path / "pictures" / "cat" / "1.png").write_bytes(b"\x89PNG")
    assert {reader_of(path) for path in tmp_path.iterdir()} == set(READERS)


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.toml", "pipe"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(ScenarioError, match="not a plain file"):
        Scenario.of_file(tmp_path / name)


def test_a_scenario_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.TOML"
    path.write_bytes(b"\xef\xbb\xbfformat_version = 1\n[data]\nname = 'xor'\n[network]\nlayers = [2, 3, 1]\n")
    assert Scenario.of_file(path).network.layers == (2, 3, 1)


@pytest.mark.parametrize("what_happens", ["deleted", "edited"])
@pytest.mark.parametrize("through_a_scenario", [False, True])
def test_data_are_read_once_and_kept(tmp_path: Path, what_happens: str, through_a_scenario: bool) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    opened = path
    if through_a_scenario:
        opened = tmp_path / "mine.toml"
        opened.write_text(
            "format_version = 1\n[data]\nfile = 'mine.csv'\n[network]\nlayers = [2, 3, 2]\n"
            "[training]\nloss = 'cross-entropy'\n",
            encoding="utf-8",
        )
    session = Session(Scenario.of_file(opened))
    before = session.run.problem.data.x.tobytes()
    if what_happens == "deleted":
        path.unlink()
    else:
        path.write_text("rubbish", encoding="utf-8")
    assert session.reseed().startswith("restarted with seed 8")
    assert session.run.problem.data.x.tobytes() == before
