"""One synchronous engine for live, watch and replay: packets, ticks and commands in, events out."""

from .chain import SensorChain
from .engine import Engine, SensorSetup

__all__ = ["Engine", "SensorChain", "SensorSetup"]
