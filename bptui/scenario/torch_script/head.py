"""What stands at a script's head: what it is, what it imports, the constants of the run."""

from bptui.engine.losses import LOSSES
from bptui.training.problem import Problem
from bptui.training.settings import Settings


def inert(words: str) -> str:
    """Text that stands in a docstring and can neither end it nor be an escape in it."""
    return words.replace('"', "'").replace("\\", "/")


def head(title: str, command: str, ddp: bool) -> str:
    """What it is, how it is run, and the command that made it."""
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


def imports(settings: Settings, packed: bool, ddp: bool) -> str:
    """The modules that the other parts use, and no others."""
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


def constants(settings: Settings, problem: Problem) -> str:
    """The numbers of the rule that are in force, by name."""
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
