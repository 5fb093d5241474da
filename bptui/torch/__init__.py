"""Record a training in PyTorch, to go through it update by update in the explorer.

    import bptui.torch

    with bptui.torch.record(model, loss, optimizer, "run.bptui"):
        for x, y in batches:  # your training loop, as it is
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()

``bptui run.bptui`` opens it. :func:`record` says what can be recorded; what cannot raises RecordingError, one line that
says why and what to do. PyTorch is loaded when one of these names is first asked for.
"""

from typing import TYPE_CHECKING

from bptui.lazy import lazily

if TYPE_CHECKING:
    from bptui.torch.error import RecordingError
    from bptui.torch.recorder import Recorder, record

ROOMS = {
    "Recorder": "bptui.torch.recorder",
    "RecordingError": "bptui.torch.error",
    "record": "bptui.torch.recorder",
}

__all__ = ["Recorder", "RecordingError", "record"]


__getattr__ = lazily(__name__, ROOMS)


def __dir__() -> list[str]:
    return __all__
