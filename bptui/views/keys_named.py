"""Keys that a view names: as usual, unless the config file has given their ids others."""

from collections.abc import Mapping
from types import MappingProxyType

Keys = Mapping[str, str]
"""Id → key as people read it, for ids that have other keys than usual."""
USUAL: Keys = MappingProxyType({})
