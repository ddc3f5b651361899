"""All that is estimated from one sensor: the 25 Hz grid, the registered estimators, and the rows made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..coach.slouch import SlouchSettings
from ..dsp.grid import Grid
from ..estimators.base import Estimator, registry
from ..estimators.tracks import GridTrack, Track
from ..events import Calibrate, Command, Event, Gap, StartCalibration, StartSession, StopCalibration
from ..profiles.model import Check
from ..samples import NS, SampleBlock, StreamInfo
from .guide import Guide
from .seconds import SecondAssembler
from .selfcheck import SelfCheck

GAP_PERIODS = 2.5
GAP_S = 0.1
"""A step in time is reported as a gap when it is longer than both: a single lost sample is bridged in silence."""


class SensorChain:
    """Estimators in the order of what they read, fed block by block.

    Parameters
    ----------
    stream : StreamInfo
    slouch : SlouchSettings, optional
        How posture is judged; the default is the training preset that `analyze` uses.
    waves : bool
        Also emit `Wave` events for a screen.
    only : set of str, optional
        Run just these estimators and what they read; no rows are assembled.
    check : Check, optional
        How far gravity at rest and the rate may be off before the wearer is told.
    """

    def __init__(
        self,
        stream: StreamInfo,
        *,
        slouch: SlouchSettings | None = None,
        waves: bool = False,
        only: frozenset[str] | None = None,
        check: Check | None = None,
    ) -> None:
        self.stream = stream
        self._grid = Grid(stream.sampling_rate_hz)
        kinds = registry()
        wanted = {n for n, k in kinds.items() if not k.optional} if only is None else _with_inputs(only, kinds)
        self._estimators: dict[str, Estimator] = {n: k(stream) for n, k in kinds.items() if n in wanted}
        self._rows = SecondAssembler(stream.sensor, slouch, waves=waves) if only is None else None
        self._check = SelfCheck(stream, check)
        self._guide: Guide | None = None
        self._last_ns: int | None = None

    @property
    def last_ns(self) -> int | None:
        """Time of the newest sample, ns; None before the first."""
        return self._last_ns

    def update(self, block: SampleBlock) -> list[Event]:
        """Events that became known with this block, in time order."""
        events, tracks = self._run(block)
        if self._rows is not None:
            events += self._rows.update(tracks)
            events += self._check.update(block, tracks["grid"])
        if self._guide is not None:
            events += self._guide.update(tracks["orientation"])
            if self._guide.over:
                self._guide = None
        events.sort(key=_time)
        return events

    def tracks(self, block: SampleBlock) -> Mapping[str, Track]:
        """What every estimator made of this block, by name."""
        return self._run(block)[1]

    def silent_until(self, t_ns: int) -> list[Event]:
        """Rows of nothing for the seconds up to `t_ns` in which no sample came."""
        return [] if self._rows is None else self._rows.silent_until(t_ns)

    def on_command(self, command: Command) -> list[Event]:
        """Hand a command to everything that may care; a calibration is meant for one sensor."""
        if isinstance(command, Calibrate) and command.sensor != self.stream.sensor:
            return []
        if isinstance(command, StartSession) and command.sensor == self.stream.sensor:
            optional = {n: k for n, k in registry().items() if k.optional and n not in self._estimators}
            self._estimators |= {name: kind(self.stream) for name, kind in optional.items()}
        if self._rows is not None:
            self._rows.on_command(command)
        if isinstance(command, StartCalibration) and command.sensor == self.stream.sensor:
            self._guide = Guide(command, has_gyro=self.stream.has_gyro)
        elif isinstance(command, StopCalibration) and command.sensor == self.stream.sensor:
            self._guide = None
        return [e for estimator in self._estimators.values() for e in estimator.on_command(command)]

    def _run(self, block: SampleBlock) -> tuple[list[Event], dict[str, Any]]:
        events: list[Event] = list(self._gaps(block))
        t_ns, rows = self._grid.update(block)
        gyr = rows[:, 3:] if self.stream.has_gyro else None
        tracks: dict[str, Any] = {"block": block, "grid": GridTrack(t_ns, (), rows[:, :3], gyr, self._grid.delay_s)}
        for name, estimator in self._estimators.items():
            track = estimator.update(*(tracks[i] for i in estimator.inputs))
            tracks[name] = track
            events += track.events
        return events, tracks

    def _gaps(self, block: SampleBlock) -> list[Event]:
        if not len(block):
            return []
        period_ns = NS / self.stream.sampling_rate_hz
        longest_ns = max(GAP_PERIODS * period_ns, GAP_S * NS)
        found: list[Event] = []
        t = block.t_ns
        if self._last_ns is not None and t[0] - self._last_ns > longest_ns:
            found.append(_gap(self.stream.sensor, self._last_ns, int(t[0]), period_ns))
        steps = ((t[1:] - t[:-1]) > longest_ns).nonzero()[0].tolist()
        found += [_gap(self.stream.sensor, int(t[i]), int(t[i + 1]), period_ns) for i in steps]
        self._last_ns = int(t[-1])
        return found


def _gap(sensor: str, last_ns: int, next_ns: int, period_ns: float) -> Gap:
    return Gap(next_ns, sensor, last_ns, round((next_ns - last_ns) / period_ns) - 1)


def _time(event: Event) -> int:
    return event.t_ns


def _with_inputs(names: frozenset[str], kinds: Mapping[str, type[Estimator]]) -> set[str]:
    wanted: set[str] = set()
    waiting = [n for n in names if n in kinds]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting += [i for i in kinds[name].inputs if i in kinds and i not in wanted]
    return wanted
