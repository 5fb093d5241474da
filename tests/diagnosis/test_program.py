"""A person's program is run apart: it gives its numbers, or one clear line says what it did instead."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bptui.data.dataset import DataError
from bptui.diagnosis.answer import Diagnosis
from bptui.diagnosis.diagnosis import of_document
from bptui.diagnosis.program import ProgramError, ask

from .cases import record

FORWARD = """
import numpy as np
def forward(weights, biases, x):
    a = [x]
    for layer, (W, b) in enumerate(zip(weights, biases)):
        z = a[-1] @ W + b
        a.append(1 / (1 + np.exp(-z)) if layer == len(weights) - 1 else np.tanh(z))
    return a
def both(weights, biases, x, y):
    a, dW, db = forward(weights, biases, x), [], []
    delta = (a[-1] - y) * a[-1] * (1 - a[-1])
    for layer in reversed(range(len(weights))):
        dW.insert(0, a[layer].T @ delta / len(x))
        db.insert(0, delta.mean(axis=0))
        delta = (delta @ weights[layer].T) * (1 - a[layer] ** 2)
    return dW, db
"""
KIND = """
class Net:
    def __init__(self, {init}):
        self.{W} = {start}
    def forward(self, x):
        self.x = x
    def backward(self, x, y):
        dW, db = both({weights}, {biases}, x, y)
        {leave}
"""
NAMED = {
    "W": "W1, self.b1, self.W2, self.b2", "start": "[0], [0], [0], [0]", "weights": "[self.W1, self.W2]",
    "biases": "[self.b1, self.b2]",
}  # fmt: skip
LISTS = {"W": "weights, self.biases", "start": "[], []", "weights": "self.weights", "biases": "self.biases"}
RIGHT = {
    "gradients": "def gradients(weights, biases, x, y):\n    return both(weights, biases, x, y)",
    "a flat list": "def gradients(w, b, x, y):\n    dW, db = both(w, b, x, y)\n    return [dW[0], db[0], dW[1], db[1]]",
    "names": "def gradients(w, b, x, y):\n    dW, db = both(w, b, x, y)\n    return {'dW1': dW[0], 'db2': db[1]}",
    "names with a": "def gradients(w, b, x, y):\n    return {'dW1': both(w, b, x, y)[0][0], 'a2': forward(w, b, x)[2]}",
    "nested lists": "def gradients(*four):\n    return [[each.tolist() for each in kind] for kind in both(*four)]",
    "update": (
        "def update(w, b, x, y, rate):\n    dW, db = both(w, b, x, y)\n"
        "    return [v - rate * d for v, d in zip(w, dW)], [v - rate * d for v, d in zip(b, db)]"
    ),
    "update without a rate": (
        "def update(w, b, x, y):\n    dW, db = both(w, b, x, y)\n"
        "    return [v - 0.5 * d for v, d in zip(w, dW)], [v - 0.5 * d for v, d in zip(b, db)]"
    ),
    "update in place": (
        "def update(w, b, x, y, rate):\n    dW, db = both(w, b, x, y)\n"
        "    for v, d in zip([*w, *b], [*dW, *db]):\n        v -= rate * d"
    ),
    "a class that returns": KIND.format(init="sizes", leave="return dW, db", **NAMED),
    "a class with lists": KIND.format(init="i, h, o", leave="return dW, db", **LISTS),
    "a class that leaves attributes": KIND.format(
        init="rate=1", leave="self.dW1, self.dW2, self.db1, self.db2 = *dW, *db", **NAMED
    ),
    "a class that updates": KIND.format(init="sizes", leave="return dW, db", **LISTS).replace("backward", "_back")
    + (
        "    def update(self, x, y, rate):\n        dW, db = self._back(x, y)\n"
        "        self.weights = [v - rate * d for v, d in zip(self.weights, dW)]\n"
        "        self.biases = [v - rate * d for v, d in zip(self.biases, db)]\n"
    ),
    "what runs as a script only": "def gradients(*four): return both(*four)\nif __name__ == '__main__': 1 / 0",
}


def checked(tmp_path: Path, body: str) -> Diagnosis:
    path = tmp_path / "mine.py"
    path.write_text(FORWARD + body, encoding="utf-8")
    of = record()
    return of_document(of, ask(path, of, seconds=30).document, as_given=True)


@pytest.mark.parametrize("form", RIGHT)
def test_every_form_of_a_right_program_is_right(tmp_path: Path, form: str) -> None:
    it = checked(tmp_path, RIGHT[form])
    assert it.right
    assert len(it.parts) >= 2


def test_a_wrong_program_is_wrong_at_its_place(tmp_path: Path) -> None:
    it = checked(
        tmp_path, "def gradients(w, b, x, y):\n    dW, db = both(w, b, x, y)\n    return dW, [db[0] * 4, db[1]]"
    )
    assert (it.first, it.parts["b1"]["factor"]) == ("b1", 4)


def test_a_program_may_import_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text(FORWARD, encoding="utf-8")
    path = tmp_path / "mine.py"
    path.write_text("from helper import both\ndef gradients(*four): return both(*four)", encoding="utf-8")
    assert of_document(record(), ask(path, record(), seconds=30).document).right


def test_a_module_named_like_one_of_bptuis_is_the_programs_own(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text("what = 'mine'", encoding="utf-8")
    path = tmp_path / "mine.py"
    path.write_text(
        "import words\nassert words.what == 'mine'\nprint(len(words.__name__))\n" + FORWARD, encoding="utf-8"
    )
    with pytest.raises(ProgramError, match="no function gradients"):
        ask(path, record(), seconds=30)


SAID = [
    ("x = 1", "no function gradients(weights, biases, x, y) or update"),
    ("def gradients(w, b, x, y): return None", "gradients returns None"),
    ("def update(w, b, x, y, rate): pass", "update returns None"),
    ("def gradients(w, b, x, y): return 1 / 0", "raises ZeroDivisionError: division by zero"),
    ("def gradients(w, b): return w, b", "raises TypeError: gradients() takes 2 positional arguments but 4 were given"),
    ("def gradients(w, b, x, y) return", "raises SyntaxError"),
    ("import nosuchmodule", "raises ModuleNotFoundError: No module named 'nosuchmodule'"),
    ("def gradients(*four): raise SystemExit(3)", "ends the program (exit) before it returns"),
    ("import os\ndef gradients(*four): os._exit(3)", "ended the process itself (status 3)"),
    ("import os\ndef gradients(*four): os.abort()", "was ended by the system (SIGABRT)"),
    ("def gradients(*four): return gradients(*four)", "raises RecursionError"),
    ("def gradients(w, b, x, y): return {'dW1': {'a': object()}}", "a object where numbers are expected"),
    ("def gradients(w, b, x, y):\n    r = []\n    r.append(r)\n    return r", "nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "said"), SAID, ids=[said for _, said in SAID])
def test_a_program_that_gives_no_numbers_is_told_in_one_line(tmp_path: Path, body: str, said: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(ProgramError) as caught:
        ask(path, record(), seconds=30)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


UNUSABLE = [
    ("[w[0] * float('nan'), w[1]], b", "W1[0][0]: nan, not a finite number"),
    ("[[[1, 2, 3], [1, 2]], w[1]], b", "rows of different lengths"),
    ("w[:1], b[:1]", "2 items for a network of 2 layers"),
    ("[w[1], w[0]], b", "gradient W1: its shape is 3 × 1, expected 2 × 3 or 3 × 2"),
    ("[w[0], w[1] @ np.ones((1, 4))], b", "gradient W2: its shape is 3 × 4, expected 3 × 1 or 1 × 3"),
    (
        "[w[0], w[1] @ np.ones((1, 4))], b",
        "4 is the number of samples: does an array of shape (4,) meet one of (4, 1)?",
    ),
    ("'numbers'", "got a str"),
    ("3.5", "expected the weights and biases of each layer"),
    ("{'dW9': w[0]}", "the network has 2 layers"),
    ("[]", "0 items"),
]


@pytest.mark.parametrize(("returned", "said"), UNUSABLE, ids=[said for _, said in UNUSABLE])
def test_what_a_program_returns_is_refused_in_one_line(tmp_path: Path, returned: str, said: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(f"import numpy as np\ndef gradients(w, b, x, y): return {returned}", encoding="utf-8")
    answer = ask(path, record(), seconds=30)
    with pytest.raises(DataError) as caught:
        of_document(record(), answer.document)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_program_that_hangs_is_ended_with_all_it_has_started(tmp_path: Path) -> None:
    path, mark = tmp_path / "mine.py", tmp_path / "pid"
    path.write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(600)",
        encoding="utf-8",
    )
    with pytest.raises(ProgramError, match="did not end within 5 s"):
        ask(path, record(), seconds=5)
    until = time.monotonic() + 20
    while is_running(int(mark.read_text())):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_program_that_nobody_waits_for_any_more_leaves_nothing(tmp_path: Path) -> None:
    path, mark, folder = tmp_path / "mine.py", tmp_path / "pid", tmp_path / "files"
    folder.mkdir()
    path.write_text(
        f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()) + ' ')\ntime.sleep(600)", encoding="utf-8"
    )
    command = [sys.executable, "-m", "bptui", "check", str(path)]
    with subprocess.Popen(command, env=os.environ | {"TMPDIR": str(folder)}) as asking:
        until = time.monotonic() + 30
        while not (mark.exists() and mark.read_text().endswith(" ")):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert list(folder.iterdir())
        asking.kill()
    while is_running(int(mark.read_text())) or list(folder.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.05)


def is_running(process: int) -> bool:
    """Is it there, and not dead and merely not yet collected?"""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_program_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def gradients(*four): return bytearray(10**12)", encoding="utf-8")
    with pytest.raises(ProgramError, match="needs more than 2048 MB of memory"):
        ask(path, record(), seconds=30)
    path.write_text("import numpy\ndef gradients(*four): return numpy.ones((10**6, 10**4))", encoding="utf-8")
    with pytest.raises(ProgramError, match="needs more than 2048 MB of memory"):
        ask(path, record(), seconds=30)


def test_what_a_program_writes_and_its_traceback_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "print('loading')\ndef gradients(*four):\n    print('here')\n    return four[0].nothing", encoding="utf-8"
    )
    with pytest.raises(ProgramError) as caught:
        ask(path, record(), seconds=30)
    assert caught.value.wrote == "loading\nhere\n"
    assert "return four[0].nothing" in caught.value.traceback
    assert "bptui" not in caught.value.traceback.replace(str(tmp_path), "")


def test_a_program_that_writes_without_end_fills_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def gradients(*four):\n    while True: print('x' * 10_000)", encoding="utf-8")
    with pytest.raises(ProgramError) as caught:
        ask(path, record(), seconds=30)
    assert len(caught.value.wrote) < 30_000


def test_a_program_has_no_terminal_and_no_input(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("import os\nassert not any(map(os.isatty, range(3)))\ninput()", encoding="utf-8")
    with pytest.raises(ProgramError, match="raises EOFError"):
        ask(path, record(), seconds=30)
    path.write_text("open('/dev/tty')", encoding="utf-8")
    if os.name == "posix":
        with pytest.raises(ProgramError, match="raises OSError"):
            ask(path, record(), seconds=30)


def test_a_model_of_pytorchs_gets_the_weights_and_gives_its_gradients(tmp_path: Path) -> None:
    """A stand-in for PyTorch: what bptui uses of it, computed by hand."""
    (tmp_path / "torch.py").write_text(TORCH, encoding="utf-8")
    it = checked(tmp_path, "import torch\nmodel = torch.Model(both)\ndef loss(out, y): return torch.Loss(out, y)")
    assert it.right
    assert len(it.parts) == 4


def test_a_function_of_a_file_that_imports_torch_alone_gets_tensors(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text(TORCH, encoding="utf-8")
    (tmp_path / "helper.py").write_text(FORWARD, encoding="utf-8")
    path = tmp_path / "mine.py"
    path.write_text(
        "import torch\nfrom helper import both\n"
        "def gradients(w, b, x, y):\n"
        "    numbers = [[t.values for t in w], [t.values for t in b], x.values, y.values]\n"
        "    return [[torch.tensor(g) for g in kind] for kind in both(*numbers)]\n",
        encoding="utf-8",
    )
    it = of_document(record(), ask(path, record(), seconds=30).document, as_given=True)
    assert it.right


TORCH = """
import contextlib
import numpy as np
class Tensor:
    def __init__(self, values): self.values, self.grad, self.dtype = np.array(values), None, "float64"
    shape = property(lambda self: self.values.shape)
    def copy_(self, other): self.values[...] = other.values
    def detach(self): return self
    cpu = detach
    def numpy(self): return self.values
def tensor(values, dtype=None): return Tensor(values)
no_grad = contextlib.nullcontext
float64 = "float64"
class Model:
    def __init__(self, both):
        self.both = both
        self.named = {"0.weight": Tensor(np.zeros((3, 2))), "0.bias": Tensor(np.zeros(3)),
                      "2.weight": Tensor(np.zeros((1, 3))), "2.bias": Tensor(np.zeros(1))}
    def named_parameters(self): return self.named.items()
    def zero_grad(self): pass
    def __call__(self, x):
        self.x = x.values
        return self
class Loss:
    def __init__(self, model, y): self.model, self.y = model, y.values
    def backward(self):
        W1, b1, W2, b2 = self.model.named.values()
        dW, db = self.model.both([W1.values.T, W2.values.T], [b1.values, b2.values], self.model.x, self.y)
        W1.grad, b1.grad, W2.grad, b2.grad = map(Tensor, (dW[0].T, db[0], dW[1].T, db[1]))
"""


TOO_MUCH = [
    ("{'dW1': np.random.rand(2000, 1800)}", "MB as text; at most 64 MB are read"),
    ("[[10**5000, 1, 1], [1, 1, 1]]", "a whole number that is too large for a float"),
]


@pytest.mark.parametrize(("returned", "said"), TOO_MUCH, ids=["large", "a long number"])
def test_an_answer_that_cannot_be_written_is_told_in_one_line(tmp_path: Path, returned: str, said: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(f"import numpy as np\ndef gradients(w, b, x, y): return {returned}", encoding="utf-8")
    with pytest.raises(ProgramError) as caught:
        ask(path, record(), seconds=30)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_program_that_raises_megabytes_is_told_in_few_words(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def gradients(*four): raise ValueError('x' * 80_000_000)", encoding="utf-8")
    with pytest.raises(ProgramError, match="raises ValueError: xxx") as caught:
        ask(path, record(), seconds=30)
    assert len(str(caught.value)) < 30_000


def test_a_program_that_writes_its_own_answer_has_given_none(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("import os, sys\nopen(sys.argv[2], 'w').write('{')\nos._exit(3)", encoding="utf-8")
    with pytest.raises(ProgramError, match="status 3"):
        ask(path, record(), seconds=30)
