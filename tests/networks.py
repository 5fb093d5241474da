"""What a network says, for tests of any room."""

from bptui.engine import Network, Pass, forward
from bptui.engine.types import Floats, quiet


def outputs(network: Network, x: Floats) -> Floats:
    """(n × o) for inputs (n × i)."""
    passed = Pass.forward_only(network.architecture, x)
    with quiet():
        forward(network, passed)
    return passed.a[-1]
