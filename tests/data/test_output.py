"""What bptui writes is there whole or not at all, and never in place of another file."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bptui.data.output import HIDDEN, NotPlainError, free_name, lives, write_as_asked, write_new, write_whole


@pytest.fixture(params=["nameless", "hidden"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts as they are here, and as they are where the system has none without a name."""
    if request.param == "hidden":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)


@pytest.mark.usefixtures("way")
def test_a_new_file_holds_the_text_and_nothing_else_is_left(tmp_path: Path) -> None:
    for body in "δ", "γ":
        write_whole(tmp_path / "a.svg", body)
        assert (tmp_path / "a.svg").read_text(encoding="utf-8") == body
        assert write_new(tmp_path / "b.svg", body).read_text(encoding="utf-8") == body
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.svg", "b-2.svg", "b.svg"]


def test_while_it_is_written_nothing_is_seen_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        os.close(os.open(tmp_path, getattr(os, "O_TMPFILE", os.O_RDWR) | os.O_WRONLY))
    except OSError:
        pytest.skip("files without a name are no matter of this system")
    seen, fsync = [], os.fsync

    def look(handle: int) -> None:
        seen.append([file.name for file in tmp_path.iterdir()])
        fsync(handle)

    monkeypatch.setattr(os, "fsync", look)
    write_new(tmp_path / "a.svg", "")
    write_whole(tmp_path / "a.svg", "")
    assert seen == [[], ["a.svg"]]


def test_what_a_killed_process_left_is_removed_by_the_next_that_writes_there(tmp_path: Path) -> None:
    names = ".bptui-999999999-a.draft", ".bptui-999999999-b.draft", f".bptui-{os.getpid()}-a.draft"
    dead, young, living = (tmp_path / name for name in names)
    others = [tmp_path / name for name in (".bptui-my-notes", ".bptui-2024-plan", ".bptui-exam-key.draft")]
    for path in dead, young, living, *others:
        path.touch()
        os.utime(path, None if path == young else (0, 0))
    write_new(tmp_path / "a.svg", "")
    assert {*tmp_path.iterdir()} == {young, living, *others, tmp_path / "a.svg"}


@pytest.mark.usefixtures("way")
def test_what_is_left_is_known_again_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Path, "replace", lambda hidden, _: seen.append(hidden.name))
    write_whole(tmp_path / "a.svg", "")
    assert [HIDDEN.fullmatch(name) is not None for name in seen] == [True]


def test_no_process_is_asked_where_that_would_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "kill", lambda number, _: asked.append(number))
    monkeypatch.setattr(sys, "platform", "win32")
    assert lives("999999999")
    assert not asked


@pytest.mark.usefixtures("way")
def test_a_file_may_be_read_by_whom_the_umask_or_the_old_file_lets(tmp_path: Path) -> None:
    new, old, private = (tmp_path / name for name in ("a.svg", "b.svg", "c.json"))
    old.touch(0o604)
    mask = os.umask(0o027)
    try:
        write_whole(new, "")
        write_whole(old, "")
        write_whole(private, "", private=True)
    finally:
        os.umask(mask)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (new, old, private)] == [0o640, 0o604, 0o600]


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from bptui.data.output import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), "n" * 100_000)
except OSError:
    sys.exit(7)
"""


def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("old", encoding="utf-8")
    assert subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], check=False, timeout=60).returncode == 7
    assert path.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.svg"]


@pytest.mark.parametrize("write", [write_whole, write_as_asked])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_plain_file_is_refused_and_stays(
    kind: str, write: Callable[[Path, str], object], tmp_path: Path
) -> None:
    path = tmp_path / "a.svg"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to(os.devnull)
    else:
        path.mkdir()
    before = path.lstat()
    with pytest.raises(NotPlainError, match="not a plain file") as problem:
        write(path, "")
    assert problem.value.filename == str(path)
    assert path.lstat().st_ino == before.st_ino
    assert [file.name for file in tmp_path.iterdir()] == ["a.svg"]


def test_a_name_of_our_own_that_is_a_folders_is_taken_and_the_next_one_free(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.mkdir()
    assert write_new(path, "").name == "a-2.svg"


@pytest.mark.parametrize("writer", ["write_whole", "write_as_asked"])
def test_nor_is_anything_written_over_the_output_by_a_link_to_it(writer: str, tmp_path: Path) -> None:
    out, link = tmp_path / "out.txt", tmp_path / "a.svg"
    link.symlink_to(out)
    code = (
        f"import sys; from pathlib import Path; from bptui.data import output; output.{writer}(Path(sys.argv[1]), '')"
    )
    with out.open("w", encoding="utf-8") as stream:
        done = subprocess.run(
            [sys.executable, "-c", code, str(link)], stdout=stream, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert b"bptui's own lines go there" in done.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.svg", "out.txt"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("write", [write_whole, write_new])
def test_a_folder_that_is_not_there_is_an_error_that_names_the_file_asked_for(
    tmp_path: Path, write: Callable[[Path, str], object]
) -> None:
    path = tmp_path / "gone" / "a.svg"
    with pytest.raises(FileNotFoundError, match="No such file") as problem:
        write(path, "")
    assert problem.value.filename == str(path)


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    assert free_name(path) == path
    path.touch()
    assert free_name(path) == tmp_path / "a-2.svg"
    (tmp_path / "a-2.svg").touch()
    assert free_name(path) == tmp_path / "a-3.svg"


@pytest.mark.usefixtures("way")
def test_a_new_file_takes_no_name_that_is_there_not_even_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("old", encoding="utf-8")
    (tmp_path / "a-2.toml").symlink_to(tmp_path / "gone")
    assert write_new(tmp_path / "a.toml", "new") == tmp_path / "a-3.toml"
    assert (tmp_path / "a.toml").read_text(encoding="utf-8") == "old"
    assert (tmp_path / "a-3.toml").read_text(encoding="utf-8") == "new"
    assert not (tmp_path / "gone").exists()


@pytest.mark.usefixtures("way")
def test_whoever_is_quicker_keeps_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter([tmp_path / "a.toml", tmp_path / "a-2.toml"])
    monkeypatch.setattr("bptui.data.output.free_name", lambda _: next(names))
    (tmp_path / "a.toml").write_text("theirs", encoding="utf-8")
    assert write_new(tmp_path / "a.toml", "ours") == tmp_path / "a-2.toml"
    assert (tmp_path / "a.toml").read_text(encoding="utf-8") == "theirs"


def test_where_a_file_without_a_name_gets_none_there_is_another_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")  # as where nothing is mounted on /proc

    monkeypatch.setattr(os, "link", refused)
    assert write_new(tmp_path / "a.toml", "new").read_text(encoding="utf-8") == "new"
    write_whole(tmp_path / "a.toml", "newer")
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [("a.toml", "newer")]


@pytest.mark.usefixtures("way")
def test_what_cannot_be_written_leaves_no_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_new(tmp_path / "a.toml", "new")
    assert list(tmp_path.iterdir()) == []


def test_where_files_cannot_be_linked_a_name_is_taken_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    monkeypatch.setattr(Path, "hardlink_to", refused)
    (tmp_path / "a.toml").write_text("old", encoding="utf-8")
    assert write_new(tmp_path / "a.toml", "new") == tmp_path / "a-2.toml"
    assert (tmp_path / "a-2.toml").read_text(encoding="utf-8") == "new"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a-2.toml", "a.toml"]


BUSY = """
import sys
from pathlib import Path
from bptui.data.output import write_new, write_whole
folder, text = Path(sys.argv[1]), "n" * 300_000
print("begun", flush=True)
while True:
    write_whole(folder / "old.svg", text)
    write_new(folder / "new.svg", text).unlink()
"""


def test_whenever_it_is_killed_what_has_a_name_is_whole(tmp_path: Path) -> None:
    """A stopped process leaves in sight what one killed there would leave."""
    with subprocess.Popen([sys.executable, "-c", BUSY, str(tmp_path)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            for k in range(150):
                time.sleep(k % 17 / 5000)
                process.send_signal(signal.SIGSTOP)
                os.waitpid(process.pid, os.WUNTRACED)
                sizes = {file.stat().st_size for file in tmp_path.glob("*.svg")}
                assert sizes <= {300_000}
                process.send_signal(signal.SIGCONT)
        finally:
            process.kill()
