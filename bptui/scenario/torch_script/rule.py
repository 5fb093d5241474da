"""How a script makes an update: the rate, the optimizer, and what stands between gradient and step."""

from collections.abc import Iterator

from bptui.training.settings import Settings

RATES = {
    "step": "return LEARNING_RATE * {factor!r} ** ((t - 1) // {length})",
    "cosine": "done = min((t - 1) / {length}, 1.0)\n"
    "    return LEARNING_RATE * ({factor!r} + (1.0 - {factor!r}) * 0.5 * (1.0 + math.cos(math.pi * done)))",
    "warm-up": "return LEARNING_RATE * min(t / {length}, 1.0)",
}


def rate(settings: Settings) -> str:
    """The schedule of the learning rate."""
    schedule = settings.rules.schedule
    return f'''
def rate(t):
    """The learning rate of update t (from 1): {schedule.name}."""
    {RATES[schedule.name].format(factor=schedule.factor, length=schedule.length)}
'''


def optimizer(settings: Settings) -> str:
    """The expression that makes the optimizer."""
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


def update(settings: Settings, ddp: bool) -> str:
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
