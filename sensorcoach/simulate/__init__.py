"""The virtual wearer: a person who breathes, slouches, walks and lies down, wears a sensor, and hides nothing.

Pure: no I/O, no clock, no global random state. See `docs/virtual-wearer.md` for scenario files.

>>> scenario = Scenario.from_toml("duration_s = 60\\n[[breathing]]\\nrate_brpm = 12")
>>> recording = simulate(scenario)
>>> recording.acc_ms2.shape
(3000, 3)
"""

from .builtin import builtin_scenarios
from .scenario import Scenario
from .sensor import Reading, VirtualSensor, iter_blocks
from .simulated import Simulated, simulate
from .truth import Truth

__all__ = ["Reading", "Scenario", "Simulated", "Truth", "VirtualSensor", "builtin_scenarios", "iter_blocks", "simulate"]
