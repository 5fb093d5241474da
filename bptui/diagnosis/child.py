"""What runs in a process of its own: a person's Python file, its function, and what that returns.

``python -P child.py REQUEST ANSWER``: both are JSON files. Knows nothing of bptui, so that a person's program meets
nothing of it. Whatever the program prints goes where this process's output goes.
"""

import inspect
import json
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

DEEPEST = 8
LOOKS = 0.2  # seconds between two looks whether anybody waits
MOST_SAID = 20_000  # characters of what a program raises
LARGEST_BITS = 1024  # of a whole number: a float has no larger one, and Python writes none of thousands of digits
METHODS = ("gradients", "backward", "backprop", "update")
"""Methods by which a class is known to be meant."""
Request = dict[str, Any]


class Unusable(Exception):
    """What a program is or returns that cannot be compared; one line."""


def main(request_path: str, answer_path: str) -> None:
    """Read what is asked, run the program, write what it says."""
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    limit(request["memory"], request["seconds"], request["largest"])
    if hasattr(os, "killpg"):
        threading.Thread(target=end_with, args=[request["parent"], Path(request_path).parent], daemon=True).start()
    try:
        answer = written({"document": plain(asked(load(request["file"]), request), 0)}, request["largest"])
    except Unusable as problem:
        answer = written({"problem": str(problem)})
    except MemoryError:
        answer = written({"problem": f"needs more than {request['memory'] >> 20} MB of memory"})
    except BaseException as problem:  # a program may raise what it likes, and may call exit
        answer = written({"problem": raised(problem), "traceback": own_traceback(problem, request["file"])})
    with suppress(Exception):  # it may have closed it, or written more than it may
        sys.stdout.flush()
    partial = Path(f"{answer_path}.part")
    partial.write_bytes(answer)
    partial.replace(answer_path)  # so that an answer is there as a whole, or not at all


def end_with(parent: int, folder: Path) -> None:
    """Where nobody waits for an answer any more, because bptui was ended, nothing of it stays: no process, no file."""
    while os.getppid() == parent:
        time.sleep(LOOKS)
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def written(answer: dict[str, Any], largest: int | None = None) -> bytes:
    """The answer as it is put into its file. Raises Unusable where that has more than ``largest`` bytes."""
    body = json.dumps(answer).encode()
    if largest is not None and len(body) > largest:
        raise Unusable(f"what it returns has {len(body) >> 20} MB as text; at most {largest >> 20} MB are read")
    return body


def limit(memory: int, seconds: float, largest: int) -> None:
    """Where the system has such limits."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows
        return
    for kind, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def load(file: str) -> ModuleType:
    """The file as a module under its own name, so that what stands below ``if __name__ == "__main__"`` does not run."""
    path = Path(file)
    sys.path.insert(0, str(path.parent))
    module = ModuleType(path.stem)
    module.__file__ = file
    sys.modules[path.stem] = module
    exec(compile(path.read_bytes(), file, "exec"), module.__dict__)
    return module


def asked(module: ModuleType, request: Request) -> dict[str, Any]:
    """What the program says: a document of quantities by name."""
    out: dict[str, Any] = {}
    for name, key in (("gradients", "gradient"), ("update", "after")):
        function = getattr(module, name, None)
        if callable(function):
            out |= of_function(function, name, key, arguments(module, request))
    if out:
        return out
    model = getattr(module, "model", None)
    if hasattr(model, "named_parameters"):
        return of_model(model, module, request)
    for kind in vars(module).values():
        if (
            inspect.isclass(kind)
            and kind.__module__ == module.__name__
            and any(hasattr(kind, name) for name in METHODS)
        ):
            return of_class(kind, request)
    raise Unusable(
        "no function gradients(weights, biases, x, y) or update(weights, biases, x, y, learning_rate) in it, "
        "no class with one of these methods, and no PyTorch model"
    )


def arguments(module: ModuleType, request: Request) -> list[Any]:
    """weights, biases, x, y and the learning rate: arrays of numpy's, or tensors where the file imports torch alone."""
    imported = {value.__name__ for value in vars(module).values() if isinstance(value, ModuleType)}
    make: Callable[[Any], Any] = lambda numbers: np.array(numbers, dtype=np.float64)  # noqa: E731
    if "torch" in imported and "numpy" not in imported:
        torch = sys.modules["torch"]
        make = lambda numbers: torch.tensor(numbers, dtype=torch.float64)  # noqa: E731
    weights, biases = ([make(layer) for layer in request[key]] for key in ("weights", "biases"))
    return [weights, biases, make(request["x"]), make(request["y"]), request["learning_rate"]]


def of_function(function: Callable[..., Any], name: str, key: str, given: list[Any]) -> dict[str, Any]:
    """What a function returns, or what it has made of the weights in place. Raises Unusable."""
    before = [np.asarray(layer).copy() for layer in (*given[0], *given[1])]
    result = function(*given[: 5 if takes_five(function, key) else 4])
    if result is None and key == "after":  # perhaps it has changed them in place
        changed = [*given[0], *given[1]]
        if any(not np.array_equal(old, new) for old, new in zip(before, changed, strict=True)):
            result = {"weights": given[0], "biases": given[1]}
    if result is None:
        raise Unusable(f"{name} returns None; end it with return and the arrays of each layer")
    return document(result, key)


def takes_five(function: Callable[..., Any], key: str) -> bool:
    """Has it room for a learning rate? With *arguments only an update is thought to want one."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(places) >= 5 or (key == "after" and any(p.kind == p.VAR_POSITIONAL for p in parameters))


def document(result: Any, key: str) -> dict[str, Any]:
    """A mapping with names like delta2 is a document of its own; all else is the quantity itself."""
    units = ("z", "a", "delta", "d", "loss", "gradient", "step", "after", "samples")
    names = [str(name).rstrip("0123456789") for name in result] if isinstance(result, Mapping) else []
    if any(name in units for name in names):
        return {str(name): value for name, value in result.items()}
    return {key: result}


# --- classes ---


def of_class(kind: type, request: Request) -> dict[str, Any]:
    """An instance with the weights put into it, its method called, and what that returns or leaves in attributes."""
    thing = constructed(kind, request)
    weights, biases = ([np.array(layer, dtype=np.float64) for layer in request[key]] for key in ("weights", "biases"))
    put(thing, kind.__name__, weights, biases)
    x, y = (np.array(request[key], dtype=np.float64) for key in ("x", "y"))
    name = next(name for name in METHODS if hasattr(thing, name))
    method = getattr(thing, name)
    if name != "update" and hasattr(thing, "forward"):
        thing.forward(x)
    count = positional(method)
    result = method(*([x, y, request["learning_rate"]][:count] if count != 1 else [y]))
    if name == "update":
        return (
            {"after": taken(thing, len(weights), "W", "b", "weights", "biases")}
            if result is None
            else document(result, "after")
        )
    if result is not None:
        return document(result, "gradient")
    found = taken(thing, len(weights), "dW", "db", "grad_weights", "grad_biases")
    if not found:
        raise Unusable(f"{kind.__name__}.{name} returns None and leaves no attributes dW1, db1 … or grad_weights")
    return {"gradient": found}


def constructed(kind: type, request: Request) -> Any:
    """Without arguments where it needs none, else with the sizes of the layers."""
    needed = [
        p for p in inspect.signature(kind).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]  # fmt: skip
    sizes = request["sizes"]
    if len(needed) in (len(sizes), 1) and needed:
        return kind(*sizes) if len(needed) == len(sizes) else kind(sizes)
    if needed:
        names = ", ".join(p.name for p in needed)
        raise Unusable(f"{kind.__name__}({names}): it may take nothing, the list of sizes, or each size")
    return kind()


def put(thing: Any, name: str, weights: list[Any], biases: list[Any]) -> None:
    """Set W1, b1 … where it has those, else weights and biases; turned where its own are W[o][i]."""
    if hasattr(thing, "W1"):
        for layer, w in enumerate(weights, start=1):
            setattr(thing, f"W{layer}", shaped(w, getattr(thing, f"W{layer}", w)))
        for layer, b in enumerate(biases, start=1):
            setattr(thing, f"b{layer}", shaped(b, getattr(thing, f"b{layer}", b)))
    elif hasattr(thing, "weights"):
        own = list(thing.weights) if len(thing.weights) == len(weights) else weights
        thing.weights = [shaped(w, old) for w, old in zip(weights, own, strict=True)]
        own = list(getattr(thing, "biases", ()))
        own = own if len(own) == len(biases) else biases
        thing.biases = [shaped(b, old) for b, old in zip(biases, own, strict=True)]
    else:
        raise Unusable(f"{name} has neither W1, b1 … nor weights and biases to set")


def shaped(array: Any, own: Any) -> Any:
    """In the shape that the program has for it: W[o][i], or a bias as a column."""
    shape = np.shape(own)
    if shape == array.shape or np.size(own) != array.size:
        return array
    return array.T.copy() if array.ndim == 2 else array.reshape(shape)


def positional(method: Callable[..., Any]) -> int:
    """How many arguments it takes by their place."""
    parameters = inspect.signature(method).parameters.values()
    return sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)


def taken(thing: Any, layers: int, weight: str, bias: str, weights: str, biases: str) -> dict[str, Any]:
    """W1, b1 … or the lists that the instance has."""
    out = {}
    for short, long, kind in ((weight, weights, "weights"), (bias, biases, "biases")):
        flat = [getattr(thing, f"{short}{layer}", None) for layer in range(1, layers + 1)]
        if all(each is not None for each in flat):
            out[kind] = flat
        elif getattr(thing, long, None) is not None:
            out[kind] = list(getattr(thing, long))
    return out


# --- PyTorch ---


def of_model(model: Any, module: ModuleType, request: Request) -> dict[str, Any]:
    """The weights are copied in (turned to W[o][i]), then loss(model(x), y).backward()."""
    loss = getattr(module, "loss", None) or getattr(module, "criterion", None)
    if not callable(loss):
        raise Unusable("there is a model, but no loss(output, target) to call backward() on")
    torch = sys.modules["torch"]
    named = dict(model.named_parameters())
    numbers = [np.array(each) for pair in zip_longest(request["weights"], request["biases"]) for each in pair]
    if len(numbers) != len(named):
        raise Unusable(f"the model has {len(named)} parameters, the network {len(numbers)}")
    kind = next(iter(named.values())).dtype
    with torch.no_grad():
        for (name, own), array in zip(named.items(), numbers, strict=True):
            turned = array.T if array.ndim == 2 else array
            if tuple(own.shape) != turned.shape:
                raise Unusable(f"{name} is {tuple(own.shape)}, the network's is {turned.shape}")
            own.copy_(torch.tensor(turned.copy()))
    x, y = (torch.tensor(request[key], dtype=kind) for key in ("x", "y"))
    model.zero_grad()
    loss(model(x), y).backward()
    missing = [name for name, own in named.items() if own.grad is None]
    if missing:
        raise Unusable(f"{missing[0]} has no gradient after backward()")
    return {f"{name}.grad": own.grad for name, own in named.items()}


def zip_longest(weights: list[Any], biases: list[Any]) -> list[list[Any]]:
    """Weights and biases of each layer; weights alone where there are no biases."""
    return [[w, biases[k]] if biases else [w] for k, w in enumerate(weights)]


# --- what is written back ---


def plain(value: Any, depth: int) -> Any:
    """Mappings, lists and arrays as JSON has them; an array says of how many bytes its floats are."""
    if depth > DEEPEST:
        raise Unusable("what it returns is nested too deeply")
    if hasattr(value, "named_parameters"):
        value = {name: each.grad for name, each in value.named_parameters()}
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray | np.generic) and value.dtype != object:
        array = np.asarray(value)
        if array.dtype.kind not in "fiu":
            raise Unusable(f"an array of {array.dtype} where numbers are expected")
        return {
            "array": array.astype(np.float64).tolist(),
            "size": array.dtype.itemsize if array.dtype.kind == "f" else 8,
        }
    if isinstance(value, Mapping):
        return {"items": [[str(key), plain(each, depth + 1)] for key, each in value.items()]}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(each, depth + 1) for each in value]
    if isinstance(value, int) and value.bit_length() > LARGEST_BITS:
        raise Unusable("a whole number that is too large for a float")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise Unusable(f"a {type(value).__name__} where numbers are expected")


def raised(problem: BaseException) -> str:
    """What a program did instead of returning, in one line."""
    if isinstance(problem, SystemExit):
        return "ends the program (exit) before it returns"
    words = " ".join(str(problem)[:MOST_SAID].split())
    return f"raises {type(problem).__name__}{': ' if words else ''}{words}"


def own_traceback(problem: BaseException, file: str) -> str:
    """The traceback from the person's own file on."""
    frames = problem.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != file:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(problem), problem, frames))[-MOST_SAID:]


if __name__ == "__main__":
    main(*sys.argv[1:3])
