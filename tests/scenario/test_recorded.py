"""A recording's file: what is written is read again, and whatever else stands in one is refused in one line."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bptui import cli
from bptui.cli import exploring
from bptui.scenario import Scenario, ScenarioError
from bptui.scenario import recorded as room
from bptui.scenario.recorded import HEAD, Recorded, is_recording, scenario_of_recording, write_recording
from bptui.session.beginning import Beginning
from bptui.session.session import Session
from tests import scenes
from tests.cli.commands import plain_complaint
from tests.recordings import FOLDER, by_pytorch, recorded_from, written

UPDATES = 3


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return recorded_from(Scenario.built_in("xor").begin(), UPDATES)


def refusal(path: Path) -> str:
    """The one line, without the file's name."""
    with pytest.raises(ScenarioError) as refused:
        scenario_of_recording(path).begin()
    words = str(refused.value)
    assert words.startswith(f"{path}: ")
    assert words.isprintable()
    return words.removeprefix(f"{path}: ")


def test_what_is_written_is_read_again(recorded: Recorded, tmp_path: Path) -> None:
    scenario = scenario_of_recording(written(tmp_path / "run.bptui", recorded))
    start = Scenario.built_in("xor").begin().start
    assert scenario.recording is not None
    assert (scenario.recording.theta == recorded.arrays["theta"]).all()
    assert (scenario.begin().start.flat == start.flat).all()
    assert scenario.settings.rules == Scenario.built_in("xor").settings.rules
    assert scenario.title == "run"


def test_clipping_is_in_force_in_every_update(recorded: Recorded, tmp_path: Path) -> None:
    head = {**recorded.head, "training": {**recorded.head["training"], "clip_norm": 0.02}}
    run = scenario_of_recording(written(tmp_path / "run.bptui", Recorded(head, recorded.arrays))).begin()
    assert run.extend_to(2)
    for update in (1, 2):
        record = run.record(update)
        assert np.linalg.norm(record.summed.flat / record.n) > 0.02
        assert np.linalg.norm(record.reduced.flat) == pytest.approx(0.02)


def test_it_is_found_by_what_is_in_it_whatever_it_is_called(recorded: Recorded, tmp_path: Path) -> None:
    path = written(tmp_path / "run", recorded)
    assert is_recording(path)
    assert Scenario.of_file(path).recording is not None
    np.savez(tmp_path / "data.npz", x=np.eye(3), y=np.eye(3))
    (tmp_path / "zip.bptui").write_bytes(b"PK\x03\x04 and no more")
    for other in ("data.npz", "zip.bptui", "none.bptui", "."):
        assert not is_recording(tmp_path / other)


def test_names_and_pictures_are_those_of_the_file() -> None:
    data = by_pytorch("pictures").dataset()
    assert data.image == (8, 8)
    assert data.classes == tuple("0123456789")


def test_other_settings_or_another_seed_are_a_run_of_bptuis_own() -> None:
    scenario = by_pytorch("iris")
    for other in (scenario.under(scenario.settings), scenario.seeded(3)):
        run = other.begin()
        assert other.recording is None
        assert run.provider.why_no_change() == ""
        assert (run.start.flat == scenario.begin().start.flat).all()


def test_the_scenario_that_is_written_of_it_begins_with_its_data_and_weights(tmp_path: Path) -> None:
    recording = by_pytorch("iris")
    path = tmp_path / "mine.toml"
    path.write_text(recording.under(recording.settings).toml(), encoding="utf-8")
    run, read = Scenario.read(path).begin(), recording.begin()
    assert (run.start.flat == read.start.flat).all()
    assert (run.problem.data.x == read.problem.data.x).all()
    assert run.settings_at(1).rules == read.settings_at(1).rules


def test_steps_of_an_unknown_rule_make_no_scenario() -> None:
    with pytest.raises(ScenarioError, match="does not know the rule of the optimizer that made them"):
        by_pytorch("pictures").toml()


# --- hostile ---

WRONG: dict[str, tuple[str, Callable[[Any], Any], str]] = {
    "a number that is none": ("theta", lambda a: np.where(a == a.max(), np.nan, a), "theta: a number that is not"),
    "an infinite target": ("y", lambda a: a + np.inf, "y: a number that is not finite"),
    "weights of another network": ("theta", lambda a: a[:, :-1], "theta: shape .* would fit the rest"),
    "an update without weights": ("theta", lambda a: a[:-1], "theta: shape"),
    "gradients of fewer updates": ("gradients", lambda a: a[:-1], "gradients: shape"),
    "memory of another optimizer": ("memory", lambda a: np.zeros((*a.shape[:1], 2, a.shape[2])), "memory: shape"),
    "a row that is not there": ("rows", lambda a: a + 2, "rows: one that is not among the 4 samples"),
    "a row below none": ("rows", lambda a: a - 1, "rows: one that is not among"),
    "a row twice in an epoch": ("rows", lambda a: np.where(a == 1, 2, a), "rows: one that comes twice in an epoch"),
    "a batch of none": ("sizes", lambda a: np.array([0, *a[1:-1], a[0] + a[-1]]), "sizes: a batch without samples"),
    "a batch below none": ("sizes", lambda a: np.array([-4, *a[1:-1], a[0] + a[-1] + 4]), "sizes: a batch without"),
    "batches of other rows": ("sizes", lambda a: a + 1, "rows: shape"),
    "sizes beyond all numbers": ("sizes", lambda a: a * 2**61, "rows: shape|sizes: a batch"),
    "no updates": ("sizes", lambda a: a[:0], "0 updates; 1 to"),
    "epochs that go back": ("epochs", lambda a: a[::-1] + np.arange(len(a))[::-1], "epochs: they do not count"),
    "epochs from the middle": ("epochs", lambda a: a + 5, "epochs: they do not count"),
    "a rate below 0": ("rates", lambda a: -a, "rates: a learning rate below 0"),
    "words for numbers": ("x", lambda a: a.astype(str), "x: dtype"),
    "objects": ("x", lambda a: a.astype(object), "x: Python objects"),
    "complex numbers": ("theta", lambda a: a.astype(complex), "theta: complex numbers"),
    "half precision": ("theta", lambda a: a.astype(np.float16), "theta: 2 dimensions of float16"),
    "inputs of three dimensions": ("x", lambda a: a[None], "x: 3 dimensions"),
    "fractions of rows": ("rows", lambda a: a + 0.5, "rows: 1 dimensions of float64"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_arrays_that_are_none_of_a_training_are_refused(recorded: Recorded, tmp_path: Path, name: str) -> None:
    array, change, words = WRONG[name]
    path = written(tmp_path / "run.bptui", recorded, {array: change(recorded.arrays[array])})
    assert re.search(words, refusal(path)), refusal(path)


HEADS: dict[str, tuple[dict[str, Any], str]] = {
    "a newer format": ({HEAD: 2}, "recording format 2 is newer than this bptui knows (1); update it"),
    "a format that is none": ({HEAD: "1"}, "no recording of bptui.torch's"),
    "a format below": ({HEAD: 0}, "damaged, or changed by hand"),
    "something more": ({"more": 1}, "damaged, or changed by hand"),
    "an unknown loss": ({"training": {"loss": "huber"}}, "training.loss: expected one of"),
    "a schedule": ({"training": {"schedule": "step"}}, "training: 'schedule' is nothing that a recording says"),
    "weights in words": ({"network": {"layers": [2, 2, 1], "weights": []}}, "network: 'weights' is nothing"),
    "a loss that does not fit": ({"training": {"loss": "cross-entropy"}}, "needs softmax"),
    "no network": ({"network": []}, "network: expected an object, got []"),
    "a layer of none": ({"network": {"layers": [2, 0, 1]}}, "network.layers: item 1"),
    "layers beyond all": ({"network": {"layers": [2, 10**30, 1]}}, "network.layers: item 1"),
    "other layers": ({"network": {"layers": [2, 7, 1]}}, "theta: shape"),
    "too many classes": ({"classes": ["a", "b", "c"]}, "classes: 3 names for 1 outputs"),
    "names that are none": ({"features": [3, 4]}, "features: item 0: expected a text"),
    "a picture of other pixels": ({"image": [3, 3]}, "image: (3, 3) does not have 2 pixels"),
    "a text for a flag": ({"steps_known": "yes"}, "steps_known: expected true or false"),
    "an escape in a notice": ({"notices": 7}, "notices: expected a list"),
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_that_say_something_else_are_refused(recorded: Recorded, tmp_path: Path, name: str) -> None:
    others, words = HEADS[name]
    head = {HEAD: 1, **recorded.head, **others}
    path = packed(tmp_path, json.dumps(head).encode(), recorded)
    assert words in refusal(path)


def packed(folder: Path, head: bytes | NDArray[Any], recorded: Recorded) -> Path:
    path = folder / "run.bptui"
    body = io.BytesIO()
    array = np.frombuffer(head, np.uint8) if isinstance(head, bytes) else head
    np.savez(body, **{HEAD: array, **recorded.arrays})  # type: ignore[arg-type]
    path.write_bytes(body.getvalue())
    return path


NO_BYTES = np.full(8, np.nan), np.array([123, 125])


@pytest.mark.parametrize(
    "head", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"bptui_recording": NaN}', *NO_BYTES]
)
def test_heads_that_are_no_json_are_refused(recorded: Recorded, tmp_path: Path, head: bytes | NDArray[Any]) -> None:
    assert refusal(packed(tmp_path, head, recorded)).startswith(("damaged", "no recording"))


def test_a_text_of_the_file_brings_no_escape_to_the_screen(recorded: Recorded, tmp_path: Path) -> None:
    head = {**recorded.head, "by": "\x1b[2J you", "notices": ["\x1b]0;x\x07 hello\n"], "classes": ["\x1b[31m", "b"]}
    scenario = scenario_of_recording(written(tmp_path / "run.bptui", Recorded(head, recorded.arrays)))
    assert scenario.recording is not None
    for words in (scenario.recording.by, *scenario.notices, *scenario.dataset().classes):
        assert words.isprintable()


@pytest.mark.parametrize("cut", [100, 1500, -200, -1])
def test_a_file_that_is_cut_off_is_told_of_as_the_recording_that_it_was(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "run.bptui"
    path.write_bytes((FOLDER / "xor.bptui").read_bytes()[:cut])
    assert is_recording(path)
    assert refusal(path).startswith("a recording, cut off or damaged: ")


@pytest.mark.parametrize("cut", [0, 3, 40])
def test_of_a_few_bytes_nobody_knows_what_they_were(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "run.bptui"
    path.write_bytes((FOLDER / "xor.bptui").read_bytes()[:cut])
    assert not is_recording(path)


def test_a_byte_that_was_changed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "run.bptui"
    body = bytearray((FOLDER / "xor.bptui").read_bytes())
    for place in range(600, 6000, 900):
        wrong = body.copy()
        wrong[place] ^= 0x40
        path.write_bytes(wrong)
        assert refusal(path)


def test_members_that_are_missing_or_too_many_are_named(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "run.bptui"
    arrays = {name: array for name, array in recorded.arrays.items() if name != "theta"}
    write_recording(path, Recorded(recorded.head, arrays))
    assert "a damaged one: 'theta'" in refusal(path)
    assert "a damaged one: 'extra'" in refusal(written(path, recorded, {"extra": np.zeros(1)}))
    with zipfile.ZipFile(written(path, recorded), "a") as more:
        more.writestr("../evil.npy", b"")
    assert "is no array of numpy's" in refusal(path)


def test_a_size_that_is_only_claimed_takes_no_memory(recorded: Recorded, tmp_path: Path) -> None:
    path = tmp_path / "run.bptui"
    old, new = f"{recorded.arrays['theta'].shape}, }}".ljust(30).encode(), b"(9999999, 9999999), }".ljust(30)
    with zipfile.ZipFile(written(tmp_path / "whole", recorded)) as whole, zipfile.ZipFile(path, "w") as other:
        for name in whole.namelist():
            body = whole.read(name)
            assert (old in body) == (name == "theta.npy")
            other.writestr(name, body.replace(old, new))
    assert "theta: its shape (9999999, 9999999) needs more than" in refusal(path)


def test_a_recording_too_large_is_not_written(
    recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LARGEST", 1000)
    with pytest.raises(ScenarioError, match="at most 0 MB are written"):
        write_recording(tmp_path / "run.bptui", recorded)
    assert list(tmp_path.iterdir()) == []


# --- the commands ---


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command says in the line with which it refuses."""
    status = cli.main([*words])
    said = capsys.readouterr()
    return plain_complaint(status, said.out, said.err)


def test_trace_tells_pytorchs_numbers_beside_the_engines(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trace", str(FOLDER / "iris.bptui"), "--from", "3"]) == 0
    update = json.loads(capsys.readouterr().out)
    assert update["pytorch"]["off"]["gradient"] < 1e-13
    assert update["pytorch"]["loss"] == pytest.approx(update["loss"]["mean"], rel=1e-13)
    ours, theirs = (each[0]["weights"] for each in (update["gradient"]["reduced"], update["pytorch"]["gradient"]))
    assert np.allclose(ours, theirs, rtol=1e-12)


def test_train_prints_what_was_recorded_and_says_that_it_ends(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.main(["train", str(FOLDER / "xor.bptui"), "--epochs", "30", "--json"])
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["epoch"] for line in lines if "train_loss" in line][-1] == 12
    assert said.err.splitlines()[-1] == "bptui: the recording ends here: 24 updates stand in xor.bptui"
    assert status == 0


def test_an_option_that_would_make_another_run_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(FOLDER / "xor.bptui")
    for words in (("--lr", "0.5"), ("--activation", "tanh"), ("--weights", "w.npz"), ("--seed", "3")):
        said = told(capsys, "trace", path, *words)
        assert said.startswith(f"argument {words[0]}: a recording is read as it was made; bptui save-scenario")


def test_no_script_of_pytorch_is_written_of_what_it_has_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    said = told(capsys, "export", str(FOLDER / "xor.bptui"), "--torch", str(tmp_path / "train.py"))
    assert "PyTorch has made it already, in an order that no seed gives; bptui save-scenario writes" in said
    assert list(tmp_path.iterdir()) == []


def test_save_scenario_prints_one_that_begins_with_its_weights(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(["save-scenario", str(FOLDER / "xor.bptui")]) == 0
    path = tmp_path / "mine.toml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert (Scenario.read(path).begin().start.flat == by_pytorch("xor").begin().start.flat).all()


def test_a_damaged_file_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "run.bptui"
    path.write_bytes((FOLDER / "xor.bptui").read_bytes()[:-500])
    for words in (["trace", str(path)], ["open", str(path)]):
        assert f"{path}: a recording, cut off or damaged: " in told(capsys, *words)


def test_open_opens_it_in_the_explorer(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Session] = []

    def open_nothing(start: Beginning, options: object) -> int:
        opened.append(scenes.begun(start))
        return 0

    monkeypatch.setattr(exploring, "open_explorer", open_nothing)
    assert cli.main(["open", str(FOLDER / "xor.bptui")]) == 0
    (session,) = opened
    assert session.scenario.recording is not None


def test_data_in_an_archive_are_no_recording_to_open(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, x=np.eye(3), y=np.arange(3))
    assert "neither a session nor a recording" in told(capsys, "open", str(path))
