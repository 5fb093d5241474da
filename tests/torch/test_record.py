"""What PyTorch trains is what the explorer reads: weights, samples, losses, δ, gradients and steps, to rounding."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch: Any = pytest.importorskip("torch", reason="PyTorch (extra torch) is not installed: stored recordings are read")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from bptui.engine.optimizers import READ  # noqa: E402
from bptui.scenario import Scenario  # noqa: E402
from bptui.scenario.recorded import scenario_of_recording  # noqa: E402
from bptui.torch import RecordingError  # noqa: E402
from bptui.views.recorded import agreement  # noqa: E402
from tests.golden import make_torch_recordings  # noqa: E402
from tests.recordings import CASES, by_pytorch  # noqa: E402
from tests.torch.training import Training, all_records, training  # noqa: E402

LABELS = torch.tensor([0, 1, 2, 2, 1, 0, 0, 1, 2])
BITS = torch.tensor([0.0, 1, 1, 0, 1, 0, 0, 1, 1], dtype=torch.float64)


def three(*last: Any) -> tuple[Any, ...]:
    return nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 3), *last


LOSSES: dict[str, tuple[Callable[[], Training], str, str]] = {
    "MSE, mean": (training, "mean-squared-error", "mean"),
    "MSE, sum": (lambda: training(loss=nn.MSELoss(reduction="sum")), "squared-error", "sum"),
    "labels": (lambda: training(*three(), loss=nn.CrossEntropyLoss(), y=LABELS), "cross-entropy", "mean"),
    "labels, sum": (
        lambda: training(*three(), loss=nn.CrossEntropyLoss(reduction="sum"), y=LABELS), "cross-entropy", "sum"
    ),
    "shares of classes": (
        lambda: training(*three(), loss=nn.CrossEntropyLoss(), y=torch.softmax(torch.randn(9, 3).double(), 1)),
        "cross-entropy", "mean",
    ),
    "log-softmax": (
        lambda: training(*three(nn.LogSoftmax(dim=1)), loss=nn.NLLLoss(), y=LABELS), "cross-entropy", "mean"
    ),
    "logits": (
        lambda: training(nn.Linear(3, 1), loss=nn.BCEWithLogitsLoss(), y=BITS[:, None]), "binary-cross-entropy", "mean"
    ),
    "probabilities": (
        lambda: training(nn.Linear(3, 1), nn.Sigmoid(), loss=nn.BCELoss(reduction="sum"), y=BITS[:, None]),
        "binary-cross-entropy", "sum",
    ),
    "many bits": (
        lambda: training(nn.Linear(3, 2), loss=nn.BCEWithLogitsLoss(reduction="sum"), y=torch.stack([BITS] * 2, 1)),
        "binary-cross-entropy", "sum",
    ),
    "MSE on softmax": (lambda: training(*three(nn.Softmax(dim=1))), "mean-squared-error", "mean"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_what_they_are_in_pytorch(name: str, tmp_path: Path) -> None:
    made, loss, reduction = LOSSES[name]
    scenario = made().recorded(tmp_path)
    rules = scenario.settings.rules
    assert (rules.loss, rules.reduction) == (loss, reduction)
    run = all_records(scenario)
    for update in range(1, run.frontier + 1):
        told = run.record(update).told
        assert told is not None
        assert told.loss_off < 1e-13
        assert told.gradient_off < 1e-12


def test_mse_has_no_half_and_divides_by_outputs_too(tmp_path: Path) -> None:
    made = training()
    with torch.no_grad():
        outputs = made.model(made.x)
    run = all_records(made.recorded(tmp_path, epochs=1, size=9))
    record = run.record(1)
    errors = (outputs - made.y).numpy()
    order = [int(np.abs(made.x.numpy() - x).sum(axis=1).argmin()) for x in record.passed.a[0]]
    assert record.passed.loss == pytest.approx((errors[order] ** 2).mean(axis=1), rel=1e-12)
    assert record.loss_mean == pytest.approx(float(((outputs - made.y) ** 2).mean()), rel=1e-12)


ACTIVATIONS: dict[str, tuple[Any, str]] = {
    "ReLU": (nn.ReLU(), "relu"),
    "ReLU in place": (nn.ReLU(inplace=True), "relu"),
    "leaky ReLU": (nn.LeakyReLU(), "leaky-relu"),
    "leaky ReLU in place": (nn.LeakyReLU(inplace=True), "leaky-relu"),
    "tanh": (nn.Tanh(), "tanh"),
    "sigmoid": (nn.Sigmoid(), "sigmoid"),
    "softplus": (nn.Softplus(), "softplus"),
    "GELU": (nn.GELU(), "gelu"),
    "none": (nn.Identity(), "identity"),
}


def watching(place: int, seen: list[dict[str, Any]]) -> Any:
    """A hook of one's own that keeps what goes in and ∂L/∂z."""

    def hook(_: Any, a: Any, z: Any) -> None:
        z.register_hook(lambda g: seen.append({"place": place, "delta": g.clone(), "a": a[0].clone()}))

    return hook


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_deltas_of_every_sample_are_pytorchs(name: str, tmp_path: Path) -> None:
    module, ours = ACTIVATIONS[name]
    made = training(nn.Linear(3, 4), module, nn.Linear(4, 2))
    path = tmp_path / "run.bptui"
    seen: list[dict[str, Any]] = []
    layers = [each for each in made.model if isinstance(each, nn.Linear)]
    for place, layer in enumerate(layers):
        layer.register_forward_hook(watching(place, seen))
    with made.record(path):
        for _ in range(3):
            made.step()
    scenario = scenario_of_recording(path)
    assert scenario.network.activations == (ours, "identity")
    run = all_records(scenario)
    for update in range(1, 4):
        record, of_update = run.record(update), seen[2 * (update - 1) : 2 * update]
        for each in of_update:
            assert np.allclose(
                record.passed.delta[each["place"]] / record.n, each["delta"].numpy(), rtol=1e-9, atol=1e-14
            )
            if each["place"] == 0:
                assert (record.passed.a[0] == each["a"].numpy()).all()


OPTIMIZERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "SGD": (lambda p: torch.optim.SGD(p, lr=0.1), "sgd"),
    "momentum": (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8), "momentum"),
    "Nesterov": (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True), "nesterov"),
    "RMSprop": (lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9), "rmsprop"),
    "Adam": (lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99)), "adam"),
    "AdamW": (lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1), "adamw"),
    "dampened": (lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, dampening=0.5), READ.name),
    "AMSGrad": (lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True), READ.name),
    "uphill": (lambda p: torch.optim.SGD(p, lr=0.1, maximize=True), READ.name),
    "decay of biases": (lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.1), READ.name),
    "Adagrad": (lambda p: torch.optim.Adagrad(p, lr=0.1), READ.name),
    "NAdam": (lambda p: torch.optim.NAdam(p, lr=0.1), READ.name),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_are_told_by_a_rule_where_it_makes_them_and_else_read(name: str, tmp_path: Path) -> None:
    optimizer, ours = OPTIMIZERS[name]
    made = training(optimizer=optimizer)
    scenario = made.recorded(tmp_path, epochs=4)
    run = all_records(scenario)
    assert scenario.settings.rules.optimizer.name == ours
    assert bool(scenario.notices) == (ours == READ.name)
    for update in range(1, run.frontier + 1):
        record = run.record(update)
        assert np.allclose(record.before.flat + record.step.flat, record.after.flat, rtol=1e-9, atol=1e-13)
    last = np.concatenate([
        part for layer in made.model if isinstance(layer, nn.Linear)
        for part in (layer.weight.detach().numpy().T.ravel(), layer.bias.detach().numpy())
    ])  # fmt: skip
    assert (run.record(run.frontier).after.flat == last).all()


def test_a_rule_that_does_not_make_the_steps_is_not_believed(tmp_path: Path) -> None:
    class Half(torch.optim.SGD):  # type: ignore[misc]
        pass

    def halved(p: Any) -> Any:
        optimizer = torch.optim.SGD(p, lr=0.1)
        step = type(optimizer).step

        def slower(closure: Any = None) -> None:
            for group in optimizer.param_groups:
                group["lr"] = 0.05
            step(optimizer)
            for group in optimizer.param_groups:
                group["lr"] = 0.1

        optimizer.step = slower
        return optimizer

    assert training(optimizer=Half).recorded(tmp_path).settings.rules.optimizer.name == READ.name
    made = training()
    made.optimizer.register_step_post_hook(lambda *_: [p.data.add_(0.01) for p in made.model.parameters()])
    scenario = made.recorded(tmp_path)
    assert scenario.settings.rules.optimizer.name == READ.name
    assert "its steps are not those of the rule" in scenario.notices[0]


def test_a_schedule_of_pytorchs_is_told_update_by_update(tmp_path: Path) -> None:
    made, path = training(), tmp_path / "run.bptui"
    schedule = torch.optim.lr_scheduler.StepLR(made.optimizer, step_size=2, gamma=0.5)
    with made.record(path):
        for _ in range(6):
            made.step()
            schedule.step()
    run = all_records(scenario_of_recording(path))
    assert [run.record(update).learning_rate for update in range(1, 7)] == [0.1, 0.1, 0.05, 0.05, 0.025, 0.025]
    assert [update for update, _ in run.causes.changes] == [1, 3, 5]


def test_a_module_of_ones_own_is_recorded_where_it_chains_its_layers(tmp_path: Path) -> None:
    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.last, self.first = nn.Linear(4, 2), nn.Linear(3, 4)

        def forward(self, x: Any) -> Any:
            return self.last(functional.softplus(self.first(x)))

    made = training()
    made.model = Net().double()
    made.optimizer = torch.optim.SGD(made.model.parameters(), lr=0.1)
    scenario = made.recorded(tmp_path)
    assert (scenario.network.layers, scenario.network.activations) == ((3, 4, 2), ("softplus", "identity"))
    assert all_records(scenario).frontier == 9


def test_evaluations_between_updates_leave_no_trace(tmp_path: Path) -> None:
    made, other, path = training(), training(), tmp_path / "run.bptui"
    with made.record(path):
        for _ in range(4):
            made.step()
            with torch.no_grad():
                made.loss(made.model(made.x[:2]), made.y[:2])
            made.model(made.x[:3])  # with gradients, and nothing made of it
    for _ in range(4):
        other.step()
    assert scenario_of_recording(path).recording.updates == 4  # type: ignore[union-attr]
    for ours, theirs in zip(made.model.parameters(), other.model.parameters(), strict=True):
        assert torch.equal(ours, theirs), "to record changes nothing"


def test_a_loop_may_write_its_next_batch_into_the_same_tensors(tmp_path: Path) -> None:
    it, path = training(), tmp_path / "run.bptui"
    x, y = it.x.clone(), it.y.clone()
    with it.record(path):
        it.step()
        it.x.zero_()
        it.y.zero_()
        it.step()
    data = scenario_of_recording(path).begin().problem.data
    assert np.array_equal(data.x[: len(x)], x.numpy())
    assert np.array_equal(data.y[: len(y)], y.numpy())


def test_biases_that_are_frozen_or_not_there_are_recorded_so(tmp_path: Path) -> None:
    none = training(nn.Linear(3, 4, bias=False), nn.Tanh(), nn.Linear(4, 2, bias=False))
    assert none.recorded(tmp_path).network.bias == "none"
    frozen = training()
    for layer in (frozen.model[0], frozen.model[2]):
        layer.bias.requires_grad_(False)
    scenario = frozen.recorded(tmp_path)
    assert scenario.network.bias == "frozen"
    record = all_records(scenario).record(3)
    assert (record.step.biases[0] == 0).all()
    assert record.told is not None
    assert record.told.gradient_off < 1e-12


def test_dropout_that_is_off_is_none(tmp_path: Path) -> None:
    made = training(nn.Linear(3, 4), nn.Dropout(0.5), nn.Tanh(), nn.Linear(4, 2))
    made.model.eval()
    assert made.recorded(tmp_path).network.activations == ("tanh", "identity")


def test_a_unit_at_its_corner_is_no_reason_to_refuse_and_is_told(tmp_path: Path) -> None:
    made = training(nn.Linear(2, 1), nn.ReLU(), nn.Linear(1, 1), kind=torch.float32, samples=1)
    with torch.no_grad():
        made.model[0].weight.copy_(torch.tensor([[-3.0, 1.0]]))
        made.model[0].bias.zero_()
    made.x = torch.tensor([[0.1, 0.3]])  # −3 · 0.1 + 0.3 is 0 in float32 and above it in float64
    scenario = made.recorded(tmp_path, epochs=1)
    told = all_records(scenario).record(1).told
    assert told is not None
    assert told.at_corner
    assert told.gradient_off > 0.01
    assert agreement(all_records(scenario).record(1)) == "PyTorch's g differs: a z of 0 but for rounding"
    assert scenario.recording is not None
    assert scenario.recording.agreement.worst == 0


def test_epochs_are_those_of_the_loop_or_as_they_are_marked(tmp_path: Path) -> None:
    run = all_records(training().recorded(tmp_path, epochs=3, size=4))
    assert [run.record(update).position.epoch for update in range(1, 10)] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert run.problem.count == 9
    made, path = training(), tmp_path / "marked.bptui"
    with made.record(path) as recording:
        for k in range(5):
            if k in (0, 3):
                recording.epoch()
            made.step()
    marked = all_records(scenario_of_recording(path))
    assert [marked.record(update).position.epoch for update in range(1, 6)] == [1, 1, 1, 2, 2]


def test_a_run_that_is_too_long_keeps_its_first_updates_and_says_so(tmp_path: Path) -> None:
    made = training(nn.Linear(3, 2000), nn.Tanh(), nn.Linear(2000, 2))
    with pytest.warns(UserWarning, match=r"run.bptui: the recording ends with update 5: 1 MB are full"):
        scenario = made.recorded(tmp_path, epochs=3, size=4, megabytes=1)
    assert scenario.recording is not None
    assert scenario.recording.updates == 5
    assert scenario.notices == ("only the first 5 updates: 1 MB are full (megabytes=…)",)
    assert (tmp_path / "run.bptui").stat().st_size < 2 * 2**20


def test_what_was_recorded_before_an_error_is_in_the_file(tmp_path: Path) -> None:
    made, path = training(), tmp_path / "run.bptui"

    def stopped() -> None:
        with made.record(path):
            made.step()
            made.step()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert scenario_of_recording(path).recording.updates == 2  # type: ignore[union-attr]
    assert not made.model[0]._forward_hooks
    made.step()  # nothing looks on any more


def test_names_of_classes_and_inputs_are_kept(tmp_path: Path) -> None:
    made = training(*three(), loss=nn.CrossEntropyLoss(), y=LABELS)
    data = made.recorded(tmp_path, classes=("a", "b", "c"), features=("u", "v", "w")).dataset()
    assert (data.classes, data.features) == (("a", "b", "c"), ("u", "v", "w"))


def test_flattened_pictures_are_drawn_where_their_shape_is_said(tmp_path: Path) -> None:
    made = training(nn.Linear(6, 2))
    assert made.recorded(tmp_path, image=(2, 3)).dataset().image is None, "there is no ink below 0"
    made.x = made.x.abs()
    assert made.recorded(tmp_path, image=(2, 3)).dataset().image == (2, 3)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"classes": ("a",)}, "classes: 1 named, for 2 there are outputs"),
        ({"features": ("a",)}, "features: 1 named, the model has 3 inputs"),
        ({"image": (2, 2)}, "image: 2 × 2 pixels for 3 inputs"),
        ({"megabytes": 0}, "megabytes=0; from 1 to 256 are read again"),
    ],
)
def test_names_and_sizes_that_do_not_fit_are_refused_at_once(names: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as refused:
        training().record(tmp_path / "run.bptui", **names)
    assert str(refused.value) == words


def test_a_place_where_no_file_can_be_is_refused_before_the_training(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none" / "run.bptui", "there is no such folder"), (tmp_path, "a folder")):
        with pytest.raises(RecordingError, match=words):
            training().record(path)


@pytest.mark.parametrize("name", CASES)
def test_pytorch_makes_the_stored_recordings_again(name: str, tmp_path: Path) -> None:
    make_torch_recordings.recorded(name, tmp_path / "run.bptui")
    ours, stored = scenario_of_recording(tmp_path / "run.bptui").recording, by_pytorch(name).recording
    assert ours is not None
    assert stored is not None
    assert (ours.sizes == stored.sizes).all()
    assert (ours.places == stored.places).all()
    assert np.allclose(ours.theta, stored.theta, rtol=1e-4, atol=1e-5)


def test_nothing_recorded_is_said_and_no_file_is_written(tmp_path: Path) -> None:
    made, path = training(), tmp_path / "run.bptui"
    with pytest.raises(RecordingError, match="no backward of this loss was seen"), made.record(path):
        pass
    with pytest.raises(RecordingError, match=r"no optimizer\.step"), made.record(path):
        made.loss(made.model(made.x), made.y).backward()
    assert not path.exists()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert made.recorded(tmp_path).recording is not None


def clipped(made: Training, path: Path, norm: float, **how: Any) -> Scenario:
    """Trained with every gradient clipped to a length."""
    with made.record(path):
        for _ in range(3):
            for places in torch.randperm(len(made.x)).split(4):
                made.optimizer.zero_grad()
                made.loss(made.model(made.x[places]), made.y[places]).backward()
                nn.utils.clip_grad_norm_(made.model.parameters(), norm, **how)
                made.optimizer.step()
    return scenario_of_recording(path)


@pytest.mark.parametrize(("kind", "norm"), [(torch.float32, 1.6), (torch.float64, 0.8)], ids=str)
@pytest.mark.parametrize("name", ["SGD", "momentum", "Adam", "Adagrad"])
def test_clipping_by_length_is_told_with_its_length(name: str, kind: Any, norm: float, tmp_path: Path) -> None:
    optimizer, ours = OPTIMIZERS[name]
    made, used = training(kind=kind, optimizer=optimizer), []
    made.optimizer.register_step_pre_hook(lambda *_: used.append(gradient_of(made.model)))
    scenario = clipped(made, tmp_path / "run.bptui", norm)
    run = all_records(scenario)
    assert scenario.settings.rules.clip_norm == norm
    assert scenario.settings.rules.optimizer.name == ours
    share, rounding = (1e-4, 1e-6) if kind is torch.float32 else (1e-5, 1e-9)
    lengths = []
    for update, theirs in enumerate(used, start=1):
        record = run.record(update)
        assert np.allclose(record.reduced.flat, theirs, share, rounding)
        assert np.allclose(record.before.flat + record.step.flat, record.after.flat, share, rounding)
        lengths.append(np.linalg.norm(record.summed.flat / record.n))
    assert min(lengths) < norm < max(lengths), "some were short enough"


def gradient_of(model: Any) -> Any:
    """What stands in .grad, in bptui's order."""
    parts = [
        part for layer in model if isinstance(layer, nn.Linear)
        for part in (layer.weight.grad.numpy().T.ravel(), layer.bias.grad.numpy())
    ]  # fmt: skip
    return np.concatenate(parts).astype(np.float64)


def test_a_length_that_no_gradient_has_is_none_and_weight_decay_behind_it_is_read(tmp_path: Path) -> None:
    assert clipped(training(), tmp_path / "run.bptui", 1e6).settings.rules.clip_norm == 0
    made = training()
    weights, biases = (
        [p for name, p in made.model.named_parameters() if name.endswith(kind)] for kind in ("weight", "bias")
    )
    groups = [{"params": weights, "weight_decay": 0.1}, {"params": biases}]
    made.optimizer = torch.optim.SGD(groups, lr=0.1)
    scenario = clipped(made, tmp_path / "decayed.bptui", 0.2)
    rules = scenario.settings.rules
    assert (rules.clip_norm, rules.optimizer.name, rules.l2) == (0.2, READ.name, 0)
    assert "its weight_decay is added to what was clipped" in scenario.notices[0]


@pytest.mark.parametrize("how", [{"norm_type": 1.0}, {"norm_type": float("inf")}])
def test_another_kind_of_length_is_refused(how: dict[str, float], tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="with one max_norm throughout"):
        clipped(training(), tmp_path / "run.bptui", 0.01, **how)
