"""What cannot be recorded exactly is refused with the reason and what to do, and the file has what came before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch: Any = pytest.importorskip("torch", reason="PyTorch (extra torch) is not installed: nothing is recorded here")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from bptui.scenario.recorded import is_recording, scenario_of_recording  # noqa: E402
from bptui.torch import RecordingError  # noqa: E402
from tests.torch.training import Training, training  # noqa: E402


def net(*between: Any) -> Training:
    return training(nn.Linear(3, 4), *between, nn.Linear(4, 2))


def shared() -> Training:
    layer = nn.Linear(3, 3)
    return training(layer, nn.Tanh(), layer)


def tied() -> Training:
    made = training(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
    made.model[2].weight = made.model[0].weight
    return made


def frozen() -> Training:
    made = net(nn.Tanh())
    made.model[0].weight.requires_grad_(False)
    return made


def half_frozen() -> Training:
    made = net(nn.Tanh())
    made.model[0].bias.requires_grad_(False)
    return made


def with_loss(loss: Any, *modules: Any) -> Training:
    return training(*modules, loss=loss)


def at_other_rates(p: Any) -> Any:
    return torch.optim.SGD([{"params": [each], "lr": 0.1 / (1 + k)} for k, each in enumerate(p)])


def on_meta() -> Training:
    made = net(nn.Tanh())
    made.model.to("meta")
    return made


def compiled() -> Training:
    made = net(nn.Tanh())
    made.model = torch.compile(made.model)
    return made


def compiled_in_place() -> Training:
    made = net(nn.Tanh())
    made.model.compile()
    return made


def normed() -> Training:
    made = net(nn.Tanh())
    nn.utils.parametrizations.weight_norm(made.model[0])
    return made


class Own(nn.Module):  # type: ignore[misc]
    def forward(self, x: Any) -> Any:
        return x * x


MODELS: dict[str, tuple[Callable[[], Training], str]] = {
    "attention": (lambda: training(nn.MultiheadAttention(4, 2), nn.Linear(4, 2)), "0 is nn.MultiheadAttention: each"),
    "BatchNorm": (lambda: net(nn.BatchNorm1d(4)), "1 is nn.BatchNorm1d: it couples the samples of a batch"),
    "LayerNorm": (lambda: net(nn.LayerNorm(4)), "1 is nn.LayerNorm: it is no layer that bptui knows; take it out"),
    "dropout": (lambda: net(nn.Dropout(0.5)), "1 is nn.Dropout: every pass goes through another network; take it out"),
    "embedding": (
        lambda: training(nn.Embedding(3, 3), nn.Linear(3, 2)),
        "0 is nn.Embedding: its gradients are sparse, rows of a table; give nn.Linear one-hot inputs instead",
    ),
    "convolution": (lambda: net(nn.Conv1d(4, 4, 1)), "1 is nn.Conv1d: bptui knows nn.Linear, nn.Flatten and the"),
    "lazy": (lambda: Training(nn.LazyLinear(2), nn.MSELoss(), None, *2 * (torch.zeros(1, 1),)), "its sizes are"),
    "ELU": (lambda: net(nn.ELU()), "1 is nn.ELU: bptui knows nn.Linear"),
    "another leak": (lambda: net(nn.LeakyReLU(0.2)), "1: nn.LeakyReLU(0.2); bptui's has the slope 0.01 below 0"),
    "another GELU": (lambda: net(nn.GELU(approximate="tanh")), "1: nn.GELU(approximate='tanh'); bptui's is"),
    "another softplus": (lambda: net(nn.Softplus(beta=2)), "1: nn.Softplus(beta=2); bptui's has beta 1"),
    "softmax over samples": (lambda: net(nn.Softmax(dim=0)), "over the outputs of a sample it is dim=1"),
    "softmax inside": (lambda: net(nn.Softmax(dim=1)), "softmax stands at the output layer only"),
    "two activations": (lambda: net(nn.Tanh(), nn.ReLU()), "2: a second activation behind nn.Tanh"),
    "an activation first": (lambda: training(nn.Tanh(), nn.Linear(3, 2)), "0: an activation before the first"),
    "flatten inside": (lambda: net(nn.Flatten()), "1: nn.Flatten behind a layer"),
    "a module of one's own": (lambda: net(Own()), "1 is Own: a module of your own without layers"),
    "too many layers": (
        lambda: training(*[nn.Linear(3, 3) for _ in range(21)], nn.Linear(3, 2)),
        "network.layers: expected a list of 2 to 20 items",
    ),
    "too many units": (
        lambda: training(nn.Linear(3, 10_001)), "network.layers: item 1: expected a whole number from 1 to 10000"
    ),
    "too many parameters": (
        lambda: training(nn.Linear(2500, 2500), kind=torch.float32),
        "6252500 parameters; a recording has at most 5000000",
    ),
    "a shared layer": (shared, "2: a layer that stands in the model twice; its gradient is a sum over both places"),
    "tied weights": (tied, "2: a layer that stands in the model twice"),
    "frozen weights": (frozen, "a layer's weight is frozen (requires_grad=False); bptui trains all layers"),
    "some biases frozen": (half_frozen, "some biases are frozen"),
    "some biases": (lambda: training(nn.Linear(3, 4), nn.Linear(4, 2, bias=False)), "some layers have a bias"),
    "compile": (compiled, "torch.compile makes one kernel of the layers, which hooks do not see; record the"),
    "compile in place": (compiled_in_place, "torch.compile makes one kernel"),
    "weight norm": (normed, "0: its weights are computed from others (parametrizations); remove that first"),
    "bfloat16": (lambda: training(kind=torch.bfloat16), "half precision is too coarse to compare"),
    "meta": (on_meta, "0.weight is on the device meta, which has no numbers; model.to_empty(device='cpu') gives it"),
    "no layer": (lambda: Training(nn.Tanh(), nn.MSELoss(), None, *2 * (torch.zeros(1, 1),)), "there is no nn.Linear"),
    "a function": (lambda: Training(torch.tanh, nn.MSELoss(), None, *2 * (torch.zeros(1, 1),)), "no nn.Module"),
    "a loss function": (lambda: with_loss(functional.mse_loss), "the loss is mse_loss, a function: hooks see"),
    "an unknown loss": (lambda: with_loss(nn.HuberLoss()), "the loss HuberLoss is none that bptui knows;"),
    "no reduction": (lambda: with_loss(nn.MSELoss(reduction="none")), "nn.MSELoss(reduction='none'): what is"),
    "weighed classes": (lambda: with_loss(nn.CrossEntropyLoss(torch.ones(2))), "(weight=…) weighs samples or"),
    "weighed bits": (lambda: with_loss(nn.BCEWithLogitsLoss(pos_weight=torch.ones(2))), "(pos_weight=…) weighs"),
    "smoothed labels": (lambda: with_loss(nn.CrossEntropyLoss(label_smoothing=0.1)), "(label_smoothing=…) has"),
    "a mean over bits": (
        lambda: with_loss(nn.BCEWithLogitsLoss()), "with 2 outputs divides by samples times outputs, which no loss of"
    ),
    "LBFGS": (lambda: training(optimizer=torch.optim.LBFGS), "LBFGS makes many passes for one step"),
    "no optimizer": (lambda: training(optimizer=list), "the optimizer is list, none of torch.optim's"),
    "a part of the model": (
        lambda: training(optimizer=lambda p: torch.optim.SGD([next(p)], lr=0.1)), "the optimizer does not have 0.bias"
    ),
    "groups at other rates": (
        lambda: training(optimizer=at_other_rates),
        "the optimizer's groups have learning rates from 0.025 to 0.1; an update that bptui tells of has one",
    ),
    "another model too": (
        lambda: training(optimizer=lambda p: torch.optim.SGD([*p, nn.Parameter(torch.ones(1))], lr=0.1)),
        "the optimizer has parameters that are not of this model",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")  # lazy modules, what compile loads
@pytest.mark.parametrize("name", MODELS)
def test_a_model_loss_or_optimizer_is_refused_before_anything_is_trained(name: str, tmp_path: Path) -> None:
    made, words = MODELS[name]
    it = made()
    with pytest.raises(RecordingError) as refused, it.record(tmp_path / "run.bptui"):
        it.step()
    assert words in str(refused.value)
    assert str(refused.value).isprintable()
    assert list(tmp_path.iterdir()) == []


# --- in the loop ---


def accumulate(it: Training) -> None:
    it.optimizer.zero_grad()
    for part in (slice(4), slice(4, None)):
        it.loss(it.model(it.x[part]), it.y[part]).backward()
    it.optimizer.step()


def two_losses(it: Training) -> None:
    outputs = it.model(it.x)
    (it.loss(outputs, it.y) + it.loss(outputs, it.y)).backward()


def forgotten(it: Training) -> None:
    it.loss(it.model(it.x), it.y).backward()
    it.optimizer.step()


def scaled(it: Training) -> None:
    it.optimizer.zero_grad()
    (it.loss(it.model(it.x), it.y) / 4).backward()
    it.optimizer.step()


def grad_scaler(it: Training) -> None:
    it.optimizer.zero_grad()
    (it.loss(it.model(it.x), it.y) * 65536.0).backward()


def autocast(it: Training) -> None:
    with torch.autocast("cpu"):
        it.model(it.x)


def penalty(it: Training) -> None:
    it.optimizer.zero_grad()
    (it.loss(it.model(it.x), it.y) + 0.1 * (it.model[0].weight ** 2).sum()).backward()


def changing(change: Callable[[list[Any]], Any]) -> Callable[[Training], None]:
    """A loop that does this to the parameters' gradients before two steps."""

    def loop(it: Training) -> None:
        for _ in range(2):
            it.optimizer.zero_grad()
            it.loss(it.model(it.x), it.y).backward()
            change(list(it.model.parameters()))
            it.optimizer.step()

    return loop


clipped_later = changing(lambda parameters: nn.utils.clip_grad_norm_(parameters, 1e-3))
clipped_each = changing(lambda parameters: nn.utils.clip_grad_value_(parameters, 1e-3))
clipped_in_part = changing(lambda parameters: nn.utils.clip_grad_norm_(parameters[:2], 1e-3))
enlarged = changing(lambda parameters: [p.grad.mul_(2) for p in parameters])
turned = changing(lambda parameters: [p.grad.neg_() for p in parameters])


def by_hand(it: Training) -> None:
    with torch.no_grad():
        it.model[0].weight *= 0.5
    it.step()


def closure(it: Training) -> None:
    it.optimizer.step(lambda: it.loss(it.model(it.x), it.y))


def without_backward(it: Training) -> None:
    it.optimizer.zero_grad()
    it.optimizer.step()


def another_loss(it: Training) -> None:
    it.optimizer.zero_grad()
    nn.functional.l1_loss(it.model(it.x), it.y).backward()
    it.optimizer.step()


def other_rates(it: Training) -> None:
    it.optimizer.add_param_group({"params": [it.optimizer.param_groups[0]["params"].pop()], "lr": 0.5})
    it.step()


def changed_outputs(it: Training) -> None:
    it.loss(it.model(it.x) * 2, it.y).backward()


def spread_targets(it: Training) -> None:
    it.loss(it.model(it.x), it.y[0])


def dropout_on(it: Training) -> None:
    it.model.append(nn.Dropout(0.5))
    it.step()


def diverged(it: Training) -> None:
    it.model[2].weight.data *= 1e308
    it.step()


def inputs_missing(it: Training) -> None:
    it.x[0, 0] = float("nan")
    it.step()


def targets_missing(it: Training) -> None:
    it.y[0, 0] = float("nan")
    it.step()


def no_samples(it: Training) -> None:
    it.step(slice(0))


def one_sample(it: Training) -> None:
    it.model(it.x[None])


def two_inputs(it: Training) -> None:
    it.model(input=it.x)


def hook_changes_it(it: Training) -> None:
    it.optimizer.zero_grad()
    loss = it.loss(it.model(it.x), it.y)
    it.model[0].weight.register_hook(lambda g: g * 2)
    loss.backward()


LOOPS: dict[Callable[[Training], None], str] = {
    accumulate: "a second backward, or loss, before optimizer.step(): gradient accumulation cannot be recorded",
    two_losses: "a second backward, or loss, before optimizer.step()",
    forgotten: "backward adds to gradients that are in .grad already; call optimizer.zero_grad() before every backward",
    scaled: "the loss was multiplied by 0.25 before backward: by GradScaler (AMP), for gradient accumulation",
    grad_scaler: "the loss was multiplied by 65536 before backward",
    autocast: "autocast (AMP) computes in half precision, too coarse to compare with; leave it out",
    penalty: "a penalty added to it, a hook); take that out: weight_decay of the optimizer can be recorded",
    clipped_later: "a gradient was clipped to the length 0.001, and one of 1.61",
    clipped_each: "and not by one clip_grad_norm_ of all parameters; take that out to record",
    clipped_in_part: "the gradients were changed between backward and step, and not by one clip_grad_norm_",
    enlarged: "the gradients were changed between backward and step, and not by one clip_grad_norm_",
    turned: "the gradients were changed between backward and step, and not by one clip_grad_norm_",
    by_hand: "something else than optimizer.step() has changed the weights after update 2",
    closure: "step(closure) makes passes of its own",
    without_backward: "optimizer.step() without a backward of this model and this loss since the last one",
    another_loss: "record with the loss that is called, and evaluate under torch.no_grad()",
    other_rates: "the optimizer's groups have learning rates from 0.1 to 0.5; an update that bptui tells of has one",
    changed_outputs: "the loss got something else than what the model gave; put what is done between into the model",
    spread_targets: "outputs 9×2 and targets 2: PyTorch spreads one over the other; make them alike",
    dropout_on: "3: every pass goes through another network; take it out",
    diverged: "the gradients of update 3 are not finite: the training diverges",
    inputs_missing: "inputs that are nan or infinite; leave these samples out",
    targets_missing: "targets that are nan or infinite; leave these samples out",
    no_samples: "a batch without samples has no gradient; leave it out",
    one_sample: "inputs of 3 dimensions to layer 1; a batch is samples × numbers (of one sample: x[None]);",
    two_inputs: "the model is called with more than one tensor; bptui's networks have one input",
    hook_changes_it: ".grad of the weight of layer 1 is not the sum of its samples' inputs times δ, but 50.0%",
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # of what is spread
@pytest.mark.parametrize("loop", LOOPS, ids=[f"{k} {loop.__name__}" for k, loop in enumerate(LOOPS)])
def test_what_a_loop_does_besides_is_refused_and_what_came_before_is_kept(
    loop: Callable[[Training], None], tmp_path: Path
) -> None:
    it, path = training(), tmp_path / "run.bptui"

    def trained() -> None:
        with it.record(path):
            it.step()
            it.step()
            if loop is not forgotten:
                it.optimizer.zero_grad()
            loop(it)

    with pytest.raises(RecordingError) as refused:
        trained()
    assert LOOPS[loop] in str(refused.value)
    assert str(refused.value).isprintable()
    assert is_recording(path)
    assert scenario_of_recording(path).recording.updates == 2  # type: ignore[union-attr]


# --- modules that call their layers themselves ---


class Twice(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 2)

    def forward(self, x: Any) -> Any:
        return self.two(torch.tanh(self.one(torch.tanh(self.one(x)))))


class Branches(Twice):
    def forward(self, x: Any) -> Any:
        return self.two(torch.tanh(self.one(x)) + x)


class Unused(Twice):
    def forward(self, x: Any) -> Any:
        return self.one(x)[:, :2]


class Pair(Twice):
    def forward(self, x: Any) -> Any:
        return self.two(torch.relu(self.one(x))), x


class Dropped(Twice):
    calls = 0

    def forward(self, x: Any) -> Any:
        self.calls += 1
        hidden = torch.tanh(self.one(x))
        return self.two(hidden if self.calls == 1 else hidden * 0.5)


OWN: dict[type[nn.Module], str] = {
    Twice: "layer 1 is used twice in one forward pass; its gradient is a sum over both places",
    Branches: "what comes behind layer 1 is no activation that bptui knows",
    Unused: "1 of 2 linear layers were used; each must be, once",
    Pair: "the model gives tuple; one tensor of outputs is needed",
    Dropped: "what goes into layer 2 is not tanh of what layer 1 gives: something is between them that is no module",
}


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_a_module_that_is_no_chain_of_layers_is_refused(kind: type[nn.Module], tmp_path: Path) -> None:
    it = training()
    it.model = kind().double()
    it.optimizer = torch.optim.SGD(it.model.parameters(), lr=0.1)
    with pytest.raises(RecordingError) as refused:
        it.recorded(tmp_path, epochs=1)
    assert OWN[kind] in str(refused.value)


ENDS: dict[str, tuple[Any, tuple[Any, ...], Any, str]] = {
    "softmax twice": (
        nn.CrossEntropyLoss(), (nn.Softmax(dim=1),), torch.zeros(9, dtype=torch.int64),
        "nn.CrossEntropyLoss has the softmax in it: take nn.Softmax off the model",
    ),
    "no log-softmax": (nn.NLLLoss(), (), torch.zeros(9, dtype=torch.int64), "nn.NLLLoss needs nn.LogSoftmax(dim=1)"),
    "log-softmax for squares": (nn.MSELoss(), (nn.LogSoftmax(dim=1),), None, "nn.LogSoftmax goes with nn.NLLLoss only"),
    "ignored labels": (nn.CrossEntropyLoss(), (), torch.full((9,), -100), "label -100 for 2 classes: ignored samples"),
    "sigmoid twice": (
        nn.BCEWithLogitsLoss(reduction="sum"), (nn.Sigmoid(),), torch.ones(9, 2).double(),
        "nn.BCEWithLogitsLoss has the sigmoid in it: take nn.Sigmoid off the model",
    ),
    "no sigmoid": (
        nn.BCELoss(reduction="sum"), (nn.Softmax(dim=1),), torch.ones(9, 2).double(), "nn.BCELoss needs nn.Sigmoid()"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_a_loss_that_does_not_fit_what_the_model_ends_with_is_refused(name: str, tmp_path: Path) -> None:
    loss, last, y, words = ENDS[name]
    it = training(nn.Linear(3, 2), *last, loss=loss, y=y)
    with pytest.raises(RecordingError) as refused, it.record(tmp_path / "run.bptui"):
        it.step()
    assert words in str(refused.value)
