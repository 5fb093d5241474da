"""A PyTorch script of a scenario: its start weights, its batches in their order, its rule; losses agree in float64.

The script is put together from parts that stand below as they are printed; a part that the scenario does not need
is left out, so that what remains can be read in one go.

The ranks of a scenario are left out too: under ``torchrun`` there are as many as are started, with equal shares, and
with a sum divided once the parts change nothing but rounding.
"""

import base64
import io
from collections.abc import Iterator
from textwrap import wrap

import numpy as np

from bptui.data.dataset import Floats
from bptui.engine.activations import LEAK
from bptui.engine.losses import LOSSES
from bptui.engine.network import Network
from bptui.scenario import Scenario, ScenarioError
from bptui.training.problem import Problem
from bptui.training.settings import Settings

WRITTEN_OUT = 400  # numbers of one kind that are printed as such; more are packed
LARGEST = 8 << 20  # bytes of a script
MODULES = {
    "identity": "",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky-relu": f"nn.LeakyReLU({LEAK})",
    "softplus": "nn.Softplus(threshold=700.0)",  # torch's own default is an approximation above 20
    "gelu": "nn.GELU()",
    "softmax": "nn.Softmax(dim=1)",
}
LOSS_LINES = {
    "half-squared-error": "0.5 * ((outputs - targets) ** 2).sum(dim=1)",
    "squared-error": "((outputs - targets) ** 2).sum(dim=1)",
    "mean-squared-error": "((outputs - targets) ** 2).mean(dim=1)",
    "binary-cross-entropy": "functional.binary_cross_entropy_with_logits("
    'outputs, targets, reduction="none").sum(dim=1)',
    "cross-entropy": 'functional.cross_entropy(outputs, targets, reduction="none")',
}
RATES = {
    "step": "return LEARNING_RATE * {factor!r} ** ((t - 1) // {length})",
    "cosine": "done = min((t - 1) / {length}, 1.0)\n"
    "    return LEARNING_RATE * ({factor!r} + (1.0 - {factor!r}) * 0.5 * (1.0 + math.cos(math.pi * done)))",
    "warm-up": "return LEARNING_RATE * min(t / {length}, 1.0)",
}
ORDERS = {
    "shuffle": "np.random.default_rng([SEED, 1, epoch]).permutation(count)",
    "replacement": "np.random.default_rng([SEED, 1, epoch]).integers(0, count, count)",
    "fixed": "np.arange(count)",
}


def torch_script(scenario: Scenario, command: str, ddp: bool = False) -> str:
    """The text of the script; with ``ddp`` one for ``torchrun``. Raises ScenarioError where the data are too many to
    stand in it."""
    run = scenario.begin()
    settings, given = run.settings_at(1), _given(run.problem, run.start)
    parts = [
        _head(scenario.title, command, ddp),
        _imports(settings, "PACKED" in given, ddp),
        _constants(settings, run.problem),
        *([RANKS] if ddp else []),
        _batches(settings),
        _model(run.start, settings, ddp),
        _loss(settings),
        *([_rate(settings)] if settings.rules.schedule.name != "constant" else []),
        _update(settings, ddp),
        _report(run.problem, settings, ddp),
        _main(settings, ddp),
        given,
        'if __name__ == "__main__":\n    main()',
    ]
    script = "\n\n\n".join(part.strip("\n") for part in parts) + "\n"
    if len(script) > LARGEST:
        raise ScenarioError(
            f"{scenario.title}: its samples make a script of {len(script) >> 20} MB; at most {LARGEST >> 20} MB are "
            "written. Take fewer: --samples N"
        )
    return script


def inert(words: str) -> str:
    """Text that stands in a docstring and can neither end it nor be an escape in it."""
    return words.replace('"', "'").replace("\\", "/")


def _head(title: str, command: str, ddp: bool) -> str:
    runs = "torchrun --nproc-per-node 3 FILE --epochs 20" if ddp else "python FILE --epochs 20"
    how = (
        "\nEach rank has a part of every batch, none twice. DistributedDataParallel averages the ranks' gradients,\n"
        "so a rank's loss is its sum times the number of ranks (over the samples of the whole batch): the average of\n"
        "these is the gradient of the whole batch, also where the parts differ in size.\n"
        if ddp
        else ""
    )
    named = inert(title)
    return f'''"""{named} as bptui trains it, in PyTorch: same start weights, same batches, same losses (float64).

    {runs}
{how}
Made by: {inert(command)}
"""'''


def _imports(settings: Settings, packed: bool, ddp: bool) -> str:
    cosine = settings.rules.schedule.name == "cosine"
    joined = LOSSES[settings.rules.loss].joined
    lines = [
        "import argparse",
        *(["import base64", "import io"] if packed else []),
        "import json",
        *(["import math"] if cosine else []),
        *(["import os"] if ddp else []),
        "",
        "import numpy as np",
        "import torch",
        *(["import torch.distributed as dist"] if ddp else []),
        "from torch import nn",
        *(["from torch.nn import functional"] if joined else []),
        *(["from torch.nn.parallel import DistributedDataParallel"] if ddp else []),
        "",
        "torch.set_default_dtype(torch.float64)",
    ]
    return "\n".join(lines)


def _constants(settings: Settings, problem: Problem) -> str:
    rules = settings.rules
    lines = [
        f"SEED = {problem.seed}  # of the order of the samples",
        f"BATCH_SIZE = {min(settings.batch_size or problem.count, problem.count)}",
        f"LEARNING_RATE = {rules.learning_rate!r}",
    ]
    lines += [f"L1 = {rules.l1!r}"] if rules.l1 else []
    lines += [f"L2 = {rules.l2!r}"] if rules.l2 else []
    lines += [f"CLIP_NORM = {rules.clip_norm!r}"] if rules.clip_norm else []
    lines += [f"MICRO_BATCHES = {rules.micro_batches}"] if rules.micro_batches > 1 else []
    lines += [f"REPEATS = {settings.repeats}  # updates on a batch before the next one"] if settings.repeats > 1 else []
    lines += [f"REPEAT_UNTIL = {settings.repeat_until!r}"] if settings.repeat_until else []
    return "\n".join(lines)


RANKS = '''
RANK, WORLD = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if CUDA else torch.device("cpu")


def own(places):
    """This rank's part of a batch: parts differ by at most one sample, none is repeated to fill them up."""
    return places.tensor_split(WORLD)[RANK]
'''


def _batches(settings: Settings) -> str:
    end = "count" if settings.last_batch == "keep" else "count - BATCH_SIZE + 1"
    return f'''
def batches(epoch, count):
    """The places of the samples of each batch of an epoch (from 1), drawn as bptui draws them."""
    places = torch.from_numpy({ORDERS[settings.order]})
    for start in range(0, {end}, BATCH_SIZE):
        yield places[start : start + BATCH_SIZE]
'''


def _model(network: Network, settings: Settings, ddp: bool) -> str:
    architecture = network.architecture
    joined = LOSSES[settings.rules.loss].joined
    bias = ", bias=False" if architecture.bias == "none" else ""
    modules = []
    for layer, (inputs, units) in enumerate(zip(architecture.sizes, architecture.sizes[1:], strict=False), 1):
        name = architecture.activations[layer - 1]
        last = layer == architecture.layers
        modules.append(f"nn.Linear({inputs}, {units}{bias}),")
        if MODULES[name] and not (last and joined):
            modules.append(f"{MODULES[name]},")
    listed = "\n".join(f"        {module}" for module in modules)
    logits = f"  # its outputs are z: the loss has the {joined} in it\n" if joined else "\n"
    biases = {
        "trained": "            layer.bias.copy_(b)\n",
        "frozen": "            layer.bias.copy_(b)\n            layer.bias.requires_grad_(False)\n",
        "none": "",
    }[architecture.bias]
    pair = "w" if architecture.bias == "none" else "(w, b)"
    return f'''
def build():
    """The network with the start weights."""
    model = nn.Sequential({logits}{listed}
    )
    linear = [module for module in model if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for layer, {pair} in zip(linear, START):
            layer.weight.copy_(w.T)  # [from][to] here, [to][from] in PyTorch
{biases}    return model{".to(DEVICE)" if ddp else ""}
'''


def _loss(settings: Settings) -> str:
    return f'''
def losses(outputs, targets):
    """One number a sample: {settings.rules.loss}."""
    return {LOSS_LINES[settings.rules.loss]}
'''


def _rate(settings: Settings) -> str:
    schedule = settings.rules.schedule
    return f'''
def rate(t):
    """The learning rate of update t (from 1): {schedule.name}."""
    {RATES[schedule.name].format(factor=schedule.factor, length=schedule.length)}
'''


def _optimizer(settings: Settings) -> str:
    o = settings.rules.optimizer
    adam = f"betas=({o.beta1!r}, {o.beta2!r}), eps={o.epsilon!r}"
    more = {
        "sgd": "SGD({0})",
        "momentum": f"SGD({{0}}, momentum={o.momentum!r})",
        "nesterov": f"SGD({{0}}, momentum={o.momentum!r}, nesterov=True)",
        "rmsprop": f"RMSprop({{0}}, alpha={o.decay!r}, eps={o.epsilon!r})",
        "adam": f"Adam({{0}}, {adam})",
        "adamw": f"AdamW({{0}}, {adam}, weight_decay={o.weight_decay!r})",
    }[o.name]
    return "torch.optim." + more.format("parameters, lr=LEARNING_RATE")


def _update(settings: Settings, ddp: bool) -> str:
    """One update, as short as the rule allows."""
    rules, accumulated = settings.rules, settings.rules.micro_batches > 1
    mean = rules.reduction == "mean"
    lines = [
        "def update(model, optimizer, x, y, places, t):",
        f'    """One update on a batch, number t; its {"mean loss" if mean else "losses added"}, read before it."""',
    ]
    if rules.schedule.name != "constant":
        lines += ["    for group in optimizer.param_groups:", '        group["lr"] = rate(t)']
    lines += ["    mine = own(places)"] if ddp else []
    lines += ["    optimizer.zero_grad()"]
    rows, n = "mine" if ddp else "places", "len(places)"
    share = (" * WORLD" if ddp else "") + (f" / {n}" if mean else "")
    if accumulated:
        lines += _accumulated(rows, share, ddp)
    else:
        lines += [f"    loss = losses(model(x[{rows}]), y[{rows}]).sum(){share}", "    loss.backward()"]
    lines += _after_backward(settings)
    lines += ["    optimizer.step()"]
    lines += (
        ["    loss = loss.detach()", "    dist.all_reduce(loss)  # the ranks' losses added", "    loss /= WORLD"]
        if ddp
        else []
    )
    return "\n".join([*lines, "    return loss.item()"])


def _accumulated(rows: str, share: str, ddp: bool) -> Iterator[str]:
    """The gradients of micro-batches added before the one step; the ranks exchange theirs once."""
    yield "    loss = torch.zeros(())" if not ddp else "    loss = torch.zeros((), device=DEVICE)"
    yield f"    for k, part in enumerate({rows}.tensor_split(MICRO_BATCHES), 1):"
    if ddp:
        yield "        model.require_backward_grad_sync = k == MICRO_BATCHES"
    yield f"        of_part = losses(model(x[part]), y[part]).sum(){share}"
    yield "        of_part.backward()"
    yield "        loss += of_part.detach()"


def _after_backward(settings: Settings) -> Iterator[str]:
    rules = settings.rules
    if rules.l1 or rules.l2:
        yield "    for layer in network_of(model):  # the penalty: of weights, not of biases, whatever n is"
        if rules.l2:
            yield "        layer.weight.grad += L2 * layer.weight.detach()"
        if rules.l1:
            yield "        layer.weight.grad += L1 * layer.weight.detach().sign()"
    if rules.clip_norm:
        yield "    gradients = [p.grad for p in model.parameters() if p.requires_grad]"
        yield "    norm = torch.sqrt(sum((g**2).sum() for g in gradients))"
        yield "    if norm > CLIP_NORM:"
        yield "        for g in gradients:"
        yield "            g *= CLIP_NORM / norm"


def _report(problem: Problem, settings: Settings, ddp: bool) -> str:
    network = "model.module" if ddp else "model"
    helper = (
        f"def network_of(model):\n    return [module for module in {network} if isinstance(module, nn.Linear)]\n\n\n"
        if settings.rules.l1 or settings.rules.l2
        else ""
    )
    border = "0.0" if LOSSES[settings.rules.loss].joined else "0.5"
    right = (
        f"(outputs[:, 0] > {border}) == (y[:, 0] > 0.5)"
        if problem.train_y.shape[1] == 1
        else "outputs.argmax(dim=1) == y.argmax(dim=1)"
    )
    shares = f'\n    found[f"{{name}}_accuracy"] = float(({right}).double().mean())' if problem.data.classes else ""
    return f'''
{helper}@torch.no_grad()
def metrics(model, name, x, y):
    """What the network makes of all these samples; nothing where there are none."""
    if len(x) == 0:
        return {{}}
    outputs = {network}(x)
    found = {{f"{{name}}_loss": float(losses(outputs, y).mean())}}{shares}
    return found
'''


def _main(settings: Settings, ddp: bool) -> str:
    """The program: its options, what it begins with, what it tells, and the loop over epochs and batches."""
    return "\n".join([OPTIONS, *_begun(settings, ddp), *_told(ddp), *_loop(settings, ddp), *([ENDED] if ddp else [])])


OPTIONS = """def main():
    options = argparse.ArgumentParser()
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("--updates", action="store_true", help="the loss of every batch too")
    options = options.parse_args()"""
JOINED = """    dist.init_process_group("nccl" if CUDA else "gloo")
    if CUDA:
        torch.cuda.set_device(DEVICE)"""
ENDED = "    dist.destroy_process_group()"


def _begun(settings: Settings, ddp: bool) -> Iterator[str]:
    arrays = "X, Y, TEST_X, TEST_Y"
    if ddp:
        yield JOINED
    yield f"    x, y, test_x, test_y = {f'(array.to(DEVICE) for array in ({arrays}))' if ddp else arrays}"
    wrapped = "DistributedDataParallel(build(), device_ids=[DEVICE.index] if CUDA else None)" if ddp else "build()"
    yield f"    model = {wrapped}"
    yield "    parameters = [p for p in model.parameters() if p.requires_grad]"
    yield f"    optimizer = {_optimizer(settings)}"
    yield "    t = 0\n"


def _told(ddp: bool) -> Iterator[str]:
    yield "    def tell(epoch):"
    yield '        found = metrics(model, "train", x, y) | metrics(model, "test", test_x, test_y)'
    if ddp:
        yield "        if RANK == 0:"
    pad = "            " if ddp else "        "
    yield f'{pad}print(json.dumps({{"epoch": epoch, "updates": t}} | found), flush=True)\n'


def _loop(settings: Settings, ddp: bool) -> Iterator[str]:
    pad, repeats = "            ", settings.repeats > 1
    yield "    tell(0)"
    yield "    for epoch in range(1, options.epochs + 1):"
    yield "        for places in batches(epoch, len(x)):"
    if repeats:
        yield f"{pad}for _ in range(REPEATS):"
        pad += "    "
    yield f"{pad}t += 1"
    yield f"{pad}loss = update(model, optimizer, x, y, places, t)"
    yield f"{pad}if {'RANK == 0 and ' if ddp else ''}options.updates:"
    yield f'{pad}    print(json.dumps({{"update": t, "loss": loss}}), flush=True)'
    if repeats and settings.repeat_until:
        yield f"{pad}with torch.no_grad():"
        yield f"{pad}    if losses({'model.module' if ddp else 'model'}(x[places]), y[places]).mean() < REPEAT_UNTIL:"
        yield f"{pad}        break"
    yield "        tell(epoch)"


def _given(problem: Problem, network: Network) -> str:
    """The start weights [from][to], and the samples as the network gets them."""
    weights = {f"W{layer}": w for layer, w in enumerate(network.weights, 1)}
    biases = {f"B{layer}": b for layer, b in enumerate(network.biases, 1)}
    samples = {"X": problem.train_x, "Y": problem.train_y, "TEST_X": problem.test_x, "TEST_Y": problem.test_y}
    pairs = [f"(W{k}, B{k})" if biases else f"W{k}" for k in range(1, network.architecture.layers + 1)]
    return f"{_arrays(weights | biases)}\nSTART = [{', '.join(pairs)}]\n\n" + _arrays(
        {name: np.asarray(array[:], dtype=np.float64) for name, array in samples.items()}
    )


def _arrays(arrays: dict[str, Floats]) -> str:
    if sum(array.size for array in arrays.values()) <= WRITTEN_OUT:
        return "\n".join(f"{name} = torch.tensor({_listed(array)})" for name, array in arrays.items())
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]
    text = "\n".join(wrap(base64.b64encode(packed.getvalue()).decode("ascii"), 110))
    names = ", ".join(arrays)
    listed = ", ".join(f'"{name}"' for name in arrays)
    return (
        f'PACKED = """\n{text}\n"""  # numpy\'s .npz, as base64\n'
        f"PACKED = np.load(io.BytesIO(base64.b64decode(PACKED)))\n"
        f"{names} = (torch.from_numpy(PACKED[name]) for name in ({listed}))"
    )


def _listed(array: Floats) -> str:
    """Rows below each other; every number comes back exactly."""
    if array.ndim == 1 or not array.size:
        return repr(array.tolist()) if array.size else f"[]).reshape({array.shape[0]}, {array.shape[1]}"
    return "[\n" + "".join(f"    {row!r},\n" for row in array.tolist()) + "]"
