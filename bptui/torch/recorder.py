"""The context in which a training in PyTorch is recorded: hooks, a check after every backward, the file at the end."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

try:
    import torch
except ImportError:
    raise ImportError("bptui.torch needs PyTorch: pip install 'bptui[torch]'") from None
from torch import nn

from bptui.data.output import refuse_no_file
from bptui.engine.network import Architecture, Network, Parameters
from bptui.engine.update import UpdateRules
from bptui.scenario import ScenarioError
from bptui.scenario.recorded import MEGABYTES, MOST_UPDATES, write_recording
from bptui.torch import losses, optimizers
from bptui.torch.chain import Chain, Numbers
from bptui.torch.clipping import Clipping
from bptui.torch.contents import Contents, Update, refuse_names
from bptui.torch.error import RecordingError
from bptui.torch.model import image_of, layers_of, refuse_modes
from bptui.torch.passes import (
    Seen,
    engine_pass,
    refuse_engine,
    refuse_inputs,
    refuse_missing,
    refuse_pairs,
    refuse_wiring,
)
from bptui.torch.shape import architecture_of

USUAL = 128  # megabytes
OTHER_STEPS = "its steps are not those of the rule that bptui knows by its name"
UNCLIPPED_L2 = "its weight_decay is added to what was clipped, bptui's L2 before"


def record(
    model: nn.Module,
    loss: nn.Module,
    optimizer: torch.optim.Optimizer,
    path: str | Path,
    *,
    classes: Sequence[str] = (),
    features: Sequence[str] = (),
    image: tuple[int, int] | None = None,
    megabytes: int = USUAL,
) -> "Recorder":
    """A context: every ``optimizer.step()`` in it becomes an update in the file ``path`` (``run.bptui``).

    ``model`` is of nn.Linear and activations, one behind the other: an nn.Sequential, or a module of your own that
    chains its layers. ``loss`` is nn.MSELoss, nn.CrossEntropyLoss, nn.NLLLoss, nn.BCEWithLogitsLoss or nn.BCELoss, with
    reduction mean or sum. ``optimizer`` is any of torch.optim that makes a step of one backward. ``classes`` and
    ``features`` name outputs and inputs; ``image`` says the rows and columns of pictures that come flattened. Of a run
    longer than ``megabytes`` the first updates are kept, and a warning says so.

    After every backward PyTorch's gradients are held against the engine's, sample by sample. Raises RecordingError
    where they differ, or where something cannot be recorded; what was recorded before is in the file all the same.
    """
    return Recorder(model, loss, optimizer, Path(path), tuple(classes), tuple(features), image, megabytes)


class Recorder:
    """Goes from forward to backward to step, and refuses what comes between. ``path`` is the file."""

    def __init__(
        self,
        model: nn.Module,
        loss: nn.Module,
        optimizer: torch.optim.Optimizer,
        path: Path,
        classes: tuple[str, ...] = (),
        features: tuple[str, ...] = (),
        image: tuple[int, int] | None = None,
        megabytes: int = USUAL,
    ) -> None:
        self.path = path
        self._model, self._loss, self._optimizer = model, loss, optimizer
        self._layers = layers_of(model)
        self._chain = Chain(self._layers)
        self._loss_rule = losses.rule_of(loss, self._layers.sizes[-1])
        optimizers.refuse_optimizer(optimizer, model)
        self._rule = optimizers.rule_of(optimizer, {id(layer.bias) for layer in self._layers.linear})
        if not 1 <= megabytes <= MEGABYTES:
            raise RecordingError(f"megabytes={megabytes}; from 1 to {MEGABYTES} are read again")
        if not path.parent.is_dir():
            raise RecordingError(f"{path}: there is no such folder")
        try:
            refuse_no_file(path)
        except OSError as problem:
            raise RecordingError(f"{path}: {problem.strerror}") from None
        refuse_names(self._chain.sizes, classes, features, image)
        self._contents = Contents(classes, features, image, megabytes << 20)
        self._architecture: Architecture | None = None
        self._hooks: list[Any] = []
        self._seen: Seen | None = None  # the pass under way
        self._arrived = self._backwards = 0  # gradients of this backward, and backwards since the last step
        self._ready: Update | None = None  # what the step begins with, but for what comes of it
        self._checked: Numbers | None = None  # the gradient that the step is to be made of
        self._after: Numbers | None = None
        self._clipping = Clipping(self._chain.kind)
        self._steps_fit = self._rule.known

    @property
    def updates(self) -> int:
        """Recorded so far."""
        return len(self._contents.updates)

    def epoch(self) -> None:
        """An epoch begins with the next update: for a loop whose samples do not show it."""
        self._contents.begin_epoch()

    # --- the context ---

    def __enter__(self) -> "Recorder":
        if self._hooks:
            raise RecordingError("this recording is under way already")
        add = self._hooks.append
        add(self._model.register_forward_pre_hook(self._forward_begins, with_kwargs=True))
        for layer in self._layers.linear:
            add(layer.register_forward_hook(self._layer_done))
        add(self._model.register_forward_hook(self._forward_done))
        add(self._loss.register_forward_hook(self._loss_known))
        for p in self._chain.trained:
            add(p.register_post_accumulate_grad_hook(self._gradient_arrives))
        add(self._optimizer.register_step_pre_hook(self._step_begins))
        add(self._optimizer.register_step_post_hook(self._step_done))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if self.updates:
            self._write()
        elif error is None:
            seen = "no optimizer.step() followed a backward" if self._backwards else "no backward of this loss was seen"
            raise RecordingError(f"nothing was recorded: {seen}; {self.path} is not written")

    def _stop(self) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()
        self._seen = None

    def _write(self) -> None:
        assert self._architecture is not None
        rule, made = self._rule, self._architecture
        clip = {"clip_norm": self._clipping.norm} if self._clipping.norm else {}
        why = rule.why or ("" if self._steps_fit else UNCLIPPED_L2 if clip and "l2" in rule.constants else OTHER_STEPS)
        head = {
            "by": f"PyTorch {torch.__version__.split('+')[0]}, {type(self._optimizer).__name__}, {self._chain.kind}",
            "network": {"layers": list(made.sizes), "activations": list(made.activations), "bias": made.bias},
            "training": {"loss": self._loss_rule.loss, "reduction": self._loss_rule.reduction}
            | ({"optimizer": rule.name, **rule.constants} if self._steps_fit else {})
            | clip,
            "steps_known": self._steps_fit,
        }
        try:
            write_recording(self.path, self._contents.recorded(head, self._loss_rule.labels, why))
        except ScenarioError as problem:
            raise RecordingError(str(problem)) from None

    # --- forward ---

    def _forward_begins(self, _: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._seen = None
        if not torch.is_grad_enabled():  # an evaluation
            return
        refuse_modes(self._model)
        if kwargs or len(args) != 1 or not isinstance(args[0], torch.Tensor):
            raise RecordingError("the model is called with more than one tensor; bptui's networks have one input")
        self._seen = Seen(image=image_of(args[0]))

    def _layer_done(self, layer: nn.Linear, args: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
        seen = self._seen
        if seen is None:
            return
        place = len(seen.z)
        self._chain.call(layer, place)
        refuse_inputs(args[0], place + 1)
        if out.dtype != layer.weight.dtype:
            raise RecordingError(f"layer {place + 1} answers in {out.dtype}; leave half precision (AMP) out")
        seen.a.append(args[0].detach().clone())
        seen.z.append(out.detach().clone())  # what comes next may write over it
        out.register_hook(lambda delta: seen.delta.update({place: delta.detach().clone()}))

    def _forward_done(self, _: nn.Module, __: tuple[Any, ...], out: torch.Tensor) -> None:
        seen = self._seen
        if seen is None:
            return
        if not isinstance(out, torch.Tensor):
            raise RecordingError(f"the model gives {type(out).__name__}; one tensor of outputs is needed")
        if len(seen.z) != len(self._chain):
            raise RecordingError(f"{len(seen.z)} of {len(self._chain)} linear layers were used; each must be, once")
        seen.output = out

    # --- the loss, backward ---

    def _loss_known(self, loss: nn.Module, args: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
        seen = self._seen
        if seen is None or seen.output is None or not torch.is_grad_enabled():
            return
        if len(args) != 2:
            raise RecordingError("call the loss as loss(output, target)")
        output, target = args
        if output.numel() != seen.output.numel() or output.data_ptr() != seen.output.data_ptr():
            raise RecordingError(
                "the loss got something else than what the model gave; put what is done between into the model"
            )
        seen.targets = losses.targets_of(loss, output, target, seen.n, self._chain.sizes[-1])
        refuse_missing("targets", seen.targets)
        seen.loss = float(out.detach())
        if self._architecture is None:
            self._architecture = architecture_of(self._layers, self._chain, loss, seen)
            self._chain.is_known = True
        out.register_hook(self._backward_begins)

    def _backward_begins(self, scale: torch.Tensor) -> None:
        """What comes first of a backward: the loss's own gradient, which is 1."""
        factor = float(scale)
        if factor != 1.0:
            raise RecordingError(
                f"the loss was multiplied by {factor:g} before backward: by GradScaler (AMP), for gradient "
                "accumulation, or as one of several losses; call backward on the loss itself"
            )
        self._backwards += 1
        if self._backwards > 1:
            raise RecordingError(
                "a second backward, or loss, before optimizer.step(): gradient accumulation cannot be recorded; give "
                "the model its parts as one batch"
            )
        if any(p.grad is not None and bool(p.grad.any()) for p in self._chain.trained):
            raise RecordingError(
                "backward adds to gradients that are in .grad already; call optimizer.zero_grad() before every backward"
            )
        self._arrived = 0

    def _gradient_arrives(self, _: torch.Tensor) -> None:
        """With the last parameter's gradient the backward is over."""
        self._arrived += 1
        if self._arrived == len(self._chain.trained) and self._backwards == 1:
            self._check()

    def _check(self) -> None:
        seen, chain, kind = self._seen, self._chain, self._chain.kind
        if seen is None or seen.targets is None or len(seen.delta) < len(chain):
            raise RecordingError("a backward that did not come from the last forward pass and its loss")
        assert self._architecture is not None
        gradient = chain.gradient()
        if not np.isfinite(gradient).all():
            raise RecordingError(f"the gradients of update {self.updates + 1} are not finite: the training diverges")
        theirs = Parameters(self._architecture, gradient.astype(np.float64))
        rules = UpdateRules(loss=self._loss_rule.loss, reduction=self._loss_rule.reduction)
        refuse_wiring(seen, self._architecture.activations, kind)
        refuse_pairs(seen, theirs, kind)
        network = Network(self._architecture, chain.theta().astype(np.float64))
        refuse_engine(engine_pass(network, rules, seen), rules, seen, theirs, kind)
        self._checked = gradient

    # --- the step ---

    def _step_begins(self, _: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if any(callable(each) for each in (*args[1:], *kwargs.values())):
            raise RecordingError("step(closure) makes passes of its own; call backward, then step() without one")
        if self._checked is None or self._seen is None:
            raise RecordingError(
                "optimizer.step() without a backward of this model and this loss since the last one; record with the "
                "loss that is called, and evaluate under torch.no_grad()"
            )
        self._clipping.note(self._checked, self._chain.gradient())
        before = self._chain.theta()
        if self._after is not None and not np.array_equal(before, self._after):
            raise RecordingError(
                f"something else than optimizer.step() has changed the weights after update {self.updates}; "
                "end the recording before that"
            )
        memory = self._chain.memory(self._optimizer, self._rule.slots)
        self._ready = Update(self._seen, before, memory, self._checked, optimizers.rate_of(self._optimizer))

    def _step_done(self, _: Any, __: tuple[Any, ...], ___: dict[str, Any]) -> None:
        update, after = self._ready, self._chain.theta()
        assert update is not None
        assert self._architecture is not None
        if not np.isfinite(after).all():
            raise RecordingError(f"the weights after update {self.updates + 1} are not finite: the training diverges")
        memory = self._chain.memory(self._optimizer, self._rule.slots)
        if self._steps_fit:
            self._steps_fit = optimizers.makes(
                self._rule, self._architecture, update, self._clipping, after, self.updates + 1
            )
        self._contents.add(update, after, memory)
        self._after, self._checked, self._seen, self._backwards = after, None, None, 0
        if self._contents.full or self.updates == MOST_UPDATES:
            self._stop()
            why = self._contents.full or "no file holds more"
            warnings.warn(f"{self.path}: the recording ends with update {self.updates}: {why}", stacklevel=2)
