"""Arrays as people have them: .npz, .npy, IDX and folders of pictures; a damaged one never gives other numbers."""

import gzip
import io
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bptui.data import DataError, Dataset, folder, read_data
from bptui.data.table import Wish

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (12, 3, 4)).astype(np.uint8)
LABELS = np.arange(12) % 3


def refusal(path: Path, **wish: Any) -> str:
    with pytest.raises(DataError) as caught:
        read_data(path, Wish(**wish))
    line = str(caught.value)
    assert line.isprintable()
    return line


def packed(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.tobytes()


def idx_pair(folder: Path, images: np.ndarray = PICTURES, labels: np.ndarray = LABELS, name: str = "train") -> Path:
    path = folder / f"{name}-images-idx3-ubyte"
    path.write_bytes(idx(images))
    (folder / f"{name}-labels-idx1-ubyte").write_bytes(idx(labels.astype(np.uint8)))
    return path


def assert_the_pictures(data: Dataset) -> None:
    assert data.x.tolist() == PICTURES.reshape(12, 12).tolist()
    assert (data.image, data.white, data.x.dtype.name) == ((3, 4), 255, "uint8")
    assert data.labels is not None
    assert data.labels.tolist() == LABELS.tolist()


# --- .npz and .npy ---


@pytest.mark.parametrize(("x", "y"), [("x", "y"), ("X", "y"), ("images", "labels"), ("x_train", "y_train")])
def test_an_npz_file_is_read_by_the_usual_names(tmp_path: Path, x: str, y: str) -> None:
    data = read_data(packed(tmp_path / "mine.npz", **{x: PICTURES, y: LABELS}))
    assert_the_pictures(data)
    assert any("flattened" in notice for notice in data.notices)


def test_what_an_npz_file_is_does_not_depend_on_its_name(tmp_path: Path) -> None:
    path = packed(tmp_path / "mine.npz", x=PICTURES, y=LABELS)
    assert_the_pictures(read_data(path.rename(tmp_path / "mine.dat")))


def test_test_samples_in_the_same_file_are_for_the_test(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "mnist.npz", x_train=PICTURES[:8], y_train=LABELS[:8], x_test=PICTURES[8:], y_test=LABELS[8:]
    )
    data = read_data(path)
    assert_the_pictures(data)
    assert data.tests == 4


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int8", "uint8", "bool", ">f8", ">i2", "int64"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_kind_of_number_is_read_as_the_numbers_it_holds(tmp_path: Path, kind: str, order: Any) -> None:
    x = np.asarray(np.round(RNG.normal(size=(30, 4)) * 10) % 100, dtype=kind, order=order)
    data = read_data(packed(tmp_path / "mine.npz", x=x, y=np.arange(30) % 2))
    assert data.x.astype(np.float64).tolist() == x.astype(np.float64).tolist()
    assert data.inputs(np.arange(30))[:].dtype == np.float64
    plain = read_data(packed(tmp_path / "plain.npz", x=x.astype(np.float64), y=np.arange(30) % 2))
    for how in ("standard", "minmax", 7.0):
        rows = np.arange(5, 30)
        stored, wide = (it.scaled(rows, how).inputs(rows)[:] for it in (data, plain))
        assert stored.tobytes() == wide.tobytes()


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.arange(12) % 3, ("0", "1", "2")),
        (np.array(["b", "a"] * 6), ("a", "b")),
        (np.eye(3)[LABELS], ("0", "1", "2")),
        ((np.arange(12) % 3)[:, None], ("0", "1", "2")),
        (np.arange(12) / 2, ()),
        (RNG.normal(size=(12, 2)), ()),
    ],
)
def test_labels_are_classes_and_targets_numbers(tmp_path: Path, y: Any, classes: tuple[str, ...]) -> None:
    data = read_data(packed(tmp_path / "mine.npz", x=PICTURES, y=y))
    assert data.classes == classes
    assert len(data.y) == 12


def npy(array: np.ndarray) -> bytes:
    body = io.BytesIO()
    np.save(body, array)
    return body.getvalue()


def members(path: Path, *parts: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed_file:
        for name, body in parts:
            packed_file.writestr(name, body)
    return path


def header(shape: tuple[int, ...], kind: str = "<f8") -> bytes:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": kind, "fortran_order": False, "shape": shape})
    return head.getvalue()


X, Y = ("X.npy", npy(RNG.normal(size=(12, 4)))), ("y.npy", npy(LABELS))
HOSTILE: list[tuple[tuple[tuple[str, bytes], ...], str]] = [
    ((("X.npy", header((12, 4)).replace(b"4), }", b"4,, }")), Y), "X: its header is damaged"),
    ((("X.npy", header((12, 4)) + bytes(80)), Y), "X: cut off: its shape (12, 4) needs 384 bytes"),
    ((("X.npy", header((2**40, 4)) + bytes(80)), Y), "larger than is read"),
    ((("X.npy", header((12, 4)) + bytes(400)), Y), "more bytes than its shape"),
    ((Y,), "no array named x or X or images; it has y"),
    ((X,), "no array named y or Y or labels; it has X"),
    ((X, ("y.npy", npy(LABELS[:9]))), "lengths differ: 12 inputs and 9 labels"),
    ((X, Y, ("../evil.npy", Y[1])), "the member ../evil.npy is no array"),
    ((X, Y, ("note.txt", b"hello")), "the member note.txt is no array"),
    ((("X.npy", npy(np.ones((12, 4), complex))), Y), "complex numbers"),
    ((("X.npy", npy(np.zeros(12, [("a", "f8")]))), Y), "structured dtype"),
    ((("X.npy", npy(np.array([["a", "b"]] * 12))), Y), "string"),
    ((("X.npy", npy(np.ones((12, 2, 2, 3)))), Y), "make colours grey first"),
    ((("X.npy", npy(np.full((12, 4), np.nan))), Y), "x[0][0] is nan, not a finite number"),
    ((X, ("y.npy", npy(np.full(12, np.inf)))), "not a finite number"),
    ((X, ("y.npy", npy(np.ones((12, 2, 2))))), "one number or word a sample expected"),
    ((("X.npy", b"\x93NUMPY\x09\x00" + bytes(50)), Y), "format of numpy's"),
    ((("X.npy", b"garbage"), Y), "X: "),
]


@pytest.mark.parametrize(("parts", "said"), HOSTILE, ids=[said for _, said in HOSTILE])
def test_arrays_that_cannot_be_samples_are_named(
    tmp_path: Path, parts: tuple[tuple[str, bytes], ...], said: str
) -> None:
    assert said in refusal(members(tmp_path / "mine.npz", *parts))


UNFIT: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"x": np.empty((0, 3)), "y": np.empty(0)}, {}, "no samples in it"),
    ({"x": np.full((3, 2), np.nan), "y": [0, 1, 0]}, {"missing": "drop"}, "every sample misses something"),
    ({"x": PICTURES, "y": np.array(["one", "two"] * 6)}, {"kind": "numbers"}, "the labels are words"),
    ({"x": PICTURES, "y": np.full((12, 2), 0.5)}, {"kind": "classes"}, "classes where one is 1 and the others 0"),
]


@pytest.mark.parametrize(("arrays", "wish", "said"), UNFIT, ids=[said for _, _, said in UNFIT])
def test_arrays_that_do_not_do_for_what_is_wished_are_refused(
    tmp_path: Path, arrays: dict[str, Any], wish: dict[str, Any], said: str
) -> None:
    assert said in refusal(packed(tmp_path / "mine.npz", **arrays), **wish)


@pytest.mark.parametrize(
    ("of_its_own", "others", "said"),
    [
        ({}, {"x": PICTURES[:2, :2], "y": LABELS[:2]}, "inputs of shape (2, 4), training has (3, 4)"),
        ({}, {"x": PICTURES[:2], "y": LABELS[:2] / 2}, "labels of another kind than in mine.npz"),
        (
            {"x_test": PICTURES[:2], "y_test": LABELS[:2]},
            {"x": PICTURES[:2], "y": LABELS[:2]},
            "it has 2 test samples of its own; leave test = … out",
        ),
    ],
)
def test_a_file_of_test_samples_that_is_not_of_the_same_kind_is_refused(
    tmp_path: Path, of_its_own: dict[str, Any], others: dict[str, Any], said: str
) -> None:
    mine = packed(tmp_path / "mine.npz", **{"x_train": PICTURES, "y_train": LABELS}, **of_its_own)
    assert said in refusal(mine, test=packed(tmp_path / "more.npz", **others))


@pytest.mark.parametrize("x", [PICTURES[:, None], PICTURES[..., None]])
def test_pictures_of_one_channel_are_grey_and_one_number_a_sample_is_an_input(tmp_path: Path, x: np.ndarray) -> None:
    assert_the_pictures(read_data(packed(tmp_path / "mine.npz", x=x, y=LABELS)))
    one = read_data(packed(tmp_path / "one.npz", x=x.ravel()[:12], y=LABELS))
    assert one.x.tolist() == x.ravel()[:12, None].tolist()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    assert "X.npy is there twice" in refusal(members(tmp_path / "mine.npz", X, X, Y))


def test_python_objects_are_never_opened(tmp_path: Path) -> None:
    objects = np.array([{"a": 1}] * 12, dtype=object)
    assert "pickle" in refusal(packed(tmp_path / "objects.npz", X=objects, y=LABELS))
    (tmp_path / "bare.npz").write_bytes(pickle.dumps([1, 2, 3]))
    assert "a pickle can run code" in refusal(tmp_path / "bare.npz")


def outcome(path: Path) -> Dataset | str:
    """The data in a file, or the line in which it is refused."""
    try:
        return read_data(path)
    except DataError as problem:
        return str(problem)


@pytest.mark.parametrize("how", ["cut off", "a bit flipped"])
def test_damaged_arrays_are_refused_or_the_numbers_that_were_written(tmp_path: Path, how: str) -> None:
    good, path = (
        packed(tmp_path / "good.npz", X=np.arange(24.0).reshape(6, 4), y=np.arange(6) % 2),
        tmp_path / "bad.npz",
    )
    whole, data = good.read_bytes(), read_data(good)
    for place in range(0, len(whole), 3):
        flipped = bytes([whole[place] ^ 1 << place % 8])
        path.write_bytes(whole[:place] if how == "cut off" else whole[:place] + flipped + whole[place + 1 :])
        found = outcome(path)
        assert isinstance(found, str) or (found.x.tolist(), found.y.tolist()) == (data.x.tolist(), data.y.tolist())


def test_an_npy_file_is_a_table_or_has_its_labels_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "table.npy"
    np.save(path, np.column_stack([np.arange(6) / 4, np.arange(6) % 2]))
    data = read_data(path)
    assert (data.features, data.classes) == (("x0",), ("0", "1"))
    assert read_data(path, Wish(target=(0,))).classes == ()
    np.save(tmp_path / "X_train.npy", PICTURES)
    assert "no labels beside it" in refusal(tmp_path / "X_train.npy")
    np.save(tmp_path / "y_train.npy", LABELS)
    assert_the_pictures(read_data(tmp_path / "X_train.npy"))


def test_wishes_that_need_columns_are_refused_for_arrays(tmp_path: Path) -> None:
    path = packed(tmp_path / "mine.npz", x=PICTURES, y=LABELS)
    assert "leave --target out" in refusal(path, target=(0,))
    assert "leave --drop out" in refusal(path, drop=("a",))


# --- IDX ---


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("named", ["images", "labels"])
def test_images_and_labels_are_found_by_name_whichever_is_named(tmp_path: Path, gz: bool, named: str) -> None:
    path = idx_pair(tmp_path)
    if gz:
        for each in sorted(tmp_path.iterdir()):
            each.with_name(f"{each.name}.gz").write_bytes(gzip.compress(each.read_bytes()))
            each.unlink()
    name = path.name if named == "images" else "train-labels-idx1-ubyte"
    assert_the_pictures(read_data(tmp_path / (name + ".gz" * gz)))


def test_test_images_are_another_pair(tmp_path: Path) -> None:
    train, test = idx_pair(tmp_path), idx_pair(tmp_path, PICTURES[:4], LABELS[:4], "t10k")
    data = read_data(train, Wish(test=test))
    assert (len(data), data.tests) == (16, 4)


def test_the_letters_of_the_well_known_extension_are_turned_and_named(tmp_path: Path) -> None:
    path = idx_pair(tmp_path, PICTURES, LABELS + 1, "emnist-letters-train")
    data = read_data(path)
    assert data.x.tolist() == PICTURES.transpose(0, 2, 1).reshape(12, 12).tolist()
    assert (data.image, data.classes) == ((4, 3), ("a", "b", "c"))
    assert any("exchanged" in notice for notice in data.notices)


def test_numbers_of_several_bytes_are_read_in_their_order(tmp_path: Path) -> None:
    path = idx_pair(tmp_path)
    path.write_bytes(idx(PICTURES.astype(">f4"), 13))
    assert read_data(path).x.tolist() == PICTURES.reshape(12, 12).tolist()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\1\2\3\4" + idx(PICTURES)[4:], "its magic number is 01 02 03 04"),
        (idx(PICTURES[:, :, :, None, None]), "rank 5"),
        (idx(PICTURES)[:-5], "too short: 139 of 144 bytes"),
        (idx(PICTURES)[:9], "too short"),
        (idx(PICTURES) + b"12345", "too long"),
        (idx(PICTURES[:7]), "counts differ: 7 images and 12 labels"),
        (struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**20, 2**20), "larger than is read"),
        (gzip.compress(idx(PICTURES))[:-9], "truncated"),
        (gzip.compress(bytes(2**26)), "magic"),
    ],
    ids=["magic", "rank", "short", "header", "long", "counts", "lie", "gz cut off", "gz bomb"],
)
def test_damaged_images_are_named(tmp_path: Path, body: bytes, said: str) -> None:
    path = idx_pair(tmp_path)
    path.write_bytes(body)
    assert said in refusal(path)


def test_images_without_labels_name_the_file_that_is_missing(tmp_path: Path) -> None:
    path = idx_pair(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    assert "there is no train-labels-idx1-ubyte beside it" in refusal(path)


# --- folders of pictures ---


def pictures(folder: Path, count: int = 3, size: tuple[int, int] = (4, 3)) -> Path:
    for label, name in enumerate(("alpha", "beta")):
        (folder / name).mkdir(parents=True)
        for k in range(count):
            grey = np.full((size[1], size[0]), 100 * label + k, np.uint8)
            Image.fromarray(grey).save(folder / name / f"{k}.png")
        (folder / name / "notes.txt").write_text("not a picture", encoding="utf-8")
    return folder


def test_a_folder_of_pictures_by_class_is_a_data_set(tmp_path: Path) -> None:
    data = read_data(pictures(tmp_path / "own"))
    assert (data.image, data.classes, data.name) == ((3, 4), ("alpha", "beta"), "own")
    assert data.x[:, 0].tolist() == [0, 1, 2, 100, 101, 102]
    assert data.labels is not None
    assert data.labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_folders_of_training_and_test_pictures_are_both(tmp_path: Path) -> None:
    pictures(tmp_path / "own" / "train")
    pictures(tmp_path / "own" / "test", 1)
    data = read_data(tmp_path / "own")
    assert (len(data), data.tests, data.classes) == (8, 2, ("alpha", "beta"))


def test_pictures_of_another_size_are_refused_or_brought_to_the_one_that_is_said(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "own")
    Image.fromarray(np.zeros((6, 8), np.uint8)).save(folder / "beta" / "z.png")
    assert "z.png: 6 × 8, the first one 3 × 4; --image 3,4 brings all to one size" in refusal(folder)
    data = read_data(folder, Wish(image=(2, 2)))
    assert (data.x.shape, data.image) == ((7, 4), (2, 2))


def test_a_damaged_picture_is_named_and_a_folder_without_classes_refused(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "own")
    (folder / "beta" / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert "0.png: no picture that can be read" in refusal(folder)
    (tmp_path / "empty").mkdir()
    assert "no folder of pictures for each class" in refusal(tmp_path / "empty")


@pytest.mark.parametrize(
    ("most", "limit", "said"),
    [
        ("MOST_PICTURES", 5, "more than 5 pictures"),
        ("LARGEST_ARRAYS", 71, "MB of pixels; --image 28,28 makes pictures small"),
        ("MOST_PIXELS", 11, "0.png: 4 × 3 pixels; at most 11 are read"),
    ],
)
def test_a_folder_of_more_than_is_read_is_refused(
    most: str, limit: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pictures(tmp_path / "own")
    monkeypatch.setattr(folder, most, limit + 1)
    assert len(read_data(path)) == 6
    monkeypatch.setattr(folder, most, limit)
    assert said in refusal(path)


# --- what is not read ---


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"PAR1", "pandas.read_parquet"), (b"\x89HDF\r\n\x1a\n", "h5py"),
        (b"\x80\x04\x95\x00", "a pickle can run code"),
        (b"\x89PNG\r\n\x1a\n", "one picture"), (b"\xd0\xcf\x11\xe0", "pandas.read_excel"), (b"7z\xbc\xaf", "unpack it"),
        (b"MATLAB 5.0 MAT-file", "scipy.io.loadmat"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["mine", "mine.csv"])
def test_what_is_not_read_is_known_by_its_first_bytes(tmp_path: Path, name: str, head: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(head + bytes(200))
    assert said in refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("member", "said"),
    [("xl/workbook.xml", "pandas.read_excel"), ("archive/data.pkl", "PyTorch"), ("table.csv", "unpack it first")],
)
def test_zip_archives_of_other_kinds_are_told_apart(tmp_path: Path, member: str, said: str) -> None:
    assert said in refusal(members(tmp_path / "mine", (member, b"hello")))


def test_arrays_saved_without_names_are_inputs_and_labels_in_that_order(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    np.savez(path, np.arange(12.0).reshape(6, 2), np.arange(6) % 2)
    data = read_data(path)
    assert (data.x.shape, data.classes) == ((6, 2), ("0", "1"))
    np.savez(path, np.arange(12.0).reshape(2, 6), (np.arange(6) % 2)[None])
    assert "a sample a row is read: x=x.T, y=y.T" in refusal(path)


@pytest.mark.parametrize("tests", [0, 4])
def test_samples_with_nan_are_left_out_or_filled_by_what_the_training_samples_have(tmp_path: Path, tests: int) -> None:
    x, path = np.arange(24.0).reshape(12, 2), tmp_path / "mine.npz"
    x[3, 1] = x[10, 0] = np.nan
    parts: dict[str, Any] = {"x_train": x[: 12 - tests], "y_train": np.arange(12 - tests) % 2}
    if tests:
        parts |= {"x_test": x[-tests:], "y_test": np.arange(tests) % 2}
    np.savez(path, **parts)
    assert "x[3][1] is nan, not a finite number; --missing drop" in refusal(path)
    dropped = read_data(path, Wish(missing="drop"))
    assert (len(dropped), dropped.tests) == (10, tests and tests - 1)
    assert np.isfinite(dropped.x).all()
    filled = read_data(path, Wish(missing="mean"))
    rows = np.arange(12 - tests)
    assert filled.scaled(rows, "none").x[3, 1] == np.nanmean(x[rows, 1])
    assert "missing: 2 numbers are nan" in filled.read
