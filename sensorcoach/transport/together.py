"""Several virtual sensors on one virtual wearer, on one time line: a rehearsal of two sensors without any."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from ..engine import SensorSetup
from ..engine.engine import Item
from ..errors import UsageError
from ..samples import NS, FloatArray, IntArray, Tick
from .virtual import WALL_START_NS, VirtualSource


class TogetherSource:
    """Reads like one `VirtualSource`: the items of all of them in stream order, with one tick for every second.

    Parameters
    ----------
    sources : sequence of VirtualSource
        Of the same wearer, with distinct sensor names.
    """

    origin_s = 0.0
    position = 0

    def __init__(self, sources: Sequence[VirtualSource]) -> None:
        self._sources = tuple(sources)
        self.title = sources[0].title
        self.headers = tuple(source.header for source in sources)
        self.sensors = self.engine_sensors()
        self.problems: list[str] = []
        self.duration_s = sources[0].duration_s
        self._rate_hz = sum(setup.stream.sampling_rate_hz for setup in self.sensors)
        self._read_ns = -1
        self._ticks = 0

    @property
    def ended(self) -> bool:
        """Whether the scenario is over for all of them."""
        return all(source.ended for source in self._sources)

    def read(self, until_ns: int, limit: int) -> list[Item]:
        """What arrives up to `until_ns`, and not more than about `limit` samples."""
        items: list[Item] = []
        while self._read_ns < until_ns and not items and not self.ended:
            until = min(until_ns, self._read_ns + max(1, round(limit / self._rate_hz * NS)))
            for source in self._sources:
                items += (item for item in source.read(until, 2 * limit) if not isinstance(item, Tick))
            while self._ticks * NS <= until:
                items.append(Tick(self._ticks * NS, WALL_START_NS + self._ticks * NS))
                self._ticks += 1
            self._read_ns = until
        return sorted(items, key=attrgetter("t_ns"))

    def seek(self, position: int) -> None:
        """The virtual wearer lives forward only."""
        raise UsageError("The virtual wearer cannot be wound back.", "Record it, then replay the recording.")

    def engine_sensors(self) -> Sequence[SensorSetup]:
        """The virtual sensors, each decoded with its own profile."""
        return [setup for source in self._sources for setup in source.engine_sensors()]

    def rows(self, t_ns: IntArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Rows are samples."""
        return t_ns / NS, values


def together(sources: Sequence[VirtualSource]) -> VirtualSource | TogetherSource:
    """One source of them all."""
    return sources[0] if len(sources) == 1 else TogetherSource(sources)
