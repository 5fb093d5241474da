"""Files with a person's numbers: JSON, NPZ or TOML, read without running anything of them."""

import io
import json
import tomllib
import zipfile
import zlib
from pathlib import Path
from typing import Any, NoReturn

from bptui.data.bounded import bytes_of, text_of
from bptui.data.clean import clean
from bptui.data.dataset import DataError
from bptui.diagnosis.leaves import Digits
from bptui.diagnosis.order import of_lines
from bptui.scenario.accept import shown
from bptui.scenario.weights import array_in

LARGEST_FILE = 64 * 2**20  # bytes
INSTEAD = {
    **dict.fromkeys((".pt", ".pth"), "a PyTorch file can run code; save {name: p.grad.tolist()} as JSON"),
    **dict.fromkeys((".pkl", ".pickle", ".joblib"), "a pickle can run code; save the numbers as JSON"),
    ".npy": "one array without a name; in Python: numpy.savez('mine.npz', dW1=…, db1=…)",
    ".csv": "a table has no names of arrays; save the numbers as JSON",
}


def document_in(path: Path) -> Any:
    """What a file of numbers holds, printed numbers as they were printed. Raises DataError, one line."""
    suffix = path.suffix.lower()
    if suffix in INSTEAD:
        raise DataError(f"{path}: not read: {INSTEAD[suffix]}")
    return {".npz": _npz, ".toml": _toml}.get(suffix, _json)(path)


def _json(path: Path) -> Any:
    body = text_of(path, LARGEST_FILE)
    try:
        return _object(body)
    except RecursionError:
        raise DataError(f"{path}: nested too deeply") from None
    except json.JSONDecodeError as problem:
        more = problem.msg == "Extra data"
        if more and (order := _order_of_lines(body)) is not None:
            return order
        several = "; one object only: of several updates keep one line, or epoch and indices in each for their order"
        raise DataError(f"{path}:{problem.lineno}: no JSON: {problem.msg}{several if more else ''}") from None
    except ValueError as problem:
        raise DataError(f"{path}: {problem}") from None


def _object(text: str) -> Any:
    return json.loads(text, parse_float=Digits, parse_int=Digits, parse_constant=_not_finite, object_pairs_hook=_once)


def _order_of_lines(body: str) -> dict[str, Any] | None:
    """Of an update a line, as a trace has them: the order they tell, if they do."""
    try:
        return of_lines([_object(line) for line in body.splitlines() if line.strip()])
    except ValueError:
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object none of whose names stands twice."""
    out = dict(pairs)
    if len(out) < len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"{shown(twice)} stands twice")
    return out


def _not_finite(name: str) -> NoReturn:
    raise ValueError(f"{name}, not a finite number")


def _toml(path: Path) -> Any:
    body = text_of(path, LARGEST_FILE)
    try:
        return _as_printed(tomllib.loads(body, parse_float=_printed))
    except RecursionError:
        raise DataError(f"{path}: nested too deeply") from None
    except ValueError as problem:
        raise DataError(f"{path}: {' '.join(str(problem).split())}") from None


def _printed(word: str) -> Digits:
    if word.lstrip("+-") in ("nan", "inf"):
        _not_finite(word)
    return Digits(word.replace("_", ""))


def _as_printed(raw: Any) -> Any:
    """Whole numbers as they were printed too."""
    if isinstance(raw, dict):
        return {key: _as_printed(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_as_printed(value) for value in raw]
    return Digits(str(raw)) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def _npz(path: Path) -> Any:
    body = bytes_of(path, LARGEST_FILE)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = packed.infolist()
            if sum(info.file_size for info in members) > 4 * LARGEST_FILE:
                raise ValueError("too many numbers")
            for info in members:
                if not info.filename.endswith(".npy"):
                    raise ValueError(f"expected arrays of numpy's, it has {shown(info.filename)}")
            return {clean(info.filename.removesuffix(".npy")): array_in(packed, info) for info in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as problem:
        raise DataError(f"{path}: no .npz file of numpy's that can be read: {problem}") from None
    except ValueError as problem:
        raise DataError(f"{path}: {problem}") from None
