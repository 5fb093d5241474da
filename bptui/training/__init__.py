"""What happened: the schedule of batches, the record of an update, and the run that can replay any of them."""

from bptui.training.history import Curve, History
from bptui.training.record import UpdateRecord
from bptui.training.run import Run
from bptui.training.schedule import Position, epoch_order
from bptui.training.settings import Settings
from bptui.training.stops import Stop

__all__ = ["Curve", "History", "Position", "Run", "Settings", "Stop", "UpdateRecord", "epoch_order"]
