"""The program around the updates: what it measures, its options, and the loop over epochs and batches."""

from collections.abc import Iterator

from bptui.engine.losses import LOSSES
from bptui.scenario.torch_script.rule import optimizer
from bptui.training.problem import Problem
from bptui.training.settings import Settings

OPTIONS = """def main():
    options = argparse.ArgumentParser()
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("--updates", action="store_true", help="the loss of every batch too")
    options = options.parse_args()"""
JOINED = """    dist.init_process_group("nccl" if CUDA else "gloo")
    if CUDA:
        torch.cuda.set_device(DEVICE)"""
ENDED = "    dist.destroy_process_group()"


def report(problem: Problem, settings: Settings, ddp: bool) -> str:
    """What is measured after every epoch."""
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


def main(settings: Settings, ddp: bool) -> str:
    """The program: its options, what it begins with, what it tells, and the loop over epochs and batches."""
    return "\n".join([OPTIONS, *_begun(settings, ddp), *_told(ddp), *_loop(settings, ddp), *([ENDED] if ddp else [])])


def _begun(settings: Settings, ddp: bool) -> Iterator[str]:
    arrays = "X, Y, TEST_X, TEST_Y"
    if ddp:
        yield JOINED
    yield f"    x, y, test_x, test_y = {f'(array.to(DEVICE) for array in ({arrays}))' if ddp else arrays}"
    wrapped = "DistributedDataParallel(build(), device_ids=[DEVICE.index] if CUDA else None)" if ddp else "build()"
    yield f"    model = {wrapped}"
    yield "    parameters = [p for p in model.parameters() if p.requires_grad]"
    yield f"    optimizer = {optimizer(settings)}"
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
